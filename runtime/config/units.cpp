// Both kinds of quantity are a whole number and a unit from a table, smallest unit first.
#include "runtime/config/units.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <span>
#include <system_error>

namespace muster {
namespace {

struct unit {
  std::string_view name;
  std::uint64_t size;
};

constexpr unit duration_units[] = {
  {"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}};
constexpr unit byte_units[] = {
  {"", 1}, {"KiB", 1ull << 10}, {"MiB", 1ull << 20}, {"GiB", 1ull << 30}, {"TiB", 1ull << 40}};

// Far from any overflow in nanoseconds, in which steady clocks count.
constexpr std::uint64_t longest_duration_ms = 36'525ull * 86'400'000ull;

std::optional<std::uint64_t> parse_quantity(std::string_view text, std::span<const unit> units) {
  const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto number = parse_whole_number(text.substr(0, digits));
  const auto found = std::ranges::find(units, text.substr(digits), &unit::name);
  if (!number || found == units.end()) return std::nullopt;
  if (*number > std::numeric_limits<std::uint64_t>::max() / found->size) return std::nullopt;
  return *number * found->size;
}

std::string format_quantity(std::uint64_t value, std::span<const unit> units) {
  const unit* chosen = &units.front();
  for (const auto& candidate : units) {
    if (value != 0 && value % candidate.size == 0) chosen = &candidate;
  }
  return std::to_string(value / chosen->size) + std::string(chosen->name);
}

}  // namespace

std::optional<std::uint64_t> parse_whole_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  const auto value = parse_quantity(text, duration_units);
  if (!value || *value > longest_duration_ms) return std::nullopt;
  return std::chrono::milliseconds(*value);
}

std::string format_duration(std::chrono::milliseconds value) {
  return format_quantity(static_cast<std::uint64_t>(std::max<std::int64_t>(value.count(), 0)),
                         duration_units);
}

std::optional<std::uint64_t> parse_bytes(std::string_view text) { return parse_quantity(text, byte_units); }

std::string format_bytes(std::uint64_t value) { return format_quantity(value, byte_units); }

}  // namespace muster
