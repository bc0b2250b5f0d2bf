// Text form of identities.
#include "messages/ids.hpp"

#include <charconv>

namespace muster {

namespace {
constexpr std::string_view prefix = "ag-";
constexpr size_t digits = 16;
}  // namespace

std::string to_string(agent_id id) {
  static constexpr char hex[] = "0123456789abcdef";
  std::string text{prefix};
  text.resize(prefix.size() + digits);
  auto value = raw(id);
  for (size_t i = text.size(); i-- > prefix.size(); value >>= 4) text[i] = hex[value & 15];
  return text;
}

std::optional<agent_id> parse_agent_id(std::string_view text) {
  if (text.size() != prefix.size() + digits || !text.starts_with(prefix)) return std::nullopt;
  text.remove_prefix(prefix.size());
  for (char c : text)
    if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return std::nullopt;
  uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value, 16);
  return agent_id{value};
}

}  // namespace muster
