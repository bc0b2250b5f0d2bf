// The event log between a fake ledger, a fake loop and who serves its keys.
#include "actors/manager/event_log.hpp"

#include "tests/actors/event_fakes.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace muster;
using namespace muster::test;

agent_id node(uint32_t slot) { return make_agent_id(0, slot, slot + 1); }

node_event event(std::string type, event_audience whom = {}) {
  return {std::move(type), "{}", std::move(whom)};
}

std::string lines(const std::vector<std::string>& told) {
  std::string out;
  for (const auto& each : told) out += each + "\n";
  return out;
}

struct event_log_fixture : virtual_time_fixture {
  explicit event_log_fixture(bool starts = true) {
    writer = spawn(fake_ledger, ledger);
    loop_handle = spawn(fake_follower, loop);
    keys_handle = spawn(fake_key_listener, served);
    if (starts) start();
  }

  void start(restored_events restored = {}) {
    event_log_ports ports{writer,
                          std::make_shared<open_vault>(),
                          signer,
                          [this] { return utc(); },
                          [this](std::string_view what, const std::string&) { journal.emplace_back(what); },
                          7};
    subject = spawn(event_log, options, std::move(ports), std::move(restored));
    deliver();
  }
  void attach() { tell(subject, attach_event_listeners{{loop_handle}, keys_handle}); }

  // What the ledger has by now, as a restart finds it.
  restored_events written() {
    restored_events out;
    for (const auto& each : ledger->events) {
      out.events.insert(out.events.end(), each.events.begin(), each.events.end());
      if (each.keys) out.sealed = *each.keys;
    }
    out.keys = *open_signing_keys(out.sealed, open_vault{}, *signer);
    return out;
  }
  void restart() {
    const auto found = written();
    caf::anon_send_exit(subject, caf::exit_reason::user_shutdown);
    deliver();
    loop->told.clear();
    start(found);
  }

  utc_time utc() const {
    return noon + set_back
           + std::chrono::duration_cast<std::chrono::milliseconds>(sched.clock().now() - started);
  }
  caf::expected<committed> append(const std::string& tenant, std::vector<node_event> events) {
    return ask<committed>(subject, append_events{tenant, std::move(events)});
  }
  caf::expected<signing_keys> rotate(std::chrono::milliseconds overlap = 24h) {
    return ask<signing_keys>(subject, rotate_signing_key{overlap, "ann"});
  }
  signing_keys keys() { return *ask<signing_keys>(subject, read_signing_keys{}); }
  std::string refusal(std::vector<node_event> events) {
    const auto answer = append("north", std::move(events));
    BOOST_REQUIRE(!answer);
    BOOST_TEST((answer.error() == fleet_error::event_refused));
    return sys.render(answer.error());
  }

  std::chrono::milliseconds set_back{0};
  event_log_options options;
  std::shared_ptr<ledger_book> ledger = std::make_shared<ledger_book>();
  std::shared_ptr<follower_book> loop = std::make_shared<follower_book>();
  std::shared_ptr<key_book> served = std::make_shared<key_book>();
  std::shared_ptr<readable_signer> signer = std::make_shared<readable_signer>();
  std::vector<std::string> journal;
  caf::actor_clock::time_point started = sched.clock().now();
  ledger_actor writer;
  event_listener_actor loop_handle;
  key_listener_actor keys_handle;
  event_log_actor subject;
};

struct unstarted_log : event_log_fixture {
  unstarted_log() : event_log_fixture(false) {}
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(event_log_appends, event_log_fixture)

BOOST_AUTO_TEST_CASE(events_are_written_signed_and_published_then_answered) {
  attach();
  const auto answer = append("north", {event("a"), event("b", {audience_kind::only, {node(1)}})});
  BOOST_REQUIRE(answer);
  BOOST_TEST(answer->number == 2u);
  BOOST_TEST(lines(loop->told) == "keys k1\nnorth: k1(7-1 a)\nnorth: k1(7-2 b)\n");
  const auto& record = ledger->events.back();
  BOOST_REQUIRE(record.events.size() == 2u);
  BOOST_TEST(
    (*record.events[1] == logged_event{0, "north", 2, noon, {"b", "{}", {audience_kind::only, {node(1)}}}}));
  BOOST_TEST(loop->events.size() == 1u, "one message");
}

BOOST_AUTO_TEST_CASE(nobody_is_told_before_the_commit) {
  attach();
  ledger->desk.holds = true;
  const auto answer = request<committed>(subject, append_events{"north", {event("a")}});
  deliver();
  BOOST_TEST(!answered());
  BOOST_TEST(lines(loop->told) == "keys k1\n");
  tell(writer, commit_due{});
  BOOST_TEST(answer()->number == 1u);
  BOOST_TEST(lines(loop->told) == "keys k1\nnorth: k1(7-1 a)\n");
}

BOOST_AUTO_TEST_CASE(requests_do_not_wait_for_each_other) {
  attach();
  ledger->desk.holds = true;
  const auto first = request<committed>(subject, append_events{"north", {event("a")}});
  const auto second = request<committed>(subject, append_events{"south", {event("b")}});
  deliver();
  BOOST_TEST(ledger->events.size() == 3u, "the keys and both");
  tell(writer, commit_due{});
  BOOST_TEST(lines(loop->told) == "keys k1\nnorth: k1(7-1 a)\nsouth: k1(7-1 b)\n");
  BOOST_TEST(ledger->events.back().events.front()->stream == 1u);
  BOOST_TEST((first() && second()));
}

BOOST_AUTO_TEST_CASE(every_loop_is_sent_the_same_frame_signed_once) {
  const auto other = std::make_shared<follower_book>();
  const auto second = spawn(fake_follower, other);
  tell(subject, attach_event_listeners{{loop_handle, second}, keys_handle});
  append("north", {event("a")});
  BOOST_TEST(signer->signatures == 1u);
  BOOST_TEST((loop->events.back().frames[0].get() == other->events.back().frames[0].get()));
}

BOOST_AUTO_TEST_CASE(what_could_not_be_written_is_not_told_and_its_number_stays_free) {
  attach();
  append("north", {event("a")});
  ledger->desk.refuse(fleet_error::store_full, 1);
  BOOST_TEST((append("north", {event("b")}).error() == fleet_error::store_full));
  BOOST_TEST(append("north", {event("c")})->number == 3u);
  BOOST_TEST(lines(loop->told) == "keys k1\nnorth: k1(7-1 a)\nnorth: k1(7-3 c)\n");
  BOOST_TEST(lines(journal) == "events_not_recorded\n");
}

BOOST_AUTO_TEST_CASE(one_bad_event_refuses_its_request_and_is_named) {
  attach();
  const auto refused = refusal({event("a"), {"b", "unreadable", {}}});
  BOOST_TEST(refused.find("events[1] b: nobody can read it") != std::string::npos, refused);
  refusal({event("signing_key_rotated")});
  refusal({event("resync")});
  refusal({event("a", {audience_kind::only, {node(2), node(1)}})});
  refusal({event("a", {audience_kind::only, {node(1), node(1)}})});
  refusal({{"a", std::string(options.payload_bytes + 1, ' '), {}}});
  refusal(std::vector<node_event>(options.events_at_once + 1, event("a")));
  BOOST_TEST(ledger->events.size() == 1u, "the keys");
  BOOST_TEST(append("north", {{"a", std::string(options.payload_bytes, ' '), {}}})->number == 1u);
}

BOOST_AUTO_TEST_CASE(loops_that_come_late_are_told_what_is_kept) {
  append("north", {event("a")});
  append("south", {event("b")});
  BOOST_TEST(loop->told.empty());
  attach();
  BOOST_TEST(lines(loop->told) == "keys k1\nnorth: k1(7-1 a)\nsouth: k1(7-1 b)\n");
  BOOST_TEST(loop->signing.back().epoch == 7u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(event_log_starts, unstarted_log)

BOOST_AUTO_TEST_CASE(first_start_makes_a_key_that_is_durable_before_anybody_hears_of_it) {
  ledger->desk.holds = true;
  start();
  const auto asked = request<signing_keys>(subject, read_signing_keys{});
  const auto appended = request<committed>(subject, append_events{"north", {event("a")}});
  attach();
  BOOST_TEST(!answered());
  BOOST_TEST(loop->told.empty());
  BOOST_TEST((ledger->events.back().keys == sealed_signing_keys{7, "event_log/signing_key|s1", "", {}}));
  tell(writer, commit_due{});
  BOOST_TEST((asked() == signing_keys{"k1", "", {}}));
  BOOST_TEST(appended()->number == 1u);
  BOOST_TEST(lines(loop->told) == "keys k1\nnorth: k1(7-1 a)\n");
  BOOST_TEST((served->keys == std::vector<signing_keys>{{"k1", "", {}}}));
}

BOOST_AUTO_TEST_CASE(key_that_could_not_be_written_is_made_anew_for_the_next_request) {
  ledger->desk.refuse(fleet_error::store_full, 2);
  start();
  BOOST_TEST((append("north", {event("a")}).error() == fleet_error::store_full));
  BOOST_TEST(ledger->events.size() == 2u);
  BOOST_TEST(append("north", {event("a")})->number == 1u);
  BOOST_TEST(keys().current == "k3");
  BOOST_TEST((signer->keys == std::set<std::string>{"k3"}));
}

BOOST_AUTO_TEST_CASE(restart_goes_on_with_its_keys_its_epoch_and_its_numbers) {
  start();
  append("north", {event("a"), event("b")});
  append("south", {event("c")});
  restart();
  BOOST_TEST(ledger->events.size() == 3u, "no new keys");
  signer->signatures = 0;
  attach();
  BOOST_TEST(lines(loop->told) == "keys k1\nnorth: \nnorth: \nsouth: \n");
  BOOST_TEST(signer->signatures == 0u, "loops sign what is wanted");
  BOOST_TEST(append("south", {event("d")})->number == 2u);
  BOOST_TEST(ledger->events.back().events.front()->stream == 1u);
  append("west", {event("e")});
  BOOST_TEST(ledger->events.back().events.front()->stream == 2u);
  BOOST_TEST(loop->told.back() == "west: k1(7-1 e)");
}

BOOST_AUTO_TEST_CASE(ledger_is_told_what_it_need_not_keep) {
  options.kept.events = 2;
  start();
  for (int i = 0; i < 4; ++i) append("north", {event("a")});
  std::string befores;
  for (const auto& each : ledger->events)
    for (const auto& trim : each.trims) befores += std::to_string(trim.before) + " ";
  BOOST_TEST(befores == "1 1 1 2 ", "one behind, since what is written may fail");
}

BOOST_AUTO_TEST_CASE(tenants_are_bounded) {
  options.tenants = 1;
  start();
  append("north", {event("a")});
  BOOST_TEST((append("south", {event("a")}).error() == fleet_error::event_refused));
  BOOST_TEST(append("north", {event("a")})->number == 2u);
}

BOOST_AUTO_TEST_CASE(keys_that_do_not_open_are_an_error) {
  start();
  const auto good = written().sealed;
  readable_signer other;
  BOOST_TEST((*open_signing_keys(good, open_vault{}, other) == signing_keys{"k1", "", {}}));
  BOOST_TEST((*open_signing_keys({}, open_vault{}, other) == signing_keys{}));
  for (const sealed_signing_keys& bad : {sealed_signing_keys{7, "elsewhere|s1", "", {}},
                                         {7, good.current, "elsewhere|s1", {}},
                                         {7, "event_log/signing_key|nonsense", "", {}}})
    BOOST_TEST((open_signing_keys(bad, open_vault{}, other).error() == fleet_error::store_failed));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(event_log_rotates, event_log_fixture)

BOOST_AUTO_TEST_CASE(rotation_is_told_with_the_old_key_and_what_follows_with_the_new) {
  attach();
  append("north", {event("a")});
  loop->told.clear();
  const auto answer = rotate();
  BOOST_TEST((answer == signing_keys{"k2", "k1", noon + 24h}));
  append("north", {event("b")});
  BOOST_TEST(lines(loop->told) == "keys k2 k1\nnorth: k1(7-2 signing_key_rotated)\nnorth: k2(7-3 b)\n");
  BOOST_TEST(loop->events[loop->events.size() - 2].frames[0]->what->what.payload == "k1>k2");
}

BOOST_AUTO_TEST_CASE(rotation_is_one_record_with_its_keys_sealed_and_its_author) {
  append("north", {event("a")});
  append("south", {event("a")});
  rotate(1h);
  const auto& record = ledger->events.back();
  BOOST_TEST(record.events.size() == 2u);
  BOOST_TEST((record.keys
              == sealed_signing_keys{7, "event_log/signing_key|s2", "event_log/signing_key|s1", noon + 1h}));
  BOOST_REQUIRE(record.audit.size() == 1u);
  BOOST_TEST(
    (record.audit[0] == audit_entry{noon, "ann", "signing_key.rotated", "k2", "overlap_seconds=3600"}));
}

BOOST_AUTO_TEST_CASE(keys_are_served_before_nodes_are_told_and_appends_wait) {
  attach();
  append("north", {event("a")});
  loop->told.clear();
  served->desk.holds = true;
  const auto rotated = request<signing_keys>(subject, rotate_signing_key{24h, "ann"});
  const auto appended = request<committed>(subject, append_events{"north", {event("b")}});
  deliver();
  BOOST_TEST((served->keys.back() == signing_keys{"k2", "k1", noon + 24h}));
  BOOST_TEST(!answered());
  BOOST_TEST(loop->told.empty());
  tell(keys_handle, note_signing_keys{});
  BOOST_TEST(rotated()->current == "k2");
  BOOST_TEST(appended()->number == 3u);
  BOOST_TEST(lines(loop->told) == "keys k2 k1\nnorth: k1(7-2 signing_key_rotated)\nnorth: k2(7-3 b)\n");
}

BOOST_AUTO_TEST_CASE(who_serves_the_keys_and_keeps_silent_is_not_waited_for_for_ever) {
  attach();
  append("north", {event("a")});
  served->desk.holds = true;
  const auto rotated = request<signing_keys>(subject, rotate_signing_key{24h, "ann"});
  advance(options.keys_timeout - 1ms);
  BOOST_TEST(!answered());
  advance(1ms);
  BOOST_TEST(rotated()->current == "k2");
  BOOST_TEST(loop->told.back() == "north: k1(7-2 signing_key_rotated)");
  BOOST_TEST(lines(journal) == "signing_keys_not_served\n");
}

BOOST_AUTO_TEST_CASE(rotation_that_could_not_be_written_changes_nothing) {
  attach();
  append("north", {event("a")});
  ledger->desk.refuse(fleet_error::store_full, 1);
  BOOST_TEST((rotate().error() == fleet_error::store_full));
  BOOST_TEST((keys() == signing_keys{"k1", "", {}}));
  append("north", {event("b")});
  BOOST_TEST(loop->told.back() == "north: k1(7-3 b)");
  BOOST_TEST((signer->keys == std::set<std::string>{"k1"}));
  BOOST_TEST(lines(journal) == "signing_keys_not_recorded\n");
}

BOOST_AUTO_TEST_CASE(tenant_without_events_hears_of_the_rotation_before_its_first) {
  attach();
  rotate(1h);
  loop->told.clear();
  append("north", {event("a"), event("b")});
  append("north", {event("c")});
  BOOST_TEST(lines(loop->told)
             == "north: k1(7-1 signing_key_rotated)\nnorth: k2(7-2 a)\nnorth: k2(7-3 b)\nnorth: k2(7-4 c)\n");
  advance(1h);
  append("south", {event("a")});
  BOOST_TEST(loop->told.back() == "south: k2(7-1 a)");
  BOOST_TEST(loop->events.back().frames.size() == 1u);
}

BOOST_AUTO_TEST_CASE(nodes_that_were_never_told_anything_hear_of_the_rotation_at_once) {
  served->tenants = {"north", "south"};
  attach();
  append("north", {event("a")});
  loop->told.clear();
  rotate(1h);
  BOOST_TEST(lines(loop->told)
             == "keys k2 k1\nnorth: k1(7-2 signing_key_rotated)\nsouth: k1(7-1 signing_key_rotated)\n");
}

BOOST_AUTO_TEST_CASE(tenant_whose_first_event_failed_still_hears_of_the_rotation) {
  attach();
  rotate(1h);
  ledger->desk.refuse(fleet_error::store_full, 1);
  BOOST_TEST(!append("north", {event("a")}));
  loop->told.clear();
  append("north", {event("a")});
  BOOST_TEST(lines(loop->told) == "north: k1(7-3 signing_key_rotated)\nnorth: k2(7-4 a)\n");
}

BOOST_AUTO_TEST_CASE(rotation_survives_a_restart_and_is_not_told_twice) {
  append("north", {event("a")});
  rotate(1h);
  restart();
  attach();
  BOOST_TEST((keys() == signing_keys{"k2", "k1", noon + 1h}));
  append("north", {event("b")});
  BOOST_TEST(loop->told.back() == "north: k2(7-3 b)");
  BOOST_TEST(loop->events.back().frames.size() == 1u);
  append("south", {event("c")});
  BOOST_TEST(loop->events.back().frames.size() == 2u);
  advance(1h);
  BOOST_TEST((keys() == signing_keys{"k2", "", {}}));
}

BOOST_AUTO_TEST_CASE(previous_key_is_destroyed_when_the_overlap_ends) {
  attach();
  rotate(1h);
  advance(1h - 1ms);
  BOOST_TEST(keys().previous == "k1");
  advance(1ms);
  BOOST_TEST((keys() == signing_keys{"k2", "", {}}));
  BOOST_TEST((signer->keys == std::set<std::string>{"k2"}));
  BOOST_TEST((ledger->events.back().keys == sealed_signing_keys{7, "event_log/signing_key|s2", "", {}}));
  BOOST_TEST(loop->told.back() == "keys k2");
  BOOST_TEST((served->keys.back() == signing_keys{"k2", "", {}}));
}

BOOST_AUTO_TEST_CASE(overlap_ends_by_the_calendar_when_that_was_set_back) {
  rotate(1h);
  set_back = -10min;
  advance(1h);
  BOOST_TEST(keys().previous == "k1");
  advance(10min - 1ms);
  BOOST_TEST(keys().previous == "k1");
  advance(1ms);
  BOOST_TEST(keys().previous == "");
}

BOOST_AUTO_TEST_CASE(end_of_the_overlap_that_could_not_be_written_is_tried_again) {
  rotate(1h);
  ledger->desk.refuse(fleet_error::store_full, 1);
  advance(1h);
  BOOST_TEST(keys().previous == "k1");
  advance(1min);
  BOOST_TEST(keys().previous == "");
}

BOOST_AUTO_TEST_CASE(second_rotation_within_the_overlap_drops_the_oldest_key) {
  rotate(1h);
  advance(30min);
  BOOST_TEST((rotate(1h) == signing_keys{"k3", "k2", noon + 90min}));
  BOOST_TEST((signer->keys == std::set<std::string>{"k2", "k3"}));
  advance(30min);
  BOOST_TEST(keys().previous == "k2", "the first timer is not the second's");
  advance(31min);
  BOOST_TEST(keys().previous == "");
}

BOOST_AUTO_TEST_CASE(overlap_has_bounds) {
  for (const std::chrono::milliseconds bad :
       {-1ms, 0ms, 59'999ms, std::chrono::milliseconds{24h * 365} + 1ms})
    BOOST_TEST((rotate(bad).error() == fleet_error::event_refused));
  BOOST_TEST((keys() == signing_keys{"k1", "", {}}));
  BOOST_TEST(static_cast<bool>(rotate(1min)));
}

BOOST_AUTO_TEST_CASE(what_waits_for_new_keys_is_bounded) {
  attach();
  served->desk.holds = true;
  request<signing_keys>(subject, rotate_signing_key{24h, "ann"});
  deliver();
  for (size_t i = 0; i < options.waiting_requests; ++i)
    caf::anon_send(subject, append_events{"north", {event("a")}});
  BOOST_TEST((append("north", {event("b")}).error() == fleet_error::event_refused));
}

BOOST_AUTO_TEST_SUITE_END()
