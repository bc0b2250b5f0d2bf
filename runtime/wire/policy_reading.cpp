// Three steps, each of which sees only what the one before let through: JSON, the
// schema, and what no schema can say.
#include "runtime/json/schema.hpp"
#include "runtime/wire/policy_document.hpp"
#include "runtime/wire/policy_normal_form.hpp"
#include "runtime/wire/policy_tree.hpp"

#include <unordered_map>

namespace muster::policy_json {

namespace {

using tree = nlohmann::json;

json::tree_reading read_checked(std::string_view text, const json::schema& rules) {
  auto read = json::read_tree(text);
  if (!read.value) return read;
  if (auto problem = rules.problem_of(*read.value); !problem.empty())
    return {std::nullopt, std::move(problem)};
  return read;
}

// Ids of rules, and where each was first.
class rule_ids {
 public:
  explicit rule_ids(std::string member) : member_(std::move(member)) {}

  bool add(const std::string& id, size_t index) {
    const auto [first, fresh] = first_.try_emplace(id, index);
    if (!fresh)
      problem_ = rule_path(index) + "." + member_ + ": " + json::shown(id) + " is the id of "
                 + rule_path(first->second) + " too";
    return fresh;
  }
  bool add_if_free(const std::string& id, size_t index) { return first_.try_emplace(id, index).second; }
  const std::string& problem() const { return problem_; }

  static std::string rule_path(size_t index) { return json::element_path("$.rules", index); }

 private:
  std::string member_;
  std::unordered_map<std::string, size_t> first_;
  std::string problem_;
};

// What Panguard's clients write, as the same document.
class panguard_policy {
 public:
  explicit panguard_policy(const tree& body) : body_(body) {}

  reading<policy_document> read() {
    sections();
    what_ = from_tree(plain_);
    if (auto problem = normalise(what_, names); !problem.empty()) return {std::nullopt, std::move(problem)};
    if (body_.contains("rules")) rules(body_.at("rules"));
    // Once more, since rules added to lists and thresholds.
    if (problem_.empty()) problem_ = normalise(what_, names);
    if (!problem_.empty()) return {std::nullopt, std::move(problem_)};
    return {std::move(what_), {}};
  }

 private:
  static constexpr threshold_names names{"autoRespond", "notifyAndWait"};

  void copy(const char* section, const char* from, const char* to) {
    const auto found = body_.find(section);
    if (found != body_.end() && found->contains(from)) plain_[section][to] = found->at(from);
  }

  void sections() {
    for (const auto* same : {"blocklist", "allowlist", "monitors", "response"})
      if (const auto found = body_.find(same); found != body_.end()) plain_[same] = *found;
    copy("thresholds", "autoRespond", "auto_respond");
    copy("thresholds", "notifyAndWait", "notify_and_wait");
    copy("alerting", "minimumSeverity", "minimum_severity");
    copy("alerting", "channels", "channels");
  }

  void rules(const tree& list) {
    for (size_t i = 0; i < list.size(); ++i)
      if (const auto id = list[i].find("ruleId"); id != list[i].end())
        if (!ids_.add(id->get_ref<const std::string&>(), i)) problem_ = ids_.problem();
    for (size_t i = 0; i < list.size() && problem_.empty(); ++i)
      if (!absorb(list[i], rule_ids::rule_path(i) + ".condition")) keep(list[i], i);
  }

  // Whether the document now says all that the rule says.
  bool absorb(const tree& rule, const std::string& path) {
    if (!rule.value("enabled", true)) return false;
    const auto condition = rule.value("condition", tree::object());
    const auto type = rule.value("type", std::string{});
    if (type == "block_ip") return block(condition, path);
    if (type == "alert_threshold") {
      const auto both = take_threshold(condition, "autoRespond", path, what_.auto_respond)
                        + take_threshold(condition, "notifyAndWait", path, what_.notify_and_wait);
      return both > 0 && condition.size() == both;
    }
    if (type != "auto_respond" || !condition.contains("enabled")) return false;
    if (!condition["enabled"].is_boolean()) problem_ = path + ".enabled: expected true or false";
    else what_.auto_respond = condition["enabled"].get<bool>() ? 90 : 100;
    return condition.size() == 1;
  }

  bool block(const tree& condition, const std::string& path) {
    const auto ip = condition.find("ip");
    if (ip == condition.end()) {
      problem_ = path + ".ip: is missing";
      return true;
    }
    const auto text = ip->is_string() ? ip->get<std::string>() : json::text_of(*ip);
    if (auto address = normal_address(text)) what_.blocklist.ips.push_back(std::move(*address));
    else problem_ = path + ".ip: " + json::shown(text) + " is not an IP address";
    return condition.size() == 1;
  }

  size_t take_threshold(const tree& condition, const char* name, const std::string& path,
                        caf::optional<double>& into) {
    const auto found = condition.find(name);
    if (found == condition.end()) return 0;
    if (found->is_number() && found->get<double>() >= 0 && found->get<double>() <= 100)
      into = found->get<double>();
    else
      problem_ =
        path + "." + name + ": expected a number from 0 to 100, got " + json::shown(json::text_of(*found));
    return 1;
  }

  void keep(tree rule, size_t index) {
    auto id = rule.value("ruleId", std::string{});
    for (auto number = index + 1; id.empty(); ++number)
      if (auto free = "rule-" + std::to_string(number); ids_.add_if_free(free, index)) id = std::move(free);
    rule.erase("ruleId");
    rule["id"] = id;
    what_.rules.push_back({id, rule_body(rule)});
  }

  const tree& body_;
  tree plain_ = tree::object();
  policy_document what_;
  rule_ids ids_{"ruleId"};
  std::string problem_;
};

}  // namespace

reading<policy_document> read_policy(std::string_view text) {
  static const json::schema rules{policy_schema()};
  const auto read = read_checked(text, rules);
  if (!read.value) return {std::nullopt, read.problem};
  auto what = from_tree(*read.value);
  if (auto problem = normalise(what, {}); !problem.empty()) return {std::nullopt, std::move(problem)};
  rule_ids ids{"id"};
  for (size_t i = 0; i < what.rules.size(); ++i)
    if (!ids.add(what.rules[i].id, i)) return {std::nullopt, ids.problem()};
  return {std::move(what), {}};
}

reading<policy_document> read_panguard_policy(std::string_view text) {
  static const json::schema rules{panguard_policy_schema()};
  const auto read = read_checked(text, rules);
  if (!read.value) return {std::nullopt, read.problem};
  return panguard_policy{*read.value}.read();
}

}  // namespace muster::policy_json
