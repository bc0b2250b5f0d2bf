// JSON of layers, history and secrets.
#include "runtime/wire/operator_state.hpp"

#include "runtime/json/tree.hpp"
#include "runtime/wire/operator_api.hpp"
#include "runtime/wire/operator_json.hpp"
#include "runtime/wire/state_document.hpp"

#include <fmt/format.h>

namespace muster::operator_api {

namespace {

using json::quote;

constexpr std::string_view label_prefix = "label:";
constexpr std::string_view node_prefix = "node:";
constexpr std::string_view usual_tenant = "default";
constexpr size_t longest_name = 256;

std::string scope_members(const state_scope& scope) {
  return fmt::format(R"("scope":{},"tenant":{})", quote(to_string(scope)), quote(scope.tenant));
}

std::string change_members(utc_time at, const state_author& by) {
  return fmt::format(R"("at":{},"author":{},"reason":{})", quote(to_rfc3339(at)), quote(by.name),
                     quote(by.reason));
}

std::string layer_members(const state_layer& layer) {
  return fmt::format(R"({},"revision":{},{})", scope_members(layer.scope), layer.revision,
                     change_members(layer.at, layer.by));
}

std::string concerned_members(const state_written& what) {
  return fmt::format(R"("concerned":{},"nodes":{})", what.concerned,
                     list(what.nodes, [](agent_id id) { return quote(to_string(id)); }));
}

}  // namespace

std::string write_state_layers(const state_layers& all) {
  return fmt::format(
    R"({{"revision":{},"layers":{}}})", all.revision,
    list(all.layers, [](const document<state_layer>& each) { return "{" + layer_members(*each) + "}"; }));
}

std::string write_state_layer(const state_layer& layer) {
  return fmt::format(R"({{{},"state":{}}})", layer_members(layer), state_json::write_layer(layer.what));
}

std::string write_state_written(const state_written& done) {
  return fmt::format(R"({{"revision":{},{}}})", done.revision, concerned_members(done));
}

std::string write_state_preview(const state_written& would, const desired_state& before,
                                const desired_state& after) {
  const auto tree = [](const desired_state& what) {
    return nlohmann::json::parse(state_json::write_layer(what));
  };
  return fmt::format(R"({{{},"changes":{},"state":{}}})", concerned_members(would),
                     json::text_of(nlohmann::json::diff(tree(before), tree(after))),
                     would.json.empty() ? "null" : would.json);
}

std::string write_state_history(const state_history& page) {
  const auto line = [](const state_revision& each) {
    return fmt::format(R"({{"revision":{},{},"action":{},"secret":{},{}}})", each.revision,
                       scope_members(each.scope), quote(each.action),
                       each.secret.empty() ? "null" : quote(each.secret), change_members(each.at, each.by));
  };
  return fmt::format(R"({{"revisions":{},"next_cursor":{}}})", list(page.revisions, line),
                     page.next == 0 ? "null" : quote(write_cursor(page.next)));
}

std::string write_state_shown(const state_shown& what) {
  return fmt::format(R"({{"layers":{},"state":{}}})",
                     list(what.layers, [](const auto& each) { return quote(each); }), what.json);
}

std::string write_secrets(const secret_list& all) {
  const auto line = [](const stored_secret& each) {
    return fmt::format(R"({{"name":{},{},"version":{},"revoked":{},{}}})", quote(each.name),
                       scope_members(each.scope), each.version, each.revoked,
                       change_members(each.at, each.by));
  };
  return fmt::format(R"({{"secrets":{}}})", list(all.secrets, line));
}

caf::optional<state_scope> read_state_scope(std::string_view text, std::string_view tenant) {
  if (text.size() > longest_name || tenant.size() > longest_name) return caf::none;
  if (text.starts_with(node_prefix)) {
    const auto name = text.substr(node_prefix.size());
    if (!parse_agent_id(name) || !tenant.empty()) return caf::none;
    return state_scope{state_level::node, {}, std::string{name}};
  }
  const std::string whose{tenant.empty() ? usual_tenant : tenant};
  if (text == "tenant") return state_scope{state_level::tenant, whose, {}};
  if (!text.starts_with(label_prefix)) return caf::none;
  const auto name = text.substr(label_prefix.size());
  const auto equals = name.find('=');
  if (equals == 0 || equals == name.npos) return caf::none;
  return state_scope{state_level::label, whose, std::string{name}};
}

}  // namespace muster::operator_api
