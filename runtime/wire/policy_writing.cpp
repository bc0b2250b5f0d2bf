// What operators and agents read of a policy.
#include "runtime/json/tree.hpp"
#include "runtime/wire/policy_document.hpp"
#include "runtime/wire/policy_tree.hpp"

#include <unordered_set>

namespace muster::policy_json {

namespace {

using nlohmann::ordered_json;

ordered_json derived_rule(const std::string& id, const char* type, ordered_json condition, const char* action,
                          const char* severity, const char* description) {
  return {{"ruleId", id},     {"type", type},         {"condition", std::move(condition)},
          {"action", action}, {"severity", severity}, {"description", description}};
}

ordered_json thresholds_of(const policy_document& what) {
  auto thresholds = ordered_json::object();
  if (what.auto_respond) thresholds["autoRespond"] = number_tree(*what.auto_respond);
  if (what.notify_and_wait) thresholds["notifyAndWait"] = number_tree(*what.notify_and_wait);
  return thresholds;
}

bool is_enabled(const nlohmann::json& rule) {
  const auto enabled = rule.find("enabled");
  return enabled == rule.end() || !enabled->is_boolean() || enabled->get<bool>();
}

// Rules with the name that the dialect has for their id; those switched off are left out.
void add_written_rules(ordered_json& into, const policy_document& what,
                       std::unordered_set<std::string>& ids) {
  for (const auto& each : what.rules) {
    ids.insert(each.id);
    const auto body = nlohmann::json::parse(each.body, nullptr, false);
    if (!body.is_object() || !is_enabled(body)) continue;
    auto rule = ordered_json::object({{"ruleId", each.id}});
    const auto ordered = rule_tree(body);
    for (const auto& [member, value] : ordered.items())
      if (member != "id") rule[member] = value;
    into.push_back(std::move(rule));
  }
}

// An operator's rule of the same id stands for the derived one.
void add_derived_rules(ordered_json& into, const policy_document& what,
                       const std::unordered_set<std::string>& ids) {
  for (const auto& ip : what.blocklist.ips)
    if (const auto id = "block-" + ip; !ids.contains(id))
      into.push_back(derived_rule(id, "block_ip", ordered_json::object({{"ip", ip}}), "block_ip", "critical",
                                  "On the blocklist"));
  if (auto thresholds = thresholds_of(what); !thresholds.empty() && !ids.contains("thresholds"))
    into.push_back(derived_rule("thresholds", "alert_threshold", std::move(thresholds), "notify", "medium",
                                "Confidence from which to act, and from which to ask"));
}

ordered_json lists_of(const policy_lists& lists) {
  return {{"ips", lists.ips}, {"cidrs", lists.cidrs}, {"domains", lists.domains}, {"hashes", lists.hashes}};
}

ordered_json members_of(const std::map<std::string, std::string>& members) {
  auto result = ordered_json::object();
  for (const auto& [name, value] : members)
    result[name == "minimum_severity" ? "minimumSeverity" : name] = embedded(value);
  return result;
}

}  // namespace

std::string write_policy(const policy_document& what) { return json::text_of(to_tree(what)); }

std::string write_diff(const policy_document& before, const policy_document& after) {
  return json::text_of(nlohmann::json::diff(to_tree(before), to_tree(after)));
}

std::string panguard_members(const policy_document& effective) {
  auto policy = ordered_json::object();
  policy["scope"] = "effective";
  auto& rules = policy["rules"] = ordered_json::array();
  std::unordered_set<std::string> ids;
  add_written_rules(rules, effective, ids);
  add_derived_rules(rules, effective, ids);
  policy["thresholds"] = thresholds_of(effective);
  policy["blocklist"] = lists_of(effective.blocklist);
  policy["allowlist"] = lists_of(effective.allowlist);
  policy["allowlist"]["processes"] = effective.allowlist.processes;
  policy["monitors"] = members_of(effective.monitors);
  if (!policy["monitors"].contains("enabled")) policy["monitors"]["enabled"] = ordered_json::array();
  policy["alerting"] = members_of(effective.alerting);
  policy["response"] = members_of(effective.response);
  policy["appliedTo"] = ordered_json::array();
  const auto text = json::text_of(policy);
  return text.substr(1, text.size() - 2);
}

}  // namespace muster::policy_json
