// Reads cron expressions and walks the wall clock.
#include "actors/manager/cron_schedule.hpp"

#include <date/tz.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <stdexcept>
#include <vector>

namespace muster {

namespace {

using wall_minutes = date::local_time<std::chrono::minutes>;

constexpr size_t longest = 256;

struct field_rule {
  const char* name;
  unsigned low;
  unsigned high;
  std::string_view names;  // three letters each, the first stands for `low`
};
constexpr std::array<field_rule, 5> rules{{{"minute", 0, 59, ""},
                                           {"hour", 0, 23, ""},
                                           {"day of month", 1, 31, ""},
                                           {"month", 1, 12, "janfebmaraprmayjunjulaugsepoctnovdec"},
                                           {"day of week", 0, 7, "sunmontuewedthufrisat"}}};

constexpr std::array<std::pair<std::string_view, std::string_view>, 7> shorthands{
  {{"@hourly", "0 * * * *"},
   {"@daily", "0 0 * * *"},
   {"@midnight", "0 0 * * *"},
   {"@weekly", "0 0 * * 0"},
   {"@monthly", "0 0 1 * *"},
   {"@yearly", "0 0 1 1 *"},
   {"@annually", "0 0 1 1 *"}}};

struct word {
  std::string_view text;
  size_t at = 0;  // from 0

  word part(size_t from, size_t count = std::string_view::npos) const {
    return {text.substr(from, count), at + from};
  }
};

std::string lower(std::string_view text) {
  std::string out{text};
  for (auto& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

[[noreturn]] void refuse(const field_rule& rule, const word& what, const std::string& why) {
  throw std::invalid_argument{std::string{rule.name} + ": '" + std::string{what.text} + "' at character "
                              + std::to_string(what.at + 1) + " " + why};
}

unsigned read_number(const field_rule& rule, const word& what, unsigned low, unsigned high) {
  unsigned out = 0;
  const auto* end = what.text.data() + what.text.size();
  const auto [stop, bad] = std::from_chars(what.text.data(), end, out);
  if (what.text.empty() || stop != end || bad == std::errc::invalid_argument)
    refuse(rule, what, rule.names.empty() ? "is no number" : "is neither a number nor a name");
  if (bad != std::errc{} || out < low || out > high)
    refuse(rule, what, "is not within " + std::to_string(low) + " to " + std::to_string(high));
  return out;
}

// Sunday ends a week where it ends a range.
unsigned read_value(const field_rule& rule, const word& what, bool ends_range = false) {
  const auto name = lower(what.text);
  const auto found = name.size() == 3 ? rule.names.find(name) : std::string_view::npos;
  if (found == std::string_view::npos || found % 3 != 0) return read_number(rule, what, rule.low, rule.high);
  if (ends_range && name == "sun") return rule.high;
  return rule.low + static_cast<unsigned>(found / 3);
}

// One item of a list.
uint64_t read_item(const field_rule& rule, const word& item) {
  const auto slash = item.text.find('/');
  const auto range = item.part(0, slash);
  const auto dash = range.text.find('-');
  auto low = rule.low, high = rule.high;
  if (dash != std::string_view::npos) {
    low = read_value(rule, range.part(0, dash));
    high = read_value(rule, range.part(dash + 1), true);
    if (low > high) refuse(rule, range, "ends before it starts");
  } else if (range.text != "*") {
    low = high = read_value(rule, range);
    if (slash != std::string_view::npos) refuse(rule, item, "has a step, which only '*' and ranges can have");
  }
  const auto step =
    slash == std::string_view::npos ? 1 : read_number(rule, item.part(slash + 1), 1, rule.high);
  uint64_t out = 0;
  for (auto value = low; value <= high; value += step) out |= uint64_t{1} << value;
  return out;
}

uint64_t read_field(const field_rule& rule, const word& field) {
  uint64_t out = 0;
  for (size_t from = 0; from <= field.text.size();) {
    const auto comma = std::min(field.text.find(',', from), field.text.size());
    const auto item = field.part(from, comma - from);
    if (item.text.empty())
      throw std::invalid_argument{std::string{rule.name} + ": nothing at character "
                                  + std::to_string(item.at + 1)};
    out |= read_item(rule, item);
    from = comma + 1;
  }
  return out;
}

std::vector<word> words_of(std::string_view text) {
  std::vector<word> out;
  for (size_t at = 0; (at = text.find_first_not_of(" \t", at)) != std::string_view::npos;) {
    const auto end = std::min(text.find_first_of(" \t", at), text.size());
    out.push_back({text.substr(at, end - at), at});
    at = end;
  }
  return out;
}

cron_schedule::fields read_fields(std::string_view expression) {
  if (expression.size() > longest)
    throw std::invalid_argument{"it has more than " + std::to_string(longest) + " characters"};
  auto words = words_of(expression);
  if (words.size() == 1 && words[0].text.starts_with('@')) {
    const auto name = lower(words[0].text);
    const auto found = std::find_if(shorthands.begin(), shorthands.end(),
                                    [&](const auto& each) { return each.first == name; });
    if (found == shorthands.end())
      throw std::invalid_argument{"'" + std::string{words[0].text}
                                  + "' is none of @hourly, @daily, @weekly, @monthly, @yearly"};
    words = words_of(found->second);
  }
  if (words.size() != rules.size())
    throw std::invalid_argument{
      "it has " + std::to_string(words.size())
      + " fields, not the five of minute, hour, day of month, month and day of week"};
  std::array<uint64_t, 5> bits{};
  for (size_t i = 0; i < bits.size(); ++i) bits[i] = read_field(rules[i], words[i]);
  constexpr auto second_sunday = uint64_t{1} << 7;
  return {bits[0],
          bits[1],
          bits[2],
          bits[3],
          bits[4] & second_sunday ? (bits[4] & ~second_sunday) | 1 : bits[4],
          !words[2].text.starts_with('*') && !words[4].text.starts_with('*')};
}

bool names(uint64_t field, unsigned value) { return (field >> value & 1) != 0; }

// Each day of a year falls on each day of the week in some year, so only the months' lengths matter.
bool comes_ever(const cron_schedule::fields& named) {
  constexpr std::array<unsigned, 12> days{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  for (unsigned month = 1; month <= 12; ++month)
    for (unsigned day = 1; day <= days[month - 1]; ++day)
      if (names(named.months, month) && (named.either_day || names(named.days, day))) return true;
  return false;
}

bool names_day(const cron_schedule::fields& named, const date::year_month_day& day, date::weekday weekday) {
  const bool of_month = names(named.days, static_cast<unsigned>(day.day()));
  const bool of_week = names(named.weekdays, weekday.c_encoding());
  return named.either_day ? of_month || of_week : of_month && of_week;
}

// The first number of a field that is `from` or more.
std::optional<unsigned> first_from(uint64_t field, unsigned from) {
  const auto rest = field >> from << from;
  return rest == 0 ? std::nullopt : std::optional{static_cast<unsigned>(std::countr_zero(rest))};
}

// Minutes since midnight.
std::optional<std::chrono::minutes> first_time(const cron_schedule::fields& named,
                                               std::chrono::minutes from) {
  using std::chrono::hours, std::chrono::minutes;
  const auto start = static_cast<unsigned>(from.count()) / 60;
  if (names(named.hours, start))
    if (const auto minute = first_from(named.minutes, static_cast<unsigned>(from.count()) % 60))
      return hours{start} + minutes{*minute};
  const auto hour = first_from(named.hours, start + 1);
  if (!hour) return std::nullopt;
  return hours{*hour} + minutes{*first_from(named.minutes, 0)};
}

// The first wall time named that is `from` or later.
wall_minutes first_wall(const cron_schedule::fields& named, wall_minutes from) {
  auto day = date::floor<date::days>(from);
  auto time = from - day;
  for (;;) {
    const date::year_month_day what{day};
    if (!names(named.months, static_cast<unsigned>(what.month()))) {
      day = date::local_days{(what.year() / what.month() + date::months{1}) / 1};
      time = {};
      continue;
    }
    if (names_day(named, what, date::weekday{day}))
      if (const auto found = first_time(named, time)) return day + *found;
    day += date::days{1};
    time = {};
  }
}

// The instant that stands for a wall time.
date::sys_seconds instant_of(const date::time_zone& zone, wall_minutes wall) {
  const auto info = zone.get_info(wall);
  if (info.result == date::local_info::nonexistent) return info.first.end;
  return date::sys_seconds{wall.time_since_epoch()} - info.first.offset;
}

}  // namespace

cron_reading read_cron(std::string_view expression, std::string_view zone) {
  cron_schedule::fields named;
  try {
    named = read_fields(expression);
  } catch (const std::invalid_argument& bad) {
    return {std::nullopt, bad.what()};
  }
  if (!comes_ever(named)) return {std::nullopt, "day of month: never comes in the months named"};
  try {
    const auto* found = date::locate_zone(zone);
    (void)found->get_info(date::sys_seconds{});  // reads its file, which throws if it is gone
    return {cron_schedule{named, found}, {}};
  } catch (const std::runtime_error&) {
    return {std::nullopt, "time zone: '" + std::string{zone} + "' is not in the tz database"};
  }
}

// Later wall times are never earlier instants, so the first one that is late enough is the answer.
utc_time cron_schedule::next_after(utc_time t) const {
  auto from = date::floor<std::chrono::minutes>(zone_->to_local(t));
  for (;;) {
    const auto wall = first_wall(named_, from + std::chrono::minutes{1});
    if (const utc_time found = instant_of(*zone_, wall); found > t) return found;
    from = wall;
  }
}

}  // namespace muster
