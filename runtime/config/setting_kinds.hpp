// Makes settings of the kinds there are: each binds a place in the configuration to its text form and range.
// Only settings.cpp includes this. `Access` is a generic lambda that returns the place, const or not.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "runtime/config/setting.hpp"
#include "runtime/config/units.hpp"
#include "runtime/log/escape.hpp"

namespace muster::setting_kinds {

using std::chrono::milliseconds;

enum class on_reload { kept, taken };

// `expects one of ..., found "..."`; a secret is not quoted.
inline std::string expects(const std::string& values, const std::string& found, bool secret = false) {
  constexpr std::size_t longest_quote = 64;
  std::string message = "expects " + values;
  if (secret) return message;
  message += ", found ";
  log::append_json_string(message,
                          found.size() <= longest_quote ? found : found.substr(0, longest_quote) + "...");
  return message;
}

// `parse` gives an optional of the field's type, nothing for what `values` does not allow.
template <class Access, class Parse, class Format>
setting make(std::string key, Access at, on_reload reload, std::string values, std::string description,
             Parse parse, Format format, bool secret = false) {
  setting made;
  made.read = [=](configuration& into, const std::string&, const std::string& text) -> std::string {
    auto value = parse(text);
    if (!value) return expects(values, text, secret);
    at(into) = std::move(*value);
    return {};
  };
  made.text = [=](const configuration& from, const std::string&) { return format(at(from)); };
  made.copy = [=](configuration& to, const configuration& from) { at(to) = at(from); };
  made.key = std::move(key);
  made.description = std::move(description);
  made.values = std::move(values);
  made.reloads = reload == on_reload::taken;
  made.secret = secret;
  return made;
}

template <class Access>
setting number(std::string key, Access at, std::uint64_t least, std::uint64_t most, on_reload reload,
               std::string description) {
  using type = std::remove_cvref_t<decltype(at(std::declval<configuration&>()))>;
  return make(
    std::move(key), at, reload,
    "a whole number from " + std::to_string(least) + " to " + std::to_string(most), std::move(description),
    [=](const std::string& text) -> std::optional<type> {
      const auto value = parse_whole_number(text);
      if (!value || *value < least || *value > most) return std::nullopt;
      return static_cast<type>(*value);
    },
    [](type value) { return std::to_string(value); });
}

template <class Access>
setting size(std::string key, Access at, std::uint64_t least, std::uint64_t most, on_reload reload,
             std::string description) {
  return make(
    std::move(key), at, reload, "a size from " + format_bytes(least) + " to " + format_bytes(most),
    std::move(description),
    [=](const std::string& text) {
      const auto value = parse_bytes(text);
      return value && *value >= least && *value <= most ? value : std::nullopt;
    },
    format_bytes);
}

inline auto duration_between(milliseconds least, milliseconds most) {
  return [=](const std::string& text) {
    const auto value = parse_duration(text);
    return value && *value >= least && *value <= most ? value : std::nullopt;
  };
}

inline std::string duration_values(milliseconds least, milliseconds most) {
  return "a duration from " + format_duration(least) + " to " + format_duration(most);
}

template <class Access>
setting duration(std::string key, Access at, milliseconds least, milliseconds most, on_reload reload,
                 std::string description) {
  return make(std::move(key), at, reload, duration_values(least, most), std::move(description),
              duration_between(least, most), format_duration);
}

template <class Access>
setting truth(std::string key, Access at, std::string description) {
  auto made = make(
    std::move(key), at, on_reload::kept, "true or false", std::move(description),
    [](const std::string& text) -> std::optional<bool> {
      if (text == "true" || text == "1") return true;
      if (text == "false" || text == "0") return false;
      return std::nullopt;
    },
    [](bool value) -> std::string { return value ? "true" : "false"; });
  made.shape = setting_shape::truth;
  return made;
}

template <class Value>
struct word {
  std::string_view text;
  Value value;
};

template <class Access, class Value, std::size_t Count>
setting one_of(std::string key, Access at, std::array<word<Value>, Count> words, on_reload reload,
               std::string description) {
  std::string values = "one of ";
  for (const auto& each : words) values += (&each == &words.front() ? "" : ", ") + std::string(each.text);
  return make(
    std::move(key), at, reload, values, std::move(description),
    [=](const std::string& text) -> std::optional<Value> {
      const auto found = std::ranges::find(words, text, &word<Value>::text);
      return found != words.end() ? std::optional(found->value) : std::nullopt;
    },
    [=](const Value& value) {
      return std::string(std::ranges::find(words, value, &word<Value>::value)->text);
    });
}

enum class visibility { open, secret };

// `allowed` is a predicate on the text.
template <class Access, class Allowed>
setting text(std::string key, Access at, Allowed allowed, on_reload reload, std::string values,
             std::string description, visibility shown = visibility::open) {
  return make(
    std::move(key), at, reload, std::move(values), std::move(description),
    [=](const std::string& given) { return allowed(given) ? std::optional(given) : std::nullopt; },
    [](const auto& value) { return std::string(value); }, shown == visibility::secret);
}

// A mapping from names to texts, each with its predicate; `values` describes both.
template <class Access, class AllowedName, class AllowedText>
setting mapping(std::string key, Access at, AllowedName allowed_name, AllowedText allowed_text,
                on_reload reload, std::string values, std::string description,
                visibility shown = visibility::open) {
  constexpr std::size_t most_entries = 1024;
  setting made;
  const bool secret = shown == visibility::secret;
  made.read = [=](configuration& into, const std::string& name, const std::string& given) -> std::string {
    if (!allowed_name(name)) return expects(values, name, secret);
    if (!allowed_text(given)) return expects(values, name + "=" + given, secret);
    if (at(into).size() >= most_entries)
      return "holds more than " + std::to_string(most_entries) + " entries";
    if (!at(into).emplace(name, given).second) return "names " + name + " twice";
    return {};
  };
  made.entries = [=](const configuration& from) { return at(from); };
  made.clear = [=](configuration& in) { at(in).clear(); };
  made.copy = [=](configuration& to, const configuration& from) { at(to) = at(from); };
  made.key = std::move(key);
  made.description = std::move(description);
  made.values = std::move(values);
  made.shape = setting_shape::mapping;
  made.reloads = reload == on_reload::taken;
  made.secret = secret;
  return made;
}

// `at` takes a liveness_profile_options; its field is a duration, or an optional one, for which `never`
// stands.
template <class Access>
setting profile_duration(std::string key, Access at, milliseconds least, milliseconds most,
                         std::string description) {
  using type = std::remove_cvref_t<decltype(at(std::declval<liveness_profile_options&>()))>;
  constexpr bool may_be_never = !std::is_same_v<type, milliseconds>;
  setting made;
  made.key = std::move(key);
  made.description = std::move(description);
  made.values = (may_be_never ? "never or " : "") + duration_values(least, most);
  made.shape = setting_shape::per_profile;
  made.read = [at, values = made.values, parse = duration_between(least, most)](
                configuration& into, const std::string& name, const std::string& text) -> std::string {
    const auto value = parse(text);
    const bool never = may_be_never && text == "never";
    if (!value && !never) return expects(values, text);
    at(into.liveness.profiles[name]) = never ? type{} : type{*value};
    return {};
  };
  made.text = [at](const configuration& from, const std::string& name) -> std::string {
    const auto profile = from.liveness.profiles.find(name);
    if (profile == from.liveness.profiles.end()) return {};
    if constexpr (may_be_never) {
      const auto& value = at(profile->second);
      return value ? format_duration(*value) : "never";
    } else {
      return format_duration(at(profile->second));
    }
  };
  return made;
}

}  // namespace muster::setting_kinds
