// Reading JSON that strangers sent. The first problem is kept with the path of
// the field or the position in the text, and everything after it reads as absent.
#pragma once

#include <caf/optional.hpp>

#include <simdjson.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace muster::json {

using element = simdjson::dom::element;

// What one loop parses with. Results live until the next parse.
class document {
 public:
  // `text` must have SIMDJSON_PADDING bytes of capacity behind its end. On
  // failure tells where: "line 3, column 5 (byte 40): syntax error".
  bool parse(const std::string& text);
  const element& root() const { return root_; }
  const std::string& problem() const { return problem_; }

 private:
  simdjson::dom::parser parser_;
  element root_;
  std::string problem_;
};

// Reads the members of one object.
class object_reader {
 public:
  // `path` is what problems are reported under, like "$" or "$.threats[3]".
  object_reader(element from, std::string path = "$");

  bool failed() const { return !problem_.empty(); }
  const std::string& problem() const { return problem_; }
  void fail(std::string_view member, std::string_view what);

  // Names of all members, in order.
  std::vector<std::string> names() const;
  // Fails with the first member that is none of these.
  void allow_only(std::initializer_list<std::string_view> members);
  bool has(std::string_view member) const;
  std::optional<element> find(std::string_view member) const;  // absent and null are the same

  // Text of at most `limit` bytes without control characters. Empty when absent.
  std::string text(std::string_view member, size_t limit);
  std::string required_text(std::string_view member, size_t limit);
  // Calls `visit(name, value)` for each member in one pass, nulls left out.
  template <class Visit>
  void each(Visit visit) const {
    if (!object_) return;
    for (auto member : *object_)
      if (!member.value.is_null()) visit(member.key, member.value);
  }
  // Checks a value that each() has shown.
  caf::optional<double> as_number(std::string_view member, element value, double low, double high);
  caf::optional<int64_t> as_count(std::string_view member, element value);  // 0 or more, rounded
  std::string as_text(std::string_view member, element value, size_t limit);

  caf::optional<double> number(std::string_view member, double low, double high);
  std::optional<object_reader> object(std::string_view member);
  // The elements of an array member; nothing if it is absent.
  std::optional<std::vector<element>> array(std::string_view member, size_t limit);
  void adopt(const object_reader& inner);  // takes over its problem

 private:
  std::string path_;
  std::optional<simdjson::dom::object> object_;
  std::string problem_;
};

// "a string", "a number", ...: what a value is, for messages.
std::string_view kind(element value);

// Appends `text` as a JSON string. Bytes that aren't UTF-8 are taken for Latin-1,
// so that the answer is JSON whatever a stranger sent.
void append_quoted(std::string& out, std::string_view text);
std::string quote(std::string_view text);

}  // namespace muster::json
