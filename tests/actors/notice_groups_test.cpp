// Routing, grouping, reminders and silences, as plain values.
#include "actors/manager/notice_groups.hpp"
#include "notice_samples.hpp"

#include <boost/test/unit_test.hpp>

using namespace muster;
using namespace muster::test;

namespace {

using time_point = notice_groups::time_point;
constexpr time_point start{1h};

const auto nobody = [](const notice&) -> std::optional<time_point> { return std::nullopt; };

auto silenced_for(const std::string& subject, time_point until, time_point now) {
  return [=](const notice& what) -> std::optional<time_point> {
    if (what.subject != subject || now >= until) return std::nullopt;
    return until;
  };
}

const notice_route by = route_to({"c"});

}  // namespace

BOOST_AUTO_TEST_SUITE(notice_routing)

BOOST_AUTO_TEST_CASE(first_route_that_matches_takes_a_notice) {
  std::vector<notice_route> routes(3, by);
  routes[0].match.events = {"job_failed"};
  routes[1].match.least = notice_severity::high;
  BOOST_TEST((routes_for(routes, lost("a")) == std::vector<size_t>{1}));
  BOOST_TEST((routes_for(routes, failed_job("j")) == std::vector<size_t>{0}));
  BOOST_TEST((routes_for(routes, recovered("a")) == std::vector<size_t>{2}));
}

BOOST_AUTO_TEST_CASE(route_that_goes_on_lets_later_ones_have_it_too) {
  std::vector<notice_route> routes(3, by);
  routes[0].goes_on = true;
  BOOST_TEST((routes_for(routes, lost("a")) == std::vector<size_t>{0, 1}));
}

BOOST_AUTO_TEST_CASE(match_wants_event_severity_tenant_subject_and_labels) {
  notice_match match;
  BOOST_TEST(match.matches(lost("a")));
  match.events = {"Agent lost connection"};
  match.least = notice_severity::high;
  match.tenant = "t";
  match.subject = "ag-a";
  match.labels = {{"env", "prod"}};
  BOOST_TEST(match.matches(lost("a")));
  BOOST_TEST(!match.matches(lost("b")));
  BOOST_TEST(!match.matches(lost("a", "other")));
  auto graver = match;
  graver.least = notice_severity::critical;
  BOOST_TEST(!graver.matches(lost("a")));
  auto labelled = match;
  labelled.labels["zone"] = "1";
  BOOST_TEST(!labelled.matches(lost("a")));
  match.events = {"agent_disconnected"};
  BOOST_TEST(match.matches(lost("a")));
  match.events = {"agent_reconnected"};
  BOOST_TEST(!match.matches(lost("a")));
}

BOOST_AUTO_TEST_CASE(route_says_what_is_wrong_with_it) {
  auto wrong = by;
  wrong.channels.clear();
  BOOST_TEST(problem_of(wrong) == "channels: must name at least one");
  wrong = by;
  wrong.match.events = {"nonsense"};
  BOOST_TEST(problem_of(wrong) == "match.event: there is no event nonsense");
  wrong = by;
  wrong.repeat_interval = 10ms;
  BOOST_TEST(problem_of(wrong).starts_with("repeat_interval: "));
  BOOST_TEST(problem_of(by).empty());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(notice_grouping)

BOOST_AUTO_TEST_CASE(twenty_losses_are_one_message_after_the_wait) {
  notice_groups groups;
  for (uint64_t i = 0; i < 20; ++i)
    BOOST_TEST(groups.add(i + 1, lost("h" + std::to_string(i)), by, start + i * 100ms).held);
  BOOST_TEST((*groups.next_due() == start + 10s));
  BOOST_TEST(groups.take_due(start + 9s, nobody).empty());
  const auto told = groups.take_due(start + 10s, nobody);
  BOOST_REQUIRE(told.size() == 1u);
  BOOST_TEST(told[0].count == 20u);
  BOOST_TEST(told[0].notices.size() == 20u);
  BOOST_TEST(told[0].open == 20u);
  BOOST_TEST((told[0].severity == notice_severity::high));
  BOOST_TEST(told[0].told.size() == 20u);
  BOOST_TEST(told[0].over.empty());
}

BOOST_AUTO_TEST_CASE(tenants_and_families_are_groups_of_their_own) {
  notice_groups groups;
  groups.add(1, lost("a", "one"), by, start);
  groups.add(2, lost("a", "two"), by, start);
  groups.add(3, failed_job("j"), by, start);
  const auto told = groups.take_due(start + 10s, nobody);
  BOOST_REQUIRE(told.size() == 3u);
  BOOST_TEST(told[0].group != told[1].group);
  BOOST_TEST(told[1].group != told[2].group);
}

BOOST_AUTO_TEST_CASE(messages_of_a_group_keep_their_distance) {
  notice_groups groups;
  groups.add(1, lost("a"), by, start);
  groups.take_due(start + 10s, nobody);
  groups.add(2, lost("b"), by, start + 20s);
  BOOST_TEST((*groups.next_due() == start + 10s + 5min));
  BOOST_TEST(groups.take_due(start + 5min, nobody).empty());
  const auto told = groups.take_due(start + 10s + 5min, nobody);
  BOOST_REQUIRE(told.size() == 1u);
  BOOST_TEST(told[0].count == 1u);
  BOOST_TEST(told[0].open == 2u);
}

BOOST_AUTO_TEST_CASE(what_resolves_ends_what_opened_and_has_its_severity) {
  notice_groups groups;
  groups.add(1, lost("a"), by, start);
  groups.take_due(start + 10s, nobody);
  const auto added = groups.add(2, recovered("a"), by, start + 10min);
  BOOST_TEST((added.over == std::vector<uint64_t>{1}));
  const auto told = groups.take_due(start + 11min, nobody);
  BOOST_REQUIRE(told.size() == 1u);
  BOOST_TEST(told[0].open == 0u);
  BOOST_TEST((told[0].severity == notice_severity::high));
  BOOST_TEST((told[0].over == std::vector<uint64_t>{2}));
}

BOOST_AUTO_TEST_CASE(what_comes_and_goes_within_the_wait_is_told_with_both) {
  notice_groups groups;
  groups.add(1, lost("a"), by, start);
  groups.add(2, recovered("a"), by, start + 1s);
  const auto told = groups.take_due(start + 10s, nobody);
  BOOST_REQUIRE(told.size() == 1u);
  BOOST_TEST(told[0].count == 2u);
  BOOST_TEST(told[0].open == 0u);
  BOOST_TEST((told[0].over == std::vector<uint64_t>{1, 2}));
}

BOOST_AUTO_TEST_CASE(what_is_open_already_is_not_told_again_unless_it_gets_worse) {
  notice_groups groups;
  groups.add(1, lost("a"), by, start);
  groups.take_due(start + 10s, nobody);
  BOOST_TEST(!groups.add(2, lost("a"), by, start + 1min).held);
  auto worse = lost("a");
  worse.severity = notice_severity::critical;
  const auto added = groups.add(3, worse, by, start + 1min);
  BOOST_TEST(added.held);
  BOOST_TEST((added.over == std::vector<uint64_t>{1}));
}

BOOST_AUTO_TEST_CASE(group_is_reminded_of_what_lasts) {
  notice_groups groups;
  groups.add(1, lost("a"), by, start);
  groups.take_due(start + 10s, nobody);
  BOOST_TEST((*groups.next_due() == start + 10s + 4h));
  const auto told = groups.take_due(start + 10s + 4h, nobody);
  BOOST_REQUIRE(told.size() == 1u);
  BOOST_TEST(told[0].reminder);
  BOOST_TEST(told[0].count == 1u);
  BOOST_TEST(told[0].over.empty());
  BOOST_TEST((*groups.next_due() == start + 10s + 8h));
}

BOOST_AUTO_TEST_CASE(no_repeat_interval_means_no_reminder) {
  auto once = by;
  once.repeat_interval = 0ms;
  notice_groups groups;
  groups.add(1, lost("a"), once, start);
  groups.take_due(start + 10s, nobody);
  BOOST_TEST(!groups.next_due());
  BOOST_TEST(groups.lasting() == 1u);
}

BOOST_AUTO_TEST_CASE(what_happened_is_told_once_and_forgotten) {
  notice_groups groups;
  groups.add(1, failed_job("j"), by, start);
  const auto told = groups.take_due(start + 10s, nobody);
  BOOST_REQUIRE(told.size() == 1u);
  BOOST_TEST(told[0].open == 0u);
  BOOST_TEST((told[0].over == std::vector<uint64_t>{1}));
  BOOST_TEST(!groups.next_due());
}

BOOST_AUTO_TEST_CASE(too_many_are_counted_and_not_listed) {
  notice_groups groups{{3, 5, 100}};
  for (uint64_t i = 1; i <= 8; ++i)
    BOOST_TEST(groups.add(i, lost("h" + std::to_string(i)), by, start).held == (i <= 5));
  const auto told = groups.take_due(start + 10s, nobody);
  BOOST_REQUIRE(told.size() == 1u);
  BOOST_TEST(told[0].count == 8u);
  BOOST_TEST(told[0].notices.size() == 3u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(notice_silencing)

BOOST_AUTO_TEST_CASE(silenced_notice_is_not_told_and_others_are) {
  notice_groups groups;
  groups.add(1, lost("a"), by, start);
  groups.add(2, lost("b"), by, start);
  const auto told = groups.take_due(start + 10s, silenced_for("ag-a", start + 1h, start + 10s));
  BOOST_REQUIRE(told.size() == 1u);
  BOOST_TEST(told[0].count == 1u);
  BOOST_TEST(told[0].silenced == 1u);
  BOOST_TEST(told[0].notices[0].subject == "ag-b");
  BOOST_TEST(told[0].open == 1u);
}

BOOST_AUTO_TEST_CASE(what_still_lasts_when_its_silence_ends_is_told_then) {
  notice_groups groups;
  groups.add(1, lost("a"), by, start);
  BOOST_TEST(groups.take_due(start + 10s, silenced_for("ag-a", start + 1h, start + 10s))[0].count == 0u);
  BOOST_TEST((*groups.next_due() == start + 1h));
  const auto told = groups.take_due(start + 1h, nobody);
  BOOST_REQUIRE(told.size() == 1u);
  BOOST_TEST(told[0].count == 1u);
  BOOST_TEST(!told[0].reminder);
  BOOST_TEST((told[0].told == std::vector<uint64_t>{1}));
}

BOOST_AUTO_TEST_CASE(what_ends_under_a_silence_is_never_told) {
  notice_groups groups;
  groups.add(1, lost("a"), by, start);
  groups.take_due(start + 10s, silenced_for("ag-a", start + 1h, start + 10s));
  const auto added = groups.add(2, recovered("a"), by, start + 20s);
  BOOST_TEST(!added.held);
  BOOST_TEST((added.over == std::vector<uint64_t>{1}));
  BOOST_TEST(groups.lasting() == 0u);
}

BOOST_AUTO_TEST_CASE(end_of_a_silence_before_its_time_is_noticed) {
  notice_groups groups;
  groups.add(1, lost("a"), by, start);
  groups.take_due(start + 10s, silenced_for("ag-a", start + 1h, start + 10s));
  groups.look_again(start + 1min);
  const auto told = groups.take_due(start + 1min, nobody);
  BOOST_REQUIRE(told.size() == 1u);
  BOOST_TEST(told[0].count == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
