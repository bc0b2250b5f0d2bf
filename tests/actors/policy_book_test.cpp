// Versions of policy: who gets which document, and since which revision.
#include "actors/manager/policy_book.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace muster;
using namespace std::chrono_literals;

const utc_time noon{std::chrono::hours{500'000}};
const policy_profile plain{"default", "", {}};
const policy_profile production{"default", "acme", {{"env", "prod"}}};

agent_id agent(uint32_t slot) { return make_agent_id(0, slot, slot + 1); }

policy_document blocking(const std::string& ip) {
  policy_document out;
  out.blocklist.ips = {ip};
  return out;
}

policy_document asking(double threshold) {
  policy_document out;
  out.notify_and_wait = threshold;
  return out;
}

struct book_fixture {
  policy_book book{[](const policy_document& what) { return std::to_string(what.blocklist.ips.size()); }};

  book_fixture() { book.add_profiles({0, {plain, production}}); }

  policy_act act(const std::string& action = "write") { return {action, "ann", "why", time}; }
  uint64_t write(policy_scope scope, caf::optional<policy_document> what) {
    return book.write(scope, std::move(what), act()).revision;
  }
  uint64_t version(agent_id id, uint32_t profile) { return book.table().of(id, profile)->version; }
  const policy_document& document_of(agent_id id, uint32_t profile) {
    held = book.table();
    return held.of(id, profile)->policy->what;
  }
  // As after a restart of the manager.
  void restart() {
    auto fresh = policy_book{[](const policy_document&) { return std::string{}; }, book.state()};
    fresh.add_profiles({0, {production, plain}});  // numbered otherwise
    restarted.emplace(std::move(fresh));
  }
  void check_restart(agent_id id, uint32_t profile, uint32_t profile_then) {
    restarted->place_agent(id, profile_then);
    BOOST_TEST(restarted->table().of(id, profile_then)->version == version(id, profile));
    BOOST_TEST((changed_at(*restarted, id, profile_then) == changed_at(book, id, profile)));
    BOOST_TEST(
      (restarted->table().of(id, profile_then)->policy->what == book.table().of(id, profile)->policy->what));
  }

  utc_time changed_at(const policy_book& of, agent_id id, uint32_t profile) {
    return of.table().of(id, profile)->changed_at;
  }

  utc_time time = noon;  // of what is done next
  policy_table held;
  std::optional<policy_book> restarted;
};

agent_id in_bucket_below(uint32_t bound) {
  for (uint32_t slot = 0;; ++slot)
    if (policy_bucket(agent(slot)) < bound) return agent(slot);
}
agent_id in_bucket_from(uint32_t bound) {
  for (uint32_t slot = 0;; ++slot)
    if (policy_bucket(agent(slot)) >= bound) return agent(slot);
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(policy_book_versions, book_fixture)

BOOST_AUTO_TEST_CASE(everyone_starts_with_version_one_of_the_built_in_document) {
  BOOST_TEST(version(agent(1), 0) == 1u);
  BOOST_TEST(version(agent(1), 1) == 1u);
  BOOST_TEST(*document_of(agent(1), 0).auto_respond == 90);
  BOOST_TEST((book.table().of(agent(1), 2) == nullptr));
}

BOOST_AUTO_TEST_CASE(each_layer_changes_the_version_of_those_it_concerns_only) {
  BOOST_TEST(write({policy_layer::fleet, "", ""}, blocking("192.0.2.1")) == 2u);
  BOOST_TEST(version(agent(1), 0) == 2u);
  BOOST_TEST(version(agent(1), 1) == 2u);
  BOOST_TEST(write({policy_layer::organization, "", "acme"}, blocking("192.0.2.2")) == 3u);
  BOOST_TEST(version(agent(1), 0) == 2u);
  BOOST_TEST(version(agent(1), 1) == 3u);
  BOOST_TEST(write({policy_layer::label, "", "env=prod"}, blocking("192.0.2.3")) == 4u);
  BOOST_TEST(version(agent(1), 0) == 2u);
  BOOST_TEST(version(agent(1), 1) == 4u);
  book.place_agent(agent(7), 0);
  BOOST_TEST(write({policy_layer::agent, "", to_string(agent(7))}, blocking("192.0.2.4")) == 5u);
  BOOST_TEST(version(agent(7), 0) == 5u);
  BOOST_TEST(version(agent(8), 0) == 2u);
  BOOST_TEST(document_of(agent(1), 1).blocklist.ips.size() == 3u);
  BOOST_TEST(document_of(agent(7), 0).blocklist.ips.size() == 2u);
}

BOOST_AUTO_TEST_CASE(each_version_has_the_time_of_its_revision_also_after_a_restart) {
  BOOST_TEST((changed_at(book, agent(1), 0) == utc_time{}));
  write({policy_layer::fleet, "", ""}, asking(60));
  time = noon + 1h;
  write({policy_layer::organization, "", "acme"}, asking(50));
  time = noon + 2h;
  book.place_agent(agent(7), 0);
  write({policy_layer::agent, "", to_string(agent(7))}, asking(40));
  time = noon + 3h;
  write({policy_layer::fleet, "", ""}, asking(60));  // the same again
  BOOST_TEST((changed_at(book, agent(1), 0) == noon));
  BOOST_TEST((changed_at(book, agent(1), 1) == noon + 1h));
  BOOST_TEST((changed_at(book, agent(7), 0) == noon + 2h));
  restart();
  check_restart(agent(1), 0, 1);
  check_restart(agent(2), 1, 0);
  check_restart(agent(7), 0, 1);
}

BOOST_AUTO_TEST_CASE(times_that_nobody_needs_are_not_kept) {
  for (int i = 0; i < 100; ++i) write({policy_layer::fleet, "", ""}, asking(i % 2));
  const auto state = book.state();
  BOOST_REQUIRE(state.times.size() == 1u);
  BOOST_TEST(state.times[0].revision == 101u);
}

BOOST_AUTO_TEST_CASE(a_write_that_changes_nothing_for_an_agent_leaves_its_version) {
  write({policy_layer::organization, "", "acme"}, asking(50));
  write({policy_layer::fleet, "", ""}, asking(60));  // acme says otherwise
  BOOST_TEST(version(agent(1), 0) == 3u);
  BOOST_TEST(version(agent(1), 1) == 2u);
  write({policy_layer::fleet, "", ""}, asking(60));  // the same again
  BOOST_TEST(version(agent(1), 0) == 3u);
  BOOST_TEST(book.revision() == 4u);
  restart();
  check_restart(agent(1), 0, 1);
  check_restart(agent(2), 1, 0);
}

BOOST_AUTO_TEST_CASE(a_tenants_layer_concerns_that_tenant) {
  book.add_profiles({2, {{"other", "", {}}}});
  write({policy_layer::fleet, "other", ""}, asking(55));
  BOOST_TEST(version(agent(1), 0) == 1u);
  BOOST_TEST(version(agent(1), 2) == 2u);
}

BOOST_AUTO_TEST_CASE(deleting_a_layer_is_a_new_version_for_those_who_had_it) {
  write({policy_layer::label, "", "env"}, asking(50));
  BOOST_TEST(version(agent(1), 1) == 2u);
  write({policy_layer::label, "", "env"}, caf::none);
  BOOST_TEST(version(agent(1), 0) == 1u);
  BOOST_TEST(version(agent(1), 1) == 3u);
  BOOST_TEST((book.find({policy_layer::label, "", "env"}) == nullptr));
  restart();
  check_restart(agent(1), 1, 0);
}

BOOST_AUTO_TEST_CASE(documents_are_shared_by_all_with_the_same_layers) {
  book.add_profiles({2, {{"default", "", {{"x", "1"}}}}});
  write({policy_layer::fleet, "", ""}, asking(50));
  const auto table = book.table();
  BOOST_TEST((table.of(agent(1), 0)->policy.get() == table.of(agent(2), 2)->policy.get()));
}

BOOST_AUTO_TEST_CASE(a_relabelled_agent_gets_a_new_version_if_its_document_changes) {
  write({policy_layer::label, "", "env=prod"}, asking(50));
  book.reprofile(agent(3), 0, 1, act("relabel"));
  BOOST_TEST(version(agent(3), 1) == 3u);  // not 2, which it never had
  BOOST_TEST(version(agent(4), 1) == 2u);
  restart();
  check_restart(agent(3), 1, 0);
  write({policy_layer::fleet, "", ""}, blocking("192.0.2.9"));
  BOOST_TEST(version(agent(3), 1) == 4u);
  BOOST_TEST(version(agent(4), 1) == 4u);
  BOOST_TEST(book.table().specials.empty());
}

BOOST_AUTO_TEST_CASE(a_relabelled_agent_keeps_its_version_if_its_document_stays) {
  write({policy_layer::organization, "", "acme"}, asking(70));  // what is built in anyway
  book.reprofile(agent(3), 0, 1, act("relabel"));
  BOOST_TEST(book.revision() == 3u);
  BOOST_TEST(version(agent(3), 1) == 1u);
}

BOOST_AUTO_TEST_CASE(an_emergency_reaches_its_agents_and_when_wide_the_tenant) {
  emergency one;
  one.cause = pattern_id{77};
  one.tenant = "default";
  one.agents = {agent(1), agent(2)};
  one.what = blocking("203.0.113.9");
  book.place_agent(agent(1), 0);
  book.place_agent(agent(2), 1);
  book.put_emergencies({one}, act("emergency"));
  BOOST_TEST(version(agent(1), 0) == 2u);
  BOOST_TEST(version(agent(2), 1) == 2u);
  BOOST_TEST(version(agent(3), 0) == 1u);
  one.wide = true;
  one.agents.clear();
  book.put_emergencies({one}, act("emergency"));
  BOOST_TEST(version(agent(1), 0) == 2u);  // has it already
  BOOST_TEST(version(agent(3), 0) == 3u);
  restart();
  check_restart(agent(1), 0, 1);
  check_restart(agent(3), 0, 1);
  book.drop_emergencies({pattern_id{77}}, false, act("expiry"));
  BOOST_TEST(version(agent(1), 0) == 4u);
  BOOST_TEST(document_of(agent(1), 0).blocklist.ips.empty());
  BOOST_TEST(!book.revoked(pattern_id{77}));
}

BOOST_AUTO_TEST_CASE(an_allowlist_wins_over_an_emergency) {
  policy_document allowing;
  allowing.allowlist.cidrs = {"203.0.113.0/24"};
  write({policy_layer::fleet, "", ""}, allowing);
  emergency one;
  one.cause = pattern_id{77};
  one.tenant = "default";
  one.wide = true;
  one.what = blocking("203.0.113.9");
  book.put_emergencies({one}, act("emergency"));
  BOOST_TEST(document_of(agent(1), 0).blocklist.ips.empty());
  BOOST_TEST(version(agent(1), 0) == 2u);
}

BOOST_AUTO_TEST_CASE(a_rollout_reaches_its_stages_one_after_the_other) {
  write({policy_layer::fleet, "", ""}, asking(50));
  policy_rollout rollout;
  rollout.scope = {policy_layer::fleet, "", ""};
  rollout.stages = {1000, 5000, policy_buckets};
  const auto id = book.start(rollout, asking(40), act("rollout.started")).revision;
  const auto first = in_bucket_below(1000), last = in_bucket_from(5000);
  BOOST_TEST(version(first, 0) == 3u);
  BOOST_TEST(version(last, 0) == 2u);
  book.move(id, rollout_move::advance, act());
  BOOST_TEST(version(first, 0) == 3u);
  BOOST_TEST(version(last, 0) == 2u);
  const auto advanced = book.move(id, rollout_move::advance, act());
  BOOST_REQUIRE(bool{advanced.what});  // the layer's own document, which is what a rollback to it means
  BOOST_TEST((*advanced.what == *book.find(rollout.scope)->what));
  BOOST_TEST(version(first, 0) == 3u);
  BOOST_TEST(version(last, 0) == 5u);
  restart();
  check_restart(first, 0, 1);
  check_restart(last, 0, 1);
  book.move(id, rollout_move::advance, act());  // completed: nobody's document changes
  BOOST_TEST(version(first, 0) == 3u);
  BOOST_TEST(version(last, 0) == 5u);
  BOOST_TEST((book.find_rollout(id)->status == rollout_status::completed));
  BOOST_TEST(*book.find(rollout.scope)->what->notify_and_wait == 40);
  restart();
  check_restart(first, 0, 1);
  check_restart(last, 0, 1);
}

BOOST_AUTO_TEST_CASE(a_halted_rollout_gives_its_agents_back_what_they_had) {
  write({policy_layer::fleet, "", ""}, asking(50));
  policy_rollout rollout;
  rollout.scope = {policy_layer::fleet, "", ""};
  rollout.stages = {1000, policy_buckets};
  const auto id = book.start(rollout, asking(40), act("rollout.started")).revision;
  const auto first = in_bucket_below(1000), last = in_bucket_from(5000);
  book.move(id, rollout_move::halt, act("rollout.halted"));
  BOOST_TEST(version(first, 0) == 4u);
  BOOST_TEST(*document_of(first, 0).notify_and_wait == 50);
  BOOST_TEST(version(last, 0) == 2u);
  BOOST_TEST((book.rollout_of(rollout.scope) == nullptr));
  restart();
  check_restart(first, 0, 1);
  check_restart(last, 0, 1);
}

BOOST_AUTO_TEST_CASE(a_dry_run_tells_whose_document_would_change) {
  auto next = book;
  next.write({policy_layer::label, "", "env=prod"}, asking(50), act());
  const auto effects = book.effects(next);
  BOOST_TEST(effects.size() == 1u);
  BOOST_TEST(*effects[0].profile == 1u);
  BOOST_TEST(*effects[0].before.notify_and_wait == 70);
  BOOST_TEST(*effects[0].after.notify_and_wait == 50);
  BOOST_TEST(version(agent(1), 1) == 1u);
}

BOOST_AUTO_TEST_CASE(layers_of_an_agent_are_named_from_below) {
  write({policy_layer::label, "", "env=prod"}, asking(50));
  write({policy_layer::fleet, "", ""}, asking(60));
  book.place_agent(agent(1), 1);
  write({policy_layer::agent, "", to_string(agent(1))}, asking(55));
  const auto explained = book.explain(agent(1), 1);
  const std::vector<std::string> wanted{"built-in", "fleet", "label:env=prod",
                                        "agent:" + to_string(agent(1))};
  BOOST_TEST(explained.layers == wanted, boost::test_tools::per_element());
  BOOST_TEST(*explained.has.policy->what.notify_and_wait == 55);
}

BOOST_AUTO_TEST_CASE(many_random_changes_are_restored_exactly) {
  uint64_t seed = 42;
  const auto draw = [&seed](uint64_t below) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (seed >> 33) % below;
  };
  for (uint32_t slot = 0; slot < 6; ++slot) book.place_agent(agent(slot), slot % 2);
  std::vector<policy_scope> scopes{{policy_layer::fleet, "", ""},
                                   {policy_layer::fleet, "default", ""},
                                   {policy_layer::organization, "", "acme"},
                                   {policy_layer::label, "", "env=prod"},
                                   {policy_layer::agent, "", to_string(agent(0))}};
  for (int step = 0; step < 200; ++step) {
    time += 1s;
    const auto& scope = scopes[draw(scopes.size())];
    const auto before = book.table();
    if (const auto* rollout = book.rollout_of(scope)) {
      book.move(rollout->id, draw(4) == 0 ? rollout_move::halt : rollout_move::advance, act());
    } else if (draw(4) == 0 && scope.layer != policy_layer::agent) {
      policy_rollout fresh;
      fresh.scope = scope;
      fresh.stages = {static_cast<uint32_t>(1 + draw(4999)), static_cast<uint32_t>(5000 + draw(4000)),
                      policy_buckets};
      book.start(fresh, asking(static_cast<double>(draw(5))), act());
    } else if (draw(5) == 0 && book.find(scope) != nullptr) {
      write(scope, caf::none);
    } else {
      if (scope.layer == policy_layer::agent) book.place_agent(agent(0), 0);
      write(scope, asking(static_cast<double>(draw(5))));
    }
    restart();
    for (uint32_t slot = 0; slot < 40; ++slot)
      for (uint32_t profile : {0u, 1u}) {
        if (slot < 6 && profile != slot % 2) continue;
        const auto* was = before.of(agent(slot), profile);
        const auto now = book.table();
        const auto* is = now.of(agent(slot), profile);
        const bool changed = !(was->policy->what == is->policy->what);
        BOOST_TEST((is->version == (changed ? book.revision() : was->version)),
                   "step " << step << " agent " << slot << " profile " << profile);
        if (slot < 6) restarted->place_agent(agent(slot), 1 - profile);
        BOOST_TEST((restarted->table().of(agent(slot), 1 - profile)->version == is->version),
                   "restart at step " << step << " agent " << slot << " profile " << profile);
        BOOST_TEST((changed_at(*restarted, agent(slot), 1 - profile) == is->changed_at));
      }
  }
}

BOOST_AUTO_TEST_SUITE_END()
