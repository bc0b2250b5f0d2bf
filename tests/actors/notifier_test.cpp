// The notifier and its channels on virtual time.
#include "actors/manager/channel.hpp"
#include "notifier_fixture.hpp"

using namespace muster;
using namespace muster::test;

BOOST_FIXTURE_TEST_SUITE(notifiers, notifier_fixture)

BOOST_AUTO_TEST_CASE(twenty_losses_are_one_message_to_each_channel) {
  options.channels.push_back(hook("chat", channel_type::slack));
  options.routes = {route_to({"ops", "chat"})};
  start();
  for (int i = 0; i < 20; ++i) hear(lost("h" + std::to_string(i)));
  advance(9s);
  BOOST_TEST(post->tried.empty());
  advance(1s);
  BOOST_REQUIRE(post->arrived.size() == 2u);
  BOOST_TEST(post->arrived[0].count == 20u);
  BOOST_TEST(post->arrived[0].id != post->arrived[1].id);
  advance(1h);
  BOOST_TEST(post->tried.size() == 2u);
}

BOOST_AUTO_TEST_CASE(delivery_is_durable_before_it_is_sent_and_gone_once_it_arrived) {
  book->desk.holds = true;
  start();
  hear(lost("a"));
  advance(10s);
  BOOST_TEST(post->tried.empty());
  BOOST_REQUIRE(!book->notifications.empty());
  BOOST_TEST(book->notifications.back().deliveries.size() == 1u);
  tell(ledger, commit_due{});
  BOOST_REQUIRE(post->arrived.size() == 1u);
  BOOST_TEST(kept().deliveries.empty());
}

BOOST_AUTO_TEST_CASE(channel_down_for_an_hour_loses_and_doubles_nothing) {
  start();
  post->down = true;
  std::set<std::string> opened;
  for (int i = 0; i < 12; ++i) {  // one message each five minutes
    hear(failed_job("j" + std::to_string(i)));
    opened.insert("j" + std::to_string(i));
    advance(5min);
  }
  BOOST_TEST(post->arrived.empty());
  post->down = false;
  advance(3h);
  std::set<std::string> arrived;
  std::set<uint64_t> ids;
  for (const auto& each : post->arrived) {
    BOOST_TEST(ids.insert(each.id).second);
    BOOST_TEST(post->tries_of(each.id) <= 5u);
    for (const auto& one : each.notices) BOOST_TEST(arrived.insert(one.subject).second);
  }
  BOOST_TEST((arrived == opened));
  BOOST_TEST(kept().deliveries.empty());
}

BOOST_AUTO_TEST_CASE(delivery_that_never_arrives_is_given_up_after_five_attempts_and_said) {
  start();
  post->down = true;
  hear(failed_job("j"));
  advance(10s);
  BOOST_TEST(post->tried.size() == 1u);
  advance(30s);
  BOOST_TEST(post->tried.size() == 2u);
  advance(2min);
  BOOST_TEST(post->tried.size() == 3u);
  advance(10min);
  BOOST_TEST(post->tried.size() == 4u);
  advance(1h);
  BOOST_TEST(post->tried.size() == 5u);
  advance(24h);
  BOOST_TEST(post->tried.size() == 5u);
  BOOST_REQUIRE(told.size() == 1u);
  BOOST_TEST(told[0].starts_with("notification_given_up ops nt-"));
  BOOST_TEST(kept().deliveries.empty());
  const auto all = ask<delivery_list>(subject, list_deliveries{});
  BOOST_REQUIRE(all);
  BOOST_TEST(all->attempts.size() == 5u);
  BOOST_TEST(all->attempts.front().status == "gave_up");
  BOOST_TEST(all->attempts.front().how.status == 503);
  BOOST_TEST(all->pending.empty());
}

BOOST_AUTO_TEST_CASE(pending_delivery_goes_out_after_a_restart_under_the_same_id) {
  start();
  post->down = true;
  hear(lost("a"));
  advance(10s);
  BOOST_REQUIRE(post->tried.size() == 1u);
  const auto id = post->tried[0].what.id;
  restart();
  post->down = false;
  BOOST_TEST(post->arrived.empty());  // not before its time
  advance(30s);
  BOOST_REQUIRE(post->arrived.size() == 1u);
  BOOST_TEST(post->arrived[0].id == id);
  BOOST_TEST(post->arrived[0].attempts == 1u);
  advance(1h);
  BOOST_TEST(post->arrived.size() == 1u);
}

BOOST_AUTO_TEST_CASE(notice_that_waited_for_its_group_is_told_after_a_restart) {
  start();
  hear(lost("a"));
  advance(5s);
  restart();
  advance(10s);
  BOOST_REQUIRE(post->arrived.size() == 1u);
  BOOST_TEST(post->arrived[0].notices[0].subject == "ag-a");
}

BOOST_AUTO_TEST_CASE(what_a_restart_forgets_is_resolved_by_it) {
  start();
  auto began = lost("fleet");
  began.event = notice_event::disruption_began;
  began.title = "Disruption began: fleet";
  auto flaps = lost("a");
  flaps.event = notice_event::agent_flapping;
  flaps.title = "Agent flapping: a";
  hear(began);
  hear(flaps);
  hear(lost("b"));
  advance(10s);
  BOOST_TEST(post->arrived.size() == 3u);
  restart();
  advance(5min);
  std::set<std::string> titles;
  for (size_t i = 3; i < post->arrived.size(); ++i)
    for (const auto& each : post->arrived[i].notices) {
      BOOST_TEST((each.stage == notice_stage::resolves));
      titles.insert(each.title);
    }
  BOOST_TEST((titles == std::set<std::string>{"Disruption ended: fleet", "Agent calm: a"}));
  restart();
  const auto so_far = post->arrived.size();
  advance(1h);
  BOOST_TEST(post->arrived.size() == so_far);
}

BOOST_AUTO_TEST_CASE(what_lasted_before_a_restart_is_resolved_after_it_and_not_told_again) {
  start();
  hear(lost("a"));
  advance(10s);
  restart();
  advance(1h);
  BOOST_TEST(post->arrived.size() == 1u);
  hear(recovered("a"));
  advance(10s);
  BOOST_REQUIRE(post->arrived.size() == 2u);
  BOOST_TEST(post->arrived[1].open == 0u);
  BOOST_TEST((post->arrived[1].severity == notice_severity::high));
  BOOST_TEST(post->arrived[1].group == post->arrived[0].group);
  BOOST_TEST(kept().notices.empty());
}

BOOST_AUTO_TEST_CASE(reminder_comes_each_repeat_interval_also_over_a_restart) {
  start();
  hear(lost("a"));
  advance(10s);
  advance(2h);
  restart();
  advance(2h - 1min);
  BOOST_TEST(post->arrived.size() == 1u);
  advance(1min);
  BOOST_REQUIRE(post->arrived.size() == 2u);
  BOOST_TEST(post->arrived[1].reminder);
  advance(4h);
  BOOST_TEST(post->arrived.size() == 3u);
}

BOOST_AUTO_TEST_CASE(pager_is_told_of_nothing_below_high) {
  options.channels = {hook("ops"), hook("pager", channel_type::pagerduty)};
  options.routes = {route_to({"ops", "pager"})};
  start();
  hear(failed_job("j"));  // medium
  advance(10s);
  BOOST_REQUIRE(post->arrived.size() == 1u);
  BOOST_TEST(post->arrived[0].channel == "ops");
  hear(lost("a"));
  advance(10s);
  BOOST_TEST(post->arrived.size() == 3u);
  hear(recovered("a"));
  advance(10min);
  BOOST_REQUIRE(post->arrived.size() == 5u);
  BOOST_TEST(post->arrived[4].channel == "pager");
}

BOOST_AUTO_TEST_CASE(same_id_is_heard_once) {
  start();
  auto what = failed_job("j");
  what.id = "mine";
  hear(what);
  hear(what);
  advance(10s);
  BOOST_REQUIRE(post->arrived.size() == 1u);
  BOOST_TEST(post->arrived[0].count == 1u);
}

BOOST_AUTO_TEST_CASE(silence_keeps_people_from_hearing_until_it_ends) {
  start();
  create_silence request;
  request.what.match.subject = "ag-a";
  request.what.until = utc() + 1h;
  request.what.author = "ann";
  const auto made = ask<silence>(subject, request);
  BOOST_REQUIRE(made);
  hear(lost("a"));
  hear(lost("b"));
  advance(10min);
  BOOST_REQUIRE(post->arrived.size() == 1u);
  BOOST_TEST(post->arrived[0].notices[0].subject == "ag-b");
  const auto counts = ask<notification_counts>(subject, count_notifications{});
  BOOST_TEST(counts->silenced == 1u);
  BOOST_TEST(counts->silences == 1u);
  advance(50min);
  BOOST_REQUIRE(post->arrived.size() == 2u);
  BOOST_TEST(post->arrived[1].notices[0].subject == "ag-a");
  BOOST_TEST(ask<silence_list>(subject, list_silences{})->silences.empty());
}

BOOST_AUTO_TEST_CASE(silence_that_is_deleted_ends_at_once_and_survives_a_restart_until_then) {
  start();
  create_silence request;
  request.what.match.events = {"agent_disconnected"};
  request.what.until = utc() + 10h;
  const auto made = ask<silence>(subject, request);
  BOOST_REQUIRE(made);
  hear(lost("a"));
  advance(1h);
  restart();
  advance(1h);
  BOOST_TEST(post->arrived.empty());
  BOOST_REQUIRE(ask<committed>(subject, delete_silence{made->number, "ann"}));
  advance(1s);
  BOOST_TEST(post->arrived.size() == 1u);
  BOOST_TEST(!ask<committed>(subject, delete_silence{made->number, "ann"}));
}

BOOST_AUTO_TEST_CASE(silence_of_everything_is_refused) {
  start();
  create_silence request;
  request.what.until = utc() + 1h;
  BOOST_TEST(!ask<silence>(subject, request));
  request.what.match.subject = "x";
  request.what.until = utc() - 1s;
  BOOST_TEST(!ask<silence>(subject, request));
}

BOOST_AUTO_TEST_CASE(channel_of_operators_is_sealed_used_masked_and_deleted) {
  options.routes.clear();
  start();
  const auto made = ask<channel_row>(subject, create_channel{hook("mine"), "ann"});
  BOOST_REQUIRE(made);
  BOOST_TEST(made->what.url == "https://hooks.example/***");
  BOOST_TEST(made->what.secret == "***");
  const auto& record = book->notifications.back();
  BOOST_REQUIRE(record.channels.size() == 1u);
  BOOST_TEST(record.channels[0].what.url.empty());
  BOOST_TEST(record.channels[0].what.secret.empty());
  BOOST_TEST(record.channels[0].secret == "channels/1/secret|s3cret");
  BOOST_TEST(record.audit.size() == 1u);
  BOOST_TEST(!ask<channel_row>(subject, create_channel{hook("mine"), "ann"}));
  hear(failed_job("j"));  // without routes it goes everywhere
  advance(10s);
  BOOST_TEST(post->arrived.size() == 2u);
  BOOST_TEST(!ask<committed>(subject, delete_channel{"ops", "ann"}));  // of the file
  BOOST_REQUIRE(ask<committed>(subject, delete_channel{"mine", "ann"}));
  hear(failed_job("k"));
  advance(10min);
  BOOST_TEST(post->arrived.size() == 3u);
}

BOOST_AUTO_TEST_CASE(channel_that_could_not_be_written_is_not_there) {
  start();
  book->desk.refuse(fleet_error::store_full);
  BOOST_TEST(!ask<channel_row>(subject, create_channel{hook("mine"), "ann"}));
  book->desk.refuse_none();
  BOOST_TEST(ask<channel_list>(subject, list_channels{})->channels.size() == 1u);
}

BOOST_AUTO_TEST_CASE(routes_that_are_written_take_what_waits) {
  options.routes.clear();
  options.channels.push_back(hook("other"));
  start();
  hear(lost("a"));
  advance(1s);
  BOOST_REQUIRE(ask<route_list>(subject, write_routes{{route_to({"other"})}, "ann"}));
  advance(10s);
  BOOST_REQUIRE(post->arrived.size() == 1u);
  BOOST_TEST(post->arrived[0].channel == "other");
  BOOST_TEST(!ask<route_list>(subject, write_routes{{route_to({"nowhere"})}, "ann"}));
  BOOST_TEST(!ask<committed>(subject, delete_channel{"other", "ann"}));
}

BOOST_AUTO_TEST_CASE(test_of_a_channel_sends_once_and_says_how_it_went) {
  start();
  const auto good = ask<delivery_outcome>(subject, test_channel{"ops", "ann"});
  BOOST_REQUIRE(good);
  BOOST_TEST(good->ok);
  post->down = true;
  const auto bad = ask<delivery_outcome>(subject, test_channel{"ops", "ann"});
  BOOST_TEST(!bad->ok);
  BOOST_TEST(bad->status == 503);
  advance(2h);
  BOOST_TEST(post->tried.size() == 2u);
  BOOST_TEST(!ask<delivery_outcome>(subject, test_channel{"none", "ann"}));
}

BOOST_AUTO_TEST_CASE(courier_that_does_not_answer_counts_as_a_failure) {
  post->desk.holds = true;
  start();
  hear(failed_job("j"));
  advance(10s);
  BOOST_TEST(post->tried.size() == 1u);
  advance(15s);
  post->desk.holds = false;
  advance(30s);
  BOOST_TEST(post->tried.size() == 2u);
}

BOOST_AUTO_TEST_CASE(pattern_is_told_when_it_opens_and_ends) {
  start();
  pattern_changed change;
  change.step = pattern_step::opened;
  change.whole.id = pattern_id{7};
  change.whole.tenant = "t";
  change.whole.kind = "source_ip";
  change.whole.value = "192.0.2.1";
  change.whole.severity = "high";
  change.whole.agent_count = 2;
  change.whole.last_seen = noon;
  tell(subject, change);
  change.step = pattern_step::grew;
  tell(subject, change);
  advance(10s);
  BOOST_REQUIRE(post->arrived.size() == 1u);
  BOOST_TEST(post->arrived[0].count == 1u);
  BOOST_TEST((post->arrived[0].severity == notice_severity::high));
  change.step = pattern_step::none;
  change.whole.ended_at = noon + 10min;
  tell(subject, change);
  advance(10min);
  BOOST_REQUIRE(post->arrived.size() == 2u);
  BOOST_TEST(post->arrived[1].open == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
