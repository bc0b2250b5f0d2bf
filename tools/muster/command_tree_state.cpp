// The commands about desired state and secrets.
#include <string>

#include "tools/muster/command_tree.hpp"

namespace muster::cli {

void command_tree::add_state() {
  auto& state = *group(app, "state", "What nodes are to be and have: layers of desired state");
  const std::string file = "The layer's JSON document; - is standard input";
  leaf(state, "list", command::state_list, "List the layers");
  name_state_layer(*leaf(state, "get", command::state_get, "Show a layer and its document"));
  auto* set = leaf(state, "set", command::state_set, "Set a layer's document");
  name_state_layer(*set);
  add_file(*set, file);
  add_reason(*set);
  add_if_revision(*set);
  add_dry_run(*set);
  auto* remove = leaf(state, "delete", command::state_delete, "Take a layer away");
  name_state_layer(*remove);
  add_reason(*remove);
  add_if_revision(*remove);
  add_dry_run(*remove);
  auto* diff =
    leaf(state, "diff", command::state_diff, "Show what setting a layer would change, for how many");
  name_state_layer(*diff);
  add_file(*diff, file);
  auto* history = leaf(state, "history", command::state_history, "List revisions, newest first");
  history->add_option("SCOPE", line.filters["scope"], "Only those of this scope");
  filter(*history, "--tenant", "The scope is this tenant's");
  add_list_options(*history);
  name_agent(*leaf(state, "show", command::state_show, "Show what one node is to be and have, without keys"));
}

void command_tree::add_secrets() {
  auto& secrets = *group(app, "secrets", "What only some nodes may read");
  leaf(secrets, "list", command::secrets_list, "List secrets, without their values");
  const auto named = [&](const char* name, command what, const char* text) {
    auto* to = leaf(secrets, name, what, text);
    name_thing(*to, "NAME", "The secret: letters, digits, '.', '_' and '-'");
    add_state_scope(*to);
    add_reason(*to);
    return to;
  };
  add_file(*named("set", command::secrets_set, "Give a secret a value"),
           "Where the value is; - is standard input");
  named("revoke", command::secrets_revoke, "Delete a secret's value; nodes get it no more");
}

void command_tree::name_state_layer(CLI::App& to) {
  to.add_option("SCOPE", line.policy.scope, "tenant, label:KEY=VALUE or node:ID")->required();
  to.add_option("--tenant", line.policy.tenant, "Whose layer it is (default: default)");
}

void command_tree::add_state_scope(CLI::App& to) {
  to.add_option("--scope", line.policy.scope, "Who may read it: tenant, label:KEY=VALUE or node:ID")
    ->required();
  to.add_option("--tenant", line.policy.tenant, "The scope is this tenant's (default: default)");
}

}  // namespace muster::cli
