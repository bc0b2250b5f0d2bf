// One number and one unit after the other.
#include "runtime/wire/go_duration.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace muster {

namespace {

constexpr double longest = 200.0 * 365 * 86'400 * 1e9;  // nanoseconds

// Longer names before those that they begin with.
constexpr std::array<std::pair<std::string_view, double>, 8> units{{{"ns", 1},
                                                                    {"us", 1e3},
                                                                    {"\u00b5s", 1e3},
                                                                    {"\u03bcs", 1e3},
                                                                    {"ms", 1e6},
                                                                    {"s", 1e9},
                                                                    {"m", 60e9},
                                                                    {"h", 3600e9}}};

std::optional<double> take_unit(std::string_view& text) {
  for (const auto& [name, nanoseconds] : units) {
    if (!text.starts_with(name)) continue;
    text.remove_prefix(name.size());
    return nanoseconds;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::chrono::nanoseconds> parse_go_duration(std::string_view text) {
  if (text == "0") return std::chrono::nanoseconds{0};
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  double sum = 0;
  while (!text.empty()) {
    double number = 0;
    const auto [end, bad] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    if (bad != std::errc{} || !(number >= 0)) return std::nullopt;
    text.remove_prefix(static_cast<size_t>(end - text.data()));
    const auto unit = take_unit(text);
    if (!unit) return std::nullopt;
    sum += number * *unit;
    if (!(sum <= longest)) return std::nullopt;
  }
  return std::chrono::nanoseconds{static_cast<int64_t>(negative ? -sum : sum)};
}

std::string to_go_duration(std::chrono::milliseconds span) {
  if (span.count() % 1000 == 0) return std::to_string(span.count() / 1000) + "s";
  return std::to_string(span.count()) + "ms";
}

}  // namespace muster
