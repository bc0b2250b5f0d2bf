// Loading of configurations out of files that the test writes into a directory of its own.
#pragma once

#include <boost/test/unit_test.hpp>

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "runtime/config/configuration.hpp"
#include "runtime/config/did_you_mean.hpp"
#include "runtime/config/listen_address.hpp"
#include "runtime/config/setting.hpp"
#include "runtime/config/units.hpp"

using namespace muster;
using namespace std::chrono_literals;

namespace config_tests {

using text_map = std::map<std::string, std::string>;

struct yaml_file {
  std::filesystem::path directory;
  std::filesystem::path path;

  explicit yaml_file(const std::string& text) {
    std::string pattern = (std::filesystem::temp_directory_path() / "muster-config-XXXXXX").string();
    BOOST_REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    directory = pattern;
    path = directory / "musterd.yaml";
    std::ofstream(path, std::ios::binary) << text;
  }
  ~yaml_file() { std::filesystem::remove_all(directory); }
};

// Loads with a home of its own and calls the file `musterd.yaml` in messages.
inline loaded_configuration load(const std::string& yaml, text_map environment = {}, text_map flags = {}) {
  const yaml_file file(yaml);
  environment.emplace("HOME", "/srv/nobody");
  auto loaded = load_configuration({file.path, std::move(environment), std::move(flags)});
  for (auto* messages : {&loaded.errors, &loaded.warnings}) {
    for (auto& message : *messages) {
      if (const auto at = message.find(file.path.string()); at != std::string::npos) {
        message.replace(at, file.path.string().size(), "musterd.yaml");
      }
    }
  }
  return loaded;
}

inline std::string joined(const std::vector<std::string>& messages) {
  std::string all;
  for (const auto& each : messages) all += (all.empty() ? "" : "\n") + each;
  return all;
}

inline std::string errors_of(const std::string& yaml, text_map environment = {}, text_map flags = {}) {
  return joined(load(yaml, std::move(environment), std::move(flags)).errors);
}

inline const std::string some_secret = "0123456789abcdef";

}  // namespace config_tests
