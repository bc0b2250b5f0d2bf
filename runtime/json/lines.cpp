// Where a line of JSON may end.
#include "runtime/json/lines.hpp"

#include <algorithm>

namespace muster::json {

std::string break_lines(std::string_view json, size_t line_bytes) {
  constexpr std::string_view may_end_a_line = ",:[]{}";
  std::string out;
  out.reserve(json.size() + json.size() / (line_bytes + 1) + 1);
  size_t length = 0;
  bool quoted = false;
  for (size_t i = 0; i < json.size(); ++i) {
    out += json[i];
    ++length;
    if (quoted && json[i] == '\\' && i + 1 < json.size()) {
      out += json[++i];
      ++length;
    } else if (json[i] == '"') quoted = !quoted;
    else if (json[i] == '\n') length = 0;
    else if (!quoted && length > line_bytes && i + 1 < json.size()
             && may_end_a_line.find(json[i]) != may_end_a_line.npos) {
      out += '\n';
      length = 0;
    }
  }
  return out;
}

size_t longest_line(std::string_view text) {
  size_t longest = 0;
  for (;;) {
    const auto end = text.find('\n');
    longest = std::max(longest, std::min(end, text.size()));
    if (end == text.npos) return longest;
    text.remove_prefix(end + 1);
  }
}

}  // namespace muster::json
