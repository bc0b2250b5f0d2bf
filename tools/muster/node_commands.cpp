// Commands about nodes, bootstrap tokens and signing keys.
#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <ostream>

#include "tools/muster/commands.hpp"
#include "tools/muster/node_views.hpp"
#include "tools/muster/terminal_text.hpp"

namespace muster::cli {

using boost::json::object;

namespace {

const std::string tokens_path = "/operator/v1/tokens";
const std::string nodes_path = "/operator/v1/nodes";
const std::string binaries_path = "/operator/v1/binaries";
const std::string keys_path = "/operator/v1/signing-keys";

object labels_of(const std::vector<std::string>& pairs) {
  object out;
  for (const auto& pair : pairs) {
    const auto equals = pair.find('=');
    if (equals == std::string::npos)
      throw failure(exit_code::usage, fmt::format("--labels: \"{}\" is not key=value", pair));
    out[pair.substr(0, equals)] = pair.substr(equals + 1);
  }
  return out;
}

void say(const command_line& line, const console& on, object document, const std::string& words) {
  on.out << printable_json(line.json ? boost::json::serialize(document) : words) << '\n';
}

}  // namespace

// The text stands alone on its line, so that it can be taken from there.
void create_token(const command_line& line, const operator_api& api, const console& on) {
  const auto& words = line.node;
  object body{{"uses", words.uses}, {"ttl", words.span}, {"labels", labels_of(words.labels)}};
  if (!words.tenant.empty()) body["tenant"] = words.tenant;
  if (!words.hostname.empty()) body["hostname"] = words.hostname;
  if (!line.author.empty()) body["author"] = line.author;
  const auto made = api.write({"POST", tokens_path, boost::json::serialize(body), {}});
  on.out << printable_json(line.json ? made.text : text_of(made.value, "token")) << '\n';
}

void list_tokens(const command_line& line, const operator_api& api, const console& on) {
  print_list(api.get(tokens_path), tokens_view(), line, on);
}

void revoke_token(const command_line& line, const operator_api& api, const console& on) {
  api.change("DELETE", fmt::format("{}/{}", tokens_path, percent_encoded(line.id)));
  say(line, on, {{"revoked", line.id}}, fmt::format("revoked {}", line.id));
}

void show_node(const command_line& line, const operator_api& api, const console& on) {
  print_document(api.get(fmt::format("{}/{}", nodes_path, named_agent(line, api))), line, on, node_text);
}

void direct_node(const command_line& line, const operator_api& api, const console& on) {
  const auto id = named_agent(line, api);
  const auto* what = line.what == command::nodes_reconcile ? "reconcile" : "rotate_keys";
  api.change("POST", fmt::format("{}/{}/directives", nodes_path, id),
             boost::json::serialize(object{{"directives", {what}}}));
  say(line, on, {{"id", id}, {"directive", what}}, fmt::format("{} is told with its next heartbeat", id));
}

void declare_binary(const command_line& line, const operator_api& api, const console& on) {
  const auto target = fmt::format("{}/{}", binaries_path, percent_encoded(line.id));
  const auto& checksums = line.node.checksums;
  if (line.what == command::nodes_distrust) {
    api.change("DELETE", target);
    return say(line, on, {{"forgotten", line.id}}, fmt::format("forgot {}", line.id));
  }
  object body{{"checksums", boost::json::array(checksums.begin(), checksums.end())}};
  if (!line.author.empty()) body["author"] = line.author;
  api.change("PUT", target, boost::json::serialize(body));
  say(line, on, {{"version", line.id}, {"checksums", body["checksums"]}},
      fmt::format("{}: {} good", line.id, checksums.size()));
}

void list_binaries(const command_line& line, const operator_api& api, const console& on) {
  print_list(api.get(binaries_path), binaries_view(), line, on);
}

void show_signing_keys(const command_line& line, const operator_api& api, const console& on) {
  print_document(api.get(keys_path), line, on, signing_keys_text);
}

void rotate_signing_key(const command_line& line, const operator_api& api, const console& on) {
  object body{{"overlap", line.node.span}};
  if (!line.author.empty()) body["author"] = line.author;
  print_document(api.write({"POST", keys_path + "/rotate", boost::json::serialize(body), {}}), line, on,
                 signing_keys_text);
}

}  // namespace muster::cli
