// Nodes, tokens and keys as rows and blocks.
#include "tools/muster/node_views.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <vector>

#include "tools/muster/operator_api.hpp"

namespace muster::cli {

using boost::json::object;

namespace {

table_cell status_cell(const object& node) {
  const auto status = text_of(node, "status");
  return {status, status == "online" ? tone::good : status == "stale" ? tone::warning : tone::bad};
}

table_cell verdict_cell(const object& node) {
  const auto verdict = text_of(object_of(node, "binary"), "verdict");
  return {verdict, verdict == "deviant" ? tone::bad : verdict == "good" ? tone::good : tone::plain};
}

// The names of what it offers: "ping, backup"
std::string names_in_words(const object& from, std::string_view member) {
  const auto* items = from.if_contains(member);
  std::string out;
  if (items == nullptr || !items->is_array()) return out;
  for (const auto& item : items->get_array())
    if (item.is_object()) out += (out.empty() ? "" : ", ") + text_of(item.get_object(), "name");
  return out;
}

}  // namespace

const list_view& nodes_view() {
  static const list_view view{
    "nodes",
    "nodes",
    {"ID", "HOST", "TENANT", "STATUS", "MESH IP", "ENDPOINT", "VERSION", "PROGRAM", "LABELS"},
    [](const object& row, const view_style&) -> table_row {
      return {{text_of(row, "id")},
              {text_of(row, "hostname")},
              {text_of(row, "tenant")},
              status_cell(row),
              {text_of(row, "mesh_ip")},
              {text_of(row, "endpoint")},
              {text_of(object_of(row, "binary"), "version")},
              verdict_cell(row),
              {labels_in_words(object_of(row, "labels"))}};
    }};
  return view;
}

const list_view& tokens_view() {
  static const list_view view{"tokens",
                              "tokens",
                              {"ID", "STATE", "TENANT", "USED", "EXPIRES", "FOR", "LABELS", "AUTHOR"},
                              [](const object& row, const view_style& style) -> table_row {
                                const auto state = text_of(row, "state");
                                return {{text_of(row, "id")},
                                        {state, state == "open" ? tone::good : tone::plain},
                                        {text_of(row, "tenant")},
                                        {text_of(row, "used") + "/" + text_of(row, "uses")},
                                        time_cell(row, "expires_at", style),
                                        {text_of(row, "hostname")},
                                        {labels_in_words(object_of(row, "labels"))},
                                        {text_of(row, "author")}};
                              }};
  return view;
}

const list_view& binaries_view() {
  static const list_view view{"binaries",
                              "versions",
                              {"VERSION", "CHECKSUMS", "DECLARED", "AUTHOR"},
                              [](const object& row, const view_style& style) -> table_row {
                                return {{text_of(row, "version")},
                                        {texts_in_words(row, "checksums")},
                                        time_cell(row, "declared_at", style),
                                        {text_of(row, "author")}};
                              }};
  return view;
}

const list_view& artifacts_view() {
  static const list_view view{"artifacts",
                              "artifacts",
                              {"VERSION", "OS", "ARCH", "BYTES", "SHA-256", "SEALED", "AUTHOR"},
                              [](const object& row, const view_style& style) -> table_row {
                                return {{text_of(row, "version")}, {text_of(row, "os")},
                                        {text_of(row, "arch")},    {shown_count(row, "bytes")},
                                        {text_of(row, "sha256")},  time_cell(row, "sealed_at", style),
                                        {text_of(row, "author")}};
                              }};
  return view;
}

std::string node_text(const object& node, const view_style& style) {
  const auto& binary = object_of(node, "binary");
  const auto& capabilities = object_of(node, "capabilities");
  std::vector<fact> facts{
    {"id", {text_of(node, "id")}},
    {"host", {text_of(node, "hostname")}},
    {"tenant", {text_of(node, "tenant")}},
    {"status", status_cell(node)},
    {"last seen", {full_time(text_of(node, "last_seen"), style)}},
    {"registered", {full_time(text_of(node, "registered_at"), style)}},
    {"labels", {labels_in_words(object_of(node, "labels"))}},
    {"metadata", {labels_in_words(object_of(node, "metadata"))}},
    {"mesh ip", {text_of(node, "mesh_ip") + (truth_of(node, "bridge") ? " (bridge)" : "")}},
    {"endpoint", {text_of(node, "endpoint")}},
    {"nat", {text_of(node, "nat_type")}},
    {"public key", {text_of(node, "public_key")}},
    {"keys replaced", {text_of(node, "key_generation")}},
    {"version", {text_of(binary, "version")}},
    {"checksum", {text_of(binary, "checksum")}},
    {"program", verdict_cell(node)},
    {"actions", {names_in_words(capabilities, "builtin_actions")}},
    {"hooks", {names_in_words(capabilities, "hooks")}}};
  if (const auto* metrics = node.if_contains("metrics"); metrics != nullptr && metrics->is_array())
    for (const auto& each : metrics->get_array()) {
      if (!each.is_object()) continue;
      const auto* sample = each.get_object().if_contains("sample");
      facts.push_back({text_of(each.get_object(), "name"), {sample ? boost::json::serialize(*sample) : ""}});
    }
  return render_facts(facts, style.colour);
}

std::string signing_keys_text(const object& keys, const view_style& style) {
  const std::vector<fact> facts{{"current", {text_of(keys, "current")}},
                                {"previous", {text_of(keys, "previous")}},
                                {"good until", {full_time(text_of(keys, "transition_expires"), style)}}};
  return render_facts(facts, style.colour);
}

}  // namespace muster::cli
