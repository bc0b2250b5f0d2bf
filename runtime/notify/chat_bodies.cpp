// Bodies that people read: generic webhooks, Slack, Teams.
#include "runtime/notify/bodies.hpp"
#include "runtime/wire/timestamp.hpp"

#include <nlohmann/json.hpp>

namespace muster::bodies {

namespace {

using json_tree = nlohmann::json;

// The members that every webhook has are not to be replaced.
void add_fields(json_tree& into, const notice& what) {
  const auto place = [&](const std::string& name, json_tree value) {
    auto* at = &into;
    size_t begin = 0;
    for (auto dot = name.find('.'); dot != std::string::npos; dot = name.find('.', begin)) {
      at = &(*at)[name.substr(begin, dot - begin)];
      if (!at->is_null() && !at->is_object()) return;
      begin = dot + 1;
    }
    at->emplace(name.substr(begin), std::move(value));
  };
  for (const auto& [name, text] : what.fields) place(name, text);
  for (const auto& [name, number] : what.numbers) place(name, number);
}

const char* stage_word(notice_stage stage) {
  switch (stage) {
    case notice_stage::opens: return "open";
    case notice_stage::resolves: return "resolved";
    case notice_stage::happened: break;
  }
  return "happened";
}

json_tree notice_tree(const notice& what, const letterhead& from) {
  const auto& kind = kind_of(what.event);
  json_tree out{{"id", what.id},
                {"event", kind.label},
                {"type", kind.type},
                {"severity", to_string(what.severity)},
                {"status", stage_word(what.stage)},
                {"title", what.title},
                {"message", what.text},
                {"url", link_of(what, from)},
                {"timestamp", to_rfc3339(what.at)},
                {"tenant", what.tenant},
                {"labels", what.labels}};
  add_fields(out, what);
  return out;
}

// As dashboards of old show them: red, orange, yellow, green.
const char* colour_of(const delivery& what) {
  if (resolves(what)) return "#2eb67d";
  switch (what.severity) {
    case notice_severity::critical: return "#d00000";
    case notice_severity::high: return "#ff8c00";
    case notice_severity::medium:
    case notice_severity::low: return "#f2c744";
    case notice_severity::info: break;
  }
  return "#2eb67d";
}

// Of one notice its fields, of many none: their text says it.
json_tree facts_of(const delivery& what, const char* name, const char* value) {
  auto out = json_tree::array({{{name, "Severity"}, {value, to_string(what.severity)}}});
  const auto& first = what.notices.front();
  if (!first.tenant.empty()) out.push_back({{name, "Tenant"}, {value, first.tenant}});
  if (what.count > 1) {
    out.push_back({{name, "Count"}, {value, std::to_string(what.count)}});
    return out;
  }
  for (const auto& [key, text] : first.fields)
    if (!text.empty()) out.push_back({{name, key}, {value, text}});
  for (const auto& [key, number] : first.numbers)
    out.push_back({{name, key}, {value, std::to_string(number)}});
  return out;
}

}  // namespace

json_tree webhook(const delivery& what, const letterhead& from) {
  if (what.count == 1) {
    auto out = notice_tree(what.notices.front(), from);
    if (what.reminder) out["reminder"] = true;
    return out;
  }
  const auto& first = what.notices.front();
  const auto& kind = kind_of(first.event);
  json_tree out{{"id", delivery_name(what.id)},
                {"event", kind.label},
                {"type", kind.type},
                {"severity", to_string(what.severity)},
                {"status", resolves(what)  ? "resolved"
                           : what.open > 0 ? "open"
                                           : "happened"},
                {"title", title_of(what)},
                {"message", text_of(what)},
                {"url", link_of(what, from)},
                {"timestamp", to_rfc3339(what.at)},
                {"tenant", first.tenant},
                {"count", what.count}};
  if (what.reminder) out["reminder"] = true;
  auto& notices = out["notices"] = json_tree::array();
  for (const auto& each : what.notices) notices.push_back(notice_tree(each, from));
  return out;
}

json_tree slack(const delivery& what, const letterhead& from) {
  auto fields = facts_of(what, "title", "value");
  for (auto& each : fields) each["short"] = true;
  json_tree attachment{{"color", colour_of(what)},
                       {"fallback", title_of(what)},
                       {"title", title_of(what)},
                       {"text", text_of(what)},
                       {"fields", std::move(fields)},
                       {"footer", "Muster " + delivery_name(what.id)},
                       {"ts", std::chrono::floor<std::chrono::seconds>(what.at).time_since_epoch().count()}};
  if (const auto link = link_of(what, from); !link.empty()) attachment["title_link"] = link;
  return {{"attachments", json_tree::array({std::move(attachment)})}};
}

json_tree teams(const delivery& what, const letterhead& from) {
  const bool ends = resolves(what);
  const char* colour = ends ? "good" : what.severity >= notice_severity::high ? "attention" : "warning";
  json_tree card{
    {"$schema", "http://adaptivecards.io/schemas/adaptive-card.json"},
    {"type", "AdaptiveCard"},
    {"version", "1.4"},
    {"body", json_tree::array({{{"type", "TextBlock"},
                                {"text", title_of(what)},
                                {"weight", "Bolder"},
                                {"size", "Medium"},
                                {"color", colour},
                                {"wrap", true}},
                               {{"type", "TextBlock"}, {"text", text_of(what)}, {"wrap", true}},
                               {{"type", "FactSet"}, {"facts", facts_of(what, "title", "value")}}})}};
  if (const auto link = link_of(what, from); !link.empty())
    card["actions"] = json_tree::array({{{"type", "Action.OpenUrl"}, {"title", "Open"}, {"url", link}}});
  return {{"type", "message"},
          {"attachments", json_tree::array({{{"contentType", "application/vnd.microsoft.card.adaptive"},
                                             {"contentUrl", nullptr},
                                             {"content", std::move(card)}}})}};
}

}  // namespace muster::bodies
