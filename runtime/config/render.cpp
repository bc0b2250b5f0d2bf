// The table of settings turned outward: the effective configuration as YAML, the documentation as Markdown.
#include <yaml-cpp/yaml.h>

#include <algorithm>

#include "runtime/config/setting.hpp"

namespace muster {
namespace {

constexpr const char* redacted = "***";

std::string shown(const setting& each, const std::string& value) {
  return each.secret && !value.empty() ? redacted : value;
}

// The node at a dotted key; groups come into being on the way.
YAML::Node node_at(const YAML::Node& root, const std::string& key) {
  YAML::Node node = root;
  std::size_t begin = 0;
  while (begin <= key.size()) {
    const auto end = std::min(key.find('.', begin), key.size());
    node.reset(node[key.substr(begin, end - begin)]);
    begin = end + 1;
  }
  return node;
}

// "0.match.event" is event of match of the first element.
YAML::Node list_node(const setting& each, const configuration& from) {
  std::map<unsigned long, YAML::Node> elements;
  for (const auto& [entry, value] : each.entries(from)) {
    const auto dot = entry.find('.');
    auto [at, fresh] = elements.try_emplace(std::stoul(entry), YAML::NodeType::Map);
    node_at(at->second, entry.substr(dot + 1)) = each.hides(entry) && !value.empty() ? redacted : value;
  }
  YAML::Node out(YAML::NodeType::Sequence);
  for (const auto& [index, element] : elements) out.push_back(element);
  return out;
}

std::string default_text(const setting& each) {
  static const configuration defaults;
  if (!each.fallback.empty()) return each.fallback;
  if (each.shape == setting_shape::mapping || each.shape == setting_shape::list) return "none";
  if (each.shape != setting_shape::per_profile) {
    const auto text = each.text(defaults, {});
    return text.empty() ? "none" : "`" + text + "`";
  }
  std::string all;
  for (const auto& [name, _] : defaults.liveness.profiles) {
    all += (all.empty() ? "" : ", ") + name + " `" + each.text(defaults, name) + "`";
  }
  return all;
}

}  // namespace

std::string to_yaml(const configuration& from) {
  YAML::Node root(YAML::NodeType::Map);  // a node without a type would be copied, not shared
  for (const auto& [found, key, name] : setting_places(from)) {
    auto node = node_at(root, key);
    if (found->shape == setting_shape::list) {
      node = list_node(*found, from);
      continue;
    }
    if (found->shape != setting_shape::mapping) {
      node = shown(*found, found->text(from, name));
      continue;
    }
    node = YAML::Node(YAML::NodeType::Map);
    for (const auto& [entry, value] : found->entries(from)) node[entry] = shown(*found, value);
  }
  return YAML::Dump(root) + "\n";
}

std::string settings_table_markdown() {
  std::string table = "| Key | Default | Values | Reload | What it is |\n|---|---|---|---|---|\n";
  for (const auto& each : settings()) {
    table += "| `" + each.key + "` | " + default_text(each) + " | " + each.values + " | "
             + (each.reloads ? "yes" : "no") + " | " + each.description + " |\n";
  }
  return table;
}

}  // namespace muster
