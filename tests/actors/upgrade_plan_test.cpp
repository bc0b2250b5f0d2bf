// An upgrade's verdicts, stages and moves, without any actor.
#include "actors/manager/upgrade_plan.hpp"
#include "messages/errors.hpp"

#include <caf/all.hpp>

#include <boost/test/unit_test.hpp>

using namespace muster;
using namespace std::chrono_literals;

namespace {

constexpr utc_time noon{std::chrono::milliseconds{1'700'000'000'000}};
const std::string good(64, 'a');
const std::string old(64, 'b');
const std::string arm(64, 'c');

start_upgrade request() {
  start_upgrade out;
  out.version = "1.5.0";
  out.stages = {1000, 5000, policy_buckets};
  out.every = 10min;
  out.checksums = {{"linux/amd64", good}, {"linux/arm64", arm}};
  out.author = "ann";
  return out;
}

upgrade running(start_upgrade asked = request()) {
  upgrade out;
  out.number = 7;
  out.asked = std::move(asked);
  out.started_at = out.stage_since = noon;
  return out;
}

// The nth node with a bucket from `from` up to, but not with, `to`.
agent_id node_between(uint32_t from, uint32_t to, uint32_t nth = 0) {
  for (uint32_t slot = 0;; ++slot) {
    const auto id = make_agent_id(0, slot, slot + 1);
    const auto bucket = policy_bucket(id);
    if (bucket >= from && bucket < to && nth-- == 0) return id;
  }
}

node_row row(agent_id id, const std::string& checksum = old, agent_status status = agent_status::online,
             const std::string& arch = "amd64") {
  node_row out;
  out.node.id = id;
  out.node.tenant = "north";
  out.node.hostname = "web-" + std::to_string(slot_of(id));
  out.node.labels = {{"env", "prod"}};
  out.node.status = status;
  out.node.metadata = {{"os", "linux"}, {"arch", arch}};
  out.binary_checksum = checksum;
  return out;
}

execution_record execution(agent_id node, execution_status status, utc_time finished_at = {},
                           const std::string& reason = "") {
  execution_record out;
  out.run = 1;
  out.node = node;
  out.status = status;
  out.reason = reason;
  out.finished_at = finished_at;
  return out;
}

upgrade_look look(upgrade_plan& plan, const std::vector<node_row>& rows, utc_time now) {
  upgrade_look out;
  for (const auto& each : rows) plan.judge(each, now, out);
  plan.conclude(now, out);
  return out;
}

bool counted(const upgrade_look& found, upgrade_counts wanted) {
  BOOST_TEST_MESSAGE(found.counts.nodes << " nodes, " << found.counts.upgraded << " upgraded, "
                                        << found.counts.waiting << " waiting, " << found.counts.failed
                                        << " failed");
  return found.counts == wanted;
}

const auto early = node_between(0, 1000);
const auto early_too = node_between(0, 1000, 1);
const auto later = node_between(1000, 5000);
const auto last = node_between(5000, policy_buckets);

}  // namespace

BOOST_AUTO_TEST_SUITE(upgrade_plans)

BOOST_AUTO_TEST_CASE(wrong_requests_name_what_is_wrong) {
  const auto problem = [](void (*change)(start_upgrade&)) {
    auto asked = request();
    change(asked);
    return problem_of(asked);
  };
  const auto names = [&](const std::string& member, void (*change)(start_upgrade&)) {
    return problem(change).starts_with("'" + member + "'");
  };
  BOOST_TEST(problem_of(request()) == "");
  BOOST_TEST(names("version", [](start_upgrade& x) { x.version = ""; }));
  BOOST_TEST(names("version", [](start_upgrade& x) { x.version = "1 2"; }));
  BOOST_TEST(names("version", [](start_upgrade& x) { x.version = std::string(129, '1'); }));
  BOOST_TEST(names("stages", [](start_upgrade& x) { x.stages = {}; }));
  BOOST_TEST(names("stages", [](start_upgrade& x) { x.stages = {0, policy_buckets}; }));
  BOOST_TEST(names("stages", [](start_upgrade& x) { x.stages = {5, 5, policy_buckets}; }));
  BOOST_TEST(names("stages", [](start_upgrade& x) { x.stages = {5}; }));
  BOOST_TEST(names("every", [](start_upgrade& x) { x.every = 0ms; }));
  BOOST_TEST(names("every", [](start_upgrade& x) { x.every = 24h * 30 + 1ms; }));
  BOOST_TEST(names("patience", [](start_upgrade& x) { x.patience = 999ms; }));
  BOOST_TEST(names("patience", [](start_upgrade& x) { x.patience = 24h + 1ms; }));
  BOOST_TEST(names("checksums", [](start_upgrade& x) { x.checksums["linux"] = x.checksums["linux/amd64"]; }));
  BOOST_TEST(names("checksums", [](start_upgrade& x) { x.checksums["linux/amd64"] = "A0"; }));
  BOOST_TEST(names("checksums", [](start_upgrade& x) { x.checksums["a/b"] = std::string(64, 'A'); }));
}

BOOST_AUTO_TEST_CASE(nodes_are_meant_by_tenant_and_labels_unless_they_left) {
  auto asked = request();
  auto node = row(early).node;
  BOOST_TEST(is_meant(asked, node));
  asked.tenant = "north";
  asked.labels = {{"env", "prod"}};
  BOOST_TEST(is_meant(asked, node));
  asked.labels = {{"env", "test"}};
  BOOST_TEST(!is_meant(asked, node));
  asked = request();
  asked.tenant = "south";
  BOOST_TEST(!is_meant(asked, node));
  node.status = agent_status::departed;
  BOOST_TEST(!is_meant(request(), node));
}

BOOST_AUTO_TEST_CASE(only_nodes_of_the_stage_are_asked_each_for_its_platform) {
  upgrade_plan plan{running()};
  const auto found =
    look(plan, {row(early), row(early_too, old, agent_status::online, "arm64"), row(later)}, noon);
  BOOST_TEST(counted(found, {3, 0, 3, 0}));
  BOOST_TEST((
    found.to_ask
    == std::map<std::string, std::vector<agent_id>>{{"linux/amd64", {early}}, {"linux/arm64", {early_too}}}));
  BOOST_TEST(!found.move);
  plan.ask(1, {early, early_too});
  BOOST_TEST(look(plan, {row(early), row(early_too)}, noon + 1s).to_ask.empty());
  BOOST_TEST((plan.what().runs == std::vector<uint64_t>{1}));
}

BOOST_AUTO_TEST_CASE(nodes_that_have_the_program_already_are_not_asked) {
  upgrade_plan plan{running()};
  const auto found = look(plan, {row(early, good), row(later, good)}, noon);
  BOOST_TEST(counted(found, {2, 2, 0, 0}));
  BOOST_TEST(found.to_ask.empty());
}

BOOST_AUTO_TEST_CASE(stage_ends_when_all_are_upgraded_and_it_has_lasted) {
  upgrade_plan plan{running()};
  plan.ask(1, {early});
  plan.note(execution(early, execution_status::succeeded, noon + 1min));
  BOOST_TEST(!look(plan, {row(early, good), row(later)}, noon + 10min - 1ms).move);
  BOOST_TEST((look(plan, {row(early, good), row(later)}, noon + 10min).move == rollout_move::advance));
  auto next = moved(plan.what(), rollout_move::advance, "", noon + 10min);
  BOOST_REQUIRE(next);
  BOOST_TEST(next->stage == 1u);
  BOOST_TEST((next->status == rollout_status::running));
  plan.become(*next);
  const auto found = look(plan, {row(early, good), row(later), row(last)}, noon + 11min);
  BOOST_TEST(counted(found, {3, 1, 2, 0}));
  BOOST_TEST((found.to_ask == std::map<std::string, std::vector<agent_id>>{{"linux/amd64", {later}}}));
  BOOST_TEST((plan.what().runs == std::vector<uint64_t>{1}));
}

BOOST_AUTO_TEST_CASE(stage_does_not_end_while_a_node_is_awaited) {
  auto asked = request();
  asked.patience = 1h;
  upgrade_plan plan{running(asked)};
  plan.ask(1, {early});
  plan.note(execution(early, execution_status::succeeded, noon + 1min));
  BOOST_TEST(!look(plan, {row(early)}, noon + 30min).move);
}

BOOST_AUTO_TEST_CASE(last_stage_completes_the_upgrade) {
  auto what = running();
  what.stage = 2;
  const auto done = moved(what, rollout_move::advance, "", noon + 1h);
  BOOST_REQUIRE(done);
  BOOST_TEST((done->status == rollout_status::completed));
  BOOST_TEST((done->ended_at == noon + 1h));
}

BOOST_AUTO_TEST_CASE(execution_that_failed_halts_with_the_nodes_name_and_reason) {
  for (const auto status : {execution_status::failed, execution_status::expired, execution_status::timed_out,
                            execution_status::cancelled}) {
    upgrade_plan plan{running()};
    plan.ask(1, {early, early_too});
    plan.note(execution(early, status, noon + 1min, "no disk"));
    const auto found = look(plan, {row(early), row(early_too)}, noon + 1min);
    BOOST_TEST(counted(found, {2, 0, 1, 1}));
    BOOST_TEST((found.move == rollout_move::halt));
    BOOST_TEST(found.reason
               == "stage 1: " + row(early).node.hostname + ": " + to_string(status) + ": no disk");
    BOOST_TEST(
      (found.failures
       == std::vector<upgrade_failure>{{early, row(early).node.hostname, to_string(status) + ": no disk"}}));
  }
}

BOOST_AUTO_TEST_CASE(run_that_is_no_longer_kept_fails_nodes_that_are_not_back) {
  upgrade_plan plan{running()};
  plan.ask(1, {early, early_too});
  plan.lose(1);
  BOOST_TEST(plan.open_runs().empty());
  const auto found = look(plan, {row(early), row(early_too, good)}, noon + 1min);
  BOOST_TEST(counted(found, {2, 1, 0, 1}));
  BOOST_TEST(found.failures.at(0).reason == "expired: its run is no longer kept");
}

BOOST_AUTO_TEST_CASE(node_that_came_back_is_upgraded_though_its_result_was_lost) {
  upgrade_plan plan{running()};
  plan.ask(1, {early});
  plan.note(execution(early, execution_status::expired, noon + 1min, "no result"));
  BOOST_TEST(counted(look(plan, {row(early, good)}, noon + 1min), {1, 1, 0, 0}));
}

BOOST_AUTO_TEST_CASE(node_has_its_patience_from_the_end_of_its_execution) {
  upgrade_plan plan{running()};
  plan.ask(1, {early});
  BOOST_TEST(counted(look(plan, {row(early)}, noon + 1h), {1, 0, 1, 0}));  // it has not said that it is done
  plan.note(execution(early, execution_status::succeeded, noon + 1h));
  BOOST_TEST(counted(look(plan, {row(early)}, noon + 1h + 5min - 1ms), {1, 0, 1, 0}));
  auto found = look(plan, {row(early)}, noon + 1h + 5min);
  BOOST_TEST((found.move == rollout_move::halt));
  BOOST_TEST(found.failures.at(0).reason == "it reports the checksum " + old);
  found = look(plan, {row(early, "")}, noon + 1h + 5min);
  BOOST_TEST(found.failures.at(0).reason == "it reports no checksum");
  found = look(plan, {row(early, old, agent_status::stale)}, noon + 1h + 5min);
  BOOST_TEST(found.failures.at(0).reason == "it is not online");
}

BOOST_AUTO_TEST_CASE(node_that_is_away_is_not_asked_and_fails_after_its_patience) {
  upgrade_plan plan{running()};
  const auto away = row(early, old, agent_status::offline);
  auto found = look(plan, {away}, noon + 5min - 1ms);
  BOOST_TEST(counted(found, {1, 0, 1, 0}));
  BOOST_TEST(found.to_ask.empty());
  found = look(plan, {away}, noon + 5min);
  BOOST_TEST(counted(found, {1, 0, 0, 1}));
  BOOST_TEST(found.failures.at(0).reason == "it is not online");
}

BOOST_AUTO_TEST_CASE(node_that_is_lost_with_many_others_is_waited_for_and_asked_again) {
  upgrade_plan plan{running()};
  plan.ask(1, {early});
  const auto expired = execution(early, execution_status::expired, noon);
  plan.note(expired);
  auto away = row(early, old, agent_status::stale);
  away.held = true;
  BOOST_TEST(look(plan, {away}, noon + 2h).counts.failed == 0u);
  plan.note(expired);
  const auto back = look(plan, {row(early)}, noon + 2h);
  BOOST_TEST(back.counts.failed == 0u);
  BOOST_TEST(back.to_ask.size() == 1u);
}

BOOST_AUTO_TEST_CASE(node_that_comes_online_within_its_patience_is_asked) {
  upgrade_plan plan{running()};
  look(plan, {row(early, old, agent_status::offline)}, noon + 1min);
  BOOST_TEST(look(plan, {row(early)}, noon + 2min).to_ask.size() == 1u);
}

BOOST_AUTO_TEST_CASE(upgraded_node_that_goes_away_again_fails_after_its_patience) {
  upgrade_plan plan{running()};
  plan.ask(1, {early});
  plan.note(execution(early, execution_status::succeeded, noon + 1min));
  look(plan, {row(early, good)}, noon + 8min);
  const auto away = row(early, good, agent_status::stale);
  BOOST_TEST(counted(look(plan, {away}, noon + 13min - 1ms), {1, 0, 1, 0}));
  BOOST_TEST(counted(look(plan, {away}, noon + 13min), {1, 0, 0, 1}));
}

BOOST_AUTO_TEST_CASE(nodes_of_earlier_stages_may_be_away) {
  auto what = running();
  what.stage = 1;
  upgrade_plan plan{what};
  BOOST_TEST(counted(look(plan, {row(early, good, agent_status::offline)}, noon + 1h), {1, 1, 0, 0}));
}

BOOST_AUTO_TEST_CASE(failures_are_borne_up_to_the_limit) {
  auto asked = request();
  asked.max_failed = 1;
  upgrade_plan plan{running(asked)};
  plan.ask(1, {early, early_too});
  plan.note(execution(early, execution_status::failed, noon));
  plan.note(execution(early_too, execution_status::succeeded, noon));
  BOOST_TEST((look(plan, {row(early), row(early_too, good)}, noon + 10min).move == rollout_move::advance));
  upgrade_plan other{running(asked)};
  for (const auto id : {early, early_too}) other.note(execution(id, execution_status::failed, noon));
  const auto found = look(other, {row(early), row(early_too)}, noon + 10min);
  BOOST_TEST((found.move == rollout_move::halt));
  BOOST_TEST(found.reason.ends_with(": failed, and 1 more failed"));
}

BOOST_AUTO_TEST_CASE(first_failures_only_are_named) {
  auto asked = request();
  asked.max_failed = 100;
  upgrade_plan plan{running(asked)};
  std::vector<node_row> rows;
  for (uint32_t i = 0; i < 30; ++i) {
    rows.push_back(row(node_between(0, 1000, i)));
    plan.note(execution(rows.back().node.id, execution_status::failed, noon));
  }
  const auto found = look(plan, rows, noon);
  BOOST_TEST(found.failures.size() == upgrade_plan::failures_shown);
  BOOST_TEST(found.counts.failed == 30u);
}

BOOST_AUTO_TEST_CASE(platform_without_a_checksum_fails) {
  upgrade_plan plan{running()};
  auto unnamed = row(early);
  unnamed.node.metadata.erase("arch");
  BOOST_TEST(look(plan, {row(early, old, agent_status::online, "riscv64")}, noon).failures.at(0).reason
             == "no checksum is known for linux/riscv64");
  BOOST_TEST(look(plan, {unnamed}, noon).failures.at(0).reason == "it did not say its platform");
  BOOST_TEST(counted(look(plan, {row(later, old, agent_status::online, "riscv64")}, noon), {1, 0, 1, 0}));
}

BOOST_AUTO_TEST_CASE(runs_that_are_refused_again_and_again_halt_it) {
  upgrade_plan plan{running()};
  for (uint32_t i = 1; i < upgrade_plan::refusals_taken; ++i) plan.note_refusal("no");
  BOOST_TEST(!look(plan, {row(early)}, noon).move);
  plan.note_refusal("never");
  const auto found = look(plan, {row(early)}, noon);
  BOOST_TEST((found.move == rollout_move::halt));
  BOOST_TEST(found.reason == "stage 1: nodes could not be asked: never");
}

BOOST_AUTO_TEST_CASE(time_while_it_is_paused_does_not_count) {
  auto paused = moved(running(), rollout_move::pause, "lunch", noon + 4min);
  BOOST_REQUIRE(paused);
  BOOST_TEST((paused->status == rollout_status::paused));
  BOOST_TEST(paused->outcome == "lunch");
  BOOST_TEST((paused->ended_at == utc_time{}));
  upgrade_plan plan{*paused};
  BOOST_TEST(!look(plan, {row(early, good)}, noon + 3h).move);
  auto resumed = moved(*paused, rollout_move::resume, "", noon + 3h);
  BOOST_REQUIRE(resumed);
  plan.become(*resumed);
  BOOST_TEST(!look(plan, {row(early, good)}, noon + 3h + 6min - 1ms).move);
  BOOST_TEST((look(plan, {row(early, good)}, noon + 3h + 6min).move == rollout_move::advance));
  BOOST_TEST(plan.what().outcome == "");
}

BOOST_AUTO_TEST_CASE(moves_that_make_no_sense_are_refused) {
  const auto refused = [](const upgrade& what, rollout_move move) {
    const auto next = moved(what, move, "", noon);
    return !next && next.error() == fleet_error::upgrade_conflict;
  };
  auto what = running();
  BOOST_TEST(refused(what, rollout_move::resume));
  what.status = rollout_status::paused;
  BOOST_TEST(refused(what, rollout_move::pause));
  BOOST_TEST(refused(what, rollout_move::advance));
  BOOST_TEST(refused(what, rollout_move::halt));
  BOOST_TEST((moved(what, rollout_move::abort, "", noon)->status == rollout_status::aborted));
  for (const auto status : {rollout_status::completed, rollout_status::halted, rollout_status::aborted}) {
    what.status = status;
    for (const auto move : {rollout_move::pause, rollout_move::resume, rollout_move::abort})
      BOOST_TEST(refused(what, move));
  }
}

BOOST_AUTO_TEST_SUITE_END()
