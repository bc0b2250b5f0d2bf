// Commands about desired state and secrets. A secret's value comes from a file or from standard input, since
// arguments can be read by everybody on the host.
#include <fmt/format.h>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <ostream>

#include "runtime/crypto/base64.hpp"
#include "tools/muster/commands.hpp"
#include "tools/muster/local_file.hpp"
#include "tools/muster/state_views.hpp"
#include "tools/muster/terminal_text.hpp"

namespace muster::cli {

using boost::json::object;

namespace {

const std::string layers_path = "/operator/v1/state/layers";
const std::string secrets_path = "/operator/v1/secrets";

std::string layer_path(const policy_words& layer) {
  return fmt::format("{}/{}", layers_path, percent_encoded(layer.scope));
}

std::string whose(const policy_words& words) {
  return words.scope + (words.tenant.empty() ? "" : " of " + words.tenant);
}

void print_change(const api_document& done, std::string_view what, const command_line& line,
                  const console& on) {
  on.out << (line.json ? printable_json(done.text) + '\n' : change_text(done.value, what));
}

}  // namespace

void list_state_layers(const command_line& line, const operator_api& api, const console& on) {
  print_list(api.get(layers_path), state_layers_view(), line, on);
}

void show_state_layer(const command_line& line, const operator_api& api, const console& on) {
  print_document(api.get(api_target(layer_path(line.policy), {{"tenant", line.policy.tenant}})), line, on,
                 state_layer_text);
}

void show_node_state(const command_line& line, const operator_api& api, const console& on) {
  const auto id = named_agent(line, api);
  print_document(api.get(fmt::format("/operator/v1/nodes/{}/state", percent_encoded(id))), line, on,
                 node_state_text);
}

// To set, to delete, and to see what setting would change.
void change_state(const command_line& line, const operator_api& api, const console& on) {
  const auto& words = line.policy;
  const bool removes = line.what == command::state_delete;
  const bool dry = words.dry_run || line.what == command::state_diff;
  api_request request{removes ? "DELETE" : "PUT",
                      api_target(layer_path(words), {{"tenant", words.tenant},
                                                     {"author", line.author},
                                                     {"reason", words.reason},
                                                     {"dry_run", dry ? "true" : ""}}),
                      {},
                      {}};
  if (!removes) request.body = read_json_object(words.file, on.in);
  if (words.if_revision) request.headers.emplace_back("If-Match", fmt::format("\"{}\"", *words.if_revision));
  const auto done = api.write(request);
  if (dry && !line.json) on.out << preview_text(done.value, style_of(on));
  else print_change(done, fmt::format("{}: {}", whose(words), removes ? "deleted" : "set"), line, on);
}

void list_secrets(const command_line& line, const operator_api& api, const console& on) {
  print_list(api.get(secrets_path), secrets_view(), line, on);
}

void set_secret(const command_line& line, const operator_api& api, const console& on) {
  const auto& words = line.policy;
  const object body{{"base64", to_base64(read_bytes(words.file, on.in))}};
  const auto target = api_target(
    fmt::format("{}/{}", secrets_path, percent_encoded(line.id)),
    {{"scope", words.scope}, {"tenant", words.tenant}, {"author", line.author}, {"reason", words.reason}});
  print_change(api.write({"PUT", target, boost::json::serialize(body), {}}),
               fmt::format("{} for {}: set", line.id, whose(words)), line, on);
}

void revoke_secret(const command_line& line, const operator_api& api, const console& on) {
  const auto& words = line.policy;
  const auto target = api_target(
    fmt::format("{}/{}", secrets_path, percent_encoded(line.id)),
    {{"scope", words.scope}, {"tenant", words.tenant}, {"author", line.author}, {"reason", words.reason}});
  print_change(api.write({"DELETE", target, {}, {}}),
               fmt::format("{} for {}: revoked", line.id, whose(words)), line, on);
}

}  // namespace muster::cli
