// JSON of patterns, policies, emergencies and rollouts.
#include "runtime/wire/operator_policy.hpp"

#include "runtime/wire/operator_json.hpp"
#include "runtime/wire/policy_document.hpp"

#include <fmt/format.h>

#include <iterator>

namespace muster::operator_api {

namespace {

using json::quote;

double seconds(std::chrono::milliseconds span) { return static_cast<double>(span.count()) / 1000; }

std::string pattern_agents(const pattern& what, const std::vector<std::string>& hostnames) {
  size_t i = 0;
  return list(what.agents, [&](const pattern_agent& one) {
    const auto name = i < hostnames.size() ? R"("hostname":)" + quote(hostnames[i]) + "," : "";
    ++i;
    return fmt::format(R"({{"id":"{}",{}"first_seen":{},"last_seen":{},"sightings":{},"trusted":{}}})",
                       to_string(one.id), name, time_or_null(one.first_seen), time_or_null(one.last_seen),
                       one.sightings, one.trusted);
  });
}

std::string layer_members(const stored_policy& layer) {
  return fmt::format(
    R"("scope":{},"layer":"{}","name":{},"tenant":{},"revision":{},"at":{},"author":{},"reason":{},"rollout_percent":{})",
    quote(to_string(policy_scope{layer.scope.layer, "", layer.scope.name})), to_string(layer.scope.layer),
    quote(layer.scope.name), quote(layer.scope.tenant), layer.revision, time_or_null(layer.at),
    quote(layer.author), quote(layer.reason),
    layer.candidate ? fmt::format("{}", layer.reach / 100.0) : "null");
}

std::string write_emergency(const emergency& one) {
  return fmt::format(
    R"({{"id":"{}","pattern":"{}","tenant":{},"kind":{},"value":{},"wide":{},"agents":{},"published_at":{},)"
    R"("expires_at":{},"revision":{},"reason":{},"policy":{}}})",
    to_string(one.cause), to_string(one.cause), quote(one.tenant), quote(one.kind), quote(one.value),
    one.wide, list(one.agents, [](agent_id id) { return quote(to_string(id)); }),
    time_or_null(one.published_at), time_or_null(one.expires_at), one.revision, quote(one.reason),
    policy_json::write_policy(one.what));
}

std::string revision_members(const policy_revision& what) {
  const auto scope =
    what.scope ? quote(to_string(policy_scope{what.scope->layer, "", what.scope->name})) : "null";
  return fmt::format(
    R"("revision":{},"at":{},"action":{},"scope":{},"tenant":{},"author":{},"reason":{},"previous":{})",
    what.revision, time_or_null(what.at), quote(what.action), scope,
    quote(what.scope ? what.scope->tenant : std::string{}), quote(what.author), quote(what.reason),
    what.previous == 0 ? "null" : std::to_string(what.previous));
}

std::string rollout_members(const policy_rollout& what) {
  return fmt::format(
    R"("id":{},"scope":{},"tenant":{},"status":"{}","stages":{},"stage":{},"every_seconds":{},"gates":{},)"
    R"("started_at":{},"stage_since":{},"ended_at":{},"author":{},"reason":{},"outcome":{})",
    what.id, quote(to_string(policy_scope{what.scope.layer, "", what.scope.name})), quote(what.scope.tenant),
    to_string(what.status), list(what.stages, [](uint32_t bound) { return quote(write_stage(bound)); }),
    what.stage + 1, seconds(what.every),
    list(what.gates, [](const auto& gate) { return quote(write_gate(gate)); }), time_or_null(what.started_at),
    time_or_null(what.stage_since), time_or_null(what.ended_at), quote(what.author), quote(what.reason),
    quote(what.outcome));
}

std::string rollout_list(const std::vector<policy_rollout>& all) {
  return list(all, [](const policy_rollout& one) { return "{" + rollout_members(one) + "}"; });
}

std::string write_group(const group_progress& one) {
  return fmt::format(
    R"({{"group":{},"agents":{},"acknowledged":{},"delivered":{},"behind":{},"never_asked":{}}})",
    quote(one.group), one.agents, one.acknowledged, one.delivered, one.behind, one.never_asked);
}

}  // namespace

std::string write_pattern(const pattern& what, const std::vector<std::string>& hostnames) {
  return fmt::format(
    R"({{"id":"{}","tenant":{},"kind":{},"value":{},"status":"{}","critical":{},"severity":{},"opened_at":{},)"
    R"("first_seen":{},"last_seen":{},"ended_at":{},"sightings":{},"agent_count":{},"trusted_count":{},)"
    R"("techniques":{},"agents":{}}})",
    to_string(what.id), quote(what.tenant), quote(what.kind), quote(what.value),
    what.open() ? "open" : "ended", what.critical, quote(what.severity), time_or_null(what.opened_at),
    time_or_null(what.first_seen), time_or_null(what.last_seen), time_or_null(what.ended_at), what.sightings,
    what.agent_count, what.trusted_count,
    list(what.techniques, [](const std::string& name) { return quote(name); }),
    pattern_agents(what, hostnames));
}

std::string write_patterns(const pattern_page& page) {
  return fmt::format(R"({{"patterns":{},"next_cursor":{}}})",
                     list(page.patterns, [](const pattern& one) { return write_pattern(one, {}); }),
                     cursor(page.next));
}

std::string write_layer(const stored_policy& layer) {
  return fmt::format(R"({{{},"policy":{},"candidate":{}}})", layer_members(layer),
                     layer.what ? policy_json::write_policy(*layer.what) : "null",
                     layer.candidate ? policy_json::write_policy(*layer.candidate) : "null");
}

std::string write_policies(const policy_overview& all) {
  return fmt::format(
    R"({{"revision":{},"at":{},"layers":{},"emergencies":{},"rollouts":{}}})", all.revision,
    time_or_null(all.at),
    list(all.layers, [](const stored_policy& one) { return "{" + layer_members(one) + "}"; }),
    all.emergencies.size(), rollout_list(all.rollouts));
}

std::string write_agent_policy(agent_id id, const agent_policy& has, uint64_t acknowledged) {
  return fmt::format(R"({{"agent_id":"{}","version":{},"acknowledged_version":{},"layers":{},"policy":{}}})",
                     to_string(id), has.has.version,
                     acknowledged == 0 ? "null" : std::to_string(acknowledged),
                     list(has.layers, [](const std::string& name) { return quote(name); }),
                     has.has.policy ? policy_json::write_policy(has.has.policy->what) : "null");
}

std::string write_revisions(const revision_page& page) {
  return fmt::format(
    R"({{"revisions":{},"next_cursor":{}}})",
    list(page.revisions, [](const policy_revision& one) { return "{" + revision_members(one) + "}"; }),
    cursor(page.next));
}

std::string write_revision(const policy_revision& what, const policy_document& before) {
  const auto after = what.what.value_or(policy_document{});
  return fmt::format(R"({{{},"policy":{},"diff":{}}})", revision_members(what),
                     what.what ? policy_json::write_policy(*what.what) : "null",
                     policy_json::write_diff(before, after));
}

std::string write_progress(const policy_progress& progress) {
  return fmt::format(
    R"({{"revision":{},"at":{},"all":{},"groups":{},"took":{{"agents":{},"p50_seconds":{:.3f},"p99_seconds":{:.3f},)"
    R"("last_seconds":{:.3f}}}}})",
    progress.revision, time_or_null(progress.at), write_group(progress.all),
    list(progress.groups, write_group), progress.measured, seconds(progress.p50), seconds(progress.p99),
    seconds(progress.last));
}

std::string write_emergencies(const std::vector<emergency>& all) {
  return fmt::format(R"({{"emergencies":{}}})", list(all, write_emergency));
}

std::string write_rollout(const policy_rollout& what, const caf::optional<policy_document>& document) {
  return fmt::format(R"({{{},"policy":{}}})", rollout_members(what),
                     document ? policy_json::write_policy(*document) : "null");
}

std::string write_rollouts(const std::vector<policy_rollout>& all) {
  return fmt::format(R"({{"rollouts":{}}})", rollout_list(all));
}

std::string write_effects(const policy_written& would, const affected_agents& whom) {
  std::vector<size_t> concerned;  // a set of layers that no agent has any more is none
  for (size_t i = 0; i < would.effects.size(); ++i)
    if (whom.groups[i].agents > 0) concerned.push_back(i);
  const auto changes = list(concerned, [&](size_t i) {
    const auto& effect = would.effects[i];
    const auto& group = whom.groups[i];
    size_t k = 0;
    const auto sample = list(group.ids, [&](agent_id id) {
      return fmt::format(R"({{"id":"{}","hostname":{}}})", to_string(id), quote(group.hostnames[k++]));
    });
    return fmt::format(R"({{"agents":{},"sample":{},"diff":{}}})", group.agents, sample,
                       policy_json::write_diff(effect.before, effect.after));
  });
  uint64_t agents = 0;
  for (const auto& group : whom.groups) agents += group.agents;
  return fmt::format(R"({{"dry_run":true,"revision":{},"agents":{},"changes":{}}})", would.revision, agents,
                     changes);
}

}  // namespace muster::operator_api
