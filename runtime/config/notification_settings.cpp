// An entry of a list is read by its name within its element: "2.match.event" is event of
// match of the third. What elements lack, and what does not fit together, validate() says.
#include "runtime/config/notification_settings.hpp"

#include "runtime/config/did_you_mean.hpp"
#include "runtime/config/setting_kinds.hpp"

namespace muster {

namespace {

using namespace setting_kinds;

constexpr std::size_t most_elements = 200;

struct element_name {
  std::size_t index = 0;
  std::string member;  // "match.event"; empty for what is no mapping
};

element_name split_entry(const std::string& entry) {
  const auto dot = std::min(entry.find('.'), entry.size());
  const auto index = parse_whole_number(entry.substr(0, dot)).value_or(most_elements);
  return {index, dot < entry.size() ? entry.substr(dot + 1) : ""};
}

// Adds `read(element, member, text)` for elements, made when their first entry is read.
template <class Access, class Read>
auto element_reader(Access at, Read read) {
  return [=](configuration& into, const std::string& entry, const std::string& text) -> std::string {
    const auto [index, member] = split_entry(entry);
    if (index >= most_elements) return "has more than " + std::to_string(most_elements) + " elements";
    const auto place = "[" + std::to_string(index) + "]";
    if (member.empty()) return place + ": expects a mapping";
    auto& all = at(into);
    if (all.size() <= index) all.resize(index + 1);
    const auto problem = read(all[index], member, text);
    return problem.empty() ? "" : place + "." + member + ": " + problem;
  };
}

template <class Access, class Read, class Entries>
setting list(std::string key, Access at, Read read, Entries entries, std::string values,
             std::string description) {
  setting made;
  made.read = element_reader(at, read);
  made.entries = [=](const configuration& from) {
    std::map<std::string, std::string> out;
    const auto& all = at(from);
    for (std::size_t i = 0; i < all.size(); ++i)
      for (const auto& [member, text] : entries(all[i]))
        if (!text.empty()) out.emplace(std::to_string(i) + "." + member, text);
    return out;
  };
  made.clear = [=](configuration& in) { at(in).clear(); };
  made.copy = [=](configuration& to, const configuration& from) { at(to) = at(from); };
  made.hides = [](const std::string& entry) { return entry.ends_with(".secret") || entry.ends_with(".url"); };
  made.key = std::move(key);
  made.description = std::move(description);
  made.values = std::move(values);
  made.shape = setting_shape::list;
  made.reloads = true;
  return made;
}

std::string unknown(const std::string& member, const std::vector<std::string>& known) {
  const auto meant = closest_word(member, known);
  return "is not known" + (meant ? " (did you mean " + *meant + "?)" : "");
}

// --- channels ------------------------------------------------------------------------

struct text_member {
  const char* called;
  std::string channel_settings::*place;
};
constexpr text_member channel_texts[]{
  {"name", &channel_settings::name},     {"url", &channel_settings::url},
  {"secret", &channel_settings::secret}, {"user", &channel_settings::user},
  {"from", &channel_settings::from},     {"to", &channel_settings::to},
  {"tls", &channel_settings::tls},       {"ca_file", &channel_settings::ca_file},
  {"format", &channel_settings::format}};

std::string read_channel(channel_settings& into, const std::string& member, const std::string& text) {
  std::vector<std::string> known{"type"};
  for (const auto& each : channel_texts) {
    known.emplace_back(each.called);
    if (member != each.called) continue;
    into.*each.place = text;
    return {};
  }
  if (member != "type") return unknown(member, known);
  const auto type = parse_channel_type(text);
  if (!type) return expects("one of webhook, slack, pagerduty, email, teams, opsgenie, alertmanager", text);
  into.type = *type;
  return {};
}

std::map<std::string, std::string> channel_entries(const channel_settings& from) {
  std::map<std::string, std::string> out{{"type", to_string(from.type)}};
  for (const auto& each : channel_texts) out.emplace(each.called, from.*each.place);
  return out;
}

// --- routes --------------------------------------------------------------------------

std::string read_span(std::chrono::milliseconds& into, const std::string& text) {
  const auto span = parse_duration(text);
  if (!span) return expects("a duration like 30s", text);
  into = *span;
  return {};
}

std::string read_labels(notice_match& into, const std::string& text) {
  for (const auto& each : recipients_of(text)) {
    const auto equals = each.find('=');
    if (equals == std::string::npos || equals == 0) return expects("name=value pairs", text);
    into.labels[each.substr(0, equals)] = each.substr(equals + 1);
  }
  return {};
}

std::string read_match(notice_match& into, const std::string& member, const std::string& text) {
  if (member == "event") {
    into.events = recipients_of(text);
    for (const auto& each : into.events)
      if (!names_notice_event(each)) return "there is no event " + each;
    return {};
  }
  if (member == "severity") {
    into.least = parse_notice_severity(text);
    return into.least ? "" : expects("one of INFO, LOW, MEDIUM, HIGH, CRITICAL", text);
  }
  if (member == "tenant") into.tenant = text;
  else if (member == "subject") into.subject = text;
  else if (member == "label") return read_labels(into, text);
  else if (member.starts_with("label.")) into.labels[member.substr(6)] = text;
  else return unknown(member, {"event", "severity", "tenant", "subject", "label"});
  return {};
}

std::string read_route(notice_route& into, const std::string& member, const std::string& text) {
  if (member.starts_with("match.")) return read_match(into.match, member.substr(6), text);
  if (member == "channels") into.channels = recipients_of(text);
  else if (member == "group_wait") return read_span(into.group_wait, text);
  else if (member == "group_interval") return read_span(into.group_interval, text);
  else if (member == "repeat_interval") return read_span(into.repeat_interval, text);
  else if (member == "continue" && (text == "true" || text == "false")) into.goes_on = text == "true";
  else if (member == "continue") return expects("true or false", text);
  else
    return unknown(member,
                   {"match", "channels", "group_wait", "group_interval", "repeat_interval", "continue"});
  return {};
}

std::string joined(const std::vector<std::string>& all) {
  std::string out;
  for (const auto& each : all) out += (out.empty() ? "" : ",") + each;
  return out;
}

std::map<std::string, std::string> route_entries(const notice_route& from) {
  std::map<std::string, std::string> out{{"channels", joined(from.channels)},
                                         {"group_wait", format_duration(from.group_wait)},
                                         {"group_interval", format_duration(from.group_interval)},
                                         {"repeat_interval", format_duration(from.repeat_interval)},
                                         {"continue", from.goes_on ? "true" : ""},
                                         {"match.event", joined(from.match.events)},
                                         {"match.subject", from.match.subject}};
  if (from.match.least) out["match.severity"] = to_string(*from.match.least);
  if (from.match.tenant) out["match.tenant"] = *from.match.tenant;
  for (const auto& [label, value] : from.match.labels) out["match.label." + label] = value;
  return out;
}

bool is_line(const std::string& text) {
  return text.size() <= 64
         && std::ranges::none_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

bool is_link_base(const std::string& text) {
  const bool http = text.starts_with("http://") || text.starts_with("https://");
  return text.empty()
         || (http && text.size() <= 1'024 && text.find(' ') == std::string::npos && !text.ends_with('/'));
}

}  // namespace

std::vector<setting> notification_settings() {
  constexpr auto kept = on_reload::kept;
  auto base = text(
    "notifications.link_base", [](auto& c) -> auto& { return c.notifications.link_base; }, is_link_base, kept,
    "an http or https URL without a slash at its end", "What links in messages begin with.");
  base.fallback = "`http://` and `operator_listen`";
  return {
    truth(
      "notifications.allow_private_destinations",
      [](auto& c) -> auto& { return c.notifications.allow_private_destinations; },
      "Lets channels send to loopback, private and link-local addresses."),
    text(
      "notifications.subject_prefix", [](auto& c) -> auto& { return c.notifications.subject_prefix; },
      is_line, kept, "at most 64 bytes", "What subjects of mails begin with."),
    base,
    list(
      "notifications.channels", [](auto& c) -> auto& { return c.notifications.channels; }, read_channel,
      channel_entries,
      "a list of mappings with `name`, `type`, `url`, `secret`, `user`, `from`, `to`, `tls`, `ca_file`, "
      "`format`",
      "Where messages go; only in the file, see [notifications](notifications.md)."),
    list(
      "notifications.routes", [](auto& c) -> auto& { return c.notifications.routes; }, read_route,
      route_entries,
      "a list of mappings with `match`, `channels`, `group_wait`, `group_interval`, `repeat_interval`, "
      "`continue`",
      "Which notices go where; only in the file, see [notifications](notifications.md)."),
  };
}

}  // namespace muster
