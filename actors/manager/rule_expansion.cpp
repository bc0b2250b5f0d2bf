// Each rule for each pair of ends of which one is the node, or anybody.
#include "actors/manager/rule_expansion.hpp"

#include <algorithm>
#include <array>
#include <cinttypes>
#include <cstdio>
#include <iterator>

namespace muster {

namespace {

constexpr std::string_view everyone = "*";
constexpr std::string_view label_prefix = "label:";

bool is_plain(const std::string& selector) { return selector == everyone || parse_agent_id(selector); }

bool names(const std::string& selector, const mesh_node& node) {
  if (!selector.starts_with(label_prefix)) return selector == node.hostname;
  const auto equals = selector.find('=');
  if (equals == std::string::npos) return false;
  const auto found = node.labels.find(selector.substr(label_prefix.size(), equals - label_prefix.size()));
  return found != node.labels.end() && found->second == selector.substr(equals + 1);
}

std::vector<std::string> ends_of(const std::string& selector, const mesh_node& self,
                                 const std::vector<const mesh_node*>& peers) {
  if (is_plain(selector)) return {selector};
  std::vector<std::string> out;
  if (names(selector, self)) out.push_back(to_string(self.id));
  for (const auto* peer : peers)
    if (names(selector, *peer)) out.push_back(to_string(peer->id));
  return out;
}

bool is_plain(const network_rule& rule) { return is_plain(rule.src) && is_plain(rule.dst); }

// FNV-1a.
class fingerprint {
 public:
  void add(const std::string& text) {
    for (const unsigned char c : text + "\n") value_ = (value_ ^ c) * 0x01000193u;
  }
  std::string text() const {
    std::array<char, 9> hex{};
    std::snprintf(hex.data(), hex.size(), "%08" PRIx32, value_);
    return hex.data();
  }

 private:
  uint32_t value_ = 0x811c9dc5u;
};

}  // namespace

network_policy written_out(network_policy policy, const mesh_node& self,
                           const std::vector<const mesh_node*>& peers) {
  if (count_named_rules({policy}) == 0) return policy;
  const auto me = to_string(self.id);
  const auto concerns = [&me](const std::string& end) { return end == me || end == everyone; };
  std::vector<network_rule> rules;
  fingerprint print;
  for (const auto& rule : policy.rules) {
    const auto targets = ends_of(rule.dst, self, peers);
    std::vector<std::string> near;  // of those, what concerns the node whoever the source is
    std::copy_if(targets.begin(), targets.end(), std::back_inserter(near), concerns);
    for (const auto& src : ends_of(rule.src, self, peers))
      for (const auto& dst : is_plain(rule) || concerns(src) ? targets : near) {
        if (!is_plain(rule) && src == dst) continue;
        rules.push_back({src, dst, rule.port, rule.protocol, rule.action});
        print.add(src + " " + dst);
      }
  }
  policy.rules = std::move(rules);
  policy.id += "." + print.text();
  return policy;
}

size_t count_named_rules(const std::vector<network_policy>& policies) {
  size_t count = 0;
  for (const auto& policy : policies)
    count += static_cast<size_t>(std::count_if(policy.rules.begin(), policy.rules.end(),
                                               [](const network_rule& rule) { return !is_plain(rule); }));
  return count;
}

}  // namespace muster
