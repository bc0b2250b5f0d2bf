// A little of terminals.
#include "tools/muster-sim/progress.hpp"

#include "tools/muster-sim/sample_text.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>

namespace muster::sim {

namespace {

constexpr std::string_view do_not_wrap = "\x1b[?7l";
constexpr std::string_view wrap_again = "\x1b[?7h";
constexpr std::string_view empty_line = "\r\x1b[2K";

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
  streams += other.streams;
  is_over = is_over && other.is_over;
  last.silent += other.last.silent;
  last.sent += other.last.sent;
  last.ok += other.last.ok;
  last.policy_reached += other.last.policy_reached;
}

sample sample_of(const reading& of, const reading& before, std::chrono::nanoseconds elapsed) {
  sample out;
  out.second = std::chrono::duration<double>(elapsed).count();
  out.span = std::chrono::duration<double>(of.span).count();
  out.registered = of.last.registered;
  out.silent = of.last.silent;
  out.sent = of.last.sent - before.last.sent;
  out.ok = of.last.ok - before.last.ok;
  out.errors = of.last.errors - before.last.errors;
  out.beats = of.last.beats.count();
  out.p50_ms = milliseconds(of.last.beats.percentile(0.5));
  out.p99_ms = milliseconds(of.last.beats.percentile(0.99));
  out.p999_ms = milliseconds(of.last.beats.percentile(0.999));
  out.behind_ms = milliseconds(of.last.latest);
  out.streams = of.streams;
  out.policy_reached = of.last.policy_reached;
  return out;
}

std::string rewritten(const std::vector<std::string>& lines, size_t before) {
  std::string out{do_not_wrap};
  if (before > 0) out += fmt::format("\x1b[{}A", before);
  for (const auto& line : lines) out.append(empty_line).append(line).append("\n");
  for (auto i = lines.size(); i < before; ++i) out.append(empty_line).append("\n");
  return out.append(wrap_again);
}

progress::progress() : terminal_(isatty(STDERR_FILENO) == 1) {}

void progress::show(const sample& of, uint32_t agents, const mark* last) {
  if (terminal_) {
    const auto lines = live_view(of, agents, last);
    fmt::print(stderr, "{}", rewritten(lines, shown_));
    shown_ = std::max(shown_, lines.size());
  } else {
    json_writer line;
    write_sample(line, of);
    fmt::print(stderr, "{}\n", line.written());
  }
  std::fflush(stderr);
}

void progress::end() { shown_ = 0; }

}  // namespace muster::sim
