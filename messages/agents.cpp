// Words for statuses and dialects.
#include "messages/agents.hpp"

#include <array>
#include <string_view>

namespace muster {

namespace {

constexpr std::array<std::string_view, agent_status_count> status_words{"online", "stale", "offline",
                                                                        "departed"};
constexpr std::array<std::string_view, 3> dialect_words{"panguard", "harborguard", "plexd"};

template <class Enum, size_t Count>
caf::optional<Enum> parse(const std::array<std::string_view, Count>& words, const std::string& text) {
  for (size_t i = 0; i < Count; ++i)
    if (words[i] == text) return static_cast<Enum>(i);
  return caf::none;
}

}  // namespace

std::string to_string(agent_status status) {
  return std::string{status_words.at(static_cast<size_t>(status))};
}
caf::optional<agent_status> parse_agent_status(const std::string& text) {
  return parse<agent_status>(status_words, text);
}
std::string to_string(dialect name) { return std::string{dialect_words.at(static_cast<size_t>(name))}; }
caf::optional<dialect> parse_dialect(const std::string& text) { return parse<dialect>(dialect_words, text); }

}  // namespace muster
