// The same members as in the configuration file.
#include "runtime/wire/operator_notifications.hpp"

#include "runtime/config/units.hpp"
#include "runtime/wire/operator_json.hpp"

#include <fmt/format.h>

namespace muster::operator_api {

namespace {

using json::quote;

constexpr size_t word_limit = 256;
constexpr size_t text_limit = 4'096;
constexpr size_t most_routes = 200;
constexpr size_t most_members = 64;

// One text or a list of them.
std::vector<std::string> read_texts(json::object_reader& from, std::string_view member) {
  const auto value = from.find(member);
  if (!value) return {};
  if (!value->is_array()) return recipients_of(from.as_text(member, *value, text_limit));
  std::vector<std::string> out;
  if (const auto all = from.array(member, most_members))
    for (const auto& each : *all) out.push_back(from.as_text(member, each, word_limit));
  return out;
}

void read_labels(json::object_reader& from, std::map<std::string, std::string>& into) {
  auto inner = from.object("labels");
  if (!inner) return;
  const auto names = inner->names();
  if (names.size() > most_members) inner->fail("", "has too many members");
  for (const auto& name : names) into.emplace(name, inner->required_text(name, word_limit));
  from.adopt(*inner);
}

notice_match read_match(json::object_reader& from) {
  notice_match out;
  auto inner = from.object("match");
  if (!inner) return out;
  inner->allow_only({"event", "severity", "tenant", "subject", "labels"});
  out.events = read_texts(*inner, "event");
  if (const auto severity = inner->text("severity", 32); !severity.empty()) {
    out.least = parse_notice_severity(severity);
    if (!out.least) inner->fail("severity", "must be INFO, LOW, MEDIUM, HIGH or CRITICAL");
  }
  if (auto tenant = inner->text("tenant", word_limit); !tenant.empty()) out.tenant = std::move(tenant);
  out.subject = inner->text("subject", word_limit);
  read_labels(*inner, out.labels);
  from.adopt(*inner);
  return out;
}

void read_span(json::object_reader& from, std::string_view member, std::chrono::milliseconds& into) {
  const auto text = from.text(member, 32);
  if (text.empty()) return;
  const auto span = parse_duration(text);
  if (!span) from.fail(member, "must be a duration like 30s");
  else into = *span;
}

notice_route read_route(json::object_reader& from) {
  notice_route out;
  from.allow_only({"match", "channels", "group_wait", "group_interval", "repeat_interval", "continue"});
  out.match = read_match(from);
  out.channels = read_texts(from, "channels");
  read_span(from, "group_wait", out.group_wait);
  read_span(from, "group_interval", out.group_interval);
  read_span(from, "repeat_interval", out.repeat_interval);
  if (const auto value = from.find("continue"); value && value->get(out.goes_on) != simdjson::SUCCESS)
    from.fail("continue", "must be true or false");
  return out;
}

std::string write_match(const notice_match& what) {
  return fmt::format(R"({{"event":{},"severity":{},"tenant":{},"subject":{},"labels":{}}})",
                     list(what.events, quote), what.least ? quote(to_string(*what.least)) : "null",
                     what.tenant ? quote(*what.tenant) : "null",
                     what.subject.empty() ? "null" : quote(what.subject), texts(what.labels));
}

std::string write_route(const notice_route& what, bool configured) {
  return fmt::format(
    R"({{"match":{},"channels":{},"group_wait":"{}","group_interval":"{}","repeat_interval":"{}",)"
    R"("continue":{},"origin":"{}"}})",
    write_match(what.match), list(what.channels, quote), format_duration(what.group_wait),
    format_duration(what.group_interval), format_duration(what.repeat_interval), what.goes_on,
    configured ? "configuration" : "operator");
}

std::string write_delivery(const delivery_row& what) {
  return fmt::format(
    R"({{"id":"{}","channel":{},"title":{},"status":"{}","notices":{},"attempts":{},"at":{},"next_at":{},)"
    R"("status_code":{},"response_time_ms":{},"error":{}}})",
    delivery_name(what.id), quote(what.channel), quote(what.title), what.status, what.count, what.attempts,
    time_or_null(what.at), time_or_null(what.next_at), what.how.status, what.how.took.count(),
    what.how.error.empty() ? "null" : quote(what.how.error));
}

}  // namespace

channel_settings read_channel(json::object_reader& from) {
  channel_settings out;
  from.allow_only(
    {"name", "type", "url", "secret", "user", "from", "to", "tls", "ca_file", "format", "author"});
  out.name = from.required_text("name", word_limit);
  const auto type = from.required_text("type", word_limit);
  if (const auto known = parse_channel_type(type)) out.type = *known;
  else from.fail("type", "must be webhook, slack, pagerduty, email, teams, opsgenie or alertmanager");
  out.url = from.text("url", text_limit);
  out.secret = from.text("secret", text_limit);
  out.user = from.text("user", word_limit);
  out.from = from.text("from", word_limit);
  out.to = from.text("to", text_limit);
  out.tls = from.text("tls", word_limit);
  out.ca_file = from.text("ca_file", text_limit);
  out.format = from.text("format", word_limit);
  return out;
}

std::vector<notice_route> read_routes(json::object_reader& from) {
  std::vector<notice_route> out;
  from.allow_only({"routes", "author"});
  const auto all = from.array("routes", most_routes);
  if (!all && !from.failed()) from.fail("routes", "is missing");
  if (!all) return out;
  for (size_t i = 0; i < all->size() && !from.failed(); ++i) {
    json::object_reader each{(*all)[i], fmt::format("$.routes[{}]", i)};
    out.push_back(read_route(each));
    from.adopt(each);
  }
  return out;
}

silence read_silence(json::object_reader& from, utc_time now) {
  silence out;
  from.allow_only({"match", "until", "for", "author", "reason"});
  out.match = read_match(from);
  std::chrono::milliseconds span{0};
  read_span(from, "for", span);
  const auto until = from.text("until", 64);
  if (until.empty() == (span.count() == 0) && !from.failed())
    from.fail("until", "must be given, or 'for' instead");
  if (const auto at = parse_rfc3339(until)) out.until = *at;
  else if (until.empty()) out.until = now + span;
  else from.fail("until", "must be a time like 2026-05-01T12:00:00Z");
  out.author = from.text("author", word_limit);
  out.reason = from.text("reason", 1'024);
  return out;
}

std::string write_channel(const channel_row& row) {
  const auto& what = row.what;
  const auto given = [](const std::string& text) { return text.empty() ? "null" : quote(text); };
  return fmt::format(
    R"({{"name":{},"type":"{}","url":{},"secret":{},"user":{},"from":{},"to":{},"tls":{},"ca_file":{},)"
    R"("format":{},"origin":"{}","delivered":{},"failed":{},"gave_up":{},"pending":{}}})",
    quote(what.name), to_string(what.type), given(what.url), given(what.secret), given(what.user),
    given(what.from), given(what.to), given(what.tls), given(what.ca_file), given(what.format),
    row.configured ? "configuration" : "operator", row.delivered, row.failed, row.given_up, row.pending);
}

std::string write_channels(const channel_list& all) {
  return fmt::format(R"({{"channels":{}}})", list(all.channels, write_channel));
}

std::string write_routes(const route_list& all) {
  auto out = list(all.configured, [](const auto& each) { return write_route(each, true); });
  const auto written = list(all.written, [](const auto& each) { return write_route(each, false); });
  out.pop_back();
  if (!all.configured.empty() && !all.written.empty()) out += ',';
  return R"({"routes":)" + out + written.substr(1) + "}";
}

std::string write_silence(const silence& what) {
  return fmt::format(R"({{"id":{},"match":{},"created_at":{},"until":{},"author":{},"reason":{}}})",
                     what.number, write_match(what.match), time_or_null(what.created_at),
                     time_or_null(what.until), quote(what.author), quote(what.reason));
}

std::string write_silences(const silence_list& all) {
  return fmt::format(R"({{"silences":{}}})", list(all.silences, write_silence));
}

std::string write_outcome(const delivery_outcome& how) {
  return fmt::format(R"({{"ok":{},"status_code":{},"response_time_ms":{},"error":{}}})", how.ok, how.status,
                     how.took.count(), how.error.empty() ? "null" : quote(how.error));
}

std::string write_deliveries(const delivery_list& all) {
  return fmt::format(R"({{"pending":{},"attempts":{}}})", list(all.pending, write_delivery),
                     list(all.attempts, write_delivery));
}

}  // namespace muster::operator_api
