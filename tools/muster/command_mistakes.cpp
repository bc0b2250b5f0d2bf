// The checks that CLI11 cannot make.
#include "tools/muster/command_mistakes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "runtime/config/units.hpp"
#include "tools/muster/operator_api.hpp"

namespace muster::cli {
namespace {

std::string mistake_in_labels(const std::vector<std::string>& changes) {
  if (changes.empty()) return "no label is given: key=value sets one, key- takes it away.";
  for (const auto& change : changes) {
    const auto equals = change.find('=');
    const bool sets = equals != std::string::npos && equals > 0;
    const bool takes_away = equals == std::string::npos && change.size() > 1 && change.ends_with('-');
    if (!sets && !takes_away) return fmt::format("{} is neither key=value nor key-.", change);
  }
  return {};
}

std::string mistake_in_agent(const command_line& line) {
  if (line.agent.empty() && line.machine_id.empty()) {
    return "which agent? Name it by its id, its host name, or with --machine-id.";
  }
  if (!line.agent.empty() && !line.machine_id.empty()) return "either an agent or --machine-id, not both.";
  return {};
}

std::string mistake_in_scope(std::string_view scope, std::string_view tenant) {
  if (scope == "fleet") return {};
  const auto colon = scope.find(':');
  const auto layer = scope.substr(0, colon);
  const auto name = colon == std::string_view::npos ? std::string_view() : scope.substr(colon + 1);
  const bool is_named = layer == "organization" || layer == "label" || layer == "agent";
  if (!is_named || name.empty() || name.starts_with('=')) {
    return fmt::format(
      "{} is no scope: one is fleet, organization:NAME, label:KEY=VALUE, label:KEY or agent:ID.",
      scope.empty() ? "an empty text" : scope);
  }
  if (layer != "agent") return {};
  if (!is_agent_id(name))
    return fmt::format("{}: agent: takes an id, as in agent:ag-0000000100000002.", scope);
  if (!tenant.empty()) return fmt::format("{} has one tenant already; leave --tenant away.", scope);
  return {};
}

std::string mistake_in_state_scope(std::string_view scope, std::string_view tenant) {
  if (scope == "tenant") return {};
  const auto colon = scope.find(':');
  const auto level = scope.substr(0, colon);
  const auto name = colon == std::string_view::npos ? std::string_view() : scope.substr(colon + 1);
  const auto equals = name.find('=');
  if (level == "label" && equals != std::string_view::npos && equals > 0) return {};
  if (level != "node" || name.empty())
    return fmt::format("{} is no scope: one is tenant, label:KEY=VALUE or node:ID.",
                       scope.empty() ? "an empty text" : scope);
  if (!is_agent_id(name)) return fmt::format("{}: node: takes an id, as in node:ag-0000000100000002.", scope);
  if (!tenant.empty()) return fmt::format("{} has one tenant already; leave --tenant away.", scope);
  return {};
}

std::string mistake_in_span(std::string_view option, const std::string& text) {
  const auto span = parse_duration(text);
  if (span && span->count() > 0) return {};
  return fmt::format("{} {}: not a span such as 500ms, 10s, 5m or 1h.", option, text);
}

std::string mistake_in_watch(const command_line& line) {
  auto mistake = mistake_in_span("--interval", line.interval);
  if (mistake.empty() && !line.watch_for.empty()) mistake = mistake_in_span("--for", line.watch_for);
  return mistake;
}

std::string mistake_in_rollout(const policy_words& policy) {
  if (!policy.scope.empty()) {
    if (auto mistake = mistake_in_scope(policy.scope, policy.tenant); !mistake.empty()) return mistake;
  }
  if (std::ranges::find(policy.stages, "") != policy.stages.end()) {
    return "--stages: a share is empty; separate them as in 1%,10%,100%.";
  }
  return mistake_in_span("--every", policy.every);
}

std::string mistake_in_pairs(std::string_view option, const std::vector<std::string>& pairs) {
  for (const auto& each : pairs) {
    const auto equals = each.find('=');
    if (equals == std::string::npos || equals == 0)
      return fmt::format("{} {}: not of the form name=value.", option, each);
    const auto same = [&](const std::string& other) {
      return other.substr(0, equals + 1) == each.substr(0, equals + 1);
    };
    if (std::ranges::count_if(pairs, same) > 1)
      return fmt::format("{} {} is given twice.", option, each.substr(0, equals));
  }
  return {};
}

std::string mistake_in_action(const command_line& line) {
  const auto& action = line.action;
  const bool selects = !action.selector.empty() || !action.nodes.empty() || !action.tenant.empty();
  if (!selects && !action.all_nodes)
    return "on which nodes? Name them with --selector, --node, --tenant or --all-nodes.";
  if (selects && action.all_nodes) return "either --all-nodes or some of them, not both.";
  auto mistake = mistake_in_pairs("--selector", action.selector);
  if (mistake.empty()) mistake = mistake_in_pairs("--param", action.parameters);
  if (mistake.empty()) mistake = mistake_in_span("--timeout", action.timeout);
  return mistake.empty() ? mistake_in_span("--interval", line.interval) : mistake;
}

std::string mistake_in_upgrade(const command_line& line) {
  const auto& upgrade = line.upgrade;
  auto mistake = mistake_in_rollout(line.policy);
  if (mistake.empty()) mistake = mistake_in_pairs("--selector", upgrade.selector);
  if (mistake.empty()) mistake = mistake_in_pairs("--checksum", upgrade.checksums);
  return mistake.empty() ? mistake_in_span("--patience", upgrade.patience) : mistake;
}

std::string mistake_in_history(const command_line& line) {
  const auto& scope = line.filters.at("scope");
  const auto& tenant = line.filters.at("tenant");
  if (!scope.empty())
    return line.what == command::state_history ? mistake_in_state_scope(scope, tenant)
                                               : mistake_in_scope(scope, tenant);
  return tenant.empty() ? std::string() : "--tenant belongs to a SCOPE, as in fleet; which one?";
}

}  // namespace

std::string mistake_in(const command_line& line) {
  switch (line.what) {
    case command::agents_show:
    case command::agents_remove:
    case command::agents_history:
    case command::state_show:
    case command::nodes_show:
    case command::nodes_remove:
    case command::nodes_reconcile:
    case command::nodes_rotate_keys:
    case command::nodes_reports:
    case command::nodes_entries:
    case command::nodes_metrics:
    case command::policy_effective: return mistake_in_agent(line);
    case command::agents_label: {
      auto mistake = mistake_in_agent(line);
      return mistake.empty() ? mistake_in_labels(line.label_changes) : mistake;
    }
    case command::patterns_watch: return mistake_in_watch(line);
    case command::policy_show:
    case command::policy_set:
    case command::policy_delete:
    case command::policy_rollback: return mistake_in_scope(line.policy.scope, line.policy.tenant);
    case command::state_get:
    case command::state_set:
    case command::state_delete:
    case command::state_diff:
    case command::secrets_set:
    case command::secrets_revoke: return mistake_in_state_scope(line.policy.scope, line.policy.tenant);
    case command::state_history:
    case command::policy_history: return mistake_in_history(line);
    case command::rollout_start: return mistake_in_rollout(line.policy);
    case command::actions_run: return mistake_in_action(line);
    case command::upgrade_start: return mistake_in_upgrade(line);
    case command::keys_create:
      return line.scan.ttl.empty() ? std::string() : mistake_in_span("--ttl", line.scan.ttl);
    default: return {};
  }
}

}  // namespace muster::cli
