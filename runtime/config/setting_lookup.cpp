// Finding settings by key, where one segment of a key may be the name of a profile.
#include <algorithm>
#include <cctype>
#include <cstddef>

#include "runtime/config/did_you_mean.hpp"
#include "runtime/config/setting.hpp"

namespace muster {
namespace {

constexpr std::string_view placeholder = "<name>";
constexpr std::size_t longest_profile_name = 32;

std::vector<std::string> split(const std::string& key) {
  std::vector<std::string> segments;
  std::size_t begin = 0;
  for (auto dot = key.find('.'); dot != std::string::npos; dot = key.find('.', begin)) {
    segments.push_back(key.substr(begin, dot - begin));
    begin = dot + 1;
  }
  segments.push_back(key.substr(begin));
  return segments;
}

// True if the first segments of `pattern` are `segments`.
bool begins_with(const std::vector<std::string>& pattern, const std::vector<std::string>& segments) {
  if (segments.size() > pattern.size()) return false;
  return std::equal(segments.begin(), segments.end(), pattern.begin(),
                    [](const auto& given, const auto& wanted) {
                      return wanted == placeholder ? is_profile_name(given) : given == wanted;
                    });
}

std::string with_name(std::string key, const std::string& name) {
  const auto at = key.find(placeholder);
  return at == std::string::npos ? key : key.replace(at, placeholder.size(), name);
}

// The segment of `segments` that stands where `pattern` has its placeholder.
std::string name_in(const std::vector<std::string>& pattern, const std::vector<std::string>& segments) {
  const auto at = static_cast<std::size_t>(std::ranges::find(pattern, placeholder) - pattern.begin());
  return at < std::min(pattern.size(), segments.size()) ? segments[at] : std::string();
}

// Keys and groups `unknown` could have meant, with its own profile name filled in.
std::vector<std::string> candidates(const std::string& unknown) {
  std::vector<std::string> known;
  for (const auto& each : settings()) {
    const auto name = name_in(split(each.key), split(unknown));
    if (each.shape == setting_shape::per_profile && name.empty()) continue;
    const auto key = with_name(each.key, name);
    for (auto end = key.size(); end != std::string::npos; end = key.rfind('.', end - 1)) {
      known.push_back(key.substr(0, end));
    }
  }
  return known;
}

}  // namespace

std::optional<setting_place> find_setting(const std::string& key) {
  const auto segments = split(key);
  for (const auto& each : settings()) {
    const auto pattern = split(each.key);
    if (pattern.size() == segments.size() && begins_with(pattern, segments)) {
      return setting_place{&each, key, name_in(pattern, segments)};
    }
  }
  return std::nullopt;
}

bool is_setting_group(const std::string& key) {
  const auto segments = split(key);
  return std::ranges::any_of(settings(), [&](const setting& each) {
    const auto pattern = split(each.key);
    return pattern.size() > segments.size() && begins_with(pattern, segments);
  });
}

std::vector<setting_place> setting_places(const configuration& within) {
  std::vector<setting_place> places;
  for (const auto& each : settings()) {
    if (each.shape == setting_shape::per_profile) {
      for (const auto& [name, _] : within.liveness.profiles) {
        places.push_back({&each, with_name(each.key, name), name});
      }
    } else {
      places.push_back({&each, each.key, {}});
    }
  }
  return places;
}

std::string environment_name(const std::string& key) {
  std::string name = "MUSTER_";
  for (const char c : key) {
    name += c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return name;
}

std::string suggest_key(const std::string& unknown) {
  auto meant = closest_word(unknown, candidates(unknown));
  if (!meant) {
    // Perhaps it stands in the wrong group: compare without groups.
    std::vector<std::string> last_segments;
    for (const auto& each : settings()) last_segments.push_back(split(each.key).back());
    if (const auto last = closest_word(split(unknown).back(), last_segments)) {
      meant =
        std::ranges::find(settings(), *last, [](const auto& each) { return split(each.key).back(); })->key;
    }
  }
  return meant ? " (did you mean " + *meant + "?)" : std::string();
}

bool is_profile_name(std::string_view name) {
  const auto is_lower = [](char c) { return c >= 'a' && c <= 'z'; };
  return !name.empty() && name.size() <= longest_profile_name && is_lower(name.front())
         && std::ranges::all_of(name,
                                [&](char c) { return is_lower(c) || (c >= '0' && c <= '9') || c == '_'; });
}

}  // namespace muster
