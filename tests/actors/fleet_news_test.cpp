// What the fleet tells loops with listeners, and that it tells nothing without.
#include "tests/actors/fleet_fixture.hpp"

using namespace muster;
using namespace muster::test;

namespace {

struct news_fixture : fleet_fixture {
  news_fixture() { start(); }
  void follow(bool follows = true) { tell(subject, follow_news{loop_handle, follows}); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(fleet_news, news_fixture)

BOOST_AUTO_TEST_CASE(nobody_is_told_while_nobody_follows) {
  const auto id = enrol("web-1").id;
  goes_stale(id);
  tell(subject, pattern_changed{pattern_step::opened, {}});
  BOOST_TEST(loop->changes.empty());
  BOOST_TEST(loop->patterns.empty());
}

BOOST_AUTO_TEST_CASE(every_loop_hears_who_follows) {
  attach();
  follow();
  follow();
  BOOST_TEST(loop->followers == (std::vector<size_t>{1, 1, 1, 1}), boost::test_tools::per_element());
  follow(false);
  BOOST_TEST(loop->followers.back() == 0u);
}

BOOST_AUTO_TEST_CASE(each_state_that_an_agent_enters_is_told_once) {
  follow();
  const auto id = enrol("web-1").id;
  goes_stale(id);
  comes_back(id);
  tell(subject,
       agent_contested{change_of(id, agent_status::online, agent_status::online, change_cause::contest)});
  enrol("web-1");
  BOOST_REQUIRE(loop->changes.size() == 3u);
  BOOST_TEST((loop->changes[0].status == agent_status::online));
  BOOST_TEST((loop->changes[1].status == agent_status::stale));
  BOOST_TEST((loop->changes[2].status == agent_status::online));
  for (const auto& change : loop->changes) {
    BOOST_TEST((change.id == id));
    BOOST_TEST(change.hostname == "web-1");
    BOOST_TEST((change.at == utc()));
  }
}

BOOST_AUTO_TEST_CASE(an_enrolment_that_is_not_durable_is_no_news) {
  follow();
  ledger->desk.refuse(fleet_error::store_full);
  BOOST_TEST(!try_enrol(registration_of("web-1")));
  BOOST_TEST(loop->changes.empty());
}

BOOST_AUTO_TEST_CASE(a_removal_counts_as_a_departure_unless_it_had_left) {
  follow();
  const auto stays = enrol("web-1").id, leaves = enrol("web-2").id;
  const auto left = request<committed>(subject, departure_of(leaves));
  advance(1s);
  BOOST_TEST(static_cast<bool>(left()));
  ask<committed>(subject, remove_agent{leaves, "operator"});
  ask<committed>(subject, remove_agent{stays, "operator"});
  BOOST_REQUIRE(loop->changes.size() == 4u);
  BOOST_TEST((loop->changes[2].id == leaves));
  BOOST_TEST((loop->changes[3].id == stays));
  BOOST_TEST((loop->changes[3].status == agent_status::departed));
}

BOOST_AUTO_TEST_CASE(patterns_are_passed_on_until_nobody_follows) {
  follow();
  tell(subject, pattern_changed{pattern_step::opened, {}});
  BOOST_TEST(loop->patterns.size() == 1u);
  follow(false);
  tell(subject, pattern_changed{pattern_step::none, {}});
  BOOST_TEST(loop->patterns.size() == 1u);
}

BOOST_AUTO_TEST_CASE(names_are_found_in_the_order_asked) {
  const auto first = enrol("web-1").id, second = enrol("web-2").id;
  const auto found = ask<agent_hostnames>(subject, find_hostnames{{second, make_agent_id(0, 9, 9), first}});
  BOOST_TEST(found->hostnames == (std::vector<std::string>{"web-2", "", "web-1"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
