// Notifications as rows and blocks.
#include "tools/muster/notification_views.hpp"

#include <fmt/format.h>
#include <boost/json/value.hpp>

#include "tools/muster/operator_api.hpp"
#include "tools/muster/text_table.hpp"

namespace muster::cli {

using boost::json::object;

namespace {

// "agent_disconnected, HIGH or graver, tenant t, env=prod", or "everything"
std::string match_in_words(const object& row) {
  const auto& match = object_of(row, "match");
  std::string words = texts_in_words(match, "event");
  const auto add = [&](const std::string& more) {
    if (!more.empty()) words += (words.empty() ? "" : ", ") + more;
  };
  if (const auto severity = text_of(match, "severity"); !severity.empty()) add(severity + " or graver");
  if (const auto tenant = text_of(match, "tenant"); !tenant.empty()) add("tenant " + tenant);
  add(text_of(match, "subject"));
  add(labels_in_words(object_of(match, "labels")));
  return words.empty() ? "everything" : words;
}

table_row delivery_row(const object& row, const view_style& style, const char* time) {
  const auto status = text_of(row, "status_code");
  return {{text_of(row, "id")},        {text_of(row, "channel")},     {text_of(row, "status")},
          {text_of(row, "title")},     {shown_count(row, "notices")}, {text_of(row, "attempts")},
          time_cell(row, time, style), {status == "0" ? "" : status}, {text_of(row, "error")}};
}

}  // namespace

const list_view& channels_view() {
  static const list_view view{"channels",
                              "channels",
                              {"NAME", "TYPE", "URL", "ORIGIN", "DELIVERED", "FAILED", "GAVE UP", "PENDING"},
                              [](const object& row, const view_style&) -> table_row {
                                return {{text_of(row, "name")},          {text_of(row, "type")},
                                        {text_of(row, "url")},           {text_of(row, "origin")},
                                        {shown_count(row, "delivered")}, {shown_count(row, "failed")},
                                        {shown_count(row, "gave_up")},   {shown_count(row, "pending")}};
                              }};
  return view;
}

const list_view& notice_routes_view() {
  static const list_view view{"routes",
                              "routes",
                              {"MATCH", "CHANNELS", "WAIT", "INTERVAL", "REPEAT", "CONTINUE", "ORIGIN"},
                              [](const object& row, const view_style&) -> table_row {
                                return {{match_in_words(row)},
                                        {texts_in_words(row, "channels")},
                                        {text_of(row, "group_wait")},
                                        {text_of(row, "group_interval")},
                                        {text_of(row, "repeat_interval")},
                                        {text_of(row, "continue")},
                                        {text_of(row, "origin")}};
                              }};
  return view;
}

const list_view& silences_view() {
  static const list_view view{"silences",
                              "silences",
                              {"ID", "MATCH", "UNTIL", "AUTHOR", "REASON"},
                              [](const object& row, const view_style& style) -> table_row {
                                return {{text_of(row, "id")},
                                        {match_in_words(row)},
                                        time_cell(row, "until", style),
                                        {text_of(row, "author")},
                                        {text_of(row, "reason")}};
                              }};
  return view;
}

const list_view& pending_view() {
  static const list_view view{
    "pending",
    "pending messages",
    {"ID", "CHANNEL", "STATUS", "TITLE", "NOTICES", "FAILED", "NEXT", "CODE", "ERROR"},
    [](const object& row, const view_style& style) { return delivery_row(row, style, "next_at"); }};
  return view;
}

const list_view& attempts_view() {
  static const list_view view{
    "attempts",
    "attempts",
    {"ID", "CHANNEL", "STATUS", "TITLE", "NOTICES", "FAILED", "AT", "CODE", "ERROR"},
    [](const object& row, const view_style& style) { return delivery_row(row, style, "at"); }};
  return view;
}

std::string channel_text(const object& channel, const view_style& style) {
  const std::vector<fact> facts{{"name", {text_of(channel, "name")}},
                                {"type", {text_of(channel, "type")}},
                                {"url", {text_of(channel, "url")}},
                                {"secret", {text_of(channel, "secret")}},
                                {"user", {text_of(channel, "user")}},
                                {"from", {text_of(channel, "from")}},
                                {"to", {text_of(channel, "to")}},
                                {"tls", {text_of(channel, "tls")}},
                                {"ca file", {text_of(channel, "ca_file")}},
                                {"format", {text_of(channel, "format")}},
                                {"origin", {text_of(channel, "origin")}},
                                {"delivered", {shown_count(channel, "delivered")}},
                                {"failed", {shown_count(channel, "failed")}},
                                {"gave up", {shown_count(channel, "gave_up")}},
                                {"pending", {shown_count(channel, "pending")}}};
  return render_facts(facts, style.colour);
}

}  // namespace muster::cli
