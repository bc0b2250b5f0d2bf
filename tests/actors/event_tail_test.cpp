// What a node gets that comes back with the id of the last event it saw.
#include "actors/manager/event_tail.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>

using namespace muster;
using namespace std::chrono_literals;

namespace {

constexpr uint64_t epoch = 4711;
const utc_time noon{std::chrono::milliseconds{1'700'000'000'000}};
constexpr event_limits three_events{3, 1'000'000, 100};

agent_id node(uint32_t slot) { return make_agent_id(0, slot, slot + 1); }

event_audience only(std::initializer_list<uint32_t> slots) {
  event_audience out{audience_kind::only, {}};
  for (auto slot : slots) out.ids.push_back(node(slot));
  return out;
}
event_audience except(std::initializer_list<uint32_t> slots) {
  auto out = only(slots);
  out.kind = audience_kind::except;
  return out;
}

document<signed_frame> frame(uint64_t sequence, event_audience whom = {}, std::string type = "peer_added",
                             std::string payload = "{}") {
  return document<signed_frame>{signed_frame{
    document{logged_event{0, "t", sequence, noon, {std::move(type), std::move(payload), std::move(whom)}}},
    noon, "key", "frame " + std::to_string(sequence)}};
}

event_tail tail_of(std::initializer_list<uint64_t> sequences, const event_limits& limits = {}) {
  event_tail out{limits};
  for (auto each : sequences) out.append(frame(each));
  return out;
}

std::string id_of(uint64_t sequence, uint64_t of = epoch) { return to_string(event_place{of, sequence}); }

// All that a node gets: "1 2 ", or "lost" and then what comes.
std::string replayed(const event_tail& tail, std::string_view last_event_id, uint32_t slot = 1,
                     utc_time since = noon + 1ms) {
  auto [after, lost] = tail.resume(last_event_id, epoch, node(slot), since);
  std::string out = lost.empty() ? "" : "lost ";
  while (const auto* found = tail.next(after, node(slot))) {
    after = (*found)->what->sequence;
    out += std::to_string(after) + " ";
  }
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(event_places)

BOOST_AUTO_TEST_CASE(a_place_is_read_as_it_was_written) {
  constexpr auto most = std::numeric_limits<uint64_t>::max();
  for (const event_place& place : {event_place{0, 0}, {1, 20}, {4'294'967'295u, 7}, {most, most}})
    BOOST_TEST((parse_event_place(to_string(place)) == place), to_string(place));
  BOOST_TEST(to_string(event_place{4711, 12}) == "4711-12");
}

BOOST_AUTO_TEST_CASE(anything_else_is_no_place) {
  for (const char* text : {"", "-", "1", "1-", "-1", "1-2-3", " 1-2", "1-2 ", "01-2", "1-02", "+1-2", "1--2",
                           "a-1", "1-a", "0x1-2", "1-18446744073709551616", "evt_17"})
    BOOST_TEST(!parse_event_place(text), text);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(event_audiences)

BOOST_AUTO_TEST_CASE(an_event_is_for_everyone_for_the_named_or_for_the_others) {
  BOOST_TEST(concerns({}, node(1)));
  BOOST_TEST(concerns(only({1, 3}), node(1)));
  BOOST_TEST(concerns(only({1, 3}), node(3)));
  BOOST_TEST(!concerns(only({1, 3}), node(2)));
  BOOST_TEST(!concerns(only({}), node(1)));
  BOOST_TEST(!concerns(except({1, 3}), node(1)));
  BOOST_TEST(concerns(except({1, 3}), node(2)));
  BOOST_TEST(concerns(except({}), node(1)));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(event_tails)

BOOST_AUTO_TEST_CASE(a_node_that_just_started_gets_only_what_comes) {
  auto tail = tail_of({1, 2, 3});
  BOOST_TEST(replayed(tail, "") == "");
  BOOST_TEST(tail.resume("", epoch, node(1), noon).after == 3u);
  BOOST_TEST(tail_of({}).resume("", epoch, node(1), noon).after == 0u);
}

BOOST_AUTO_TEST_CASE(a_node_without_an_id_may_have_missed_what_was_for_it_just_now) {
  event_tail tail{{}};
  BOOST_TEST(replayed(tail, "", 1, noon) == "");
  tail.append(frame(1, only({2})));
  BOOST_TEST(replayed(tail, "", 1, noon) == "");
  BOOST_TEST(replayed(tail, "", 2, noon) == "lost ");
  tail.append(frame(2));
  BOOST_TEST(replayed(tail, "", 1, noon) == "lost ");
  BOOST_TEST(replayed(tail, "", 1, noon + 1ms) == "");
}

BOOST_AUTO_TEST_CASE(a_node_that_comes_back_gets_what_it_missed) {
  const auto tail = tail_of({1, 2, 3});
  BOOST_TEST(replayed(tail, id_of(0)) == "1 2 3 ");
  BOOST_TEST(replayed(tail, id_of(1)) == "2 3 ");
  BOOST_TEST(replayed(tail, id_of(2)) == "3 ");
  BOOST_TEST(replayed(tail, id_of(3)) == "");
}

BOOST_AUTO_TEST_CASE(the_first_place_of_an_empty_stream_is_good) {
  BOOST_TEST(replayed(tail_of({}), id_of(0)) == "");
  BOOST_TEST(replayed(tail_of({}), id_of(1)) == "lost ");
}

BOOST_AUTO_TEST_CASE(numbers_that_are_missing_hurt_nobody) {
  const auto tail = tail_of({2, 5, 9});
  BOOST_TEST(replayed(tail, id_of(2)) == "5 9 ");
  BOOST_TEST(replayed(tail, id_of(3)) == "5 9 ");
  BOOST_TEST(replayed(tail, id_of(8)) == "9 ");
}

BOOST_AUTO_TEST_CASE(an_event_goes_to_its_audience_alone) {
  event_tail tail{{}};
  tail.append(frame(1));
  tail.append(frame(2, only({1})));
  tail.append(frame(3, only({2})));
  tail.append(frame(4, except({1})));
  BOOST_TEST(replayed(tail, id_of(0), 1) == "1 2 ");
  BOOST_TEST(replayed(tail, id_of(0), 2) == "1 3 4 ");
  BOOST_TEST(replayed(tail, id_of(1), 3) == "4 ");
}

BOOST_AUTO_TEST_CASE(a_place_that_says_nothing_is_lost) {
  const auto tail = tail_of({1, 2, 3});
  BOOST_TEST(replayed(tail, "evt_17") == "lost ");
  BOOST_TEST(replayed(tail, "3") == "lost ");
  BOOST_TEST(replayed(tail, id_of(2, epoch + 1)) == "lost ");
  BOOST_TEST(replayed(tail, id_of(4)) == "lost ");
  BOOST_TEST(tail.resume(id_of(4), epoch, node(1), noon).after == 3u);
}

BOOST_AUTO_TEST_CASE(a_place_before_what_is_kept_is_too_old) {
  const auto tail = tail_of({1, 2, 3, 4, 5}, three_events);
  BOOST_TEST(tail.frames().size() == 3u);
  BOOST_TEST(tail.first_kept() == 3u);
  BOOST_TEST(replayed(tail, id_of(2)) == "3 4 5 ");
  BOOST_TEST(replayed(tail, id_of(1)) == "lost ");
  BOOST_TEST(tail.resume(id_of(1), epoch, node(1), noon).lost == "the last event id is too old");
}

BOOST_AUTO_TEST_CASE(what_was_kept_before_a_restart_begins_where_it_begins) {
  const auto tail = tail_of({7, 8});
  BOOST_TEST(tail.first_kept() == 7u);
  BOOST_TEST(replayed(tail, id_of(6)) == "7 8 ");
  BOOST_TEST(replayed(tail, id_of(5)) == "lost ");
}

BOOST_AUTO_TEST_CASE(a_quiet_node_in_a_busy_tenant_has_missed_nothing) {
  event_tail tail{three_events};
  tail.append(frame(1));
  tail.append(frame(2, only({1})));
  for (uint64_t sequence = 3; sequence <= 20; ++sequence) tail.append(frame(sequence, only({2, 3})));
  BOOST_TEST(replayed(tail, id_of(2), 1) == "");
  BOOST_TEST(replayed(tail, id_of(1), 1) == "lost ", "event 2 is gone");
  BOOST_TEST(replayed(tail, id_of(1), 4) == "", "never addressed");
  BOOST_TEST(replayed(tail, id_of(2), 2) == "lost ");
  tail.append(frame(21, except({1})));
  BOOST_TEST(replayed(tail, id_of(2), 4) == "lost ", "for all but one");
}

BOOST_AUTO_TEST_CASE(what_happened_before_a_restart_is_not_known_to_be_nothing) {
  event_tail tail{{}};
  tail.append(frame(7, only({2})));
  BOOST_TEST(replayed(tail, id_of(5), 1) == "lost ");
  BOOST_TEST(replayed(tail, id_of(6), 1) == "");
}

BOOST_AUTO_TEST_CASE(only_so_many_addressees_are_remembered) {
  event_tail tail{{1, 1'000, 2}};
  for (uint64_t sequence = 1; sequence <= 3; ++sequence)
    tail.append(frame(sequence, only({static_cast<uint32_t>(sequence)})));
  BOOST_TEST(replayed(tail, id_of(2), 9) == "", "what is kept can still be looked at");
  tail.append(frame(4, only({1})));
  BOOST_TEST(replayed(tail, id_of(3), 9) == "");
  BOOST_TEST(replayed(tail, id_of(2), 9) == "lost ", "forgotten whom event 3 was for");
}

BOOST_AUTO_TEST_CASE(a_tail_is_bounded_in_bytes_and_keeps_the_newest) {
  event_tail tail{{100, 10, 100}};
  tail.append(frame(1, {}, "ab", "cd"));
  tail.append(frame(2, {}, "ab", "cdef"));
  BOOST_TEST(tail.frames().size() == 2u);
  tail.append(frame(3, {}, "a", ""));
  BOOST_TEST(tail.frames().size() == 2u);
  tail.append(frame(4, {}, std::string(50, 'a'), ""));
  BOOST_TEST(tail.frames().size() == 1u);
  BOOST_TEST(tail.last() == 4u);
  tail.append(frame(5, {}, "ab", ""));
  BOOST_TEST(tail.frames().size() == 1u);
  BOOST_TEST(tail.first_kept() == 5u);
}

BOOST_AUTO_TEST_CASE(an_event_that_was_signed_again_takes_its_place) {
  auto tail = tail_of({1, 2, 4, 5, 6}, three_events);
  auto again = *frame(5);
  again.frame = "again";
  tail.replace(document{again});
  BOOST_TEST((*tail.next(4, node(1)))->frame == "again");
  BOOST_TEST((*tail.next(5, node(1)))->frame == "frame 6");
  for (uint64_t gone : {1, 3, 7}) tail.replace(frame(gone));
  BOOST_TEST(tail.frames().size() == 3u);
  BOOST_TEST(replayed(tail, id_of(4)) == "5 6 ");
}

BOOST_AUTO_TEST_CASE(events_up_to_the_rotation_verify_with_the_previous_key_while_it_is_good) {
  auto tail = tail_of({1, 2});
  const signing_keys keys{"new", "old", noon};
  const auto before = noon - std::chrono::milliseconds{1};
  const auto key = [&](const document<signed_frame>& of, utc_time now) {
    return tail.key_for(*of->what, keys, now);
  };
  const auto rotation = frame(3, {}, std::string{key_rotation_event});
  BOOST_TEST(key(frame(2), before) == "new", "no rotation in this stream");
  BOOST_TEST(key(rotation, before) == "old", "the rotation itself");
  tail.append(rotation);
  tail.append(frame(4));
  BOOST_TEST(key(frame(1), before) == "old");
  BOOST_TEST(key(frame(3), before) == "old");
  BOOST_TEST(key(frame(4), before) == "new");
  BOOST_TEST(key(frame(3), noon) == "new");
  BOOST_TEST(tail.key_for(*frame(3)->what, {"new", "", noon}, before) == "new");
}

BOOST_AUTO_TEST_SUITE_END()
