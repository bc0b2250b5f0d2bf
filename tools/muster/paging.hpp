// Lists longer than a page: following cursors, and joining pages to one JSON document without a change to
// their rows.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace muster::cli {

constexpr std::uint64_t largest_page = 1000;  // what the operator API allows

struct followed_page {
  std::uint64_t rows = 0;
  std::string next_cursor;  // empty after the last page
};
// Asks for one page of at most `limit` rows from `cursor` on (empty: the start) and uses it up.
using next_page = std::function<followed_page(std::uint64_t limit, const std::string& cursor)>;

// Takes pages until there were `limit` rows, or none are left (0: all). Returns the cursor of what was not
// asked for, empty if there is nothing. Throws a failure when a cursor leads back to itself.
std::string follow_cursors(std::uint64_t limit, std::string cursor, const next_page& take);

// What stands between the brackets of the array `name` of the outermost object; nothing if there is no such
// array. `json` is valid.
std::optional<std::string_view> raw_elements(std::string_view json, std::string_view name);

}  // namespace muster::cli
