// Structured logging: an event, which never varies, and fields, which do. Any thread may log; a line is
// written whole, to standard error. A level that is off costs one relaxed load, and fields hold views, so
// nothing is copied or formatted for it.
#pragma once

#include <atomic>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "runtime/log/log_format.hpp"

namespace muster::log {

enum class level { debug, info, warn, error };

std::string_view to_string(level at);
std::optional<level> level_named(std::string_view word);

// A string (viewed, not owned: it lives as long as the call), a number or a truth value.
class field_value {
 public:
  template <class T>
  requires std::convertible_to<const T&, std::string_view> field_value(const T& text)
    : value_(std::string_view(text)) {}
  field_value(bool truth) : value_(truth) {}
  template <std::signed_integral T>
  field_value(T number) : value_(static_cast<std::int64_t>(number)) {}
  template <std::unsigned_integral T>
  requires(!std::same_as<T, bool>) field_value(T number) : value_(static_cast<std::uint64_t>(number)) {}
  field_value(double number) : value_(number) {}

  const auto& get() const { return value_; }

 private:
  std::variant<std::string_view, bool, std::int64_t, std::uint64_t, double> value_;
};

struct field {
  std::string_view key;  // lower case with underscores; the unit comes last: took_seconds
  field_value value;
};

using fields = std::initializer_list<field>;

// Longer values are cut and end in "...": what an agent sends must not fill the log.
inline constexpr std::size_t longest_value_bytes = 4096;

// One line without its end; what every sink receives. Pure, so that the forms can be tested.
std::string format_line(log_format format, std::chrono::system_clock::time_point time, level at,
                        std::string_view event, fields extra);

// Sets level and form. Before the first call: info, text.
void start(level lowest, log_format format);
void set_level(level lowest);

// Sends lines elsewhere, one call at a time; an empty function goes back to standard error. For tests.
using line_sink = std::function<void(level, std::string_view line)>;
void set_sink(line_sink sink);

namespace detail {
inline std::atomic<level> lowest_level = level::info;
void write(level at, std::string_view event, fields extra);
}  // namespace detail

// To guard fields that are expensive to compute.
inline bool enabled(level at) { return at >= detail::lowest_level.load(std::memory_order_relaxed); }

inline void write(level at, std::string_view event, fields extra = {}) {
  if (enabled(at)) detail::write(at, event, extra);
}
inline void debug(std::string_view event, fields extra = {}) { write(level::debug, event, extra); }
inline void info(std::string_view event, fields extra = {}) { write(level::info, event, extra); }
inline void warn(std::string_view event, fields extra = {}) { write(level::warn, event, extra); }
inline void error(std::string_view event, fields extra = {}) { write(level::error, event, extra); }

}  // namespace muster::log
