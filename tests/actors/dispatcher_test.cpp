// The dispatcher among fakes: what it refuses, tells, writes and answers, and when.
#include "tests/actors/dispatcher_fixture.hpp"

using namespace muster;
using namespace muster::test;

namespace {

struct running_dispatcher : dispatcher_fixture {
  running_dispatcher() { start_dispatcher(); }

  std::string why(const start_run& what) {
    auto answer = ask<run_row>(subject, what);
    BOOST_REQUIRE(!answer);
    return refusal(answer.error());
  }
  bool refused_for(const start_run& what, const std::string& part) {
    const auto text = why(what);
    BOOST_TEST_INFO(text);
    return text.find(part) != std::string::npos;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(dispatcher_alone, running_dispatcher)

// --- starting ----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(run_is_durable_before_anyone_is_told) {
  add_nodes(2);
  book->desk.holds = true;
  auto asked = request<run_row>(subject, ping());
  deliver();
  BOOST_TEST(book->work.size() == 1u);
  BOOST_TEST(book->work[0].runs.size() == 1u);
  BOOST_TEST(book->work[0].executions.size() == 2u);
  BOOST_TEST(book->work[0].audit.at(0).action == "run.started");
  BOOST_TEST(told().empty());
  caf::anon_send(ledger, commit_due{});
  deliver();
  BOOST_TEST(must(asked()).run.number == 1u);
  BOOST_TEST((told() == std::vector<std::string>{"x-1-0 ping 30s by ann", "x-1-1 ping 30s by ann"}));
  BOOST_TEST(book->work.size() == 2u, "that they are sent was written first");
}

BOOST_AUTO_TEST_CASE(each_node_is_told_for_itself_in_its_tenant) {
  add_nodes(1, "north");
  add_nodes(1, "south");
  nodes->nodes[1].checksum = "c0ffee";
  begin_run(ping());
  BOOST_REQUIRE(events->requests.size() == 2u);
  BOOST_TEST(events->requests[0].tenant == "north");
  const auto& second = events->requests[1];
  BOOST_TEST(second.tenant == "south");
  BOOST_TEST(second.events.at(0).type == "action_request");
  BOOST_TEST((second.events.at(0).audience == event_audience{audience_kind::only, {node(1)}}));
  BOOST_TEST(second.events.at(0).payload == "x-1-1 ping 30s by ann c0ffee");
}

BOOST_AUTO_TEST_CASE(selector_is_passed_on) {
  add_nodes(1);
  auto what = ping();
  what.tenant = "north";
  what.labels = {{"env", "prod"}};
  what.nodes = {node(0)};
  begin_run(what);
  const auto& asked = nodes->asked.at(0);
  BOOST_TEST((asked.tenant == what.tenant));
  BOOST_TEST((asked.labels == what.labels));
  BOOST_TEST((asked.ids == what.nodes));
  BOOST_TEST(asked.action == "ping");
}

BOOST_AUTO_TEST_CASE(run_without_nodes_is_refused) {
  BOOST_TEST(refused_for(ping(), "no node matches the selector"));
  add_nodes(1);
  auto what = ping();
  what.nodes = {node(0), node(7)};
  BOOST_TEST(refused_for(what, to_string(node(7)) + " is no node"));
  BOOST_TEST(book->work.empty());
}

BOOST_AUTO_TEST_CASE(what_is_out_of_bounds_is_refused_by_name) {
  add_nodes(3);
  const auto with = [this](auto change) {
    auto what = ping();
    change(what);
    return why(what);
  };
  const auto names = [&](const char* member, auto change) {
    return with(change).find("'" + std::string{member} + "'") != std::string::npos;
  };
  BOOST_TEST(names("action", [](start_run& x) { x.action = ""; }));
  BOOST_TEST(names("action", [](start_run& x) { x.action = "a b"; }));
  BOOST_TEST(names("action", [](start_run& x) { x.action = std::string(129, 'a'); }));
  BOOST_TEST(names("parameters", [](start_run& x) { x.parameters["1a"] = ""; }));
  BOOST_TEST(names("parameters", [](start_run& x) { x.parameters[std::string(65, 'a')] = ""; }));
  BOOST_TEST(names("parameters", [](start_run& x) { x.parameters["a"] = std::string(64 * 1024, 'a'); }));
  BOOST_TEST(names("parameters", [](start_run& x) {
    for (int i = 0; i < 65; ++i) x.parameters["p" + std::to_string(i)] = "";
  }));
  BOOST_TEST(names("timeout", [](start_run& x) { x.timeout = 999ms; }));
  BOOST_TEST(names("timeout", [](start_run& x) { x.timeout = 10min + 1ms; }));
  BOOST_TEST(names("max_parallel", [](start_run& x) { x.max_parallel = 0; }));
  BOOST_TEST(names("max_parallel", [](start_run& x) { x.max_parallel = 10'001; }));
  BOOST_TEST((with([](start_run& x) { x.parameters["unreadable"] = ""; }).find("nobody can read it")
              != std::string::npos));
  BOOST_TEST(nodes->asked.empty());
  auto edges = ping(10'000);
  edges.action = std::string(128, 'a');
  edges.parameters["_a9"] = "x";
  edges.timeout = 10min;
  begin_run(edges);
}

BOOST_AUTO_TEST_CASE(run_with_too_many_nodes_is_refused) {
  options.nodes_per_run = 2;
  start_dispatcher();
  add_nodes(3);
  BOOST_TEST(refused_for(ping(), "matches 3 nodes"));
}

BOOST_AUTO_TEST_CASE(runs_under_way_are_bounded) {
  options.runs_at_once = 2;
  start_dispatcher();
  add_nodes(1);
  begin_run(ping());
  begin_run(ping());
  BOOST_TEST(refused_for(ping(), "runs_full"));
  must(finish(1, 0));
  BOOST_TEST(begin_run(ping()) == 3u);
}

BOOST_AUTO_TEST_CASE(failed_start_leaves_nothing_behind) {
  add_nodes(1);
  options.runs_at_once = 1;
  start_dispatcher();
  nodes->desk.refuse(fleet_error::shutting_down, 1);
  BOOST_TEST(refused_for(ping(), "shutting_down"));
  book->desk.refuse(fleet_error::store_full, 1);
  BOOST_TEST(refused_for(ping(), "store_full"));
  BOOST_TEST(must(ask<run_page>(subject, list_runs{})).runs.empty());
  BOOST_TEST(begin_run(ping()) == 2u);
}

BOOST_AUTO_TEST_CASE(node_that_does_not_offer_the_action_fails_visibly) {
  add_nodes(2);
  nodes->nodes[0].offers = false;
  begin_run(ping());
  BOOST_TEST(state(1, 0) == "failed: the node does not offer this action");
  BOOST_TEST((told() == std::vector<std::string>{"x-1-1 ping 30s by ann"}));
  must(finish(1, 1));
  BOOST_TEST((row(1).run.ended_at != utc_time{}));
  nodes->nodes[1].offers = false;
  begin_run(ping());
  BOOST_TEST((row(2).run.ended_at != utc_time{}), "nobody offers it");
}

// --- answers of nodes --------------------------------------------------------

BOOST_AUTO_TEST_CASE(node_is_answered_when_its_news_are_durable) {
  add_nodes(1);
  begin_run(ping());
  book->desk.holds = true;
  const execution_acknowledged news{node(0), "x-1-0", true, ""};
  auto first = request<committed>(subject, news);
  deliver();
  auto repeat = request<committed>(subject, news);
  deliver();
  BOOST_TEST(!answered(), "nor is a repeat before");
  caf::anon_send(ledger, commit_due{});
  deliver();
  must(first());
  must(repeat());
}

BOOST_AUTO_TEST_CASE(repeats_are_answered_and_write_nothing) {
  add_nodes(2);
  begin_run(ping());
  must(accept(1, 0));
  const auto writes = book->work.size();
  must(accept(1, 0));
  BOOST_TEST(book->work.size() == writes);
  must(finish(1, 0, execution_status::failed, "first"));
  BOOST_TEST(book->work.size() == writes + 1);
  must(finish(1, 0, execution_status::succeeded, "second"));
  must(accept(1, 0));
  BOOST_TEST(book->work.size() == writes + 1);
  BOOST_TEST(state(1, 0) == "failed: it ended with exit code 0");
  BOOST_TEST(book->work.back().outputs.at(0).out == "first");
}

BOOST_AUTO_TEST_CASE(unknown_and_foreign_executions_are_told_apart) {
  add_nodes(2);
  begin_run(ping());
  const auto answer = [&](agent_id by, const std::string& id) {
    auto acknowledged = ask<committed>(subject, execution_acknowledged{by, id, true, ""});
    execution_finished result;
    result.node = by;
    result.id = id;
    auto finished = ask<committed>(subject, result);
    BOOST_REQUIRE((!acknowledged && !finished));
    BOOST_TEST((acknowledged.error() == finished.error()));
    return acknowledged.error();
  };
  BOOST_TEST((answer(node(0), "x-2-0") == fleet_error::execution_unknown));
  BOOST_TEST((answer(node(0), "x-1-5") == fleet_error::execution_unknown));
  BOOST_TEST((answer(node(0), "nonsense") == fleet_error::execution_unknown));
  BOOST_TEST((answer(node(1), "x-1-0") == fleet_error::execution_foreign));
  BOOST_TEST((answer(make_agent_id(0, 0, 99), "x-1-0") == fleet_error::execution_foreign),
             "of the slot before");
}

BOOST_AUTO_TEST_CASE(outputs_are_kept_up_to_their_bound) {
  options.output_bytes = 10;
  start_dispatcher();
  add_nodes(5);
  begin_run(ping());
  const auto kept = [this](uint32_t slot, const std::string& out) {
    must(finish(1, slot, execution_status::succeeded, out));
    return book->work.back().outputs.empty() ? "" : book->work.back().outputs[0].out;
  };
  BOOST_TEST(kept(0, "0123456789") == "0123456789");
  BOOST_TEST(kept(1, "0123456789a") == "0123456789\n...[truncated]");
  BOOST_TEST(kept(2, "0123456789\n...[truncated]") == "0123456789\n...[truncated]", "as the node cut it");
  BOOST_TEST(kept(3, "012345678\u00e4b") == "012345678\n...[truncated]", "not within a character");
  BOOST_TEST(kept(4, "") == "");
}

BOOST_AUTO_TEST_CASE(result_that_could_not_be_written_is_taken_again) {
  add_nodes(1);
  begin_run(ping());
  book->desk.refuse(fleet_error::store_failed, 1);
  auto failed = finish(1, 0, execution_status::succeeded, "printed");
  BOOST_REQUIRE(!failed);
  BOOST_TEST((failed.error() == fleet_error::store_failed));
  must(finish(1, 0, execution_status::succeeded, "printed"));
  BOOST_TEST(book->work.back().outputs.at(0).out == "printed");
  BOOST_TEST(to_string(recorded().runs.at(0).executions.at(0).status) == "succeeded");
  BOOST_TEST((recorded().runs.at(0).run.ended_at != utc_time{}));
}

BOOST_AUTO_TEST_CASE(what_could_not_be_written_is_written_later_by_itself) {
  add_nodes(1);
  begin_run(ping());
  book->desk.refuse(fleet_error::store_failed, 3);
  BOOST_TEST(!accept(1, 0));
  const auto writes = book->work.size();
  advance(15s);
  BOOST_TEST(book->work.size() == writes + 3);
  BOOST_TEST(to_string(recorded().runs.at(0).executions.at(0).status) == "running");
  advance(1min);
  BOOST_TEST(book->work.size() == writes + 4, "and that was all, but for its end");
  BOOST_TEST(state(1, 0) == "expired: no result");
}

BOOST_AUTO_TEST_CASE(sent_executions_wait_for_the_ledger_to_come_back) {
  add_nodes(2);
  begin_run(ping(1));
  told();
  book->desk.refuse(fleet_error::store_failed, 2);
  BOOST_TEST(!finish(1, 0));
  BOOST_TEST(told().empty());
  advance(10s);
  BOOST_TEST((told() == std::vector<std::string>{"x-1-1 ping 30s by ann"}));
}

// --- events that can't be sent -----------------------------------------------

BOOST_AUTO_TEST_CASE(what_could_not_be_sent_is_sent_again) {
  add_nodes(1);
  events->desk.refuse(fleet_error::store_failed, 1);
  begin_run(ping());
  BOOST_TEST(state(1, 0).starts_with("queued: it could not be sent: "));
  BOOST_TEST(told().empty());
  advance(2s);
  BOOST_TEST(told().size() == 1u);
  BOOST_TEST(state(1, 0) == "sent");
}

BOOST_AUTO_TEST_CASE(what_can_never_be_sent_fails_in_the_end) {
  add_nodes(1);
  events->desk.refuse(fleet_error::event_refused);
  begin_run(ping());
  advance(10min);
  BOOST_TEST(state(1, 0).starts_with("failed: it could not be sent: "));
  BOOST_TEST(state(1, 0).ends_with("11 times"));
  BOOST_TEST((row(1).run.ended_at != utc_time{}));
}

BOOST_AUTO_TEST_CASE(node_that_missed_its_event_finds_it_in_its_state) {
  add_nodes(2);
  begin_run(ping());
  begin_run(ping());
  const auto missed = [this](uint32_t slot) {
    return must(ask<pending_actions>(subject, pending_actions_of{node(slot)})).json;
  };
  BOOST_TEST((missed(0) == std::vector<std::string>{"x-1-0 ping 30s by ann", "x-2-0 ping 30s by ann"}));
  must(accept(1, 0));
  must(finish(2, 0));
  BOOST_TEST(missed(0).empty());
  BOOST_TEST(missed(1).size() == 2u);
  BOOST_TEST(missed(7).empty());
}

// --- cancelling, removing, purging -------------------------------------------

BOOST_AUTO_TEST_CASE(cancelled_run_tells_those_that_were_sent) {
  add_nodes(3);
  begin_run(ping(2));
  must(accept(1, 0));
  told();
  const auto ended = must(ask<run_row>(subject, cancel_run{1, "bob"}));
  BOOST_TEST((ended.run.cancelled_at == utc_now()));
  BOOST_TEST(ended.counts[static_cast<size_t>(execution_status::cancelled)] == 3u);
  BOOST_TEST((told("action_cancelled") == std::vector<std::string>{"x-1-0", "x-1-1"}));
  BOOST_TEST(book->work.back().audit.at(0).actor == "bob");
  must(finish(1, 1, execution_status::succeeded));
  BOOST_TEST(state(1, 1) == "succeeded: late, after 'the node was told to stop'");
  const auto writes = book->work.size();
  must(ask<run_row>(subject, cancel_run{1, "bob"}));
  BOOST_TEST(book->work.size() == writes, "once is enough");
  auto unknown = ask<run_row>(subject, cancel_run{9, "bob"});
  BOOST_TEST((unknown.error() == fleet_error::run_unknown));
}

BOOST_AUTO_TEST_CASE(removed_node_fails_with_a_reason) {
  add_nodes(2);
  begin_run(ping());
  tell(subject, agent_forgotten{node(0)});
  tell(subject, agent_forgotten{make_agent_id(0, 1, 77)});
  BOOST_TEST(state(1, 0) == "failed: the node was removed");
  BOOST_TEST(state(1, 1) == "sent", "another one had that slot");
}

BOOST_AUTO_TEST_CASE(old_runs_are_purged) {
  add_nodes(1);
  begin_run(ping());
  must(finish(1, 0));
  advance(24h * 15);
  begin_run(ping());
  must(finish(2, 0));
  advance(24h * 15 + 2h);
  BOOST_REQUIRE(book->forgotten_runs.size() == 1u);
  BOOST_TEST(book->forgotten_runs[0].number == 1u);
  auto gone = ask<run_row>(subject, read_run{1});
  BOOST_TEST((gone.error() == fleet_error::run_unknown));
  BOOST_TEST(row(2).run.number == 2u);
}

BOOST_AUTO_TEST_CASE(oldest_runs_make_room_for_new_ones) {
  options.kept_executions = 4;
  start_dispatcher();
  add_nodes(2);
  begin_run(ping());
  begin_run(ping());
  BOOST_TEST(refused_for(ping(), "runs_full"));
  for (uint32_t slot : {0, 1}) must(finish(2, slot));
  BOOST_TEST(begin_run(ping()) == 3u);
  BOOST_TEST(book->forgotten_runs.at(0).number == 2u);
}

// --- looking -----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(runs_are_listed_newest_first_in_pages) {
  add_nodes(1);
  for (int i = 0; i < 5; ++i) begin_run(ping());
  auto other = ping();
  other.action = "gather_info";
  begin_run(other);
  must(finish(5, 0));
  const auto page = [this](list_runs wanted) {
    std::string out;
    const auto found = must(ask<run_page>(subject, wanted));
    for (const auto& each : found.runs) out += std::to_string(each.run.number) + " ";
    return out + (found.next == 0 ? "." : std::to_string(found.next));
  };
  BOOST_TEST(page({}) == "6 5 4 3 2 1 .");
  BOOST_TEST(page({false, "", 0, 4}) == "6 5 4 3 3");
  BOOST_TEST(page({false, "", 3, 4}) == "2 1 .");
  BOOST_TEST(page({true, "", 0, 100}) == "6 4 3 2 1 .");
  BOOST_TEST(page({false, "gather_info", 0, 100}) == "6 .");
}

BOOST_AUTO_TEST_CASE(executions_are_listed_by_status_in_pages) {
  add_nodes(5);
  begin_run(ping());
  must(finish(1, 1));
  must(finish(1, 3));
  const auto page = [this](read_executions wanted) {
    std::string out;
    const auto found = must(ask<execution_page>(subject, wanted));
    for (const auto& each : found.executions) out += std::to_string(slot_of(each.node)) + " ";
    return out + (found.next == 0 ? "." : std::to_string(found.next));
  };
  BOOST_TEST(page({1, caf::none, 0, 100}) == "0 1 2 3 4 .");
  BOOST_TEST(page({1, caf::none, 0, 3}) == "0 1 2 3");
  BOOST_TEST(page({1, caf::none, 3, 3}) == "3 4 .");
  BOOST_TEST(page({1, execution_status::succeeded, 0, 100}) == "1 3 .");
  auto unknown = ask<execution_page>(subject, read_executions{9, caf::none, 0, 1});
  BOOST_TEST((unknown.error() == fleet_error::run_unknown));
  auto nobody = ask<execution_record>(subject, read_execution{1, node(9)});
  BOOST_TEST((nobody.error() == fleet_error::execution_unknown));
}

BOOST_AUTO_TEST_SUITE_END()
