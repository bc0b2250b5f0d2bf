// Builds the tree from the parser's events, since only these know of duplicates.
#include "runtime/json/tree.hpp"

#include "runtime/json/document.hpp"

#include <algorithm>
#include <vector>

namespace muster::json {

namespace {

using tree = nlohmann::json;

constexpr size_t shown_bytes = 64;
constexpr size_t syntax_words = 200;  // bytes of the parser's own explanation

bool is_identifier(std::string_view name) {
  const auto letter = [](char c) { return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto inner = [&](char c) { return letter(c) || c == '-' || (c >= '0' && c <= '9'); };
  return !name.empty() && letter(name.front()) && std::all_of(name.begin(), name.end(), inner);
}

// At most `bytes` of the text, and no part of a character.
std::string_view prefix(std::string_view text, size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) --bytes;
  return text.substr(0, bytes);
}

// "line 3, column 5": where the byte before `position` is.
std::string place(std::string_view text, size_t position) {
  const auto before = text.substr(0, position == 0 ? 0 : position - 1);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const auto start = before.rfind('\n') + 1;  // 0 when there is none
  return "line " + std::to_string(line) + ", column " + std::to_string(before.size() - start + 1);
}

// "[json.exception.parse_error.101] parse error at line 1, column 5: syntax error …" without its head.
std::string_view explanation(std::string_view what) {
  if (auto head = what.find("] "); head != what.npos) what.remove_prefix(head + 2);
  if (what.starts_with("parse error at "))
    if (auto head = what.find(": "); head != what.npos) what.remove_prefix(head + 2);
  return prefix(what, syntax_words);
}

class tree_builder final : public nlohmann::json_sax<tree> {
 public:
  tree_builder(std::string_view text, const tree_limits& limits) : text_(text), limits_(limits) {}

  const std::string& problem() const { return problem_; }
  tree take() { return std::move(root_); }

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool number_float(number_float_t value, const string_t& digits) override {
    if (digits.find_first_of(".eE") == digits.npos)
      return fail("a whole number that needs more than 64 bits");
    return add(value);
  }
  bool string(string_t& value) override { return has_nul(value) ? fail("U+0000 in a text") : add(value); }
  bool binary(binary_t&) override { return fail("binary"); }

  bool start_object(size_t) override { return open(tree::object()); }
  bool key(string_t& name) override {
    auto& here = levels_.back();
    if (here.node->contains(name)) {
      problem_ = member_path(path(false), name) + ": is written twice";
      return false;
    }
    here.member = std::move(name);
    return has_nul(here.member) ? fail("U+0000 in a name") : true;
  }
  bool end_object() override { return close(); }
  bool start_array(size_t) override { return open(tree::array()); }
  bool end_array() override { return close(); }

  bool parse_error(size_t position, const std::string&, const tree::exception& error) override {
    problem_ = place(text_, position) + ": ";
    problem_ += explanation(error.what());
    return false;
  }

 private:
  struct level {
    tree* node;
    std::string member;  // of an object: the one that is read now
  };

  static bool has_nul(const std::string& text) { return text.find('\0') != text.npos; }

  // Of what is read now, or of the array or object that it belongs to.
  std::string path(bool inner = true) const {
    std::string result = "$";
    for (const auto& each : levels_) {
      const auto last = &each == &levels_.back();
      if (last && !inner) break;
      const auto read_before = each.node->size() - (last ? 0 : 1);  // of an array; what is open is in it
      result = each.node->is_array() ? element_path(result, read_before) : member_path(result, each.member);
    }
    return result;
  }
  bool fail(std::string_view what) {
    problem_ = path() + ": ";
    problem_ += what;
    return false;
  }

  tree* place_for(tree&& value) {
    if (levels_.empty()) return &(root_ = std::move(value));
    auto& [node, member] = levels_.back();
    if (!node->is_array()) return &((*node)[member] = std::move(value));
    if (node->size() >= limits_.entries) {
      problem_ = path(false) + ": has more than " + std::to_string(limits_.entries) + " entries";
      return nullptr;
    }
    node->push_back(std::move(value));
    return &node->back();
  }
  bool add(tree value) { return place_for(std::move(value)) != nullptr; }
  bool open(tree empty) {
    if (levels_.size() >= limits_.depth)
      return fail("nested more than " + std::to_string(limits_.depth) + " levels deep");
    auto* node = place_for(std::move(empty));
    if (node == nullptr) return false;
    levels_.push_back({node, {}});
    return true;
  }
  bool close() {
    levels_.pop_back();
    return true;
  }

  std::string_view text_;
  const tree_limits& limits_;
  tree root_;
  std::vector<level> levels_;
  std::string problem_;
};

}  // namespace

tree_reading read_tree(std::string_view text, const tree_limits& limits) {
  if (text.size() > limits.bytes)
    return {std::nullopt, "$: is larger than " + std::to_string(limits.bytes) + " bytes"};
  tree_builder builder{text, limits};
  if (!tree::sax_parse(text.begin(), text.end(), &builder)) return {std::nullopt, builder.problem()};
  return {builder.take(), {}};
}

std::string member_path(std::string_view parent, std::string_view name) {
  auto result = std::string{parent};
  if (is_identifier(name)) return result.append(".").append(prefix(name, shown_bytes));
  return result.append("[").append(quote(prefix(name, shown_bytes))).append("]");
}

std::string element_path(std::string_view parent, size_t index) {
  return std::string{parent}.append("[").append(std::to_string(index)).append("]");
}

std::string shown(std::string_view text) {
  const auto begin = prefix(text, shown_bytes);
  return std::string{"'"}.append(begin).append(begin.size() < text.size() ? "…'" : "'");
}

}  // namespace muster::json
