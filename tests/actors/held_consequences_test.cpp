// What a loss entails, when, and for whom not.
#include "actors/manager/held_consequences.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>

using namespace muster;
using namespace std::chrono_literals;

namespace {

using texts = std::vector<std::string>;

struct held_fixture {
  held_consequences<std::string> queue;
  listening_time now = 1h;
  bool disrupted = false;
  std::set<std::string> spared;  // of the disruption

  bool held(const std::string& what) const { return disrupted && !spared.contains(what); }
  void lose(uint64_t agent, const std::string& what) { queue.add(agent_id{agent}, what, now); }
  bool back(uint64_t agent) { return queue.drop(agent_id{agent}); }
  texts release(std::chrono::milliseconds after = 0ms) {
    now += after;
    return queue.release(now, [this](agent_id, const std::string& what) { return held(what); });
  }
  void renew_ended() {
    queue.renew_ended(now, [this](agent_id, const std::string& what) { return held(what); });
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(held_consequences_alone, held_fixture)

BOOST_AUTO_TEST_CASE(a_loss_has_its_consequences_after_the_grace) {
  lose(1, "a");
  BOOST_TEST((queue.next_due() == now + 30s));
  BOOST_TEST(release(29'999ms).empty());
  BOOST_TEST((release(1ms) == texts{"a"}));
  BOOST_TEST(release(1h).empty());
  BOOST_TEST(queue.size() == 0u);
  BOOST_TEST(!queue.next_due().has_value());
}

BOOST_AUTO_TEST_CASE(who_returns_in_time_entails_nothing) {
  lose(1, "a");
  lose(2, "b");
  BOOST_TEST(back(1));
  BOOST_TEST(!back(1));
  BOOST_TEST((release(30s) == texts{"b"}));
  BOOST_TEST(!back(2), "it is too late");
}

BOOST_AUTO_TEST_CASE(all_that_is_due_goes_in_the_order_of_the_losses) {
  lose(3, "c");
  lose(1, "a");
  now += 10s;
  lose(2, "b");
  BOOST_TEST((release(25s) == texts{"c", "a"}));
  BOOST_TEST((release(5s) == texts{"b"}));
}

BOOST_AUTO_TEST_CASE(a_disruption_lets_them_go_one_by_one) {
  disrupted = true;
  for (uint64_t agent = 1; agent <= 4; ++agent) lose(agent, std::to_string(agent));
  BOOST_TEST(release(30s).empty());
  BOOST_TEST(queue.held() == 4u);
  BOOST_TEST((queue.next_due() == now + 6s));
  BOOST_TEST(release(5'999ms).empty());
  BOOST_TEST((release(1ms) == texts{"1"}));
  BOOST_TEST(release(1s).empty());
  BOOST_TEST((release(11s) == texts{"2", "3"}));
  BOOST_TEST(queue.held() == 1u);
}

BOOST_AUTO_TEST_CASE(a_disruption_that_begins_within_the_grace_holds_what_was_lost_before) {
  lose(1, "a");
  now += 20s;
  disrupted = true;
  BOOST_TEST(release(10s).empty());
  BOOST_TEST(queue.held() == 1u);
}

BOOST_AUTO_TEST_CASE(a_held_one_that_returns_entails_nothing) {
  disrupted = true;
  for (uint64_t agent = 1; agent <= 3; ++agent) lose(agent, std::to_string(agent));
  release(30s);
  BOOST_TEST(back(1));
  BOOST_TEST(queue.held() == 2u);
  BOOST_TEST((release(6s) == texts{"2"}), "nobody's turn is lost");
  BOOST_TEST(back(3));
  BOOST_TEST(release(1h).empty());
  BOOST_TEST(queue.size() == 0u);
}

BOOST_AUTO_TEST_CASE(no_turns_are_saved_up_while_nothing_is_held) {
  disrupted = true;
  lose(1, "1");
  release(30s);
  BOOST_TEST((release(6s) == texts{"1"}));
  now += 1h;
  for (uint64_t agent = 2; agent <= 4; ++agent) lose(agent, std::to_string(agent));
  BOOST_TEST(release(30s).empty());
  BOOST_TEST((release(6s) == texts{"2"}));
}

BOOST_AUTO_TEST_CASE(losses_that_keep_coming_put_nobodys_turn_off) {
  disrupted = true;
  lose(1, "1");
  now += 3s;
  lose(2, "2");
  release(27s);
  BOOST_TEST(release(3s).empty());
  BOOST_TEST(queue.held() == 2u);
  BOOST_TEST((release(3s) == texts{"1"}));
}

BOOST_AUTO_TEST_CASE(others_go_on_time_beside_what_is_held) {
  disrupted = true;
  spared = {"b"};
  lose(1, "a");
  lose(2, "b");
  lose(3, "c");
  BOOST_TEST((release(30s) == texts{"b"}));
  BOOST_TEST(queue.held() == 2u);
}

BOOST_AUTO_TEST_CASE(the_end_of_a_disruption_gives_its_own_another_grace) {
  disrupted = true;
  for (const auto* what : {"a", "b", "c"}) lose(uint64_t(what[0]), what);
  release(30s);
  lose(9, "fresh");
  spared = {"a", "c", "fresh"};
  renew_ended();
  BOOST_TEST(queue.held() == 1u);
  BOOST_TEST(queue.size() == 4u);
  BOOST_TEST(back(uint64_t{'b'}));
  BOOST_TEST(back(uint64_t{'a'}), "it returned in time");
  BOOST_TEST(release(29'999ms).empty());
  BOOST_TEST((release(1ms) == texts{"fresh", "c"}));
}

BOOST_AUTO_TEST_CASE(a_second_loss_takes_the_place_of_the_first) {
  lose(1, "old");
  now += 20s;
  lose(1, "new");
  BOOST_TEST(queue.size() == 1u);
  BOOST_TEST(release(10s).empty());
  BOOST_TEST((release(20s) == texts{"new"}));
  disrupted = true;
  lose(1, "held");
  release(30s);
  lose(1, "again");
  BOOST_TEST(queue.held() == 0u);
  BOOST_TEST(queue.size() == 1u);
}

BOOST_AUTO_TEST_CASE(the_next_time_is_the_nearer_one) {
  disrupted = true;
  lose(1, "a");
  release(30s);
  const auto turn = now + 6s;
  now += 1s;
  lose(2, "b");
  BOOST_TEST((queue.next_due() == turn));
  release(5s);
  BOOST_TEST((queue.next_due() == now + 25s));
}

BOOST_AUTO_TEST_SUITE_END()
