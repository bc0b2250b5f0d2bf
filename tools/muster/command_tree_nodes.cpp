// The commands about nodes, the tokens that let hosts become some, and signing keys.
#include <string>
#include <vector>

#include "tools/muster/command_tree.hpp"

namespace muster::cli {

void command_tree::add_tokens() {
  auto& tokens = *group(app, "tokens", "Bootstrap tokens: with them hosts become nodes");
  auto& words = line.node;
  auto* create = leaf(tokens, "create", command::tokens_create, "Make one; its text is shown this once");
  create->add_option("--tenant", words.tenant, "The tenant of who enrols with it (default: default)")
    ->check(not_empty);
  create->add_option("--labels", words.labels, "Labels of who enrols with it; role=bridge makes bridges")
    ->delimiter(',')
    ->allow_extra_args(false)
    ->type_name("KEY=VALUE,...");
  create->add_option("--uses", words.uses, "How many hosts may enrol with it")
    ->capture_default_str()
    ->type_name("N")
    ->check(whole_number);
  create->add_option("--ttl", words.span, "How long it is good, from 1m to 365d")
    ->capture_default_str()
    ->check(not_empty)
    ->type_name("SPAN");
  create->add_option("--for", words.hostname, "Only for this host, which may have been a node before")
    ->check(not_empty)
    ->type_name("HOST");
  leaf(tokens, "list", command::tokens_list, "List tokens, without their texts");
  name_thing(*leaf(tokens, "revoke", command::tokens_revoke, "Let nobody else enrol with it"), "ID",
             "The token's id (bt-...)");
}

void command_tree::add_nodes() {
  auto& nodes = *group(app, "nodes", "Nodes of meshes: who they are and what they run");
  auto* list = leaf(nodes, "list", command::nodes_list, "List nodes");
  filter(*list, "--tenant", "Only those of this tenant");
  filter(*list, "--selector", "Only those with all of these labels: key=value,...");
  filter(*list, "--hostname", "Only those with exactly this host name");
  filter(*list, "--status", "Only those in this state")
    ->check(CLI::IsMember(std::vector<std::string>{"online", "stale", "offline", "departed"}));
  list->add_flag_callback(
    "--deviant", [this] { line.filters["deviant"] = "true"; },
    "Only those whose program has a checksum that was not declared good");
  add_list_options(*list);
  name_agent(*leaf(nodes, "show", command::nodes_show, "Show everything known of a node"));
  auto* remove = leaf(nodes, "remove", command::nodes_remove, "Remove a node; it has to enrol again");
  name_agent(*remove);
  remove->add_flag("-y,--yes", line.yes, "Do not ask; without a terminal nothing is asked anyway");
  name_agent(*leaf(nodes, "reconcile", command::nodes_reconcile,
                   "With its next heartbeat, have a node look at its whole desired state"));
  name_agent(*leaf(nodes, "rotate-keys", command::nodes_rotate_keys,
                   "With its next heartbeats, have a node make a new key pair"));
  const auto version = [this](CLI::App& to) {
    to.add_option("VERSION", line.id, "The version, as nodes announce it")->required();
  };
  auto* trust = leaf(nodes, "trust", command::nodes_trust, "Say which programs of a version are good");
  version(*trust);
  trust->add_option("--checksum", line.node.checksums, "A SHA-256 that the program may have; may be repeated")
    ->required()
    ->allow_extra_args(false)
    ->type_name("HEX");
  version(*leaf(nodes, "distrust", command::nodes_distrust, "Forget what was said of a version"));
  leaf(nodes, "versions", command::nodes_versions, "List versions with the checksums that are good");
}

void command_tree::add_signing_keys() {
  auto& keys = *group(app, "signing-keys", "The keys that events for nodes are signed with");
  leaf(keys, "show", command::signing_keys_show, "Show their public halves");
  leaf(keys, "rotate", command::signing_keys_rotate, "Sign with a new key from now on")
    ->add_option("--overlap", line.node.span, "How long the old one stays good, from 1m to 365d")
    ->capture_default_str()
    ->type_name("SPAN");
}

void command_tree::add_artifacts() {
  auto& artifacts = *group(app, "artifacts", "Programs that nodes fetch");
  auto& words = line.artifact;
  const auto named = [&words](CLI::App& to) {
    to.add_option("--version", words.version, "Its version")->required()->type_name("TEXT");
    to.add_option("--os", words.os, "The operating system it is for")
      ->default_str("linux")
      ->type_name("TEXT");
    to.add_option("--arch", words.arch, "The architecture, as nodes call it: amd64")
      ->required()
      ->type_name("TEXT");
  };
  auto* push =
    leaf(artifacts, "push", command::artifacts_push, "Upload one; it does not change any more then");
  push->add_option("FILE", words.file, "The program")->required();
  named(*push);
  push->add_option("--signature", words.signature, "A signature that nodes are sent with it")
    ->type_name("TEXT");
  leaf(artifacts, "list", command::artifacts_list, "List them");
  named(*leaf(artifacts, "remove", command::artifacts_remove, "Remove one"));
}

}  // namespace muster::cli
