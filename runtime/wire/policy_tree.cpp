// The form that docs/policy.md shows.
#include "runtime/wire/policy_tree.hpp"

#include "runtime/json/tree.hpp"

#include <cmath>

namespace muster::policy_json {

namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr double largest_exact = 9007199254740992;  // beyond it a double may have skipped numbers

struct named_list {
  const char* name;
  std::vector<std::string> policy_lists::*values;
};
constexpr named_list list_names[]{{"ips", &policy_lists::ips},
                                  {"cidrs", &policy_lists::cidrs},
                                  {"domains", &policy_lists::domains},
                                  {"hashes", &policy_lists::hashes},
                                  {"processes", &policy_lists::processes}};

constexpr const char* rule_members[]{"id",       "type",        "condition", "action",
                                     "severity", "description", "enabled"};

void add_lists(ordered_json& into, const char* name, const policy_lists& lists) {
  for (const auto& each : list_names)
    if (!(lists.*each.values).empty()) into[name][each.name] = lists.*each.values;
}

void add_members(ordered_json& into, const char* name, const std::map<std::string, std::string>& members) {
  for (const auto& [member, value] : members) into[name][member] = embedded(value);
}

policy_lists lists_of(const json& tree, const char* name) {
  policy_lists lists;
  if (const auto section = tree.find(name); section != tree.end())
    for (const auto& each : list_names)
      if (const auto list = section->find(each.name); list != section->end())
        list->get_to(lists.*each.values);
  return lists;
}

std::map<std::string, std::string> members_of(const json& tree, const char* name) {
  std::map<std::string, std::string> members;
  if (const auto section = tree.find(name); section != tree.end())
    for (const auto& [member, value] : section->items())
      members.emplace(member, muster::json::text_of(value));
  return members;
}

caf::optional<double> threshold_of(const json& tree, const char* name) {
  const auto section = tree.find("thresholds");
  if (section == tree.end() || !section->contains(name)) return caf::none;
  return section->at(name).get<double>();
}

}  // namespace

ordered_json number_tree(double value) {
  if (std::abs(value) < largest_exact && std::trunc(value) == value) return static_cast<int64_t>(value);
  return value;
}

ordered_json embedded(const std::string& json) {
  // Not parsed as ordered_json, which searches all members for each that it adds.
  const auto value = nlohmann::json::parse(json, nullptr, false);
  return value.is_discarded() ? ordered_json(nullptr) : ordered_json(value);
}

ordered_json rule_tree(const json& rule) {
  auto body = ordered_json::object();
  for (const auto* member : rule_members)
    if (const auto value = rule.find(member); value != rule.end()) body[member] = ordered_json(*value);
  for (const auto& [member, value] : rule.items())
    if (!body.contains(member)) body[member] = ordered_json(value);
  return body;
}

std::string rule_body(const json& rule) { return muster::json::text_of(rule_tree(rule)); }

ordered_json to_tree(const policy_document& what) {
  auto tree = ordered_json::object();
  if (what.auto_respond) tree["thresholds"]["auto_respond"] = number_tree(*what.auto_respond);
  if (what.notify_and_wait) tree["thresholds"]["notify_and_wait"] = number_tree(*what.notify_and_wait);
  add_lists(tree, "blocklist", what.blocklist);
  add_lists(tree, "allowlist", what.allowlist);
  add_members(tree, "monitors", what.monitors);
  add_members(tree, "alerting", what.alerting);
  add_members(tree, "response", what.response);
  for (const auto& rule : what.rules) {
    auto body = json::parse(rule.body, nullptr, false);
    if (!body.is_object()) body = json::object();
    body["id"] = rule.id;
    tree["rules"].push_back(rule_tree(body));
  }
  return tree;
}

policy_document from_tree(const json& tree) {
  policy_document what;
  what.auto_respond = threshold_of(tree, "auto_respond");
  what.notify_and_wait = threshold_of(tree, "notify_and_wait");
  what.blocklist = lists_of(tree, "blocklist");
  what.allowlist = lists_of(tree, "allowlist");
  what.monitors = members_of(tree, "monitors");
  what.alerting = members_of(tree, "alerting");
  what.response = members_of(tree, "response");
  if (const auto rules = tree.find("rules"); rules != tree.end())
    for (const auto& rule : *rules) what.rules.push_back({rule.at("id").get<std::string>(), rule_body(rule)});
  return what;
}

}  // namespace muster::policy_json
