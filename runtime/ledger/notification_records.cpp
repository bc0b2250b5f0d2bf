// Few and read once, so trees do.
#include "runtime/ledger/notification_records.hpp"

#include "runtime/ledger/tree_record.hpp"

namespace muster {

namespace {

using text_map = std::map<std::string, std::string>;

int64_t milliseconds_of(utc_time at) { return at.time_since_epoch().count(); }

notice_severity read_severity(const json_tree& value) {
  const auto& text = value.get_ref<const std::string&>();
  if (const auto severity = parse_notice_severity(text)) return *severity;
  throw invalid_record{"'" + text + "' is no severity"};
}

// Numbers of stages and events are never given another meaning.
template <class Enum>
Enum read_enum(const json_tree& from, const char* name, size_t count) {
  const auto number = from.at(name).get<size_t>();
  if (number >= count) throw invalid_record{std::string{"'"} + name + "' is not known"};
  return static_cast<Enum>(number);
}

json_tree notice_tree(const notice& what) {
  return {{"event", static_cast<size_t>(what.event)},
          {"severity", to_string(what.severity)},
          {"stage", static_cast<size_t>(what.stage)},
          {"tenant", what.tenant},
          {"labels", what.labels},
          {"title", what.title},
          {"text", what.text},
          {"subject", what.subject},
          {"path", what.path},
          {"fields", what.fields},
          {"numbers", what.numbers},
          {"key", what.key},
          {"at", milliseconds_of(what.at)},
          {"id", what.id}};
}

notice read_notice(const json_tree& from) {
  notice out;
  out.event = read_enum<notice_event>(from, "event", notice_event_count);
  out.severity = read_severity(from.at("severity"));
  out.stage = read_enum<notice_stage>(from, "stage", 3);
  out.tenant = from.value("tenant", "");
  out.labels = from.value("labels", text_map{});
  out.title = from.at("title");
  out.text = from.value("text", "");
  out.subject = from.value("subject", "");
  out.path = from.value("path", "");
  out.fields = from.value("fields", text_map{});
  out.numbers = from.value("numbers", std::map<std::string, int64_t>{});
  out.key = from.value("key", "");
  out.at = read_time(from, "at");
  out.id = from.at("id");
  return out;
}

json_tree match_tree(const notice_match& what) {
  json_tree out = json_tree::object();
  if (!what.events.empty()) out["events"] = what.events;
  if (what.least) out["least"] = to_string(*what.least);
  if (what.tenant) out["tenant"] = *what.tenant;
  if (!what.subject.empty()) out["subject"] = what.subject;
  if (!what.labels.empty()) out["labels"] = what.labels;
  return out;
}

notice_match read_match(const json_tree& from) {
  notice_match out;
  out.events = from.value("events", std::vector<std::string>{});
  if (from.contains("least")) out.least = read_severity(from.at("least"));
  if (from.contains("tenant")) out.tenant = from.at("tenant").get<std::string>();
  out.subject = from.value("subject", "");
  out.labels = from.value("labels", text_map{});
  return out;
}

notice_route read_route(const json_tree& from) {
  notice_route out;
  out.match = read_match(from.at("match"));
  out.channels = from.at("channels").get<std::vector<std::string>>();
  out.group_wait = read_span(from, "group_wait");
  out.group_interval = read_span(from, "group_interval");
  out.repeat_interval = read_span(from, "repeat_interval");
  out.goes_on = from.value("goes_on", false);
  return out;
}

}  // namespace

std::string encode(const kept_notice& what) {
  auto out = notice_tree(what.what);
  out["v"] = tree_record_version;
  if (what.told_at != utc_time{}) out["told_at"] = milliseconds_of(what.told_at);
  return json::text_of(out);
}

std::string encode(const delivery& what) {
  json_tree out{{"v", tree_record_version},  {"channel", what.channel},
                {"group", what.group},       {"count", what.count},
                {"open", what.open},         {"severity", to_string(what.severity)},
                {"reminder", what.reminder}, {"at", milliseconds_of(what.at)},
                {"attempts", what.attempts}, {"next_at", milliseconds_of(what.next_at)}};
  auto& notices = out["notices"] = json_tree::array();
  for (const auto& each : what.notices) notices.push_back(notice_tree(each));
  return json::text_of(out);
}

std::string encode(const sealed_channel& what) {
  const auto& settings = what.what;
  return json::text_of(json_tree{{"v", tree_record_version},
                                 {"name", settings.name},
                                 {"type", to_string(settings.type)},
                                 {"user", settings.user},
                                 {"from", settings.from},
                                 {"to", settings.to},
                                 {"tls", settings.tls},
                                 {"ca_file", settings.ca_file},
                                 {"format", settings.format},
                                 {"url", what.url},
                                 {"secret", what.secret}});
}

std::string encode(const silence& what) {
  return json::text_of(json_tree{{"v", tree_record_version},
                                 {"match", match_tree(what.match)},
                                 {"created_at", milliseconds_of(what.created_at)},
                                 {"until", milliseconds_of(what.until)},
                                 {"author", what.author},
                                 {"reason", what.reason}});
}

std::string encode(const std::vector<notice_route>& what) {
  auto routes = json_tree::array();
  for (const auto& each : what)
    routes.push_back({{"match", match_tree(each.match)},
                      {"channels", each.channels},
                      {"group_wait", each.group_wait.count()},
                      {"group_interval", each.group_interval.count()},
                      {"repeat_interval", each.repeat_interval.count()},
                      {"goes_on", each.goes_on}});
  return json::text_of(json_tree{{"v", tree_record_version}, {"routes", std::move(routes)}});
}

caf::expected<kept_notice> decode_notice(const stored_record& record) {
  return decode_tree<kept_notice>(record, [&record](const json_tree& from) {
    return kept_notice{record.key, read_notice(from), read_time(from, "told_at")};
  });
}

caf::expected<delivery> decode_delivery(const stored_record& record) {
  return decode_tree<delivery>(record, [&record](const json_tree& from) {
    delivery out;
    out.id = record.key;
    out.channel = from.at("channel");
    out.group = from.at("group");
    for (const auto& each : from.at("notices")) out.notices.push_back(read_notice(each));
    if (out.notices.empty()) throw invalid_record{"'notices' is empty"};
    out.count = from.at("count");
    out.open = from.at("open");
    out.severity = read_severity(from.at("severity"));
    out.reminder = from.value("reminder", false);
    out.at = read_time(from, "at");
    out.attempts = from.value("attempts", uint32_t{0});
    out.next_at = read_time(from, "next_at");
    return out;
  });
}

caf::expected<sealed_channel> decode_channel(const stored_record& record) {
  return decode_tree<sealed_channel>(record, [&record](const json_tree& from) {
    sealed_channel out;
    out.number = record.key;
    out.what.name = from.at("name");
    const auto& type = from.at("type").get_ref<const std::string&>();
    const auto known = parse_channel_type(type);
    if (!known) throw invalid_record{"'" + type + "' is no type of channel"};
    out.what.type = *known;
    out.what.user = from.value("user", "");
    out.what.from = from.value("from", "");
    out.what.to = from.value("to", "");
    out.what.tls = from.value("tls", "");
    out.what.ca_file = from.value("ca_file", "");
    out.what.format = from.value("format", "");
    out.url = from.value("url", "");
    out.secret = from.value("secret", "");
    return out;
  });
}

caf::expected<silence> decode_silence(const stored_record& record) {
  return decode_tree<silence>(record, [&record](const json_tree& from) {
    return silence{record.key,
                   read_match(from.at("match")),
                   read_time(from, "created_at"),
                   read_time(from, "until"),
                   from.value("author", ""),
                   from.value("reason", "")};
  });
}

caf::expected<std::vector<notice_route>> decode_routes(const stored_record& record) {
  return decode_tree<std::vector<notice_route>>(record, [](const json_tree& from) {
    std::vector<notice_route> out;
    for (const auto& each : from.at("routes")) out.push_back(read_route(each));
    return out;
  });
}

}  // namespace muster
