// One setting as the table knows it, and how settings are found by key. Whatever depends on a key (YAML,
// environment, flags, printing, documentation, reload) walks settings() and nothing else.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/config/configuration.hpp"

namespace muster {

enum class setting_shape {
  plain,
  truth,        // a flag may leave out its value
  mapping,      // YAML: a mapping; elsewhere `name=value,name=value`, which replaces all entries
  list,         // YAML: a list of mappings; only there. Entries are called "0.name", "1.match.event"
  per_profile,  // its key holds `<name>`, which stands for a liveness profile
};

struct setting {
  std::string key;
  std::string description;
  std::string values;    // what may be written, range included; errors quote it
  std::string fallback;  // how the documentation shows the default, where that can't be computed
  setting_shape shape = setting_shape::plain;
  bool reloads = false;  // SIGHUP takes it over
  bool secret = false;   // never printed, never quoted in an error

  // Takes `text` over, or returns what is wrong and changes nothing. `name` is the profile or the entry.
  std::function<std::string(configuration& into, const std::string& name, const std::string& text)> read;
  // plain, truth, per_profile: the value as `read` takes it.
  std::function<std::string(const configuration& from, const std::string& name)> text;
  // mapping, list: all entries, and their removal.
  std::function<std::map<std::string, std::string>(const configuration& from)> entries;
  std::function<void(configuration& in)> clear;
  // list: whether an entry is never printed.
  std::function<bool(const std::string& entry)> hides;
  // Set where `reloads` is.
  std::function<void(configuration& to, const configuration& from)> copy;
};

// The table, in the order in which it is printed.
const std::vector<setting>& settings();

// One place where a value stands: a setting, and for `per_profile` the profile.
struct setting_place {
  const setting* found = nullptr;
  std::string key;   // `<name>` replaced
  std::string name;  // empty unless per_profile
};

std::optional<setting_place> find_setting(const std::string& key);

// True for `limits` and `liveness.profiles.panguard`: keys under which there are settings.
bool is_setting_group(const std::string& key);

// Every place of `within`: its profiles decide how many there are.
std::vector<setting_place> setting_places(const configuration& within);

// limits.body_bytes -> MUSTER_LIMITS_BODY_BYTES
std::string environment_name(const std::string& key);

// ` (did you mean limits.body_bytes?)` or nothing.
std::string suggest_key(const std::string& unknown);

bool is_profile_name(std::string_view name);

}  // namespace muster
