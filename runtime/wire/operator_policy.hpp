// The operator API: patterns, policies, emergencies and rollouts as JSON.
// docs/operations.md shows them.
#pragma once

#include "messages/policy_control.hpp"
#include "messages/queries.hpp"
#include "runtime/json/document.hpp"

#include <string>
#include <string_view>

namespace muster::operator_api {

std::string write_patterns(const pattern_page& page);
// With the names of its agents, in the same order, if they are given.
std::string write_pattern(const pattern& what, const std::vector<std::string>& hostnames);

std::string write_policies(const policy_overview& all);
std::string write_layer(const stored_policy& layer);
std::string write_agent_policy(agent_id id, const agent_policy& has, uint64_t acknowledged);
std::string write_revisions(const revision_page& page);
// With the difference to what the scope had before.
std::string write_revision(const policy_revision& what, const policy_document& before);
std::string write_progress(const policy_progress& progress);
std::string write_emergencies(const std::vector<emergency>& all);
// With its document, if that is given.
std::string write_rollout(const policy_rollout& what, const caf::optional<policy_document>& document);
std::string write_rollouts(const std::vector<policy_rollout>& all);
// What a dry run would change, for whom.
std::string write_effects(const policy_written& would, const affected_agents& whom);

// "fleet", "organization:NAME", "label:KEY=VALUE", "label:KEY" or "agent:ID"; nothing for anything else.
caf::optional<policy_scope> read_scope(std::string_view text, std::string_view tenant);

// "1%", "12.5%" to a bound of buckets from 1 to policy_buckets.
caf::optional<uint32_t> read_stage(std::string_view text);
std::string write_stage(uint32_t bound);
// The member "stages", ascending and up to 100%; problems are left in `from`.
std::vector<uint32_t> read_stages(json::object_reader& from);

// The texts of a list; problems are left in `from`.
std::vector<std::string> read_texts(json::object_reader& from, std::string_view member, size_t limit);

// "pause", "resume" or "abort", as the API names moves of rollouts and upgrades; nothing for anything else.
caf::optional<rollout_move> read_move(std::string_view word);

// "stale_share<2%", "error_share<rest+1%".
caf::optional<rollout_gate> read_gate(std::string_view text);
std::string write_gate(const rollout_gate& gate);

}  // namespace muster::operator_api
