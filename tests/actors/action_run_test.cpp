// One run alone: turns, deadlines, and what comes twice, late or never.
#include "actors/manager/action_run.hpp"

#include <boost/test/unit_test.hpp>

using namespace muster;
using namespace std::chrono_literals;

namespace {

constexpr utc_time noon{std::chrono::milliseconds{1'700'000'000'000}};

agent_id node(uint32_t slot) { return make_agent_id(0, slot, slot + 1); }

std::vector<execution_record> executions(uint32_t count) {
  std::vector<execution_record> out(count);
  for (uint32_t slot = 0; slot < count; ++slot) {
    out[slot].run = 1;
    out[slot].node = node(slot);
  }
  return out;
}

run_record record(uint32_t max_parallel) {
  run_record out;
  out.number = 1;
  out.action = "ping";
  out.timeout = 30s;
  out.max_parallel = max_parallel;
  out.started_at = noon;
  return out;
}

execution_finished result(execution_status status, int32_t code = 0) {
  execution_finished out;
  out.status = status;
  out.exit_code = code;
  out.duration = 1500ms;
  return out;
}

struct run_fixture {
  action_run run{record(2), executions(5), {}, now()};
  std::chrono::milliseconds passed{0};

  work_time now() const { return {noon + passed, work_time::monotonic{} + 1h + passed}; }
  size_t send() { return run.send(now()).size(); }
  void pass(std::chrono::milliseconds span) {
    passed += span;
    run.expire(now());
  }
  void accept(uint32_t slot) { run.acknowledge(slot, true, "", now()); }
  void reject(uint32_t slot, const std::string& why) { run.acknowledge(slot, false, why, now()); }
  bool finish(uint32_t slot, execution_status status, int32_t code = 0) {
    return run.finish(slot, result(status, code), now());
  }
  std::string state(uint32_t slot) const {
    const auto& what = *run.of(slot);
    return to_string(what.status) + (what.reason.empty() ? "" : ": " + what.reason);
  }
  size_t changes() {
    record_work all;
    run.take_changes(all);
    return all.executions.size();
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(action_run_alone, run_fixture)

BOOST_AUTO_TEST_CASE(no_more_than_the_window_are_under_way) {
  BOOST_TEST(send() == 2u);
  BOOST_TEST(send() == 0u);
  accept(0);
  BOOST_TEST(send() == 0u, "running ones count too");
  finish(0, execution_status::succeeded);
  BOOST_TEST(send() == 1u);
  BOOST_TEST(state(2) == "sent");
  BOOST_TEST(state(3) == "queued");
}

BOOST_AUTO_TEST_CASE(run_is_over_when_all_executions_are) {
  for (uint32_t slot = 0; slot < 5; ++slot) {
    send();
    accept(slot);
    BOOST_TEST(!run.over());
    passed += 1s;
    finish(slot, execution_status::succeeded);
  }
  BOOST_TEST((run.record().ended_at == noon + 5s));
  BOOST_TEST(run.row().counts[static_cast<size_t>(execution_status::succeeded)] == 5u);
  BOOST_TEST(!run.next_deadline().has_value());
}

BOOST_AUTO_TEST_CASE(silent_node_expires_unacknowledged) {
  send();
  pass(2min - 1ms);
  BOOST_TEST(state(0) == "sent");
  pass(1ms);
  BOOST_TEST(state(0) == "expired: never acknowledged");
  BOOST_TEST(send() == 2u, "others have their turn");
}

BOOST_AUTO_TEST_CASE(node_without_a_result_expires_after_timeout_and_grace) {
  send();
  passed += 1min;
  accept(0);
  pass(60s - 1ms);
  BOOST_TEST(state(0) == "running");
  pass(1ms);
  BOOST_TEST(state(0) == "expired: no result");
}

BOOST_AUTO_TEST_CASE(deadlines_are_known_in_their_order) {
  send();
  const auto first = now().now + 2min;
  BOOST_TEST((run.next_deadline() == first));
  accept(0);
  BOOST_TEST((run.next_deadline() == now().now + 60s));
  finish(0, execution_status::succeeded);
  BOOST_TEST((run.next_deadline() == first));
}

BOOST_AUTO_TEST_CASE(results_say_what_they_mean) {
  send();
  finish(0, execution_status::failed, 3);
  finish(1, execution_status::timed_out);
  send();
  finish(2, execution_status::cancelled);
  BOOST_TEST(state(0) == "failed: it ended with exit code 3");
  BOOST_TEST(state(1) == "timed_out: the node stopped it at its timeout");
  BOOST_TEST(state(2) == "cancelled: the node cancelled it");
  BOOST_TEST(run.of(0)->exit_code == 3);
  BOOST_TEST((run.of(0)->duration == 1500ms));
}

BOOST_AUTO_TEST_CASE(result_without_an_acknowledgement_counts) {
  send();
  BOOST_TEST(finish(0, execution_status::succeeded));
  BOOST_TEST(state(0) == "succeeded");
  accept(0);
  BOOST_TEST(state(0) == "succeeded", "and the acknowledgement after it changes nothing");
}

BOOST_AUTO_TEST_CASE(repeats_change_nothing) {
  send();
  accept(0);
  passed += 10s;
  changes();
  accept(0);
  BOOST_TEST(changes() == 0u);
  BOOST_TEST((run.of(0)->acknowledged_at == noon));
  BOOST_TEST(finish(0, execution_status::failed, 1));
  changes();
  BOOST_TEST(!finish(0, execution_status::succeeded));
  BOOST_TEST(!finish(4, execution_status::succeeded), "that one was told to nobody");
  BOOST_TEST(changes() == 0u);
  BOOST_TEST(run.of(0)->exit_code == 1);
}

BOOST_AUTO_TEST_CASE(busy_node_is_asked_again_later_and_later) {
  send();
  reject(0, "max_concurrent_reached");
  BOOST_TEST(state(0) == "queued: the node has enough to do");
  finish(1, execution_status::succeeded);
  BOOST_TEST(send() == 2u, "it does not stand in the way of others");
  finish(2, execution_status::succeeded);
  finish(3, execution_status::succeeded);
  BOOST_TEST(send() == 1u);
  pass(2s - 1ms);
  BOOST_TEST(send() == 0u);
  pass(1ms);
  BOOST_TEST(send() == 1u);
  BOOST_TEST(state(0) == "sent");
  reject(0, "max_concurrent_reached");
  pass(4s - 1ms);
  BOOST_TEST(send() == 0u);
  pass(1ms);
  BOOST_TEST(send() == 1u);
  for (int i = 0; i < 8; ++i) {
    reject(0, "max_concurrent_reached");
    pass(1min);
    BOOST_TEST(send() == 1u);
    if (i == 0) finish(4, execution_status::succeeded);
  }
  reject(0, "max_concurrent_reached");
  BOOST_TEST(state(0) == "failed: the node has enough to do, 11 times");
  BOOST_TEST(run.over());
}

BOOST_AUTO_TEST_CASE(rejections_fail_unless_they_say_it_is_there) {
  send();
  reject(0, "unknown_action");
  reject(1, "duplicate_execution_id");
  BOOST_TEST(state(0) == "failed: the node refused it: unknown_action");
  BOOST_TEST(state(1) == "running");
  send();
  reject(2, "");
  BOOST_TEST(state(2) == "failed: the node refused it: no reason");
  BOOST_TEST(!finish(0, execution_status::succeeded), "what it refused it has not done");
}

BOOST_AUTO_TEST_CASE(late_result_tells_the_true_end_once) {
  send();
  pass(2min);
  accept(0);
  BOOST_TEST(state(0) == "expired: never acknowledged");
  BOOST_TEST(finish(0, execution_status::succeeded));
  BOOST_TEST(state(0) == "succeeded: late, after 'never acknowledged'");
  BOOST_TEST(!finish(0, execution_status::failed, 1));
  BOOST_TEST(finish(1, execution_status::failed, 9));
  BOOST_TEST(state(1) == "failed: late, after 'never acknowledged': it ended with exit code 9");
  BOOST_TEST(run.row().counts[static_cast<size_t>(execution_status::expired)] == 0u);
}

BOOST_AUTO_TEST_CASE(cancelled_run_ends_and_tells_whom_it_had_sent) {
  send();
  accept(0);
  finish(1, execution_status::succeeded);
  send();
  const auto told = run.cancel(now());
  BOOST_TEST(told.size() == 2u);
  BOOST_TEST((told[0].node == node(0)));
  BOOST_TEST((told[1].node == node(2)));
  BOOST_TEST(state(0) == "cancelled: the node was told to stop");
  BOOST_TEST(state(3) == "cancelled: before it was sent");
  BOOST_TEST(state(1) == "succeeded");
  BOOST_TEST(run.over());
  BOOST_TEST(send() == 0u);
  BOOST_TEST(run.cancel(now()).empty());
  BOOST_TEST(finish(0, execution_status::succeeded), "unless a result comes");
  BOOST_TEST(state(0) == "succeeded: late, after 'the node was told to stop'");
  BOOST_TEST(!finish(3, execution_status::succeeded));
}

BOOST_AUTO_TEST_CASE(removed_node_fails_wherever_it_was) {
  send();
  run.fail(0, "the node was removed", now());
  run.fail(3, "the node was removed", now());
  BOOST_TEST(state(0) == "failed: the node was removed");
  BOOST_TEST(state(3) == "failed: the node was removed");
  finish(1, execution_status::succeeded);
  run.fail(1, "the node was removed", now());
  BOOST_TEST(state(1) == "succeeded");
  BOOST_TEST(send() == 2u);
  BOOST_TEST(state(4) == "sent");
}

BOOST_AUTO_TEST_CASE(changes_are_given_once_and_again_if_they_come_back) {
  send();
  accept(0);
  record_work all;
  run.take_changes(all);
  BOOST_TEST(all.executions.size() == 2u);
  BOOST_TEST(all.runs.empty());
  BOOST_TEST(!run.has_changes());
  finish(0, execution_status::succeeded);
  run.return_changes(all);
  BOOST_TEST(changes() == 2u);
}

BOOST_AUTO_TEST_CASE(restored_run_goes_on_with_the_time_that_was_left) {
  send();
  accept(0);
  finish(1, execution_status::succeeded);
  send();
  passed += 20s;
  action_run again{run.record(), run.executions(), {}, now()};
  BOOST_TEST((again.next_deadline() == now().now + 40s));
  BOOST_TEST(again.send(now()).empty(), "those under way fill the window");
  again.expire({noon + 2min, now().now + 100s});
  BOOST_TEST(to_string(again.of(0)->status) == "expired");
  BOOST_TEST(to_string(again.of(2)->status) == "expired");
  BOOST_TEST(again.send(now()).size() == 2u);
}

BOOST_AUTO_TEST_CASE(calendar_set_back_meanwhile_gives_no_more_time_than_there_is) {
  send();
  action_run again{run.record(), run.executions(), {}, {noon - 24h, now().now}};
  BOOST_TEST((again.next_deadline() == now().now + 2min));
}

BOOST_AUTO_TEST_CASE(run_that_nobody_can_do_is_over_at_once) {
  auto all = executions(2);
  for (auto& each : all) each.status = execution_status::failed;
  BOOST_TEST((action_run{record(1), std::move(all), {}, now()}.over()));
}

BOOST_AUTO_TEST_SUITE_END()
