// The tree of commands in CLI11's terms, and the line it writes into. Filters are named after the API's
// parameters, so that adding one is one line.
#pragma once

#include <CLI/CLI.hpp>

#include <string>

#include "tools/muster/command_line.hpp"

namespace muster::cli {

class command_tree {
 public:
  command_tree();
  command_tree(const command_tree&) = delete;  // the options point into it
  command_tree& operator=(const command_tree&) = delete;

  CLI::App app{"The operator's command line for a Muster manager."};
  command_line line;
  bool all = false;

 private:
  void add_global_options();
  void add_agents();
  void add_threats();
  void add_patterns();
  void add_policy();
  void add_policy_changes(CLI::App& policy);
  void add_policy_history(CLI::App& policy);
  void add_rollouts(CLI::App& policy);
  void add_emergencies();
  void add_tokens();
  void add_nodes();
  void add_signing_keys();
  void add_artifacts();
  void add_actions();
  void add_state();
  void add_secrets();
  void add_node_reports();
  void add_upgrades();
  void add_registries();
  void add_sensor_keys();
  void add_sensors();
  void add_scans();
  void add_schedules();
  void add_channels();
  void add_notifications();
  void add_stages(CLI::App& to, const std::string& of);
  void add_scan_options(CLI::App& to);
  void add_audit();
  void add_completion();

  CLI::App* group(CLI::App& parent, const std::string& name, const std::string& text);
  CLI::App* leaf(CLI::App& parent, const std::string& name, command what, const std::string& text);
  CLI::Option* filter(CLI::App& to, const std::string& flag, const std::string& text);
  void add_since(CLI::App& to, const std::string& text);
  void add_list_options(CLI::App& list);
  void name_agent(CLI::App& to);
  CLI::Option* name_thing(CLI::App& to, const std::string& name, const std::string& text);
  void name_number(CLI::App& to, const std::string& name, const std::string& text);
  void name_layer(CLI::App& to);
  void name_state_layer(CLI::App& to);
  void add_state_scope(CLI::App& to);
  void add_file(CLI::App& to, const std::string& text = "The policy's JSON document; - is standard input");
  void add_if_revision(CLI::App& to);
  void add_reason(CLI::App& to);
  void add_dry_run(CLI::App& to);
};

// A CLI11 check; that library would take -1 for 2^64 - 1.
std::string whole_number(const std::string& text);
std::string not_empty(const std::string& text);

}  // namespace muster::cli
