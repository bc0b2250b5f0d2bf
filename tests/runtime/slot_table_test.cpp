// A loop's table of agents.
#include "runtime/ingress/slot_table.hpp"

#include "messages/type_ids.hpp"

#include <boost/test/unit_test.hpp>

using namespace muster;

namespace {

constexpr utc_time noon{std::chrono::milliseconds{1'700'000'000'000}};
const token_digest one{1, 1}, two{2, 2}, three{3, 3};

slot_entry entry_of(uint32_t slot, uint32_t serial, agent_tokens tokens = {one, {}, {}}) {
  return {make_agent_id(0, slot, serial), dialect::panguard, tokens, {}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(slot_table_suite)

BOOST_AUTO_TEST_CASE(a_published_agent_is_found_by_exactly_its_id) {
  slot_table table;
  BOOST_TEST(table.find(make_agent_id(0, 3, 7)) == nullptr);
  table.publish({{entry_of(3, 7)}});
  auto* found = table.find(make_agent_id(0, 3, 7));
  BOOST_REQUIRE(found != nullptr);
  BOOST_TEST((found->tokens.current == one));
  BOOST_TEST(table.find(make_agent_id(0, 3, 8)) == nullptr);
  BOOST_TEST(table.find(make_agent_id(1, 3, 7)) == nullptr);
  BOOST_TEST(table.find(make_agent_id(0, 2, 7)) == nullptr);
  BOOST_TEST(table.find(make_agent_id(0, max_slots - 1, 7)) == nullptr);
}

BOOST_AUTO_TEST_CASE(slots_that_were_never_published_hold_nobody) {
  slot_table table;
  table.publish({{entry_of(5, 1)}});
  BOOST_TEST(table.find(agent_id{}) == nullptr);
  BOOST_TEST(table.find(make_agent_id(0, 4, 0)) == nullptr);
}

BOOST_AUTO_TEST_CASE(a_freed_slot_holds_nobody_until_it_is_used_again) {
  slot_table table;
  table.publish({{entry_of(3, 7)}});
  table.publish({{entry_of(3, 0, {})}});
  BOOST_TEST(table.find(make_agent_id(0, 3, 7)) == nullptr);
  BOOST_TEST(table.find(make_agent_id(0, 3, 0)) == nullptr);
  table.publish({{entry_of(3, 9)}});
  BOOST_TEST(table.find(make_agent_id(0, 3, 7)) == nullptr);
  BOOST_TEST(table.find(make_agent_id(0, 3, 9)) != nullptr);
}

BOOST_AUTO_TEST_CASE(publishing_one_slot_leaves_the_others) {
  slot_table table;
  table.publish({{entry_of(9, 1), entry_of(2, 2)}});
  table.publish({{entry_of(0, 3)}});
  table.publish({});
  BOOST_TEST(table.find(make_agent_id(0, 9, 1)) != nullptr);
  BOOST_TEST(table.find(make_agent_id(0, 2, 2)) != nullptr);
  BOOST_TEST(table.find(make_agent_id(0, 0, 3)) != nullptr);
}

BOOST_AUTO_TEST_CASE(a_token_is_recognised_for_what_it_is) {
  slot_table table;
  table.publish({{entry_of(0, 1, {one, two, three})}});
  auto& slot = *table.find(make_agent_id(0, 0, 1));
  BOOST_TEST((slot_table::check(slot, one) == token_verdict::current));
  BOOST_TEST((slot_table::check(slot, two) == token_verdict::issued));
  BOOST_TEST((slot_table::check(slot, three) == token_verdict::superseded));
  BOOST_TEST((slot_table::check(slot, {4, 4}) == token_verdict::unknown));
  BOOST_TEST((slot_table::check(slot, {1, 2}) == token_verdict::unknown));
}

BOOST_AUTO_TEST_CASE(a_token_that_does_not_exist_matches_nothing) {
  slot_table table;
  table.publish({{entry_of(0, 1, {})}});
  BOOST_TEST((slot_table::check(*table.find(make_agent_id(0, 0, 1)), {}) == token_verdict::unknown));
}

BOOST_AUTO_TEST_CASE(who_was_heard_is_told_once_with_the_latest_time) {
  slot_table table;
  table.publish({{entry_of(0, 1), entry_of(1, 2)}});
  auto& a = *table.find(make_agent_id(0, 0, 1));
  table.note_heard(a, noon);
  table.note_heard(a, noon + std::chrono::seconds{1});
  const auto heard = table.take_heard();
  BOOST_REQUIRE(heard.beats.size() == 1u);
  BOOST_TEST((heard.beats[0].id == make_agent_id(0, 0, 1)));
  BOOST_TEST((heard.beats[0].at == noon + std::chrono::seconds{1}));
  BOOST_TEST(table.take_heard().beats.empty());
  table.note_heard(a, noon);
  BOOST_TEST(table.take_heard().beats.size() == 1u);
}

BOOST_AUTO_TEST_CASE(new_tokens_do_not_lose_a_beat_that_was_noted) {
  slot_table table;
  table.publish({{entry_of(0, 1)}});
  table.note_heard(*table.find(make_agent_id(0, 0, 1)), noon);
  table.publish({{entry_of(0, 1, {two, {}, one})}});
  const auto heard = table.take_heard();
  BOOST_REQUIRE(heard.beats.size() == 1u);
  BOOST_TEST((heard.beats[0].at == noon));
}

BOOST_AUTO_TEST_CASE(a_beat_is_never_told_of_who_took_the_slot_over) {
  slot_table table;
  table.publish({{entry_of(0, 1)}});
  table.note_heard(*table.find(make_agent_id(0, 0, 1)), noon);
  table.publish({{entry_of(0, 2)}});
  for (const auto& beat : table.take_heard().beats) BOOST_TEST((beat.id != make_agent_id(0, 0, 2)));
}

BOOST_AUTO_TEST_SUITE_END()
