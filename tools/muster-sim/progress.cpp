// A little of terminals.
#include "tools/muster-sim/progress.hpp"

#include "tools/muster-sim/sample_text.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <utility>

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
}

sample sample_of(const reading& of, std::chrono::nanoseconds elapsed, uint64_t errors_before) {
  sample out;
  out.second = std::chrono::duration<double>(elapsed).count();
  out.span = std::chrono::duration<double>(of.span).count();
  out.registered = of.last.registered;
  out.errors = of.last.errors - std::min(of.last.errors, errors_before);
  out.beats = of.last.beats.count();
  out.ok = out.beats;
  out.sent = out.ok + out.errors;
  out.p50_ms = milliseconds(of.last.beats.percentile(0.5));
  out.p99_ms = milliseconds(of.last.beats.percentile(0.99));
  out.p999_ms = milliseconds(of.last.beats.percentile(0.999));
  out.behind_ms = milliseconds(of.last.latest);
  return out;
}

std::string rewritten(const std::vector<std::string>& lines, size_t before) {
  std::string out{do_not_wrap};
  if (before > 0) out += fmt::format("\x1b[{}A", before);
  for (const auto& line : lines) out.append(empty_line).append(line).append("\n");
  for (auto i = lines.size(); i < before; ++i) out.append(empty_line).append("\n");
  return out.append(wrap_again);
}

progress::progress(time_point start) : start_(start), terminal_(isatty(STDERR_FILENO) == 1) {}

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

void progress::show(const reading& of, time_point now) {
  show(sample_of(of, now - start_, std::exchange(errors_, of.last.errors)), of.agents);
}

void progress::end() { shown_ = 0; }

}  // namespace muster::sim
