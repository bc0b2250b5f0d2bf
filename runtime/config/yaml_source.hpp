// Reads a YAML file into assignments to settings, each with its line, without applying them. It knows which
// keys exist, since an unknown one is an error, but not what their values may be.
#pragma once

#include <string>
#include <vector>

#include "runtime/config/setting.hpp"

namespace muster {

struct setting_entry {
  std::string where;  // musterd.yaml:3:5
  std::string name;
  std::string text;
};

struct setting_assignment {
  setting_place place;
  std::string where;
  std::string text;                    // any shape but mapping
  std::vector<setting_entry> entries;  // mapping
};

struct yaml_assignments {
  std::vector<setting_assignment> values;
  std::vector<std::string> errors;
};

// `name` is what errors call the text.
yaml_assignments read_yaml(const std::string& text, const std::string& name);

}  // namespace muster
