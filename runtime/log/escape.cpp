// One walk over UTF-8 serves all three forms; they differ in what they quote and in how they escape.
#include "runtime/log/escape.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <iterator>

namespace muster::log {
namespace {

struct code_point {
  std::uint32_t value = 0;
  std::size_t length = 0;  // bytes taken; 0 marks an invalid byte
};

// Decodes the first character of `text`, refusing overlong forms, surrogates and what lies over U+10FFFF.
code_point decode(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i]));
  };
  const auto first = byte(0);
  if (first < 0x80) return {first, 1};
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return {};
  std::uint32_t value = first & (0xffu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {};
    value = (value << 6) | (byte(i) & 0x3f);
  }
  const bool overlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
  const bool surrogate = value >= 0xd800 && value <= 0xdfff;
  if (overlong || surrogate || value > 0x10ffff) return {};
  return {value, length};
}

bool is_control(std::uint32_t value) { return value < 0x20 || (value >= 0x7f && value < 0xa0); }

void append_control(std::string& out, std::uint32_t value) {
  switch (value) {
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: fmt::format_to(std::back_inserter(out), "\\u{:04x}", value);
  }
}

void append_escaped(std::string& out, std::string_view text, bool escape_quotes) {
  while (!text.empty()) {
    const auto character = decode(text);
    if (character.length == 0) {
      out += "\xef\xbf\xbd";  // U+FFFD, the replacement character
      text.remove_prefix(1);
      continue;
    }
    if (is_control(character.value)) {
      append_control(out, character.value);
    } else {
      if (character.value == '\\' || (escape_quotes && character.value == '"')) out += '\\';
      out += text.substr(0, character.length);
    }
    text.remove_prefix(character.length);
  }
}

// Only plain ASCII stays bare: whatever else there is gets quotes, so that a space of any kind is seen.
bool can_stay_bare(std::string_view text) {
  if (text.empty()) return false;
  for (const char c : text) {
    if (c <= ' ' || c >= 0x7f || c == '"' || c == '=' || c == '\\') return false;
  }
  return true;
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  append_escaped(out, text, true);
  out += '"';
}

void append_plain(std::string& out, std::string_view text) { append_escaped(out, text, false); }

void append_text_value(std::string& out, std::string_view text) {
  if (can_stay_bare(text)) {
    out += text;
  } else {
    append_json_string(out, text);
  }
}

}  // namespace muster::log
