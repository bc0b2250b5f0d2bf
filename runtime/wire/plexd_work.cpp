// Absent members, null and zero values mean the same to nodes, and so they do here.
#include "runtime/wire/plexd_work.hpp"

#include "runtime/wire/go_duration.hpp"
#include "runtime/wire/plexd_event.hpp"
#include "runtime/wire/timestamp.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

namespace muster::plexd {

namespace {

using json::quote;

constexpr size_t word_limit = 256;  // bytes of ids, words and times
constexpr size_t reason_limit = 1024;

struct result_word {
  std::string_view wire;
  execution_status status;
  const char* reason;
};
constexpr std::array<result_word, 6> result_words{{
  {"success", execution_status::succeeded, ""},
  {"failed", execution_status::failed, ""},
  {"failure", execution_status::failed, ""},
  {"timeout", execution_status::timed_out, ""},
  {"cancelled", execution_status::cancelled, ""},
  {"error", execution_status::failed, "the node could not run it"},
}};

std::string texts(const std::map<std::string, std::string>& all) {
  std::string out = "{";
  for (const auto& [key, value] : all) out += (out.size() > 1 ? "," : "") + quote(key) + ":" + quote(value);
  return out + "}";
}

void check_id(json::object_reader& from, std::string_view execution) {
  const auto id = from.text("execution_id", word_limit);
  if (!id.empty() && id != execution) from.fail("execution_id", "is not the execution of this path");
}

// Any text, line breaks included.
std::string output(json::object_reader& from, std::string_view member) {
  const auto value = from.find(member);
  std::string_view text;
  if (value && value->get(text) != simdjson::SUCCESS)
    from.fail(member, "expected a string, got " + std::string{json::kind(*value)});
  return std::string{text};
}

void read_status(json::object_reader& from, execution_finished& into) {
  const auto word = from.required_text("status", word_limit);
  for (const auto& each : result_words) {
    if (word != each.wire) continue;
    into.status = each.status;
    into.reason = each.reason;
    return;
  }
  from.fail("status", "must be success, failed, failure, timeout, cancelled or error");
}

void read_exit_code(json::object_reader& from, execution_finished& into) {
  const auto code = from.number("exit_code", -2'147'483'648.0, 2'147'483'647.0);
  if (code) into.exit_code = static_cast<int32_t>(std::trunc(*code));
}

void read_times(json::object_reader& from, execution_finished& into) {
  if (const auto text = from.text("duration", word_limit); !text.empty()) {
    const auto span = parse_go_duration(text);
    if (!span) from.fail("duration", "must be a span like 2.34s or 1m15s");
    else into.duration = std::chrono::floor<std::chrono::milliseconds>(*span);
  }
  if (const auto text = from.text("finished_at", word_limit); !text.empty()) {
    const auto at = parse_rfc3339(text);
    if (!at) from.fail("finished_at", "must be an RFC 3339 time");
    else if (*at > utc_time{}) into.at = *at;
  }
}

}  // namespace

std::string work_writer::request(const action_order& what) const {
  const auto checksum = what.checksum.empty() ? "" : R"(,"checksum":)" + quote(what.checksum);
  return fmt::format(R"({{"execution_id":{},"action":{},"parameters":{},"timeout":"{}"{},)"
                     R"("triggered_by":{{"type":"operator","session_id":"","user_id":{},"email":""}}}})",
                     quote(what.execution), quote(what.action), texts(what.parameters),
                     to_go_duration(what.timeout), checksum, quote(what.author));
}

std::string work_writer::cancellation(const std::string& execution) const {
  return fmt::format(R"({{"execution_id":{}}})", quote(execution));
}

std::string work_writer::problem_of(const action_order& what) const {
  return plexd::problem_of({"action_request", "x", {}, "x", request(what)});
}

reading<execution_acknowledged> read_acknowledgement(const json::element& body, agent_id node,
                                                     std::string_view execution) {
  json::object_reader from{body};
  check_id(from, execution);
  const auto status = from.required_text("status", word_limit);
  if (!from.failed() && status != "accepted" && status != "rejected")
    from.fail("status", "must be accepted or rejected");
  return outcome(from, execution_acknowledged{node, std::string{execution}, status == "accepted",
                                              from.text("reason", reason_limit)});
}

reading<execution_finished> read_result(const json::element& body, agent_id node,
                                        std::string_view execution) {
  json::object_reader from{body};
  check_id(from, execution);
  execution_finished out;
  out.node = node;
  out.id = execution;
  read_status(from, out);
  read_exit_code(from, out);
  read_times(from, out);
  out.out = output(from, "stdout");
  out.err = output(from, "stderr");
  return outcome(from, std::move(out));
}

std::string write_pending(const pending_actions& what) {
  std::string out = "[";
  for (const auto& each : what.json) out += (out.size() > 1 ? "," : "") + each;
  return out + "]";
}

}  // namespace muster::plexd
