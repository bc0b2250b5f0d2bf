// The commands about what nodes have reported.
#include <string>
#include <vector>

#include "tools/muster/command_tree.hpp"

namespace muster::cli {

void command_tree::add_node_reports() {
  const auto groups = app.get_subcommands([](const CLI::App* each) { return each->get_name() == "nodes"; });
  auto* nodes = groups.empty() ? group(app, "nodes", "Look at nodes of the mesh") : groups.front();
  auto* reports =
    leaf(*nodes, "reports", command::nodes_reports, "List what a node has reported, newest first");
  name_agent(*reports);
  filter(*reports, "--kind", "What about")
    ->required()
    ->check(CLI::IsMember(
      std::vector<std::string>{"drift", "metrics", "logs", "audit", "violations", "recovery", "tunnels"}));
  add_list_options(*reports);
  const auto values = [&](const char* name, command what, const char* text) {
    auto* list = leaf(*nodes, name, what, text);
    name_agent(*list);
    add_list_options(*list);
  };
  values("entries", command::nodes_entries, "List what a node has entered into its upstream state");
  values("metrics", command::nodes_metrics, "List the latest sample of each group of metrics");
}

}  // namespace muster::cli
