// The members of the document, from the verdict to the seconds.
#include "tools/muster-sim/run_report.hpp"

#include "tools/muster-sim/sample_text.hpp"

#include <algorithm>
#include <iterator>

namespace muster::sim {

namespace {

double milliseconds(std::chrono::nanoseconds span) {
  return std::chrono::duration<double, std::milli>(span).count();
}

double seconds(std::chrono::nanoseconds span) { return std::chrono::duration<double>(span).count(); }

void write_percentiles(json_writer& to, std::string_view name, const latency_histogram& of) {
  to.name(name)
    .begin_object()
    .member("p50", milliseconds(of.percentile(0.5)))
    .member("p90", milliseconds(of.percentile(0.9)))
    .member("p99", milliseconds(of.percentile(0.99)))
    .member("p999", milliseconds(of.percentile(0.999)))
    .member("max", milliseconds(of.max()))
    .end_object();
}

void write_fleet(json_writer& to, const scenario& of) {
  to.name("fleet").begin_array();
  for (const auto& part : of.fleet)
    to.begin_object()
      .member("dialect", name_of(part.speaks))
      .member("agents", part.agents)
      .member("beat_ms", static_cast<double>(part.beat.count()))
      .end_object();
  to.end_array();
}

void write_verdict(json_writer& to, const run_result& of) {
  to.name("held").truth(of.held()).member("problem", of.problem).name("verdict").begin_array();
  for (const auto& each : of.verdict) {
    to.begin_object().member("name", each.name).member("wanted", each.wanted).name("got");
    if (each.got) to.number(*each.got);
    else to.null();
    to.name("held").truth(each.held).end_object();
  }
  to.end_array();
}

void write_totals(json_writer& to, const tally& total) {
  to.name("requests").begin_object();
  for (size_t i = 0; i < request_kinds; ++i) {
    const auto& kind = total.kinds[i];
    to.name(name_of(static_cast<request_kind>(i)))
      .begin_object()
      .member("sent", kind.sent)
      .member("ok", kind.ok)
      .member("errors", kind.errors)
      .member("unanswered", kind.unanswered())
      .member("rate_per_second", kind.per_second);
    write_percentiles(to, "latency_ms", kind.latency);
    to.end_object();
  }
  to.end_object().name("errors_by_kind").begin_object();
  for (const auto& [name, count] : total.errors_by_kind()) to.member(name, count);
  to.end_object()
    .member("turned_away", total.turned_away)
    .member("during_restart", total.during_restart)
    .member("given_up", total.given_up)
    .member("late_ms_max", milliseconds(total.latest));
}

void write_offences(json_writer& to, std::string_view name, const offences& of) {
  to.name(name).begin_object().member("count", of.count).name("first").begin_array();
  for (const auto& each : of.first)
    to.begin_object()
      .member("agent", each.agent)
      .member("host", each.host)
      .member("heard_ms", each.heard)
      .member("said_ms", each.said)
      .member("by_ms", each.by_ms)
      .end_object();
  to.end_array().end_object();
}

void write_delays(json_writer& to, std::string_view name, const delays& of) {
  to.name(name).begin_object().member("count", of.all.count());
  write_percentiles(to, "ms", of.all);
  to.name("buckets").begin_array();
  for (const auto count : of.buckets) to.number(count);
  to.end_array().end_object();
}

void write_truth(json_writer& to, const detections& of) {
  to.name("truth").begin_object();
  write_offences(to, "false_stale", of.false_stale);
  write_offences(to, "late_stale", of.late_stale);
  write_offences(to, "missed_stale", of.missed_stale);
  to.name("bucket_bounds_ms").begin_array();
  for (const auto bound : delays::bounds) to.number(bound);
  to.end_array();
  write_delays(to, "stale_delay", of.stale);
  write_delays(to, "offline_delay", of.offline);
  write_delays(to, "back_delay", of.back);
  to.member("words", of.words)
    .member("strangers", of.strangers)
    .member("unjudged", of.unjudged)
    .member("unheard", of.unheard)
    .member("wide", of.wide)
    .member("not_back", of.not_back)
    .member("interruptions", of.interruptions)
    .member("status_lag_ms", of.status_lag_ms)
    .end_object();
}

void write_manager(json_writer& to, const observation& of) {
  to.name("manager")
    .begin_object()
    .member("restarts", of.found.restarts)
    .member("deaf_ms", of.found.deaf_ms)
    .member("status_ms_max", of.status_max_ms)
    .member("resident_bytes_max", of.resident_max_bytes)
    .member("disruptions", of.disruptions)
    .member("patterns", of.patterns)
    .end_object();
}

void write_line(json_writer& to, const timeline& of) {
  to.name("marks").begin_array();
  for (const auto& each : of.marks)
    to.begin_object().member("second", each.second).member("text", each.text).end_object();
  to.end_array().name("samples").begin_array();
  for (const auto& each : of.samples) write_sample(to, each);
  to.end_array();
}

}  // namespace

std::string_view name_of(request_kind kind) {
  constexpr std::string_view names[] = {"registrations", "heartbeats", "events", "departures",
                                        "polls",         "work",       "streams"};
  static_assert(request_kinds <= std::size(names));
  return names[static_cast<size_t>(kind)];
}

std::string_view name_of(dialect speaks) {
  constexpr std::string_view names[] = {"panguard", "harborguard", "plexd"};
  return names[static_cast<size_t>(speaks)];
}

std::string run_json(const run_result& of) {
  json_writer to;
  to.begin_object()
    .member("scenario", of.of.name)
    .member("description", of.of.description)
    .member("seed", of.of.seed)
    .member("target", of.target)
    .member("agents", of.of.agents())
    .member("registered", of.what.registered)
    .member("duration_seconds", seconds(of.what.elapsed))
    .member("steady_seconds", seconds(of.what.steady));
  write_fleet(to, of.of);
  write_verdict(to, of);
  write_totals(to, of.what.total);
  write_truth(to, of.seen.found);
  write_manager(to, of.seen);
  write_line(to, of.line);
  return to.end_object().take() + "\n";
}

}  // namespace muster::sim
