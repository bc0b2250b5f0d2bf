// Facts first, then the document below them.
#include "tools/muster/state_views.hpp"

#include <fmt/format.h>
#include <boost/json/value.hpp>

#include <vector>

#include "tools/muster/json_text.hpp"
#include "tools/muster/operator_api.hpp"
#include "tools/muster/terminal_text.hpp"

namespace muster::cli {

using boost::json::object;

namespace {

std::string document_below(const object& from) {
  const auto* document = from.if_contains("state");
  if (document == nullptr || !document->is_object()) return {};
  return '\n' + indented_json(*document) + '\n';
}

std::string nodes_in_words(const object& what) { return counted(count_of(what, "concerned"), "node"); }

}  // namespace

const list_view& state_layers_view() {
  static const list_view view{"layers",
                              "layers of desired state",
                              {"SCOPE", "TENANT", "REVISION", "AT", "AUTHOR", "REASON"},
                              [](const object& row, const view_style& style) -> table_row {
                                return {{text_of(row, "scope")},    {text_of(row, "tenant")},
                                        {text_of(row, "revision")}, time_cell(row, "at", style),
                                        {text_of(row, "author")},   {text_of(row, "reason")}};
                              }};
  return view;
}

const list_view& state_history_view() {
  static const list_view view{"revisions",
                              "revisions of desired state",
                              {"REVISION", "AT", "ACTION", "SECRET", "SCOPE", "TENANT", "AUTHOR", "REASON"},
                              [](const object& row, const view_style& style) -> table_row {
                                return {{text_of(row, "revision")}, time_cell(row, "at", style),
                                        {text_of(row, "action")},   {text_of(row, "secret")},
                                        {text_of(row, "scope")},    {text_of(row, "tenant")},
                                        {text_of(row, "author")},   {text_of(row, "reason")}};
                              }};
  return view;
}

const list_view& secrets_view() {
  static const list_view view{"secrets",
                              "secrets",
                              {"NAME", "SCOPE", "TENANT", "VERSION", "STATE", "AT", "AUTHOR", "REASON"},
                              [](const object& row, const view_style& style) -> table_row {
                                const bool revoked = truth_of(row, "revoked");
                                return {
                                  {text_of(row, "name")},
                                  {text_of(row, "scope")},
                                  {text_of(row, "tenant")},
                                  {text_of(row, "version")},
                                  {revoked ? "revoked" : "in use", revoked ? tone::warning : tone::plain},
                                  time_cell(row, "at", style),
                                  {text_of(row, "author")},
                                  {text_of(row, "reason")}};
                              }};
  return view;
}

std::string state_layer_text(const object& layer, const view_style& style) {
  const std::vector<fact> facts{
    {"scope", {text_of(layer, "scope")}},       {"tenant", {text_of(layer, "tenant")}},
    {"revision", {text_of(layer, "revision")}}, {"at", {full_time(text_of(layer, "at"), style)}},
    {"author", {text_of(layer, "author")}},     {"reason", {text_of(layer, "reason")}}};
  return render_facts(facts, style.colour) + document_below(layer);
}

std::string node_state_text(const object& shown, const view_style& style) {
  const std::vector<fact> facts{{"layers", {texts_in_words(shown, "layers")}}};
  return render_facts(facts, style.colour) + document_below(shown);
}

std::string change_text(const object& done, std::string_view what) {
  return printable(
           fmt::format("{}, revision {}, for {}", what, text_of(done, "revision"), nodes_in_words(done)))
         + '\n';
}

std::string preview_text(const object& would, const view_style& style) {
  const auto* changes = would.if_contains("changes");
  return fmt::format("a dry run: {} would have another state\n", nodes_in_words(would))
         + (changes == nullptr ? std::string() : patch_text(*changes, style.colour));
}

}  // namespace muster::cli
