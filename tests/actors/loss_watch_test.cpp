// What is made of losses: which wait, for how long, who hears of them, and which are no news any more.
#include "actors/manager/loss_watch.hpp"

#include <boost/test/unit_test.hpp>

using namespace muster;
using namespace std::chrono_literals;

namespace {

struct loss_fixture {
  loss_fixture() {
    limits.disruption.min_agents = 10;
    limits.disruption.longest = 20min;
    limits.release = {30s, 6s};
    limits.flapping = false;
  }

  static agent_id nth(uint32_t slot) { return make_agent_id(0, slot, slot + 1); }

  void join(uint32_t from, uint32_t to, const std::string& tenant = "acme") {
    for (auto i = from; i < to; ++i) {
      tenants[i] = tenant;
      watch.joined(nth(i), agent_status::online, of(i));
    }
  }
  loss_watch::names of(uint32_t i) { return watch.groups_of(tenants[i], labels[i]); }
  void lose(uint32_t from, uint32_t to, agent_status status = agent_status::offline) {
    for (auto i = from; i < to; ++i) watch.moved(nth(i), agent_status::online, status, of(i), now);
  }
  void bring_back(uint32_t from, uint32_t to) {
    for (auto i = from; i < to; ++i)
      watch.moved(nth(i), agent_status::offline, agent_status::online, of(i), now);
  }
  loss_watch::news after(std::chrono::milliseconds span) {
    now += span;
    return watch.take(now);
  }

  loss_limits limits;
  loss_watch watch{limits};
  std::map<uint32_t, std::string> tenants;
  std::map<uint32_t, std::map<std::string, std::string>> labels;
  listening_time now = 1h;
};

std::string names_of(const std::vector<named_disruption>& all) {
  std::string out;
  for (const auto& each : all) out += (out.empty() ? "" : "; ") + each.group;
  return out;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(loss_watch_alone, loss_fixture)

BOOST_AUTO_TEST_CASE(a_small_group_never_waits) {
  watch = loss_watch{limits};
  join(0, 9);
  lose(0, 9);
  for (uint32_t i = 0; i < 9; ++i) BOOST_TEST(!watch.held(nth(i)));
  BOOST_TEST(watch.take(now).begun.empty());
}

BOOST_AUTO_TEST_CASE(a_single_loss_waits_for_the_grace) {
  watch = loss_watch{limits};
  join(0, 20);
  lose(3, 4);
  BOOST_TEST(watch.held(nth(3)));
  BOOST_TEST((watch.next_due() == now + 30s));
  BOOST_TEST(after(29s).released.empty());
  const auto told = after(1s);
  BOOST_REQUIRE(told.released.size() == 1u);
  BOOST_TEST((told.released[0] == nth(3)));
  BOOST_TEST(!watch.held(nth(3)));
  BOOST_TEST(!watch.next_due().has_value());
}

BOOST_AUTO_TEST_CASE(who_returns_within_the_grace_was_never_lost) {
  watch = loss_watch{limits};
  join(0, 20);
  lose(3, 4);
  now += 10s;
  bring_back(3, 4);
  BOOST_TEST(!watch.held(nth(3)));
  BOOST_TEST(after(1h).released.empty());
}

BOOST_AUTO_TEST_CASE(many_at_once_are_held_and_go_one_by_one) {
  watch = loss_watch{limits};
  join(0, 20);
  lose(0, 11);
  auto told = watch.take(now);
  BOOST_TEST(names_of(told.begun) == "fleet; tenant acme");
  BOOST_TEST(told.told_begun.empty(), "its extent has to show first");
  told = after(15s);
  BOOST_TEST(names_of(told.told_begun) == "fleet", "the tenant is all of it");
  BOOST_TEST(told.told_begun[0].what.worst == 11u);
  BOOST_TEST(after(15s).released.empty());
  BOOST_TEST(watch.held() == 11u);
  BOOST_TEST(after(5900ms).released.empty());
  BOOST_TEST(after(100ms).released.size() == 1u);
  BOOST_TEST(after(12s).released.size() == 2u);
  BOOST_TEST(watch.held() == 8u);
  BOOST_TEST(watch.disrupted(nth(10), of(10)));
  BOOST_TEST(!watch.disrupted(nth(15), of(15)), "it is online");
}

BOOST_AUTO_TEST_CASE(whoever_returns_drops_what_was_held) {
  watch = loss_watch{limits};
  join(0, 20);
  lose(0, 12);
  after(31s);
  bring_back(0, 7);
  const auto told = watch.take(now);
  BOOST_TEST(names_of(told.ended) == "fleet; tenant acme", "5 of 12 are fewer than half");
  BOOST_TEST(names_of(told.told_ended) == "fleet", "what was told has an end");
  BOOST_TEST(told.released.empty());
  BOOST_TEST(watch.under_way().empty());
  now += 10s;
  bring_back(7, 10);
  const auto gone = after(20s).released;
  BOOST_REQUIRE(gone.size() == 2u);  // who came within another grace was never lost
  BOOST_TEST((gone[0] == nth(10)));
  BOOST_TEST(watch.held() == 0u);
}

BOOST_AUTO_TEST_CASE(one_that_is_over_before_it_is_told_is_not_told) {
  watch = loss_watch{limits};
  join(0, 20);
  lose(0, 12);
  now += 10s;
  bring_back(0, 12);
  const auto told = after(1h);
  BOOST_TEST(told.begun.size() == 2u);
  BOOST_TEST(told.ended.size() == 2u);
  BOOST_TEST(told.told_begun.empty());
  BOOST_TEST(told.told_ended.empty());
  BOOST_TEST(told.released.empty());
}

BOOST_AUTO_TEST_CASE(who_is_not_back_in_time_is_lost) {
  watch = loss_watch{limits};
  join(0, 20);
  lose(0, 11);
  after(31s);
  const auto told = after(20min);
  BOOST_TEST(names_of(told.ended) == "fleet; tenant acme");
  BOOST_TEST(watch.held() > 0u);
  after(30s);
  BOOST_TEST(watch.held() == 0u);
}

BOOST_AUTO_TEST_CASE(a_part_that_outlasts_the_whole_is_told_then) {
  watch = loss_watch{limits};
  join(0, 60);
  join(60, 120, "other");
  lose(0, 60);
  lose(60, 100);
  BOOST_TEST(names_of(after(15s).told_begun) == "fleet");
  bring_back(0, 11);
  bring_back(60, 100);
  auto told = watch.take(now);
  BOOST_TEST(names_of(told.told_ended) == "fleet");
  BOOST_TEST(names_of(watch.under_way()) == "tenant acme");
  told = after(15s);
  BOOST_TEST(names_of(told.told_begun) == "tenant acme");
}

BOOST_AUTO_TEST_CASE(who_was_lost_long_before_is_no_part_of_it) {
  watch = loss_watch{limits};
  join(0, 20);
  lose(0, 1);
  after(10min);
  lose(1, 14);
  BOOST_TEST(watch.under_way().size() == 2u);
  BOOST_TEST(watch.disrupted(nth(1), of(1)));
  BOOST_TEST(!watch.disrupted(nth(0), of(0)));
}

BOOST_AUTO_TEST_CASE(those_who_come_later_count_among_those_before) {
  watch = loss_watch{limits};
  join(0, 20);
  lose(0, 15);
  join(20, 30);
  lose(15, 28);
  BOOST_REQUIRE(watch.under_way().size() == 2u);
  BOOST_TEST(watch.under_way()[0].what.silent == 28u);
  BOOST_TEST(watch.under_way()[0].what.before == 30u);
}

BOOST_AUTO_TEST_CASE(a_tenant_of_its_own_is_told_by_itself) {
  watch = loss_watch{limits};
  join(0, 12);
  join(20, 60, "other");
  lose(0, 12);
  const auto told = after(15s);
  BOOST_TEST(names_of(told.begun) == "tenant acme");
  BOOST_TEST(names_of(told.told_begun) == "tenant acme");
  lose(20, 21);
  BOOST_TEST(!watch.disrupted(nth(20), of(20)));
}

BOOST_AUTO_TEST_CASE(shares_may_differ_by_tenant_and_label) {
  limits.share_by_tenant = {{"acme", 0.9}};
  limits.share_by_label = {{"site", 0.2}};
  limits.disruption.share = 1;
  watch = loss_watch{limits};
  for (uint32_t i = 0; i < 20; ++i) labels[i] = {{"site", i < 10 ? "berlin" : "lyon"}, {"role", "web"}};
  join(0, 20);
  BOOST_TEST(of(0).size() == 3u);
  BOOST_TEST(of(0)[2] == "tenant acme, site=berlin");
  lose(0, 1);
  BOOST_TEST(watch.take(now).begun.empty());
  lose(1, 2);
  BOOST_TEST(names_of(watch.take(now).begun) == "tenant acme, site=berlin");
  lose(2, 17);
  BOOST_TEST(names_of(watch.take(now).begun) == "tenant acme, site=lyon");
  lose(17, 18);
  BOOST_TEST(names_of(watch.take(now).begun) == "tenant acme", "18 of 20 are 90 %");
  BOOST_TEST(names_of(after(15s).told_begun) == "tenant acme", "the sites are parts of it");
}

BOOST_AUTO_TEST_CASE(a_stale_agent_that_turns_offline_in_a_disruption_waits_too) {
  watch = loss_watch{limits};
  join(0, 20);
  lose(0, 1, agent_status::stale);
  after(31s);
  BOOST_TEST(!watch.held(nth(0)));
  lose(1, 12, agent_status::stale);
  watch.moved(nth(0), agent_status::stale, agent_status::offline, of(0), now);
  BOOST_TEST(watch.held(nth(0)));
}

BOOST_AUTO_TEST_CASE(who_leaves_or_is_removed_counts_no_longer) {
  watch = loss_watch{limits};
  join(0, 20);
  lose(0, 10);
  for (uint32_t i = 10; i < 12; ++i)
    watch.moved(nth(i), agent_status::online, agent_status::departed, of(i), now);
  BOOST_TEST(watch.take(now).begun.empty());
  lose(12, 13);
  BOOST_TEST(watch.take(now).begun.size() == 2u, "11 of 18, since two are none of them");
  for (uint32_t i = 0; i < 6; ++i) watch.left(nth(i), of(i), now);
  BOOST_TEST(watch.take(now).ended.size() == 2u);
  BOOST_TEST(!watch.held(nth(0)));
}

BOOST_AUTO_TEST_CASE(another_label_moves_an_agent_to_another_group) {
  limits.share_by_label = {{"site", 0.5}};
  limits.disruption.share = 1;
  watch = loss_watch{limits};
  for (uint32_t i = 0; i < 20; ++i) labels[i] = {{"site", i < 10 ? "berlin" : "lyon"}};
  join(0, 20);
  for (uint32_t i = 0; i < 6; ++i) {
    const auto before = of(i);
    labels[i] = {{"site", "lyon"}};
    watch.regrouped(nth(i), before, of(i), now);
  }
  lose(0, 7);
  BOOST_TEST(watch.take(now).begun.empty(), "6 of 16 of one, 1 of 4 of the other");
  lose(10, 12);
  BOOST_TEST(names_of(watch.take(now).begun) == "tenant acme, site=lyon");
  const auto before = of(0);
  labels[0] = {};
  watch.regrouped(nth(0), before, of(0), now);
  BOOST_TEST(!watch.disrupted(nth(0), of(0)));
}

BOOST_AUTO_TEST_CASE(nobody_is_held_where_disruptions_are_off) {
  limits.disruptions = false;
  watch = loss_watch{limits};
  join(0, 20);
  lose(0, 20);
  BOOST_TEST(!watch.held(nth(0)));
  BOOST_TEST(watch.take(now).begun.empty());
}

BOOST_AUTO_TEST_CASE(one_that_comes_and_goes_flaps_until_it_is_calm) {
  limits.flapping = true;
  limits.disruptions = false;
  watch = loss_watch{limits};
  join(0, 2);
  for (int i = 0; i < 2; ++i) {
    lose(0, 1);
    now += 1s;
    bring_back(0, 1);
    now += 1s;
  }
  BOOST_TEST(watch.take(now).flapping.empty());
  lose(0, 1);
  const auto told = watch.take(now);
  BOOST_REQUIRE(told.flapping.size() == 1u);
  BOOST_TEST(told.flapping[0] == 0u);
  BOOST_TEST(watch.flapping(nth(0)));
  BOOST_TEST(!watch.flapping(nth(1)));
  BOOST_TEST(after(10min).calm.empty());
  BOOST_REQUIRE(watch.next_due().has_value());
  now = *watch.next_due();
  const auto calm = watch.take(now).calm;
  BOOST_REQUIRE(calm.size() == 1u);
  BOOST_TEST(calm[0] == 0u);
  BOOST_TEST(!watch.flapping(nth(0)));
}

BOOST_AUTO_TEST_CASE(an_agent_known_as_silent_from_before_is_no_loss) {
  watch = loss_watch{limits};
  for (uint32_t i = 0; i < 20; ++i) {
    tenants[i] = "acme";
    watch.joined(nth(i), i < 15 ? agent_status::offline : agent_status::online, of(i));
  }
  BOOST_TEST(watch.take(now).begun.empty());
  bring_back(0, 15);
  lose(0, 10);
  BOOST_TEST(watch.take(now).begun.empty());
  lose(10, 11);
  BOOST_TEST(watch.take(now).begun.size() == 2u, "11 of 20");
}

BOOST_AUTO_TEST_SUITE_END()
