// What patterns change at once.
#include "actors/manager/emergency_rules.hpp"

#include <boost/test/unit_test.hpp>

using namespace muster;
using namespace std::chrono_literals;

namespace {

const utc_time noon{std::chrono::hours{500'000}};

pattern seen_by(uint32_t agents, std::string kind = "source_ip", std::string value = "203.0.113.9") {
  pattern out;
  out.id = make_pattern_id(noon, "default", kind, value);
  out.tenant = "default";
  out.kind = std::move(kind);
  out.value = std::move(value);
  out.agent_count = out.trusted_count = agents;
  out.critical = agents >= 3;
  for (uint32_t i = 0; i < agents; ++i)
    out.agents.push_back({make_agent_id(0, i, i + 1), noon, noon, 1, true});
  return out;
}

emergency_rules rules(emergency_options options = {}) {
  options.never_block.push_back(*parse_network_range("10.0.0.0/8"));
  return emergency_rules{options};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(emergencies)

BOOST_AUTO_TEST_CASE(two_agents_block_an_address_for_themselves) {
  const auto verdict = rules().judge(seen_by(2), nullptr, 0, noon);
  BOOST_TEST((verdict.publish && !verdict.publish->wide));
  BOOST_TEST(verdict.publish->agents.size() == 2u);
  BOOST_TEST(verdict.publish->what.blocklist.ips.front() == "203.0.113.9");
  BOOST_TEST((verdict.publish->expires_at == noon + 24h));
  BOOST_TEST(verdict.publish->reason.find(to_string(seen_by(2).id)) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(three_agents_block_it_for_the_whole_tenant) {
  const auto verdict = rules().judge(seen_by(3), nullptr, 0, noon);
  BOOST_TEST((verdict.publish && verdict.publish->wide && verdict.publish->agents.empty()));
}

BOOST_AUTO_TEST_CASE(hashes_are_quarantined_and_techniques_raise_thresholds) {
  const auto hash = rules().judge(seen_by(2, "file_hash", std::string(64, 'a')), nullptr, 0, noon);
  BOOST_TEST(hash.publish->what.blocklist.hashes.size() == 1u);
  const auto technique = rules().judge(seen_by(2, "attack_technique", "T1110"), nullptr, 0, noon);
  BOOST_TEST(*technique.publish->what.auto_respond == 95);
  BOOST_TEST(*technique.publish->what.notify_and_wait == 80);
  BOOST_TEST((!rules().judge(seen_by(5, "own_kind", "x"), nullptr, 0, noon).publish));
}

BOOST_AUTO_TEST_CASE(untrusted_agents_do_not_count) {
  auto doubtful = seen_by(4);
  doubtful.trusted_count = 1;
  const auto verdict = rules().judge(doubtful, nullptr, 0, noon);
  BOOST_TEST((!verdict.publish && verdict.refused.empty()));
  doubtful.trusted_count = 2;
  BOOST_TEST(!rules().judge(doubtful, nullptr, 0, noon).publish->wide);
}

BOOST_AUTO_TEST_CASE(never_blocked_addresses_are_refused_with_the_range) {
  const auto verdict = rules().judge(seen_by(3, "source_ip", "10.1.2.3"), nullptr, 0, noon);
  BOOST_TEST((!verdict.publish));
  BOOST_TEST(verdict.refused == "lies in 10.0.0.0/8, which is never blocked");
}

BOOST_AUTO_TEST_CASE(blocks_are_capped_per_kind) {
  emergency_options options;
  options.per_kind = 5;
  BOOST_TEST(!!rules(options).judge(seen_by(2), nullptr, 4, noon).publish);
  BOOST_TEST((!rules(options).judge(seen_by(2), nullptr, 5, noon).publish));
  const auto known = *rules(options).judge(seen_by(2), nullptr, 4, noon).publish;
  BOOST_TEST(!!rules(options).judge(seen_by(3), &known, 5, noon).publish);  // one of the five
}

BOOST_AUTO_TEST_CASE(growth_is_published_and_repetition_is_not) {
  const auto known = *rules().judge(seen_by(2), nullptr, 0, noon).publish;
  BOOST_TEST((!rules().judge(seen_by(2), &known, 1, noon + 1h).publish));
  const auto grown = *rules().judge(seen_by(3), &known, 1, noon + 1h).publish;
  BOOST_TEST(grown.wide);
  BOOST_TEST((grown.published_at == noon && grown.expires_at == noon + 25h));
  auto fewer = seen_by(2);  // once for everyone, always for everyone
  BOOST_TEST((!rules().judge(fewer, &grown, 1, noon + 2h).publish));
}

BOOST_AUTO_TEST_CASE(kinds_may_want_more_agents) {
  emergency_options options;
  options.by_kind["source_ip"] = {3, 5};
  BOOST_TEST((!rules(options).judge(seen_by(2), nullptr, 0, noon).publish));
  BOOST_TEST(!rules(options).judge(seen_by(4), nullptr, 0, noon).publish->wide);
  BOOST_TEST(rules(options).judge(seen_by(5), nullptr, 0, noon).publish->wide);
}

BOOST_AUTO_TEST_CASE(allowlists_of_the_tenant_and_of_all_tenants_are_heeded) {
  stored_policy layer;
  layer.what = policy_document{};
  layer.what->allowlist.ips = {"203.0.113.9"};
  BOOST_TEST(is_allowlisted({layer}, seen_by(2)));
  layer.scope.tenant = "other";
  BOOST_TEST(!is_allowlisted({layer}, seen_by(2)));
  layer.scope.tenant = "default";
  layer.what->allowlist = {{}, {"203.0.113.0/24"}, {}, {}, {}};
  BOOST_TEST(is_allowlisted({layer}, seen_by(2)));
  BOOST_TEST(!is_allowlisted({layer}, seen_by(2, "source_ip", "203.0.114.9")));
  layer.what->allowlist = {{}, {}, {}, {"abc"}, {}};
  BOOST_TEST(is_allowlisted({layer}, seen_by(2, "file_hash", "abc")));
}

BOOST_AUTO_TEST_CASE(an_ended_pattern_publishes_nothing) {
  auto over = seen_by(3);
  over.ended_at = noon;
  BOOST_TEST((!rules().judge(over, nullptr, 0, noon).publish));
}

BOOST_AUTO_TEST_SUITE_END()
