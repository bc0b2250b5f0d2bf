// What the manager's actors make of what they know.
#include "actors/manager/notices.hpp"
#include "messages/channels.hpp"
#include "tests/actors/fakes.hpp"

#include <boost/test/unit_test.hpp>

using namespace muster;
using namespace muster::test;

namespace {

state_change from_to(agent_status from, agent_status to) {
  state_change out;
  out.id = make_agent_id(0, 1, 2);
  out.from = from;
  out.to = to;
  out.at = noon + 2min;
  out.last_seen = noon;
  return out;
}

const noticed_agent who{"edge-3", dialect::plexd, "t", {{"env", "prod"}}};

}  // namespace

BOOST_AUTO_TEST_SUITE(words_of_notices)

BOOST_AUTO_TEST_CASE(offline_is_a_loss_and_stale_and_departed_are_none) {
  using enum agent_status;
  for (const auto& [from, to] :
       {std::pair{online, stale}, {stale, online}, {online, departed}, {stale, departed}, {departed, online}})
    BOOST_TEST(!notice_of(from_to(from, to), who).has_value());
  for (const auto from : {online, stale}) {
    const auto lost = notice_of(from_to(from, offline), who);
    BOOST_REQUIRE(lost);
    BOOST_TEST((lost->event == notice_event::agent_lost));
    BOOST_TEST((lost->stage == notice_stage::opens));
    BOOST_TEST(lost->title == "Agent lost connection: edge-3");
    BOOST_TEST(lost->text == "No heartbeat from edge-3 since 2023-11-14T22:13:20.000Z.");
    BOOST_TEST(lost->fields.at("lastHeartbeatAt") == "2023-11-14T22:13:20.000Z");
    BOOST_TEST(lost->labels.at("env") == "prod");
  }
}

BOOST_AUTO_TEST_CASE(return_and_removal_resolve_a_loss_under_its_key) {
  using enum agent_status;
  const auto lost = notice_of(from_to(stale, offline), who);
  for (const auto to : {online, departed}) {
    const auto over = notice_of(from_to(offline, to), who);
    BOOST_REQUIRE(over);
    BOOST_TEST((over->stage == notice_stage::resolves));
    BOOST_TEST(over->key == lost->key);
  }
}

BOOST_AUTO_TEST_CASE(pattern_is_told_when_it_opens_gets_worse_and_ends_but_not_as_it_grows) {
  pattern_changed change;
  change.whole.kind = "source_ip";
  change.whole.value = "192.0.2.1";
  change.whole.severity = "low";
  for (const auto step : {pattern_step::joined, pattern_step::grew}) {
    change.step = step;
    BOOST_TEST(!notice_of(change).has_value());
  }
  change.step = pattern_step::opened;
  BOOST_TEST((notice_of(change)->severity == notice_severity::low));
  change.step = pattern_step::became_critical;
  change.whole.critical = true;
  BOOST_TEST((notice_of(change)->severity == notice_severity::critical));
  change.step = pattern_step::none;
  change.whole.ended_at = noon;
  BOOST_TEST((notice_of(change)->stage == notice_stage::resolves));
}

BOOST_AUTO_TEST_CASE(every_event_has_a_name_by_which_it_is_found) {
  for (size_t i = 0; i < notice_event_count; ++i) {
    const auto& kind = kind_of(static_cast<notice_event>(i));
    BOOST_TEST(names_notice_event(kind.label));
    BOOST_TEST(names_notice_event(kind.type));
  }
  BOOST_TEST(!names_notice_event("agent_lost"));
}

BOOST_AUTO_TEST_CASE(urls_are_shown_without_what_may_be_secret) {
  BOOST_TEST(masked_url("https://user:pass@hooks.example:8443/a/b?c") == "https://hooks.example:8443/***");
  BOOST_TEST(masked_url("smtp://mail.example:587") == "smtp://mail.example:587");
  BOOST_TEST(masked_url("https://x.example?token=1") == "https://x.example/***");
  BOOST_TEST(masked_url("").empty());
}

BOOST_AUTO_TEST_SUITE_END()
