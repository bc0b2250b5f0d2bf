// The commands about patterns, policy, rollouts and emergencies.
#include <string>
#include <vector>

#include "tools/muster/command_tree.hpp"

namespace muster::cli {

void command_tree::add_patterns() {
  auto& patterns = *group(app, "patterns", "Attacks that several agents see");
  auto* list = leaf(patterns, "list", command::patterns_list, "List patterns, newest first");
  filter(*list, "--status", "Only those in this state")
    ->check(CLI::IsMember(std::vector<std::string>{"open", "ended"}));
  filter(*list, "--kind", "Only those of this kind of thing, as in ip");
  filter(*list, "--value", "Only those of exactly this thing, as in 203.0.113.7");
  filter(*list, "--tenant", "Only those of this tenant");
  list->add_flag_callback(
    "--critical", [this] { line.filters["critical"] = "true"; }, "Only critical ones");
  filter(*list, "--agent", "Only those this agent takes part in: its id or host name")->type_name("AGENT");
  add_since(*list, "Only those opened since: an RFC 3339 time, or a span such as 1h or 7d");
  add_list_options(*list);

  name_thing(*leaf(patterns, "show", command::patterns_show, "Show a pattern and its agents"), "ID",
             "The pattern's id (pt-...)");
  auto* sightings =
    leaf(patterns, "sightings", command::patterns_sightings, "List the threats a pattern was seen in");
  name_thing(*sightings, "ID", "The pattern's id (pt-...)");
  add_list_options(*sightings);

  auto* watch = leaf(patterns, "watch", command::patterns_watch,
                     "Tell when a pattern appears, becomes critical, gains agents or ends");
  watch->add_option("--interval", line.interval, "How often to ask the manager")
    ->capture_default_str()
    ->type_name("SPAN");
  watch->add_option("--for", line.watch_for, "How long to watch, as in 5m (default: for ever)")
    ->type_name("SPAN");
}

void command_tree::add_policy() {
  auto& policy = *group(app, "policy", "What agents are to do: layers of policy and their rollout");
  leaf(policy, "list", command::policy_list, "List the layers");
  name_layer(*leaf(policy, "show", command::policy_show, "Show a layer and its document"));
  add_policy_changes(policy);
  add_policy_history(policy);
  name_agent(*leaf(policy, "effective", command::policy_effective, "Show what one agent is to have"));
  leaf(policy, "status", command::policy_status, "Show how far agents have come with their policy")
    ->add_option("--group-by", line.policy.group_by,
                 "What to count by: tenant (the default), organization, dialect, or a label's name")
    ->type_name("NAME:{tenant,organization,dialect}");  // offered, but not all there is
  leaf(policy, "schema", command::policy_schema, "Print the JSON Schema of a policy");
  add_rollouts(policy);
}

void command_tree::add_policy_changes(CLI::App& policy) {
  auto* set = leaf(policy, "set", command::policy_set, "Set a layer's document");
  name_layer(*set);
  add_file(*set);
  add_reason(*set);
  add_if_revision(*set);
  add_dry_run(*set);
  auto* remove = leaf(policy, "delete", command::policy_delete, "Take a layer away");
  name_layer(*remove);
  add_reason(*remove);
  add_if_revision(*remove);
  add_dry_run(*remove);
  auto* rollback = leaf(policy, "rollback", command::policy_rollback, "Give a layer an old document again");
  name_layer(*rollback);
  rollback->add_option("--to", line.policy.to_revision, "The revision of this layer to go back to")
    ->required()
    ->type_name("N")
    ->check(whole_number);
  add_reason(*rollback);
  add_dry_run(*rollback);
}

void command_tree::add_policy_history(CLI::App& policy) {
  auto* history = leaf(policy, "history", command::policy_history, "List revisions, newest first");
  history->add_option("SCOPE", line.filters["scope"], "Only those of this layer");
  filter(*history, "--tenant", "The layer is this tenant's");
  filter(*history, "--action", "Only those with this action, as in rollback");
  add_list_options(*history);
  name_number(*leaf(policy, "revision", command::policy_revision, "Show a revision and what it changed"), "N",
              "The revision");
}

void command_tree::add_rollouts(CLI::App& policy) {
  auto& rollout = *group(policy, "rollout", "A document on its way to more and more agents");
  auto* start = leaf(rollout, "start", command::rollout_start, "Start one");
  add_file(*start);
  start->add_option("--scope", line.policy.scope, "The layer it is for (default: fleet)");
  start->add_option("--tenant", line.policy.tenant, "The layer is this tenant's");
  add_stages(*start, "agents");
  start
    ->add_option("--gate", line.policy.gates,
                 "What must hold to go on, as in stale_share<2% or error_share<rest+1%; may be repeated")
    ->allow_extra_args(false);
  add_reason(*start);
  leaf(rollout, "list", command::rollout_list, "List rollouts");
  const auto numbered = [&](const char* name, command what, const char* text) {
    auto* to = leaf(rollout, name, what, text);
    name_number(*to, "ID", "The rollout's number");
    return to;
  };
  numbered("show", command::rollout_show, "Show one");
  add_reason(*numbered("pause", command::rollout_pause, "Let it stay where it is"));
  add_reason(*numbered("resume", command::rollout_resume, "Let a paused one go on"));
  add_reason(*numbered("abort", command::rollout_abort, "End it and take its document back"));
}

void command_tree::add_emergencies() {
  auto& emergency = *group(app, "emergency", "Policies that the manager published against a pattern");
  leaf(emergency, "list", command::emergency_list, "List those in force");
  auto* revoke = leaf(emergency, "revoke", command::emergency_revoke, "Take one back before it expires");
  name_thing(*revoke, "ID", "The emergency's id, which is its pattern's (pt-...)");
  add_reason(*revoke);
}

void command_tree::add_stages(CLI::App& to, const std::string& of) {
  to.add_option("--stages", line.policy.stages, "Shares of the " + of + ", as in 1%,10%,50%,100%")
    ->required()
    ->delimiter(',')
    ->allow_extra_args(false)
    ->type_name("PERCENT,...");
  to.add_option("--every", line.policy.every, "How long a stage lasts, as in 10m")
    ->required()
    ->type_name("SPAN");
}

CLI::Option* command_tree::name_thing(CLI::App& to, const std::string& name, const std::string& text) {
  return to.add_option(name, line.id, text)->required();
}

void command_tree::name_number(CLI::App& to, const std::string& name, const std::string& text) {
  name_thing(to, name, text)->check(whole_number);
}

void command_tree::name_layer(CLI::App& to) {
  to.add_option("SCOPE", line.policy.scope,
                "fleet, organization:NAME, label:KEY=VALUE, label:KEY or agent:ID")
    ->required();
  to.add_option("--tenant", line.policy.tenant, "The layer is this tenant's");
}

void command_tree::add_file(CLI::App& to, const std::string& text) {
  to.add_option("--file", line.policy.file, text)->required()->type_name("FILE");
}

void command_tree::add_if_revision(CLI::App& to) {
  to.add_option("--if-revision", line.policy.if_revision, "Only if the layer is still at this revision")
    ->type_name("N")
    ->check(whole_number);
}

void command_tree::add_reason(CLI::App& to) {
  to.add_option("--reason", line.policy.reason, "Why, for the history");
}

void command_tree::add_dry_run(CLI::App& to) {
  to.add_flag("--dry-run", line.policy.dry_run, "Change nothing; say what would change for whom");
}

}  // namespace muster::cli
