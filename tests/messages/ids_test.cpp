// Identities: their parts, their text form, and the words of enumerations.
#include "messages/ids.hpp"

#include "messages/agents.hpp"
#include "messages/heartbeat.hpp"

#include <boost/test/unit_test.hpp>

using namespace muster;

BOOST_AUTO_TEST_SUITE(ids)

BOOST_AUTO_TEST_CASE(an_id_carries_shard_slot_and_serial) {
  constexpr auto id = make_agent_id(0xAB, 0x123456, 0xFFFFFFFF);
  BOOST_TEST(shard_of(id) == 0xAB);
  BOOST_TEST(slot_of(id) == 0x123456u);
  BOOST_TEST(serial_of(id) == 0xFFFFFFFFu);
  BOOST_TEST(raw(id) == 0xAB123456FFFFFFFFu);
}

BOOST_AUTO_TEST_CASE(a_slot_never_reaches_into_the_shard) {
  const auto id = make_agent_id(0, max_slots, 1);
  BOOST_TEST(shard_of(id) == 0);
  BOOST_TEST(slot_of(id) == 0u);
  BOOST_TEST(slot_of(make_agent_id(255, max_slots - 1, 0)) == max_slots - 1);
}

BOOST_AUTO_TEST_CASE(an_id_is_written_with_sixteen_lower_case_digits) {
  BOOST_TEST(to_string(make_agent_id(0, 10, 0xABC)) == "ag-0000000a00000abc");
  BOOST_TEST(to_string(agent_id{}) == "ag-0000000000000000");
  BOOST_TEST(to_string(agent_id{~uint64_t{0}}) == "ag-ffffffffffffffff");
}

BOOST_AUTO_TEST_CASE(what_is_written_can_be_parsed) {
  for (uint64_t value : {uint64_t{0}, uint64_t{1}, uint64_t{0x0123456789abcdef}, ~uint64_t{0}})
    BOOST_TEST((parse_agent_id(to_string(agent_id{value})) == agent_id{value}));
}

BOOST_AUTO_TEST_CASE(nothing_else_is_an_id) {
  for (const char* text :
       {"", "ag-", "ag-0000000a00000ab", "ag-0000000a00000abc0", "AG-0000000a00000abc", "ag-0000000A00000abc",
        "ag_0000000a00000abc", "ag-+00000a00000abc0", "ag-0x00000a00000abc", " g-0000000a00000abc",
        "ag-0000000a00000ab ", "ag--000000a00000abc"})
    BOOST_TEST(!parse_agent_id(text), "'" << text << "' was taken for an id");
}

BOOST_AUTO_TEST_CASE(digests_match_only_when_both_halves_do) {
  const token_digest a{1, 2};
  BOOST_TEST(matches(a, token_digest{1, 2}));
  BOOST_TEST(!matches(a, token_digest{1, 3}));
  BOOST_TEST(!matches(a, token_digest{0, 2}));
  BOOST_TEST(token_digest{}.empty());
  BOOST_TEST(!token_digest({0, 1}).empty());
  BOOST_TEST(!token_digest({1, 0}).empty());
}

BOOST_AUTO_TEST_CASE(each_word_parses_to_what_it_was_written_for) {
  for (auto status :
       {agent_status::online, agent_status::stale, agent_status::offline, agent_status::departed})
    BOOST_TEST((parse_agent_status(to_string(status)) == status));
  for (auto name : {dialect::panguard, dialect::harborguard, dialect::plexd})
    BOOST_TEST((parse_dialect(to_string(name)) == name));
  for (auto cause : {change_cause::silence, change_cause::heartbeat, change_cause::registration,
                     change_cause::departure, change_cause::contest, change_cause::contest_over})
    BOOST_TEST((parse_change_cause(to_string(cause)) == cause));
  BOOST_TEST(!parse_agent_status("Online"));
  BOOST_TEST(!parse_dialect(""));
  BOOST_TEST(!parse_change_cause("silence "));
}

BOOST_AUTO_TEST_SUITE_END()
