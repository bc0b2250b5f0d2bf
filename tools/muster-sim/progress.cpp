// Formatting, and a little of terminals.
#include "tools/muster-sim/progress.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace muster::sim {

namespace {

constexpr int plain_every = 5;                             // calls
constexpr std::string_view rewrite = "\r\x1b[2K\x1b[?7l";  // to the line's start, empty it, and do not wrap
constexpr std::string_view wrap_again = "\x1b[?7h";

double milliseconds(std::chrono::nanoseconds span) {
  return std::chrono::duration<double, std::milli>(span).count();
}

}  // namespace

void reading::merge(const reading& other) {
  agents += other.agents;
  last.registered += other.last.registered;
  last.errors += other.last.errors;
  last.latest = std::max(last.latest, other.last.latest);
  last.beats.merge(other.last.beats);
  span = std::max(span, other.span);
  under_way += other.under_way;
}

std::string progress_line(const reading& of, std::chrono::nanoseconds elapsed) {
  const auto seconds = std::chrono::duration<double>(of.span).count();
  const auto rate = seconds > 0 ? static_cast<double>(of.last.beats.count()) / seconds : 0;
  return fmt::format(
    "{:.0f} s  {}/{} registered  {:.1f} beats/s  p50 {:.2f} ms  p99 {:.2f} ms  {} error{}  {} in flight  "
    "{:.1f} ms behind",
    std::chrono::duration<double>(elapsed).count(), of.last.registered, of.agents, rate,
    milliseconds(of.last.beats.percentile(0.5)), milliseconds(of.last.beats.percentile(0.99)), of.last.errors,
    of.last.errors == 1 ? "" : "s", of.under_way, milliseconds(of.last.latest));
}

progress::progress(time_point start) : start_(start), terminal_(isatty(STDERR_FILENO) == 1) {}

void progress::show(const reading& of, time_point now) {
  ++calls_;
  const auto line = progress_line(of, now - start_);
  if (terminal_) fmt::print(stderr, "{}{}{}", rewrite, line, wrap_again);
  else if (calls_ % plain_every == 0) fmt::print(stderr, "{}\n", line);
  std::fflush(stderr);
}

void progress::end() {
  if (terminal_ && calls_ > 0) fmt::print(stderr, "\n");
}

}  // namespace muster::sim
