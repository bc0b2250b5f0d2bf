// Escaping and numbers.
#include "runtime/ledger/json_line.hpp"

#include <simdjson.h>

#include <array>
#include <charconv>
#include <utility>

namespace muster {

namespace {

void append_escaped(std::string& out, unsigned char byte) {
  static constexpr char hex[] = "0123456789abcdef";
  if (byte == '"' || byte == '\\') {
    out += '\\';
    out += static_cast<char>(byte);
  } else {
    out += "\\u00";
    out += hex[byte >> 4];
    out += hex[byte & 15];
  }
}

}  // namespace

void append_json_text(std::string& out, std::string_view text) {
  const auto utf8 = simdjson::validate_utf8(text.data(), text.size());
  auto plain = [utf8](char c) {
    auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte != '"' && byte != '\\' && (utf8 || byte < 0x80);
  };
  out += '"';
  size_t copied = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (plain(text[i])) continue;
    out += text.substr(copied, i - copied);
    append_escaped(out, static_cast<unsigned char>(text[i]));
    copied = i + 1;
  }
  out += text.substr(copied);
  out += '"';
}

void append_json_number(std::string& out, double number) {
  std::array<char, 32> digits{};
  auto [end, bad] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  out.append(digits.data(), end);
}

std::string& json_object::member(std::string_view key) {
  if (!std::exchange(first_, false)) out_ += ',';
  out_ += '"';
  out_ += key;
  return out_ += "\":";
}

void json_object::time(std::string_view key, utc_time value) {
  append_json_number(member(key), value.time_since_epoch().count());
}

}  // namespace muster
