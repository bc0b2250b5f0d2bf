// JSON by simdjson; by Boost.JSON once more when the position of an error is wanted.
#include "runtime/json/document.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/stream_parser.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace muster::json {

namespace {

std::string locate(std::string_view text) {
  boost::json::stream_parser parser;
  boost::system::error_code failed;
  auto at = parser.write_some(text.data(), text.size(), failed);
  if (!failed && at == text.size()) parser.finish(failed);
  else if (!failed) failed = boost::json::error::extra_data;
  const auto before = text.substr(0, std::min(at, text.size()));
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const auto column = at - (before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1) + 1;
  return "line " + std::to_string(line) + ", column " + std::to_string(column) + " (byte "
         + std::to_string(at) + "): " + (failed ? failed.message() : "not valid JSON");
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 32 || c == 127; });
}

}  // namespace

bool document::parse(const std::string& text) {
  problem_.clear();
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) {
    problem_ = "the body is empty, a JSON object is wanted";
    return false;
  }
  auto failed = parser_.parse(text.data(), text.size(), false).get(root_);
  if (failed) problem_ = "not valid JSON: " + locate(text);
  return !failed;
}

std::string_view kind(element value) {
  switch (value.type()) {
    case simdjson::dom::element_type::ARRAY: return "an array";
    case simdjson::dom::element_type::OBJECT: return "an object";
    case simdjson::dom::element_type::STRING: return "a string";
    case simdjson::dom::element_type::BOOL: return "a boolean";
    case simdjson::dom::element_type::NULL_VALUE: return "null";
    default: return "a number";
  }
}

object_reader::object_reader(element from, std::string path) : path_(std::move(path)) {
  simdjson::dom::object found;
  if (from.get(found) == simdjson::SUCCESS) object_ = found;
  else problem_ = path_ + ": expected an object, got " + std::string{kind(from)};
}

void object_reader::fail(std::string_view member, std::string_view what) {
  if (failed()) return;
  problem_ = path_;
  if (!member.empty()) problem_.append(".").append(member);
  problem_.append(": ").append(what);
}

void object_reader::adopt(const object_reader& inner) {
  if (!failed()) problem_ = inner.problem_;
}

std::vector<std::string> object_reader::names() const {
  std::vector<std::string> out;
  if (object_)
    for (auto member : *object_) out.emplace_back(member.key);
  return out;
}

bool object_reader::has(std::string_view member) const { return find(member).has_value(); }

std::optional<element> object_reader::find(std::string_view member) const {
  element value;
  if (!object_ || object_->at_key(member).get(value) != simdjson::SUCCESS || value.is_null())
    return std::nullopt;
  return value;
}

std::string object_reader::as_text(std::string_view member, element value, size_t limit) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS)
    fail(member, "expected a string, got " + std::string{kind(value)});
  else if (text.size() > limit) fail(member, "longer than " + std::to_string(limit) + " bytes");
  else if (has_control(text)) fail(member, "has a control character");
  else return std::string{text};
  return {};
}

void object_reader::allow_only(std::initializer_list<std::string_view> members) {
  for (const auto& name : names())
    if (std::find(members.begin(), members.end(), name) == members.end()) return fail(name, "is not known");
}

std::string object_reader::text(std::string_view member, size_t limit) {
  auto value = find(member);
  return value ? as_text(member, *value, limit) : std::string{};
}

std::string object_reader::required_text(std::string_view member, size_t limit) {
  auto value = text(member, limit);
  if (value.empty() && !failed()) fail(member, has(member) ? "must not be empty" : "is missing");
  return value;
}

caf::optional<double> object_reader::as_number(std::string_view member, element value, double low,
                                               double high) {
  double number = 0;
  if (value.get(number) != simdjson::SUCCESS)
    fail(member, "expected a number, got " + std::string{kind(value)});
  else if (!(number >= low && number <= high)) fail(member, fmt::format("must be from {} to {}", low, high));
  else return number;
  return caf::none;
}

caf::optional<double> object_reader::number(std::string_view member, double low, double high) {
  auto value = find(member);
  if (!value) return caf::none;
  return as_number(member, *value, low, high);
}

caf::optional<int64_t> object_reader::as_count(std::string_view member, element value) {
  auto number = as_number(member, value, 0, 9.0e18);
  if (!number) return caf::none;
  return static_cast<int64_t>(std::llround(*number));
}

std::optional<object_reader> object_reader::object(std::string_view member) {
  auto value = find(member);
  if (!value) return std::nullopt;
  object_reader inner{*value, path_ + "." + std::string{member}};
  adopt(inner);
  if (inner.failed()) return std::nullopt;
  return inner;
}

std::optional<std::vector<element>> object_reader::array(std::string_view member, size_t limit) {
  auto value = find(member);
  if (!value) return std::nullopt;
  simdjson::dom::array items;
  if (value->get(items) != simdjson::SUCCESS) {
    fail(member, "expected an array, got " + std::string{kind(*value)});
    return std::nullopt;
  }
  if (items.size() > limit) {
    fail(member, "more than " + std::to_string(limit) + " elements");
    return std::nullopt;
  }
  return std::vector<element>(items.begin(), items.end());
}

void append_quoted(std::string& out, std::string_view text) {
  static constexpr char hex[] = "0123456789abcdef";
  const bool utf8 = simdjson::validate_utf8(text.data(), text.size());
  out.push_back('"');
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (byte < 32 || (byte >= 128 && !utf8)) {
      out += "\\u00";
      out.push_back(hex[byte >> 4]);
      out.push_back(hex[byte & 15]);
    } else {
      out.push_back(c);
    }
  }
  out.push_back('"');
}

std::string quote(std::string_view text) {
  std::string out;
  append_quoted(out, text);
  return out;
}

}  // namespace muster::json
