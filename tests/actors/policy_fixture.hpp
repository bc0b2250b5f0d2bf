// A policy actor on virtual time between a fake ledger, a fake fleet and a fake loop.
#pragma once

#include "actors/manager/policy.hpp"

#include "tests/actors/fakes.hpp"

#include <boost/test/unit_test.hpp>

namespace muster::test {

inline agent_id agent_at(uint32_t slot) { return make_agent_id(0, slot, slot + 1); }

inline policy_document asking(double threshold) {
  policy_document out;
  out.notify_and_wait = threshold;
  return out;
}

struct policy_fixture : virtual_time_fixture {
  policy_fixture() {
    start();
    know({{"default", "", {}}, {"default", "acme", {{"env", "prod"}}}});
    for (uint32_t slot = 0; slot < 8; ++slot) fleet->profiles[agent_at(slot)] = slot % 2;
  }

  void start(policy_state restored = {}) {
    writer = spawn(fake_ledger, ledger);
    fleet_handle = spawn(fake_fleet, fleet);
    loop_handle = spawn(fake_loop, loop);
    policy_ports ports{writer, [this] { return utc(); },
                       [](const policy_document& what) { return std::to_string(what.blocklist.ips.size()); },
                       [this](std::string_view event, const std::string& detail) {
                         journal.push_back(std::string{event} + ": " + detail);
                       }};
    subject = spawn(policy, options, std::move(ports), std::move(restored));
  }
  void know(std::vector<policy_profile> profiles) {
    ask<profiles_known>(subject, know_profiles{0, std::move(profiles)});
    caf::anon_send(subject, attach_policy{fleet_handle, {loop_handle}});
    deliver();
  }

  utc_time utc() const {
    return noon + std::chrono::duration_cast<std::chrono::milliseconds>(sched.clock().now() - started);
  }
  caf::expected<policy_written> write(policy_scope scope, caf::optional<policy_document> what,
                                      caf::optional<uint64_t> expected = caf::none) {
    return ask<policy_written>(subject,
                               write_policy{scope, std::move(what), "write", "ann", "why", expected, false});
  }
  const policy_table& table() const { return *loop->policies.back().table; }
  uint64_t version(uint32_t slot, uint32_t profile) const {
    return table().of(agent_at(slot), profile)->version;
  }
  policy_overview overview() { return *ask<policy_overview>(subject, read_policies{}); }
  policy_counts counts() { return *ask<policy_counts>(subject, count_policy{}); }

  static pattern seen_by(uint32_t agents, const std::string& value = "203.0.113.9") {
    pattern out;
    out.id = make_pattern_id(noon, "default", "source_ip", value);
    out.tenant = "default";
    out.kind = "source_ip";
    out.value = value;
    out.agent_count = out.trusted_count = agents;
    for (uint32_t i = 0; i < agents; ++i) out.agents.push_back({agent_at(i), noon, noon, 1, true});
    return out;
  }
  void detect(const pattern& what) {
    caf::anon_send(subject, pattern_changed{pattern_step::opened, what});
    deliver();
  }

  policy_options options;
  std::shared_ptr<ledger_book> ledger = std::make_shared<ledger_book>();
  std::shared_ptr<fleet_book> fleet = std::make_shared<fleet_book>();
  std::shared_ptr<loop_book> loop = std::make_shared<loop_book>();
  std::vector<std::string> journal;
  ledger_actor writer;
  fleet_actor fleet_handle;
  ingress_actor loop_handle;
  policy_actor subject;
  caf::actor_clock::time_point started = sched.clock().now();
};

}  // namespace muster::test
