// The commands about upgrades of nodes.
#include <string>
#include <vector>

#include "tools/muster/command_tree.hpp"

namespace muster::cli {

void command_tree::add_upgrades() {
  auto& upgrades = *group(app, "upgrade", "A new program on its way to more and more nodes");
  auto* start = leaf(upgrades, "start", command::upgrade_start, "Start one");
  auto& words = line.upgrade;
  start->add_option("--to", words.version, "The version that nodes are to have")
    ->required()
    ->type_name("VERSION");
  start->add_option("--tenant", words.tenant, "Only nodes of this tenant");
  const auto repeated = [start](const char* flag, std::vector<std::string>& into, const char* text,
                                const char* type) {
    start->add_option(flag, into, text)->allow_extra_args(false)->type_name(type);
  };
  repeated("--selector", words.selector, "Nodes with this label; may be repeated, and all must match",
           "KEY=VALUE");
  repeated("--checksum", words.checksums, "SHA-256 of the program for a platform, one for each",
           "OS/ARCH=HEX");
  add_stages(*start, "nodes");
  start->add_option("--patience", words.patience, "How long a node may take to come back with it")
    ->capture_default_str()
    ->type_name("SPAN");
  start->add_option("--max-failed", words.max_failed, "It halts when more nodes than this have failed")
    ->capture_default_str()
    ->type_name("N")
    ->check(whole_number);
  add_reason(*start);
  leaf(upgrades, "list", command::upgrade_list, "List upgrades, newest first");
  const auto numbered = [&](const char* name, command what, const char* text) {
    auto* to = leaf(upgrades, name, what, text);
    name_number(*to, "ID", "The upgrade's number");
    return to;
  };
  numbered("show", command::upgrade_show, "Show one and the nodes that failed");
  add_reason(*numbered("pause", command::upgrade_pause, "Ask no more nodes for now"));
  add_reason(*numbered("resume", command::upgrade_resume, "Let a paused one go on"));
  add_reason(*numbered("abort", command::upgrade_abort, "End it; nodes keep what they have"));
}

}  // namespace muster::cli
