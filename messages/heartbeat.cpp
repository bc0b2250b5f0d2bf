// Words for the causes of state changes.
#include "messages/heartbeat.hpp"

#include <array>
#include <string_view>

namespace muster {

namespace {
constexpr std::array<std::string_view, 6> words{"silence",   "heartbeat", "registration",
                                                "departure", "contest",   "contest_over"};
}  // namespace

std::string to_string(change_cause cause) { return std::string{words.at(static_cast<size_t>(cause))}; }
caf::optional<change_cause> parse_change_cause(const std::string& text) {
  for (size_t i = 0; i < words.size(); ++i)
    if (words[i] == text) return static_cast<change_cause>(i);
  return caf::none;
}

}  // namespace muster
