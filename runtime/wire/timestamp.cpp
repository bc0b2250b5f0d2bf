// Calendar times as text.
#include "runtime/wire/timestamp.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

namespace muster {

std::string to_rfc3339(utc_time at) {
  if (at == utc_time{}) return {};
  const auto whole = std::chrono::floor<std::chrono::seconds>(at);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(whole)),
                     (at - whole).count());
}

namespace {

// True if `text` begins like `shape`, in which a 0 stands for any digit.
bool begins_like(std::string_view text, std::string_view shape) {
  return text.size() >= shape.size()
         && std::equal(shape.begin(), shape.end(), text.begin(), [](char wanted, char c) {
              return wanted == '0' ? c >= '0' && c <= '9' : c == wanted;
            });
}

}  // namespace

std::optional<utc_time> parse_rfc3339(std::string_view text) {
  std::string copy{text};
  if (copy.size() > 10 && copy[10] == 't') copy[10] = 'T';
  if (!begins_like(copy, "0000-00-00T00:00:00")) return std::nullopt;
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, used = 0;
  if (std::sscanf(copy.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d%n", &year, &month, &day, &hour, &minute, &second,
                  &used)
      != 6)
    return std::nullopt;
  auto rest = text.substr(static_cast<size_t>(used));
  int milliseconds = 0;
  if (rest.starts_with('.')) {
    if (!begins_like(rest, ".0")) return std::nullopt;
    int scale = 100;
    for (rest.remove_prefix(1); !rest.empty() && rest[0] >= '0' && rest[0] <= '9';
         rest.remove_prefix(1), scale /= 10)
      milliseconds += (rest[0] - '0') * scale;
  }
  std::chrono::minutes offset{0};
  if (rest != "Z" && rest != "z") {
    int hours = 0, minutes = 0, length = 0;
    const std::string zone{rest};
    if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || !begins_like(zone.substr(1), "00:00")
        || std::sscanf(zone.c_str() + 1, "%2d:%2d%n", &hours, &minutes, &length) != 2 || length != 5)
      return std::nullopt;
    if (hours > 23 || minutes > 59) return std::nullopt;
    offset = std::chrono::minutes{hours * 60 + minutes} * (zone[0] == '-' ? -1 : 1);
  }
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  return utc_time{std::chrono::sys_days{date}} + std::chrono::hours{hour} + std::chrono::minutes{minute}
         + std::chrono::seconds{second} + std::chrono::milliseconds{milliseconds} - offset;
}

std::string to_http_date(utc_time at) {
  return fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(std::chrono::system_clock::to_time_t(at)));
}

}  // namespace muster
