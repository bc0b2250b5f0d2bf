// Commands about notifications.
#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <ostream>

#include "tools/muster/commands.hpp"
#include "tools/muster/local_file.hpp"
#include "tools/muster/notification_views.hpp"
#include "tools/muster/terminal_text.hpp"

namespace muster::cli {

using boost::json::object;

namespace {

const std::string base = "/operator/v1/notifications";

std::string channel_path(const command_line& line) {
  return fmt::format("{}/channels/{}", base, percent_encoded(line.id));
}

std::string by_author(const std::string& path, const command_line& line) {
  return api_target(path, {{"author", line.author}});
}

void say(const command_line& line, const console& on, const object& document, const std::string& words) {
  on.out << (line.json ? printable_json(boost::json::serialize(document)) : printable(words)) << '\n';
}

void create_channel(const command_line& line, const operator_api& api, const console& on) {
  const auto& words = line.notification;
  object body{{"name", line.id}, {"type", words.type}};
  const auto add = [&body](const char* member, const std::string& text) {
    if (!text.empty()) body[member] = text;
  };
  add("url", words.url);
  add("user", words.user);
  add("from", words.from);
  add("to", words.to);
  add("tls", words.tls);
  add("ca_file", words.ca_file);
  add("format", words.format);
  add("author", line.author);
  if (!words.secret_file.empty()) {
    auto secret = read_bytes(words.secret_file, on.in);
    while (secret.ends_with('\n') || secret.ends_with('\r')) secret.pop_back();
    add("secret", secret);
  }
  const auto made = api.write({"POST", base + "/channels", boost::json::serialize(body), {}});
  on.out << (line.json ? printable_json(made.text) : printable("created " + line.id)) << '\n';
}

void delete_channel(const command_line& line, const operator_api& api, const console& on) {
  api.change("DELETE", by_author(channel_path(line), line));
  say(line, on, {{"deleted", line.id}}, "deleted " + line.id);
}

// What was not delivered is a failure of the command, too.
void test_channel(const command_line& line, const operator_api& api, const console& on) {
  const auto how = api.write({"POST", by_author(channel_path(line) + "/test", line), {}, {}});
  const auto code = text_of(how.value, "status_code");
  if (line.json) on.out << printable_json(how.text) << '\n';
  if (!truth_of(how.value, "ok"))
    throw failure(exit_code::failed,
                  fmt::format("{}: not delivered: {}", line.id, text_of(how.value, "error")));
  if (!line.json)
    on.out << printable(fmt::format("{}: delivered, answered {} in {} ms", line.id, code,
                                    text_of(how.value, "response_time_ms")))
           << '\n';
}

void set_routes(const command_line& line, const operator_api& api, const console& on) {
  const auto done = api.write({"PUT", base + "/routes", read_json_object(line.policy.file, on.in), {}});
  print_list(done, notice_routes_view(), line, on);
}

void create_silence(const command_line& line, const operator_api& api, const console& on) {
  const auto& words = line.notification;
  object match;
  if (!words.events.empty()) match["event"] = boost::json::array(words.events.begin(), words.events.end());
  if (!words.severity.empty()) match["severity"] = words.severity;
  if (!line.policy.tenant.empty()) match["tenant"] = line.policy.tenant;
  if (!words.subject.empty()) match["subject"] = words.subject;
  if (!words.labels.empty()) match["labels"] = pairs_of(words.labels);
  object body{{"match", std::move(match)}, {"for", words.span}};
  if (!line.author.empty()) body["author"] = line.author;
  if (!line.policy.reason.empty()) body["reason"] = line.policy.reason;
  const auto made = api.write({"POST", base + "/silences", boost::json::serialize(body), {}});
  if (line.json) on.out << printable_json(made.text) << '\n';
  else
    on.out << printable(
      fmt::format("silence {} until {}", text_of(made.value, "id"), text_of(made.value, "until")))
           << '\n';
}

void delete_silence(const command_line& line, const operator_api& api, const console& on) {
  api.change("DELETE", by_author(fmt::format("{}/silences/{}", base, line.id), line));
  say(line, on, {{"deleted", line.id}}, "deleted silence " + line.id);
}

void list_deliveries(const command_line& line, const operator_api& api, const console& on) {
  query_fields query{{"limit", std::to_string(line.limit)}};
  if (const auto found = line.filters.find("channel"); found != line.filters.end())
    query.emplace_back("channel", found->second);
  const auto all = api.get(api_target(base + "/deliveries", query));
  const auto* pending = all.value.if_contains("pending");
  const bool waits = pending != nullptr && pending->is_array() && !pending->get_array().empty();
  if (waits && !line.json) {
    print_list(all, pending_view(), line, on);
    on.out << '\n';
  }
  print_list(all, attempts_view(), line, on);
}

}  // namespace

void tell_people(const command_line& line, const operator_api& api, const console& on) {
  switch (line.what) {
    case command::channels_list: return print_list(api.get(base + "/channels"), channels_view(), line, on);
    case command::channels_show: return print_document(api.get(channel_path(line)), line, on, channel_text);
    case command::channels_create: return create_channel(line, api, on);
    case command::channels_delete: return delete_channel(line, api, on);
    case command::channels_test: return test_channel(line, api, on);
    case command::notice_routes_list:
      return print_list(api.get(base + "/routes"), notice_routes_view(), line, on);
    case command::notice_routes_set: return set_routes(line, api, on);
    case command::silences_list: return print_list(api.get(base + "/silences"), silences_view(), line, on);
    case command::silences_create: return create_silence(line, api, on);
    case command::silences_delete: return delete_silence(line, api, on);
    default: return list_deliveries(line, api, on);
  }
}

}  // namespace muster::cli
