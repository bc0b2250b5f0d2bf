// A steward on virtual time between a fake ledger, a fake fleet and a fake event log.
#pragma once

#include "actors/manager/steward.hpp"

#include "tests/actors/event_fakes.hpp"

#include <boost/test/unit_test.hpp>

namespace muster::test {

// Writes what tests look at, so that it can be read by eye.
class brief_writer : public state_writer {
 public:
  std::string layer(const desired_state& what) const override { return "layer " + node(what); }
  std::string node(const desired_state& what) const override {
    std::string out = "{" + padding;
    for (const auto& peer : what.peers) out += peer.id + (peer.psk.empty() ? "" : "*" + peer.psk) + " ";
    for (const auto& policy : what.policies) out += policy.id + " ";
    if (what.signing) out += "signed:" + what.signing->current + " ";
    if (what.user_access) out += "psk:" + what.user_access->peers.at(0).psk + " ";
    return out + entries(what) + secret_refs(what) + "}";
  }
  std::string entries(const desired_state& what) const override {
    std::string out;
    for (const auto& [key, value] : what.metadata) out += key + "=" + value + " ";
    for (const auto& each : what.data) out += each.key + "@" + std::to_string(each.version) + " ";
    return out;
  }
  std::string secret_refs(const desired_state& what) const override {
    std::string out;
    for (const auto& each : what.secret_refs) out += each.key + "#" + std::to_string(each.version) + " ";
    return out;
  }
  std::string peer(const mesh_peer& what) const override {
    return what.mesh_ip + " " + what.public_key + " " + what.endpoint + what.psk;
  }
  std::string session(const relay_session& what) const override { return what.session_id; }

  std::string padding;
};

// Names its pair and generation, the lower id first.
class naming_vault : public open_vault {
 public:
  std::string pair_key(agent_id one, agent_id other, uint32_t generation) const override {
    const auto low = std::min(slot_of(one), slot_of(other));
    const auto high = std::max(slot_of(one), slot_of(other));
    return std::to_string(low) + "+" + std::to_string(high) + "/" + std::to_string(generation);
  }
};

struct event_log_book {
  answer_desk<committed> desk;
  std::vector<append_events> requests;
};
// Told `transition_due`, it answers what it has held back.
inline event_log_actor::behavior_type fake_event_log(event_log_actor::pointer self,
                                                     std::shared_ptr<event_log_book> book) {
  return {
    [=](const append_events& x) {
      book->requests.push_back(x);
      return book->desk(self, committed{});
    },
    [](const rotate_signing_key&) { return signing_keys{}; },
    [](const read_signing_keys&) { return signing_keys{}; },
    [](const attach_event_listeners&) {},
    [=](transition_due) { book->desk.release(); },
  };
}

inline agent_id node_id(uint32_t slot) { return make_agent_id(0, slot, slot + 1); }

// "n0" of tenant north, with the label role=web from slot 2 on.
inline mesh_node sample_node(uint32_t slot) {
  mesh_node out;
  out.id = node_id(slot);
  out.tenant = "north";
  out.hostname = "n" + std::to_string(slot);
  if (slot >= 2) out.labels = {{"role", "web"}};
  out.public_key = "key" + std::to_string(slot);
  out.mesh_address = 0x0A640000 + slot;
  out.endpoint = "192.0.2.1:" + std::to_string(51'000 + slot);
  return out;
}

const state_scope whole_tenant{state_level::tenant, "north", {}};
const state_scope web_label{state_level::label, "north", "role=web"};
inline state_scope only_node(uint32_t slot) { return {state_level::node, {}, to_string(node_id(slot))}; }

inline desired_state with_metadata(const std::string& key, const std::string& value) {
  desired_state out;
  out.metadata[key] = value;
  return out;
}
inline desired_state with_rule(const std::string& src, const std::string& dst) {
  desired_state out;
  out.policies = {{"mesh", {{src, dst, 0, {}, {}}}}};
  return out;
}

struct steward_fixture : virtual_time_fixture {
  steward_fixture() {
    writer = spawn(fake_ledger, ledger);
    fleet_handle = spawn(fake_fleet, fleet);
    log_handle = spawn(fake_event_log, log);
  }

  // With nodes 0 to count - 1.
  void start(uint32_t count) {
    restored_steward restored;
    for (uint32_t slot = 0; slot < count; ++slot) restored.nodes.push_back(sample_node(slot));
    start(std::move(restored));
  }
  void start(restored_steward restored) {
    steward_ports ports{writer,
                        fleet_handle,
                        log_handle,
                        [this] { return utc(); },
                        vault,
                        format,
                        [this](std::string_view what, const std::string& detail) {
                          journal.push_back(std::string{what} + ": " + detail);
                        }};
    subject = spawn(steward, options, std::move(ports), std::move(restored));
    deliver();
    ask<signing_keys_known>(subject, note_signing_keys{{"k1", {}, {}}});
  }
  // As a restart finds it.
  restored_steward written() const {
    restored_steward out;
    std::map<uint64_t, stored_secret> secrets;
    for (const auto& each : ledger->states) {
      if (each.revision) out.history.push_back(*each.revision);
      for (const auto& secret : each.secrets) secrets[secret.number] = secret;
      for (const auto number : each.removed_secrets) secrets.erase(number);
    }
    for (const auto& [number, secret] : secrets) out.secrets.push_back(secret);
    return out;
  }
  void restart(restored_steward restored) {
    caf::anon_send_exit(subject, caf::exit_reason::user_shutdown);
    deliver();
    start(std::move(restored));
  }

  utc_time utc() const {
    return noon + std::chrono::duration_cast<std::chrono::milliseconds>(sched.clock().now() - started);
  }
  caf::expected<state_written> try_write(const state_scope& scope, caf::optional<desired_state> what,
                                         caf::optional<uint64_t> expected = caf::none) {
    return ask<state_written>(
      subject, write_state{scope, std::move(what), {"ann", "why"}, expected, false, caf::none});
  }
  uint64_t write(const state_scope& scope, caf::optional<desired_state> what) {
    const auto done = try_write(scope, std::move(what));
    if (!done) BOOST_FAIL(sys.render(done.error()));
    return done->revision;
  }
  // Quiet afterwards: what led here was told.
  void let_everyone_see_everyone() {
    write(whole_tenant, with_rule("*", "*"));
    hear();
  }
  void note(const mesh_node& node) { tell(subject, note_node{node}); }
  void note(uint32_t slot, agent_status status) {
    auto node = sample_node(slot);
    node.status = status;
    note(node);
  }
  std::string state(uint32_t slot) {
    const auto found = ask<document<node_state>>(subject, compose_state{node_id(slot)});
    return found ? (*found)->json : sys.render(found.error());
  }
  caf::expected<secret_value> fetch(uint32_t slot, const std::string& key) {
    return ask<secret_value>(subject, fetch_secret{node_id(slot), key});
  }

  static std::string slots(const std::vector<agent_id>& ids) {
    std::string out;
    for (const auto id : ids) out += std::to_string(slot_of(id));
    return out;
  }
  static std::string audience(const event_audience& whom) {
    if (whom.kind == audience_kind::everyone) return "everyone";
    return (whom.kind == audience_kind::only ? "only " : "except ") + slots(whom.ids);
  }
  // What was told since the last time, one line an event: "type payload > only 12".
  std::string hear() {
    advance(options.gather_news);
    std::string out;
    for (; heard_ < log->requests.size(); ++heard_)
      for (const auto& each : log->requests[heard_].events) {
        out += each.type + " " + each.payload + " > " + audience(each.audience) + "\n";
      }
    return out;
  }
  // Who was asked to reconcile since the last time.
  std::string directed() {
    std::string out;
    for (; directed_ < fleet->directed.size(); ++directed_)
      out += slots(fleet->directed[directed_].ids) + " ";
    return out;
  }
  static std::string peer_text(uint32_t slot) {
    return R"({"peer_id":")" + to_string(node_id(slot)) + R"("})";
  }

  steward_options options;
  std::shared_ptr<ledger_book> ledger = std::make_shared<ledger_book>();
  std::shared_ptr<fleet_book> fleet = std::make_shared<fleet_book>();
  std::shared_ptr<event_log_book> log = std::make_shared<event_log_book>();
  std::shared_ptr<brief_writer> format = std::make_shared<brief_writer>();
  std::shared_ptr<naming_vault> vault = std::make_shared<naming_vault>();
  std::vector<std::string> journal;
  ledger_actor writer;
  fleet_actor fleet_handle;
  event_log_actor log_handle;
  steward_actor subject;

 private:
  size_t heard_ = 0;
  size_t directed_ = 0;
  caf::actor_clock::time_point started = sched.clock().now();
};

}  // namespace muster::test
