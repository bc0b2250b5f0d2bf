// Merging of policy documents.
#include "actors/manager/policy_merge.hpp"

#include "actors/manager/network_address.hpp"

#include <algorithm>
#include <iterator>

namespace muster {

namespace {

using entries = std::vector<std::string>;

void unite(entries& into, const entries& more) {
  if (more.empty()) return;
  entries all;
  all.reserve(into.size() + more.size());
  std::set_union(into.begin(), into.end(), more.begin(), more.end(), std::back_inserter(all));
  into.swap(all);
}

void unite(policy_lists& into, const policy_lists& more) {
  unite(into.ips, more.ips);
  unite(into.cidrs, more.cidrs);
  unite(into.domains, more.domains);
  unite(into.hashes, more.hashes);
  unite(into.processes, more.processes);
}

void lay_over(std::map<std::string, std::string>& into, const std::map<std::string, std::string>& above) {
  for (const auto& [member, value] : above) into[member] = value;
}

void lay_over(policy_document& into, const policy_document& above) {
  if (above.auto_respond) into.auto_respond = above.auto_respond;
  if (above.notify_and_wait) into.notify_and_wait = above.notify_and_wait;
  unite(into.blocklist, above.blocklist);
  unite(into.allowlist, above.allowlist);
  lay_over(into.monitors, above.monitors);
  lay_over(into.alerting, above.alerting);
  lay_over(into.response, above.response);
  for (const auto& rule : above.rules) {
    auto same = std::find_if(into.rules.begin(), into.rules.end(),
                             [&](const policy_rule& known) { return known.id == rule.id; });
    if (same != into.rules.end()) *same = rule;
    else into.rules.push_back(rule);
  }
}

void keep_highest(caf::optional<double>& threshold, const caf::optional<double>& before) {
  if (before && (!threshold || *threshold < *before)) threshold = before;
}

void take_off(entries& from, const entries& allowed) {
  if (from.empty() || allowed.empty()) return;
  entries rest;
  std::set_difference(from.begin(), from.end(), allowed.begin(), allowed.end(), std::back_inserter(rest));
  from.swap(rest);
}

// What lies in an allowed range comes off too. A blocked range that merely
// contains something allowed stays: the agent has the allowlist as well.
void take_off_ranges(policy_lists& blocked, const entries& allowed) {
  std::vector<network_range> ranges;
  for (const auto& text : allowed)
    if (auto range = parse_network_range(text)) ranges.push_back(*range);
  if (ranges.empty()) return;
  const auto covered = [&ranges](const std::string& text) {
    auto inner = parse_network_range(text);
    return inner && std::any_of(ranges.begin(), ranges.end(), [&](const network_range& range) {
             return range.contains(*inner);
           });
  };
  std::erase_if(blocked.ips, covered);
  std::erase_if(blocked.cidrs, covered);
}

}  // namespace

policy_document built_in_policy() {
  policy_document built_in;
  built_in.auto_respond = 90;
  built_in.notify_and_wait = 70;
  return built_in;
}

policy_document merge_policies(const std::vector<const policy_document*>& layers, size_t emergencies) {
  policy_document merged;
  for (size_t i = 0; i < layers.size(); ++i) {
    const auto before = std::pair{merged.auto_respond, merged.notify_and_wait};
    lay_over(merged, *layers[i]);
    if (i + emergencies < layers.size()) continue;
    keep_highest(merged.auto_respond, before.first);
    keep_highest(merged.notify_and_wait, before.second);
  }
  take_off(merged.blocklist.ips, merged.allowlist.ips);
  take_off(merged.blocklist.cidrs, merged.allowlist.cidrs);
  take_off(merged.blocklist.domains, merged.allowlist.domains);
  take_off(merged.blocklist.hashes, merged.allowlist.hashes);
  take_off_ranges(merged.blocklist, merged.allowlist.cidrs);
  if (merged.auto_respond && merged.notify_and_wait && *merged.notify_and_wait > *merged.auto_respond)
    merged.notify_and_wait = merged.auto_respond;  // asking later than acting means nothing
  return merged;
}

}  // namespace muster
