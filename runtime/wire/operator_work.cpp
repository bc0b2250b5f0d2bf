// JSON of runs and executions.
#include "runtime/wire/operator_work.hpp"

#include "runtime/config/units.hpp"
#include "runtime/wire/operator_json.hpp"

#include <fmt/format.h>

#include <cmath>
#include <numeric>

namespace muster::operator_api {

namespace {

using json::quote;

constexpr size_t word_limit = 256;
constexpr size_t value_limit = 64 * 1024;
constexpr size_t text_members = 1'000;
constexpr size_t node_limit = 100'000;

double seconds(std::chrono::milliseconds span) { return static_cast<double>(span.count()) / 1000; }

// Strings with line breaks and the like, too.
std::map<std::string, std::string> read_texts(json::object_reader& from, std::string_view member) {
  std::map<std::string, std::string> out;
  auto inner = from.object(member);
  if (!inner) return out;
  inner->each([&](std::string_view key, json::element value) {
    std::string_view text;
    if (value.get(text) != simdjson::SUCCESS)
      inner->fail(key, "expected a string, got " + std::string{json::kind(value)});
    else if (text.size() > value_limit) inner->fail(key, fmt::format("longer than {} bytes", value_limit));
    else if (out.size() >= text_members) inner->fail(key, "is one too many");
    else out.emplace(key, text);
  });
  from.adopt(*inner);
  return out;
}

void read_nodes(json::object_reader& from, start_run& into) {
  const auto items = from.array("nodes", node_limit);
  if (!items) return;
  for (const auto& item : *items) {
    std::string_view text;
    const auto id = item.get(text) == simdjson::SUCCESS ? parse_agent_id(text) : std::nullopt;
    if (!id) return from.fail("nodes", "must hold nodes' ids, like ag-0000000100000001");
    into.nodes.push_back(*id);
  }
}

// Everything must be asked for: a forgotten selector would reach every node.
void read_selector(json::object_reader& from, start_run& into) {
  if (const auto tenant = from.text("tenant", word_limit); !tenant.empty()) into.tenant = tenant;
  into.labels = read_texts(from, "labels");
  read_nodes(from, into);
  bool all = false;
  if (const auto given = from.find("all"); given && given->get(all) != simdjson::SUCCESS)
    from.fail("all", "must be true or false");
  if (!all && !into.tenant && into.labels.empty() && into.nodes.empty())
    from.fail("", "'tenant', 'labels' or 'nodes' must select nodes, or 'all' be true");
}

std::string status_of(const run_row& row) {
  if (row.run.ended_at == utc_time{}) return "running";
  if (row.run.cancelled_at != utc_time{}) return "cancelled";
  const auto all = std::accumulate(row.counts.begin(), row.counts.end(), uint64_t{0});
  const auto good = row.counts[static_cast<size_t>(execution_status::succeeded)];
  return good == all ? "succeeded" : "failed";
}

std::string counts_of(const run_row& row) {
  std::string out;
  for (size_t i = 0; i < row.counts.size(); ++i)
    out += fmt::format(R"({}"{}":{})", i == 0 ? "" : ",", to_string(static_cast<execution_status>(i)),
                       row.counts[i]);
  return out;
}

double progress_of(const run_row& row) {
  uint64_t all = 0;
  uint64_t over = 0;
  for (size_t i = 0; i < row.counts.size(); ++i) {
    all += row.counts[i];
    if (is_over(static_cast<execution_status>(i))) over += row.counts[i];
  }
  return all == 0 ? 100 : std::floor(1000 * static_cast<double>(over) / static_cast<double>(all)) / 10;
}

std::string execution_members(const execution_record& what) {
  const bool told = what.result_at != utc_time{};
  return fmt::format(
    R"("id":"{}","run":{},"node":"{}","hostname":{},"tenant":{},"status":"{}","reason":{},"postponed":{},)"
    R"("sent_at":{},"acknowledged_at":{},"finished_at":{},"result_at":{},"node_finished_at":{},)"
    R"("exit_code":{},"duration_seconds":{})",
    execution_name(what.run, what.node), what.run, to_string(what.node), quote(what.hostname),
    quote(what.tenant), to_string(what.status), quote(what.reason), what.postponed,
    time_or_null(what.sent_at), time_or_null(what.acknowledged_at), time_or_null(what.finished_at),
    time_or_null(what.result_at), time_or_null(what.node_finished_at),
    told ? std::to_string(what.exit_code) : "null",
    told ? fmt::format("{}", seconds(what.duration)) : "null");
}

}  // namespace

start_run read_start_run(json::object_reader& from) {
  start_run out;
  from.allow_only(
    {"action", "parameters", "tenant", "labels", "nodes", "all", "timeout", "max_parallel", "author"});
  out.action = from.required_text("action", word_limit);
  out.parameters = read_texts(from, "parameters");
  read_selector(from, out);
  if (const auto text = from.text("timeout", 32); !text.empty()) {
    const auto span = parse_duration(text);
    if (!span) from.fail("timeout", "must be a duration like 30s");
    else out.timeout = *span;
  }
  if (const auto number = from.number("max_parallel", 1, 1e9)) {
    if (std::trunc(*number) != *number) from.fail("max_parallel", "must be a whole number");
    out.max_parallel = static_cast<uint32_t>(*number);
  }
  out.author = from.text("author", word_limit);
  return out;
}

std::string write_run(const run_row& row) {
  const auto& run = row.run;
  return fmt::format(
    R"({{"id":{},"action":{},"status":"{}","parameters":{},"tenant":{},"labels":{},"timeout_seconds":{},)"
    R"("max_parallel":{},"author":{},"started_at":{},"cancelled_at":{},"ended_at":{},"nodes":{},)"
    R"("progress_percent":{},"counts":{{{}}}}})",
    run.number, quote(run.action), status_of(row), texts(run.parameters),
    run.tenant.empty() ? "null" : quote(run.tenant), texts(run.labels), seconds(run.timeout),
    run.max_parallel, quote(run.author), time_or_null(run.started_at), time_or_null(run.cancelled_at),
    time_or_null(run.ended_at), std::accumulate(row.counts.begin(), row.counts.end(), uint64_t{0}),
    progress_of(row), counts_of(row));
}

std::string write_runs(const run_page& page) {
  return fmt::format(R"({{"runs":{},"next_cursor":{}}})", list(page.runs, write_run), cursor(page.next));
}

std::string write_executions(const execution_page& page) {
  return fmt::format(
    R"({{"executions":{},"next_cursor":{}}})",
    list(page.executions, [](const execution_record& each) { return "{" + execution_members(each) + "}"; }),
    cursor(page.next));
}

std::string write_execution(const execution_record& what, const execution_output& printed) {
  return fmt::format(R"({{{},"stdout":{},"stderr":{}}})", execution_members(what), quote(printed.out),
                     quote(printed.err));
}

}  // namespace muster::operator_api
