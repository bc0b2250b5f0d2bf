// The scan over raw JSON trusts that a parser has accepted the text before.
#include "tools/muster/paging.hpp"

#include <algorithm>

#include "tools/muster/failure.hpp"

namespace muster::cli {
namespace {

constexpr std::string_view white = " \t\r\n";

// Behind the value that starts at `at`; strings, objects and arrays are skipped as a whole.
std::size_t end_of_value(std::string_view json, std::size_t at) {
  std::size_t depth = 0;
  for (bool in_string = false; at < json.size(); ++at) {
    const char c = json[at];
    if (in_string) {
      if (c == '\\') ++at;
      in_string = c != '"';
      if (!in_string && depth == 0) return at + 1;
      continue;
    }
    if (c == '"') in_string = true;
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') {
      if (depth == 0) return at;  // the end of what holds a number, true, false or null
      if (--depth == 0) return at + 1;
    }
    if (depth == 0 && (c == ',' || white.find(c) != std::string_view::npos)) return at;
  }
  return json.size();
}

std::string_view trimmed(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(white), text.size()));
  return text.substr(0, text.find_last_not_of(white) + 1);
}

}  // namespace

std::string follow_cursors(std::uint64_t limit, std::string cursor, const next_page& take) {
  for (std::uint64_t taken = 0;;) {
    const auto wanted = limit == 0 ? largest_page : std::min(limit - taken, largest_page);
    auto page = take(wanted, cursor);
    taken += page.rows;
    if (page.next_cursor.empty()) return {};
    if (page.next_cursor == cursor) {
      throw failure(exit_code::failed,
                    "the manager's list does not end: a page names itself as the next one");
    }
    cursor = std::move(page.next_cursor);
    if (limit != 0 && taken >= limit) return cursor;
  }
}

std::optional<std::string_view> raw_elements(std::string_view json, std::string_view name) {
  const auto skip = [&](std::size_t from, std::string_view what) {
    return std::min(json.find_first_not_of(what, from), json.size());
  };
  auto at = skip(0, white);
  if (at == json.size() || json[at] != '{') return std::nullopt;
  for (at = skip(at + 1, white); at < json.size() && json[at] == '"';) {
    const auto key_end = end_of_value(json, at);
    const auto key = json.substr(at + 1, key_end - at - 2);
    const auto start = skip(skip(key_end, white) + 1, white);  // behind the colon
    const auto end = end_of_value(json, start);
    if (key == name && start < json.size() && json[start] == '[') {
      return trimmed(json.substr(start + 1, end - start - 2));
    }
    at = skip(end, " \t\r\n,");
  }
  return std::nullopt;
}

}  // namespace muster::cli
