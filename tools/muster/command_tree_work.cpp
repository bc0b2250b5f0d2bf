// The commands about actions on nodes.
#include <string>
#include <vector>

#include "tools/muster/command_tree.hpp"

namespace muster::cli {

void command_tree::add_actions() {
  auto& actions = *group(app, "actions", "Actions on nodes: start them and see what comes of them");
  auto* run = leaf(actions, "run", command::actions_run, "Run an action on nodes");
  auto& words = line.action;
  run->add_option("--action", words.name, "The action or hook, as nodes announce it")
    ->required()
    ->type_name("NAME");
  const auto repeated = [run](const char* flag, std::vector<std::string>& into, const char* text,
                              const char* type) {
    run->add_option(flag, into, text)->allow_extra_args(false)->type_name(type);
  };
  repeated("--selector", words.selector, "Nodes with this label; may be repeated, and all must match",
           "KEY=VALUE");
  repeated("--node", words.nodes, "This node: its id or its host name; may be repeated", "NODE");
  run->add_option("--tenant", words.tenant, "Only nodes of this tenant");
  run->add_flag("--all-nodes", words.all_nodes, "Every node there is");
  repeated("--param", words.parameters, "A parameter of the action; may be repeated", "NAME=VALUE");
  run->add_option("--timeout", words.timeout, "How long it may take on a node, from 1s to 10m")
    ->capture_default_str()
    ->type_name("SPAN");
  run->add_option("--max-parallel", words.max_parallel, "On how many nodes at once")
    ->capture_default_str()
    ->type_name("N")
    ->check(whole_number);
  run->add_flag("--wait", words.wait, "Wait until it is over; exit code 1 unless all nodes succeeded");
  run->add_option("--interval", line.interval, "How often to ask the manager meanwhile")
    ->capture_default_str()
    ->type_name("SPAN");

  auto* list = leaf(actions, "list", command::actions_list, "List runs, newest first");
  filter(*list, "--status", "Only those in this state")
    ->check(CLI::IsMember(std::vector<std::string>{"running"}));
  filter(*list, "--action", "Only those of this action");
  add_list_options(*list);
  const auto numbered = [&](const char* name, command what, const char* text) {
    auto* to = leaf(actions, name, what, text);
    name_number(*to, "RUN", "The run's number");
    return to;
  };
  numbered("show", command::actions_show, "Show a run and how far it is");
  auto* executions =
    numbered("executions", command::actions_executions, "List what becomes of a run on each node");
  filter(*executions, "--status", "Only those in this state")
    ->check(CLI::IsMember(std::vector<std::string>{"queued", "sent", "running", "succeeded", "failed",
                                                   "timed_out", "cancelled", "expired"}));
  add_list_options(*executions);
  auto* output = numbered("output", command::actions_output, "Print what a run printed on a node");
  output->add_option("NODE", line.agent, "The node: its id (ag-...) or its host name")->required();
  numbered("cancel", command::actions_cancel, "Start no more of it, and stop what was started");
}

}  // namespace muster::cli
