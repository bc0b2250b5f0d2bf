// A dispatcher among fakes, and nodes that answer what a test tells them to.
#pragma once

#include "actors/manager/dispatcher.hpp"
#include "tests/actors/work_fakes.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

namespace muster::test {

struct dispatcher_fixture : virtual_time_fixture {
  std::shared_ptr<ledger_book> book = std::make_shared<ledger_book>();
  std::shared_ptr<selector_book> nodes = std::make_shared<selector_book>();
  std::shared_ptr<appender_book> events = std::make_shared<appender_book>();
  std::vector<std::string> journal_lines;
  std::chrono::steady_clock::time_point started = sched.clock().now();
  ledger_actor ledger = spawn(fake_ledger, book);
  node_selector_actor selector = spawn(fake_selector, nodes);
  event_appender_actor appender = spawn(fake_appender, events);
  dispatcher_options options;
  dispatcher_actor subject;

  utc_time utc_now() const {
    return noon + std::chrono::floor<std::chrono::milliseconds>(sched.clock().now() - started);
  }
  static agent_id node(uint32_t slot) { return make_agent_id(0, slot, slot + 1); }

  void add_nodes(uint32_t count, const std::string& tenant = "north") {
    for (uint32_t i = 0; i < count; ++i) {
      const auto slot = static_cast<uint32_t>(nodes->nodes.size());
      nodes->nodes.push_back(
        {node(slot), tenant, "web-" + std::to_string(slot), agent_status::online, true, {}});
    }
  }
  void start_dispatcher(restored_work restored = {}) {
    dispatcher_ports ports{
      ledger,
      selector,
      appender,
      std::make_shared<readable_writer>(),
      [this] { return utc_now(); },
      [this](std::string_view event, const std::string&) { journal_lines.emplace_back(event); }};
    subject = spawn(dispatcher, options, std::move(ports), std::move(restored));
    deliver();
  }
  // What the ledger has of the last state of everything, as a restart reads it.
  restored_work recorded() const {
    std::map<uint64_t, restored_run> runs;
    std::map<std::pair<uint64_t, uint32_t>, execution_record> executions;
    for (const auto& each : book->work) {
      for (const auto& run : each.runs) runs[run.number].run = run;
      for (const auto& one : each.executions) executions[{one.run, slot_of(one.node)}] = one;
    }
    for (const auto& [key, one] : executions) runs[key.first].executions.push_back(one);
    restored_work out;
    for (auto& [number, run] : runs) {
      out.last_run = number;
      out.runs.push_back(std::move(run));
    }
    return out;
  }
  void restart() {
    auto restored = recorded();
    caf::anon_send_exit(subject, caf::exit_reason::user_shutdown);
    deliver();
    start_dispatcher(std::move(restored));
  }

  start_run ping(uint32_t max_parallel = 50) const {
    start_run out;
    out.action = "ping";
    out.max_parallel = max_parallel;
    out.author = "ann";
    return out;
  }
  template <class T>
  T must(caf::expected<T> value) {
    if (!value) BOOST_FAIL(sys.render(value.error()));
    return std::move(*value);
  }
  uint64_t begin_run(const start_run& what) { return must(ask<run_row>(subject, what)).run.number; }
  run_row row(uint64_t number) { return must(ask<run_row>(subject, read_run{number})); }
  uint32_t count(uint64_t number, execution_status status) {
    return row(number).counts[static_cast<size_t>(status)];
  }
  // "expired: no result"
  std::string state(uint64_t number, uint32_t slot) {
    const auto what = must(ask<execution_record>(subject, read_execution{number, node(slot)}));
    return to_string(what.status) + (what.reason.empty() ? "" : ": " + what.reason);
  }
  auto accept(uint64_t number, uint32_t slot) {
    return ask<committed>(subject,
                          execution_acknowledged{node(slot), execution_name(number, node(slot)), true, ""});
  }
  auto reject(uint64_t number, uint32_t slot, const std::string& why) {
    return ask<committed>(subject,
                          execution_acknowledged{node(slot), execution_name(number, node(slot)), false, why});
  }
  auto finish(uint64_t number, uint32_t slot, execution_status status = execution_status::succeeded,
              const std::string& out = "") {
    return ask<committed>(
      subject,
      execution_finished{node(slot), execution_name(number, node(slot)), status, "", 0, out, "", 1s, {}});
  }
  // Payloads of the events of this type since the last time, in order.
  std::vector<std::string> told(const std::string& type = "action_request") {
    std::vector<std::string> out;
    for (const auto& request : events->requests)
      for (const auto& each : request.events)
        if (each.type == type) out.push_back(each.payload);
    events->requests.clear();
    return out;
  }
  std::string refusal(const caf::error& error) { return sys.render(error); }
};

}  // namespace muster::test
