// JSON as a tree that can be changed, compared and checked against a schema: for
// what operators write now and then, where a good message counts for more than speed.
#pragma once

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace muster::json {

struct tree_limits {
  size_t bytes = size_t{1} << 20;
  size_t depth = 64;        // of arrays and objects
  size_t entries = 10'000;  // of one array
};

struct tree_reading {
  std::optional<nlohmann::json> value;
  std::string problem;
};

// Refuses what JSON allows but nobody can mean: a member written twice, integers
// that don't fit 64 bits, U+0000. Tells where: "line 3, column 5: …" or "$.a[3]: …".
tree_reading read_tree(std::string_view text, const tree_limits& limits = {});

// Texts that aren't UTF-8 are mended rather than refused.
template <class Tree>
std::string text_of(const Tree& tree) {
  return tree.dump(-1, ' ', false, Tree::error_handler_t::replace);
}

// "$.a" and "b" to "$.a.b", or "$.a["odd name"]"; "$.a" and 3 to "$.a[3]".
std::string member_path(std::string_view parent, std::string_view name);
std::string element_path(std::string_view parent, size_t index);

// 'text' as messages show what somebody wrote, cut when it is long.
std::string shown(std::string_view text);

}  // namespace muster::json
