// Keeps one kind of event from filling the log: so many lines of each event a second. What is left out is
// counted, and the event's next line says how many.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace muster::log {

class line_budget {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  // `lines`: of each event within one second, at least 1.
  explicit line_budget(unsigned lines) : lines_(lines) {}

  // How many lines of `event` were left out since its last one, if this one may be written.
  std::optional<uint64_t> take(std::string_view event, time_point now);

 private:
  struct spending {
    time_point since{};  // when the second began
    unsigned written = 0;
    uint64_t left_out = 0;
  };
  unsigned lines_;
  std::map<std::string, spending, std::less<>> events_;
};

}  // namespace muster::log
