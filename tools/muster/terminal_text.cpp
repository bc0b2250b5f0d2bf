// The tables of characters are coarse on purpose: they need to keep columns straight, not to know every
// script.
#include "tools/muster/terminal_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <span>

#include "runtime/log/escape.hpp"

namespace muster::cli {
namespace {

struct character_range {
  char32_t first;
  char32_t last;
};

// Control characters, soft hyphen, joiners, marks and overrides of direction, separators, tags.
constexpr character_range unseen[] = {{0x00, 0x1f},     {0x7f, 0x9f},     {0xad, 0xad},      {0x61c, 0x61c},
                                      {0x180e, 0x180e}, {0x200b, 0x200f}, {0x2028, 0x202e},  {0x2060, 0x206f},
                                      {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe0000, 0xe0fff}};
// Marks that are drawn over the character before them.
constexpr character_range combining[] = {
  {0x300, 0x36f},   {0x483, 0x489},   {0x591, 0x5bd},   {0x610, 0x61a},   {0x64b, 0x65f},
  {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}};
// East Asian wide characters and emoji.
constexpr character_range wide[] = {
  {0x1100, 0x115f}, {0x2e80, 0x303e},   {0x3041, 0x33ff},   {0x3400, 0x4dbf},   {0x4e00, 0x9fff},
  {0xa000, 0xa4cf}, {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff00, 0xff60},
  {0xffe0, 0xffe6}, {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd}};

bool within(char32_t character, std::span<const character_range> ranges) {
  return std::ranges::any_of(
    ranges, [&](const auto& range) { return range.first <= character && character <= range.last; });
}

struct decoded {
  char32_t value;
  std::size_t length;
};

// The first character of `text`, which is not empty. Valid UTF-8 is expected; anything else ends nowhere bad.
decoded first_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const std::size_t length = byte(0) < 0xc0 ? 1 : byte(0) < 0xe0 ? 2 : byte(0) < 0xf0 ? 3 : 4;
  if (length == 1 || length > text.size()) return {byte(0), 1};
  char32_t value = byte(0) & (0xffu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) value = (value << 6) | (byte(i) & 0x3fu);
  return {value, length};
}

// As in JSON: above U+FFFF it takes a pair of surrogates.
void append_escape(std::string& out, char32_t character) {
  if (character > 0xffff) {
    const auto offset = character - 0x10000;
    append_escape(out, 0xd800 + (offset >> 10));
    character = 0xdc00 + (offset & 0x3ff);
  }
  fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<std::uint32_t>(character));
}

bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return (c >= ' ' && c < 0x7f) || c == '\n'; });
}

std::string with_escapes(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto [value, length] = first_character(text);
    // What is left of the controls below a space is white space between the tokens of a JSON document.
    if (value >= ' ' && within(value, unseen)) {
      append_escape(out, value);
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length);
  }
  return out;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string escaped;
  log::append_plain(escaped, text);
  return is_plain(escaped) ? escaped : with_escapes(escaped);
}

std::string printable_json(std::string_view json) {
  return is_plain(json) ? std::string(json) : with_escapes(json);
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const auto [value, length] = first_character(text);
    if (value < 0x300) {
      ++width;
    } else if (!within(value, combining)) {
      width += within(value, wide) ? 2 : 1;
    }
    text.remove_prefix(length);
  }
  return width;
}

std::string time_ago(utc_time then, utc_time now) {
  using namespace std::chrono_literals;
  const auto age = std::chrono::floor<std::chrono::seconds>(now - then);
  if (age < -1min) return {};
  if (age < 1s) return "just now";
  if (age < 1min) return fmt::format("{}s ago", age.count());
  if (age < 1h) return fmt::format("{}m ago", age / 1min);
  if (age < 48h) return fmt::format("{}h ago", age / 1h);
  return fmt::format("{}d ago", age / 24h);
}

std::string spoken_duration(std::chrono::seconds length) {
  struct unit {
    char letter;
    std::int64_t seconds;
  };
  constexpr std::array<unit, 4> units{{{'d', 86'400}, {'h', 3'600}, {'m', 60}, {'s', 1}}};
  auto rest = std::max<std::int64_t>(length.count(), 0);
  auto largest = std::ranges::find_if(units, [&](const auto& each) { return rest >= each.seconds; });
  if (largest == units.end()) return "0s";
  std::string text;
  for (auto at = largest; at != units.end() && at - largest < 2; ++at) {
    const auto count = rest / at->seconds;
    rest %= at->seconds;
    if (count != 0) text += fmt::format("{}{}{}", text.empty() ? "" : " ", count, at->letter);
  }
  return text;
}

std::string grouped(std::uint64_t count) {
  auto digits = std::to_string(count);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), 1, ',');
  }
  return digits;
}

std::string counted(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", grouped(count), noun, count == 1 ? "" : "s");
}

std::string spoken_bytes(std::uint64_t bytes) {
  constexpr std::array names{"KiB", "MiB", "GiB", "TiB", "PiB"};
  if (bytes < 1024) return fmt::format("{} B", bytes);
  auto value = static_cast<double>(bytes) / 1024;
  std::size_t name = 0;
  for (; value >= 1024 && name + 1 < names.size(); ++name) value /= 1024;
  return fmt::format("{:.1f} {}", value, names.at(name));
}

}  // namespace muster::cli
