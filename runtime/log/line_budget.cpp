// How many lines of one event reach the log.
#include "runtime/log/line_budget.hpp"

#include <utility>

namespace muster::log {

std::optional<uint64_t> line_budget::take(std::string_view event, time_point now) {
  auto found = events_.find(event);
  if (found == events_.end()) found = events_.emplace(event, spending{now}).first;
  auto& spent = found->second;
  if (now - spent.since >= std::chrono::seconds{1}) {
    spent.since = now;
    spent.written = 0;
  }
  if (spent.written >= lines_) {
    ++spent.left_out;
    return std::nullopt;
  }
  ++spent.written;
  return std::exchange(spent.left_out, 0);
}

}  // namespace muster::log
