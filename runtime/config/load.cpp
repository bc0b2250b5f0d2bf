// Lays the sources over each other, weakest first, and remembers where each value came from, so that even a
// conflict between two settings can be blamed on a line, a variable or a flag.
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <fstream>
#include <iterator>
#include <set>
#include <string_view>
#include <utility>

#include "runtime/config/did_you_mean.hpp"
#include "runtime/config/setting.hpp"
#include "runtime/config/yaml_source.hpp"

namespace muster {
namespace {

constexpr std::string_view variable_prefix = "MUSTER_";
constexpr std::size_t largest_file = 1 << 20;  // bytes; a configuration this long is another file

// Read by the command line and by main, not by this table.
const std::set<std::string> foreign_variables = {"MUSTER_OPERATOR", "MUSTER_TOKEN", "MUSTER_CONFIG"};

class loader {
 public:
  loaded_configuration load(const configuration_sources& sources) {
    if (sources.file) take_file(*sources.file);
    take_environment(sources.environment);
    take_flags(sources.flags);
    if (result_.value.data_dir.empty() && !failed_.contains("data_dir")) {
      result_.value.data_dir = default_data_dir(sources.environment, ::geteuid() == 0);
    }
    take_problems();
    warn_of_unused_secrets();
    return std::move(result_);
  }

 private:
  void take_file(const std::filesystem::path& path) {
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    std::string text(largest_file + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (!file.eof() && !file.good()) {
      return result_.errors.push_back(path.string() + ": cannot be read: " + std::strerror(errno));
    }
    if (text.size() > largest_file) return result_.errors.push_back(path.string() + ": is larger than 1MiB");
    auto read = read_yaml(text, path.string());
    std::ranges::copy(read.errors, std::back_inserter(result_.errors));
    for (const auto& each : read.values) apply(each);
  }

  // Variables of profiles can only be told from one another when the profiles are known; hence after the
  // file.
  void take_environment(const std::map<std::string, std::string>& environment) {
    std::map<std::string, setting_place> places;
    std::vector<std::string> names;
    for (auto& place : setting_places(result_.value)) {
      names.push_back(environment_name(place.key));
      places.emplace(names.back(), std::move(place));
    }
    for (const auto& [name, text] : environment) {
      if (!name.starts_with(variable_prefix) || foreign_variables.contains(name)) continue;
      if (const auto found = places.find(name); found != places.end()) {
        apply_text(found->second, name, text);
      } else {
        const auto meant = closest_word(name, names);
        result_.warnings.push_back(name + ": unknown variable, ignored"
                                   + (meant ? " (did you mean " + *meant + "?)" : ""));
      }
    }
  }

  void take_flags(const std::map<std::string, std::string>& flags) {
    for (const auto& [key, text] : flags) {
      if (const auto place = find_setting(key)) {
        apply_text(*place, "--" + key, text);
      } else {
        result_.errors.push_back("--" + key + ": unknown setting" + suggest_key(key));
      }
    }
  }

  void apply_text(const setting_place& place, const std::string& where, const std::string& text) {
    setting_assignment made{place, where, text, {}};
    if (place.found->shape == setting_shape::list)
      return fail(where, place.key, "can only be given in the configuration file");
    if (place.found->shape == setting_shape::mapping && !split_entries(made)) return;
    apply(made);
  }

  // `name=value,name=value` to entries.
  bool split_entries(setting_assignment& made) {
    std::string_view rest = made.text;
    while (!rest.empty()) {
      const auto comma = std::min(rest.find(','), rest.size());
      const auto entry = rest.substr(0, comma);
      const auto equals = entry.find('=');
      if (equals == std::string_view::npos) {
        fail(made.where, made.place.key, "expects " + made.place.found->values + ": an entry has no `=`");
        return false;
      }
      made.entries.push_back(
        {made.where, std::string(entry.substr(0, equals)), std::string(entry.substr(equals + 1))});
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
    return true;
  }

  void apply(const setting_assignment& made) {
    const auto& [found, key, name] = made.place;
    const auto read = [&](const std::string& where, const std::string& entry, const std::string& text) {
      if (const auto wrong = found->read(result_.value, entry, text); !wrong.empty()) fail(where, key, wrong);
    };
    origins_[key] = made.where;
    if (found->shape == setting_shape::mapping || found->shape == setting_shape::list) {
      found->clear(result_.value);
      for (const auto& entry : made.entries) read(entry.where, entry.name, entry.text);
    } else {
      read(made.where, name, made.text);
    }
  }

  // A setting that could not be read keeps a value nobody asked for; what follows from that is not worth
  // saying.
  void take_problems() {
    const auto unread = failed_;
    for (const auto& [key, cause, message] : validate(result_.value)) {
      if (!unread.contains(key)) fail(origin(key, cause), key, message);
    }
  }

  // Where `key` was set, else where `cause` or a setting under it was, else the defaults are to blame.
  std::string origin(const std::string& key, const std::string& cause) const {
    if (const auto own = origins_.find(key); own != origins_.end()) return own->second;
    const auto other = origins_.lower_bound(cause);
    const bool related = !cause.empty() && other != origins_.end()
                         && (other->first == cause || other->first.starts_with(cause + "."));
    return related ? other->second : "default";
  }

  void warn_of_unused_secrets() {
    const auto& enrolment = result_.value.enrolment_panguard;
    if (enrolment.mode != enrolment_mode::open) return;
    const auto warn = [&](const std::string& key) {
      result_.warnings.push_back(origin(key, {}) + ": " + key + ": nobody is asked for it in mode open");
    };
    if (!enrolment.secret.empty()) warn("enrolment.panguard.secret");
    if (!enrolment.secrets.empty()) warn("enrolment.panguard.secrets");
  }

  void fail(const std::string& where, const std::string& key, const std::string& message) {
    failed_.insert(key);
    result_.errors.push_back(where + ": " + key + ": " + message);
  }

  loaded_configuration result_;
  std::map<std::string, std::string> origins_;  // key -> where its value came from
  std::set<std::string> failed_;                // keys with an error
};

}  // namespace

loaded_configuration load_configuration(const configuration_sources& sources) {
  return loader().load(sources);
}

}  // namespace muster
