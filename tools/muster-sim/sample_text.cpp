// Members in the order of the struct.
#include "tools/muster-sim/sample_text.hpp"

#include "runtime/config/units.hpp"

#include <fmt/format.h>

namespace muster::sim {

namespace {

constexpr uint64_t mebibyte = 1024 * 1024;

std::string rate(const sample& of, uint64_t count) {
  return fmt::format("{:.1f}", of.span > 0 ? static_cast<double>(count) / of.span : 0);
}

std::string plural(uint64_t count, std::string_view word) {
  return fmt::format("{} {}{}", count, word, count == 1 ? "" : "s");
}

std::string manager_line(const sample& of) {
  if (!of.seen) return "manager  does not answer";
  return fmt::format(
    "manager  {:>9} online  {:>9} stale  {:>9} offline   {} departed, status in {:.1f} ms, {} MiB",
    of.seen->online, of.seen->stale, of.seen->offline, of.seen->departed, of.status_ms,
    of.manager_bytes / mebibyte);
}

}  // namespace

void write_sample(json_writer& to, const sample& of) {
  to.begin_object()
    .member("second", of.second)
    .member("span", of.span)
    .member("registered", of.registered)
    .member("silent", of.silent)
    .member("sent", of.sent)
    .member("ok", of.ok)
    .member("errors", of.errors)
    .member("beats", of.beats)
    .member("p50_ms", of.p50_ms)
    .member("p99_ms", of.p99_ms)
    .member("p999_ms", of.p999_ms)
    .member("behind_ms", of.behind_ms)
    .member("streams", of.streams)
    .member("policy_reached", of.policy_reached);
  if (of.seen)
    to.name("seen")
      .begin_object()
      .member("online", of.seen->online)
      .member("stale", of.seen->stale)
      .member("offline", of.seen->offline)
      .member("departed", of.seen->departed)
      .member("disruptions", of.seen->disruptions)
      .end_object();
  if (of.truth)
    to.name("truth")
      .begin_object()
      .member("online", of.truth->online)
      .member("stale", of.truth->stale)
      .member("offline", of.truth->offline)
      .end_object()
      .member("false_stale", of.false_stale)
      .member("missed_stale", of.missed_stale)
      .member("late_stale", of.late_stale)
      .member("status_ms", of.status_ms)
      .member("manager_bytes", of.manager_bytes);
  to.end_object();
}

std::vector<std::string> live_view(const sample& of, uint32_t agents, const mark* last) {
  std::vector<std::string> out{
    last == nullptr
      ? fmt::format("{:.0f} s", of.second)
      : fmt::format("{:.0f} s   {}, {:.0f} s ago", of.second, last->text, of.second - last->second),
    fmt::format("agents   {}/{} registered, {} silent{}", of.registered, agents, of.silent,
                of.streams > 0 ? fmt::format(", {} streams", of.streams) : ""),
    fmt::format("beats    {}/s   p50 {:.2f} ms  p99 {:.2f} ms  p99.9 {:.2f} ms", rate(of, of.beats),
                of.p50_ms, of.p99_ms, of.p999_ms),
    fmt::format("all      {}/s   {}, {:.1f} ms behind", rate(of, of.ok), plural(of.errors, "error"),
                of.behind_ms)};
  if (!of.truth) return out;
  out.push_back(manager_line(of));
  out.push_back(fmt::format(
    "truth    {:>9} online  {:>9} stale  {:>9} offline   {} false, {} late, {} missed", of.truth->online,
    of.truth->stale, of.truth->offline, of.false_stale, of.late_stale, of.missed_stale));
  return out;
}

}  // namespace muster::sim
