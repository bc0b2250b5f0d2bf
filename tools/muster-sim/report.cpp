// Tables and JSON. Rates count what was answered well.
#include "tools/muster-sim/report.hpp"

#include "runtime/config/units.hpp"

#include <fmt/format.h>

#include <iterator>

namespace muster::sim {

namespace {

constexpr double shares[] = {0.5, 0.9, 0.99, 0.999};
constexpr const char* share_names[] = {"p50", "p90", "p99", "p999"};

double seconds(std::chrono::nanoseconds span) { return std::chrono::duration<double>(span).count(); }

double milliseconds(std::chrono::nanoseconds span) {
  return std::chrono::duration<double, std::milli>(span).count();
}

void write_row(std::string& out, std::string_view name, const kind_tally& kind) {
  if (kind.sent == 0) return;
  fmt::format_to(std::back_inserter(out), "{:<15}{:>11}{:>11}{:>9}{:>12.1f}", name, kind.sent, kind.ok,
                 kind.errors, kind.per_second);
  for (const auto share : shares)
    fmt::format_to(std::back_inserter(out), "{:>10.2f}", milliseconds(kind.latency.percentile(share)));
  fmt::format_to(std::back_inserter(out), "{:>10.2f}\n", milliseconds(kind.latency.max()));
}

std::string latency_json(const latency_histogram& of) {
  std::string out = "{";
  for (size_t i = 0; i < std::size(shares); ++i)
    fmt::format_to(std::back_inserter(out), R"("{}":{:.3f},)", share_names[i],
                   milliseconds(of.percentile(shares[i])));
  return out + fmt::format(R"("max":{:.3f}}})", milliseconds(of.max()));
}

// `more` goes on inside the object.
std::string kind_json(const kind_tally& kind, std::string_view more = "") {
  return fmt::format(
    R"({{"sent":{},"ok":{},"errors":{},"unanswered":{},"rate_per_second":{:.3f},"latency_ms":{}{}}})",
    kind.sent, kind.ok, kind.errors, kind.unanswered(), kind.per_second, latency_json(kind.latency), more);
}

// Percent signs of a text from outside could not do harm here, control characters could.
std::string printable(std::string text) {
  for (auto& c : text)
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = ' ';
  return text;
}

}  // namespace

std::string remarks(const tally& total) {
  std::string out;
  fmt::format_to(std::back_inserter(out), "\nRegistered: {} new, {} reconnected.\n", total.newcomers,
                 total.reconnected);
  if (total.given_up > 0)
    fmt::format_to(std::back_inserter(out),
                   "Not registered: {} that the manager refused; the first answer was {}\n", total.given_up,
                   printable(total.first_refusal));
  if (const auto errors = total.errors_by_kind(); !errors.empty()) {
    out += "Errors:";
    for (const auto& [name, count] : errors) fmt::format_to(std::back_inserter(out), " {} {}", name, count);
    out += "\n";
  }
  uint64_t unanswered = 0;
  for (const auto& kind : total.kinds) unanswered += kind.unanswered();
  if (unanswered > 0)
    fmt::format_to(std::back_inserter(out), "Still without an answer at the end: {}\n", unanswered);
  fmt::format_to(std::back_inserter(out), "Latest heartbeat sent {:.2f} ms after it was due.\n",
                 milliseconds(total.latest));
  return out;
}

std::string request_rows(const tally& total) {
  auto out = fmt::format("{:<15}{:>11}{:>11}{:>9}{:>12}{:>10}{:>10}{:>10}{:>10}{:>10}\n", "", "sent", "ok",
                         "errors", "ok/s", "p50 ms", "p90 ms", "p99 ms", "p99.9 ms", "max ms");
  constexpr std::string_view names[] = {"registrations", "heartbeats",  "events", "departures",
                                        "polls",         "job reports", "streams"};
  static_assert(std::size(names) == request_kinds);
  for (size_t i = 0; i < request_kinds; ++i) write_row(out, names[i], total.kinds[i]);
  return out;
}

std::string text_report(const options& of, const outcome& what) {
  auto out = fmt::format(
    "{} of {} agents registered at {}, one heartbeat per {} each; {:.1f} s, {}\n\n", what.registered,
    of.agents, of.where.url(), format_duration(of.interval), seconds(what.elapsed),
    what.steady.count() > 0 ? fmt::format("{:.1f} s of it with the whole fleet.", seconds(what.steady))
                            : std::string{"not all of the fleet came in."});
  return out + request_rows(what.total) + remarks(what.total);
}

std::string json_report(const options& of, const outcome& what) {
  const auto& total = what.total;
  std::string errors;
  for (const auto& [name, count] : total.errors_by_kind())
    fmt::format_to(std::back_inserter(errors), R"({}"{}":{})", errors.empty() ? "" : ",", name, count);
  return fmt::format(
    R"({{"agents":{},"registered":{},"duration_seconds":{:.3f},"steady_seconds":{:.3f},"heartbeats":{},)"
    R"("registrations":{},"events":{},"departures":{},"errors_by_kind":{{{}}},"late_ms_max":{:.3f}}})"
    "\n",
    of.agents, what.registered, seconds(what.elapsed), seconds(what.steady),
    kind_json(total[request_kind::heartbeat]),
    kind_json(total[request_kind::registration],
              fmt::format(R"(,"reconnected":{},"new":{},"given_up":{})", total.reconnected, total.newcomers,
                          total.given_up)),
    kind_json(total[request_kind::event]), kind_json(total[request_kind::departure]), errors,
    milliseconds(total.latest));
}

}  // namespace muster::sim
