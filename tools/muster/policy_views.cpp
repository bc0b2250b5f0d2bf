// Facts first, then the document or the difference below them.
#include "tools/muster/policy_views.hpp"

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <vector>

#include "tools/muster/json_text.hpp"
#include "tools/muster/operator_api.hpp"
#include "tools/muster/terminal_text.hpp"

namespace muster::cli {

using boost::json::object;

namespace {

const boost::json::array& array_of(const object& from, std::string_view name) {
  static const boost::json::array none;
  const auto* member = from.if_contains(name);
  return member != nullptr && member->is_array() ? member->get_array() : none;
}

std::string percent_of(const object& layer) {
  const auto percent = text_of(layer, "rollout_percent");
  return percent.empty() ? percent : percent + " %";
}

// Under a blank line and a heading; nothing where there is none.
std::string document_below(const object& from, std::string_view name, const std::string& heading) {
  const auto* document = from.if_contains(name);
  if (document == nullptr || !document->is_object()) return {};
  return '\n' + (heading.empty() ? heading : heading + '\n') + indented_json(*document);
}

std::string patch_below(const object& from, bool colour) {
  const auto* patch = from.if_contains("diff");
  auto text = patch == nullptr ? std::string() : patch_text(*patch, colour);
  return text.empty() ? "no difference\n" : text;
}

std::string indented(std::string_view lines) {
  std::string out;
  for (std::size_t at = 0; at < lines.size();) {
    const auto end = std::min(lines.find('\n', at), lines.size());
    out += "  " + std::string(lines.substr(at, end - at)) + '\n';
    at = end + 1;
  }
  return out;
}

std::string sample_in_words(const object& change) {
  std::string words;
  for (const auto& each : array_of(change, "sample")) {
    if (!each.is_object()) continue;
    const auto& agent = each.get_object();
    const auto hostname = text_of(agent, "hostname");
    const auto id = text_of(agent, "id");
    words += fmt::format("{}{}", words.empty() ? ", such as " : ", ",
                         hostname.empty() ? id : fmt::format("{} ({})", hostname, id));
  }
  return words;
}

table_row progress_row(const object& group, std::string name) {
  const auto behind = count_of(group, "behind");
  return {{std::move(name)},
          {shown_count(group, "agents")},
          {shown_count(group, "acknowledged")},
          {shown_count(group, "delivered")},
          {shown_count(group, "behind"), behind == 0 ? tone::plain : tone::warning},
          {shown_count(group, "never_asked")}};
}

std::string took_in_words(const object& progress) {
  const auto& took = object_of(progress, "took");
  if (count_of(took, "agents") == 0) return {};
  return fmt::format("half of the agents {} s, 99 % {} s, the last {} s ({} measured)",
                     text_of(took, "p50_seconds"), text_of(took, "p99_seconds"),
                     text_of(took, "last_seconds"), grouped(count_of(took, "agents")));
}

}  // namespace

const list_view& layers_view() {
  static const list_view view{"layers",
                              "layers of policy",
                              {"SCOPE", "TENANT", "REVISION", "AT", "AUTHOR", "REASON", "ROLLOUT"},
                              [](const object& row, const view_style& style) -> table_row {
                                return {{text_of(row, "scope")},         {text_of(row, "tenant")},
                                        {text_of(row, "revision")},      time_cell(row, "at", style),
                                        {text_of(row, "author")},        {text_of(row, "reason")},
                                        {percent_of(row), tone::warning}};
                              }};
  return view;
}

const list_view& revisions_view() {
  static const list_view view{"revisions",
                              "revisions of policy",
                              {"REVISION", "AT", "ACTION", "SCOPE", "TENANT", "AUTHOR", "REASON"},
                              [](const object& row, const view_style& style) -> table_row {
                                return {{text_of(row, "revision")}, time_cell(row, "at", style),
                                        {text_of(row, "action")},   {text_of(row, "scope")},
                                        {text_of(row, "tenant")},   {text_of(row, "author")},
                                        {text_of(row, "reason")}};
                              }};
  return view;
}

std::string layer_text(const object& layer, const view_style& style) {
  const std::vector<fact> facts{{"scope", {text_of(layer, "scope")}},
                                {"tenant", {text_of(layer, "tenant")}},
                                {"revision", {text_of(layer, "revision")}},
                                {"at", {full_time(text_of(layer, "at"), style)}},
                                {"author", {text_of(layer, "author")}},
                                {"reason", {text_of(layer, "reason")}},
                                {"rollout", {percent_of(layer)}}};
  return render_facts(facts, style.colour) + document_below(layer, "policy", "")
         + document_below(layer, "candidate",
                          printable(fmt::format("on its way to more, now {}:", percent_of(layer))));
}

std::string revision_text(const object& revision, const view_style& style) {
  const std::vector<fact> facts{
    {"revision", {text_of(revision, "revision")}}, {"at", {full_time(text_of(revision, "at"), style)}},
    {"action", {text_of(revision, "action")}},     {"scope", {text_of(revision, "scope")}},
    {"tenant", {text_of(revision, "tenant")}},     {"author", {text_of(revision, "author")}},
    {"reason", {text_of(revision, "reason")}},     {"before it", {text_of(revision, "previous")}}};
  return render_facts(facts, style.colour) + '\n' + patch_below(revision, style.colour);
}

std::string effective_text(const object& effective, const view_style& style) {
  const auto version = text_of(effective, "version");
  const auto acknowledged = text_of(effective, "acknowledged_version");
  const std::vector<fact> facts{{"agent", {text_of(effective, "agent_id")}},
                                {"version", {version}},
                                {"acknowledged",
                                 {acknowledged.empty() ? "none yet" : acknowledged,
                                  acknowledged == version ? tone::good : tone::warning}},
                                {"layers", {texts_in_words(effective, "layers")}}};
  return render_facts(facts, style.colour) + document_below(effective, "policy", "");
}

std::string progress_text(const object& progress, const view_style& style) {
  const std::vector<fact> facts{{"revision", {text_of(progress, "revision")}},
                                {"at", {full_time(text_of(progress, "at"), style)}},
                                {"took", {took_in_words(progress)}}};
  std::vector<table_row> rows;
  for (const auto& each : array_of(progress, "groups")) {
    if (!each.is_object()) continue;
    const auto& group = each.get_object();
    rows.push_back(progress_row(group, text_of(group, "group")));
  }
  rows.push_back(progress_row(object_of(progress, "all"), "all agents"));
  text_table table({"GROUP", "AGENTS", "ACKNOWLEDGED", "DELIVERED", "BEHIND", "NEVER ASKED"}, style.colour);
  return render_facts(facts, style.colour) + '\n' + table.render(rows);
}

std::string effects_text(const object& effects, const view_style& style) {
  auto text = fmt::format("a dry run: {} would change\n", counted(count_of(effects, "agents"), "agent"));
  for (const auto& each : array_of(effects, "changes")) {
    if (!each.is_object()) continue;
    const auto& change = each.get_object();
    text +=
      printable(fmt::format("{}{}", counted(count_of(change, "agents"), "agent"), sample_in_words(change)))
      + '\n' + indented(patch_below(change, style.colour));
  }
  return text;
}

}  // namespace muster::cli
