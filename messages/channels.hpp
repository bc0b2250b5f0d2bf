// Conversations about channels: what operators ask of the notifier, and how deliveries
// travel from it over a channel's actor to the courier, which sends them.
#pragma once

#include "messages/document.hpp"
#include "messages/ledger.hpp"
#include "messages/notifications.hpp"

namespace muster {

enum class channel_type : uint8_t { webhook, slack, pagerduty, email, teams, opsgenie, alertmanager };
constexpr size_t channel_type_count = 7;
std::string to_string(channel_type type);
caf::optional<channel_type> parse_channel_type(std::string_view text);

// Where and how to send. What it holds in `url` and `secret` is told to nobody: a URL of
// Slack is a secret, too.
struct channel_settings {
  std::string name;  // 1 to 64 letters, digits, "_", "-", "."
  channel_type type = channel_type::webhook;
  std::string url;      // http, https, smtp or smtps; empty: the service's own
  std::string secret;   // signs webhooks; a key of PagerDuty or Opsgenie; a password; a bearer token
  std::string user;     // of the mail server
  std::string from;     // mail only
  std::string to;       // mail only: addresses, separated by commas
  std::string tls;      // mail only: "required", "none" or empty, which needs it when there is a secret
  std::string ca_file;  // of authorities to trust instead of the system's
  std::string format;   // Alertmanager only: "webhook" or "api"; empty: by its URL

  bool operator==(const channel_settings&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, channel_settings& x) {
  return f(caf::meta::type_name("channel_settings"), x.name, x.type, x.url, x.secret, x.user, x.from, x.to,
           x.tls, x.ca_file, x.format);
}

// Empty if it can be meant so, else what is wrong, beginning with the member's name.
std::string problem_of(const channel_settings& what);

// Addresses that are separated by commas, one by one.
std::vector<std::string> recipients_of(std::string_view text);

// "https://hooks.slack.com/***": what may be shown of a URL.
std::string masked_url(const std::string& url);

// How one attempt ended.
struct delivery_outcome {
  bool ok = false;
  int32_t status = 0;  // of HTTP or SMTP; 0 if there was no answer
  std::chrono::milliseconds took{0};
  std::string error;  // empty if ok; never with a secret

  bool operator==(const delivery_outcome&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, delivery_outcome& x) {
  return f(caf::meta::type_name("delivery_outcome"), x.ok, x.status, x.took, x.error);
}

// Channel to courier: send it once, now. Answered by `delivery_outcome`, always.
struct carry_delivery {
  document<channel_settings> where;
  delivery what;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, carry_delivery& x) {
  return f(caf::meta::type_name("carry_delivery"), x.where, x.what);
}

// The courier's thread to the courier.
struct delivery_carried {
  uint64_t ticket = 0;
  delivery_outcome how;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, delivery_carried& x) {
  return f(caf::meta::type_name("delivery_carried"), x.ticket, x.how);
}

// Channel to notifier: an attempt ended.
enum class attempt_end : uint8_t { delivered, retries, gave_up };
struct delivery_attempted {
  delivery what;  // with this attempt counted
  attempt_end end = attempt_end::delivered;
  delivery_outcome how;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, delivery_attempted& x) {
  return f(caf::meta::type_name("delivery_attempted"), x.what, x.end, x.how);
}

// A channel to itself.
struct delivery_due {};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, delivery_due&) {
  return f(caf::meta::type_name("delivery_due"));
}

// The notifier to itself.
struct notices_due {
  uint64_t turn = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, notices_due& x) {
  return f(caf::meta::type_name("notices_due"), x.turn);
}

// A channel as operators see it.
struct channel_row {
  channel_settings what;    // without secrets: the URL masked, "***" for a secret that there is
  bool configured = false;  // in the configuration file, where alone it can be changed
  uint64_t delivered = 0;   // since the start
  uint64_t failed = 0;      // attempts
  uint64_t given_up = 0;
  uint64_t pending = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, channel_row& x) {
  return f(caf::meta::type_name("channel_row"), x.what, x.configured, x.delivered, x.failed, x.given_up,
           x.pending);
}
struct list_channels {};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, list_channels&) {
  return f(caf::meta::type_name("list_channels"));
}
struct channel_list {
  std::vector<channel_row> channels;  // by name
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, channel_list& x) {
  return f(caf::meta::type_name("channel_list"), x.channels);
}

// The manager: what its configuration file says now. What is to be delivered over a channel that is still
// there stays so; channels and routes of operators stay as they are.
struct configure_notifications {
  std::vector<channel_settings> channels;
  std::vector<notice_route> routes;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, configure_notifications& x) {
  return f(caf::meta::type_name("configure_notifications"), x.channels, x.routes);
}

// Answered by `channel_row` once durable, by notice_refused or notice_conflict.
struct create_channel {
  channel_settings what;
  std::string author;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, create_channel& x) {
  return f(caf::meta::type_name("create_channel"), x.what, x.author);
}

// Answered by `committed`, notice_unknown or notice_conflict. Forgets what it had yet to deliver.
struct delete_channel {
  std::string name;
  std::string author;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, delete_channel& x) {
  return f(caf::meta::type_name("delete_channel"), x.name, x.author);
}

// Sends one message, once. Answered by `delivery_outcome` or notice_unknown.
struct test_channel {
  std::string name;
  std::string author;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, test_channel& x) {
  return f(caf::meta::type_name("test_channel"), x.name, x.author);
}

// Answered by `route_list`: those of the configuration come first.
struct list_routes {};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, list_routes&) {
  return f(caf::meta::type_name("list_routes"));
}
struct route_list {
  std::vector<notice_route> configured;
  std::vector<notice_route> written;  // by operators
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, route_list& x) {
  return f(caf::meta::type_name("route_list"), x.configured, x.written);
}

// Replaces all routes that operators wrote. Answered by `route_list` once durable or by notice_refused.
struct write_routes {
  std::vector<notice_route> routes;
  std::string author;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, write_routes& x) {
  return f(caf::meta::type_name("write_routes"), x.routes, x.author);
}

// Answered by `silence_list`, the newest first.
struct list_silences {};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, list_silences&) {
  return f(caf::meta::type_name("list_silences"));
}
struct silence_list {
  std::vector<silence> silences;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, silence_list& x) {
  return f(caf::meta::type_name("silence_list"), x.silences);
}

// Answered by `silence` once durable or by notice_refused.
struct create_silence {
  silence what;  // without number and time of creation
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, create_silence& x) {
  return f(caf::meta::type_name("create_silence"), x.what);
}

// Answered by `committed` or notice_unknown.
struct delete_silence {
  uint64_t number = 0;
  std::string author;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, delete_silence& x) {
  return f(caf::meta::type_name("delete_silence"), x.number, x.author);
}

// What is pending and how the last attempts went. Answered by `delivery_list`, the newest first.
struct list_deliveries {
  caf::optional<std::string> channel;
  size_t limit = 100;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, list_deliveries& x) {
  return f(caf::meta::type_name("list_deliveries"), x.channel, x.limit);
}
struct delivery_row {
  uint64_t id = 0;
  std::string channel;
  std::string title;
  std::string status;  // pending, delivered, retries or gave_up
  uint64_t count = 0;  // notices
  uint32_t attempts = 0;
  utc_time at{};       // of the attempt; of a pending one, when it was made
  utc_time next_at{};  // of the next attempt; zero if there is none, or as soon as may be
  delivery_outcome how;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, delivery_row& x) {
  return f(caf::meta::type_name("delivery_row"), x.id, x.channel, x.title, x.status, x.count, x.attempts,
           x.at, x.next_at, x.how);
}
struct delivery_list {
  std::vector<delivery_row> pending;   // the oldest first
  std::vector<delivery_row> attempts;  // the newest first
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, delivery_list& x) {
  return f(caf::meta::type_name("delivery_list"), x.pending, x.attempts);
}

// For metrics. Answered by `notification_counts`.
struct count_notifications {};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, count_notifications&) {
  return f(caf::meta::type_name("count_notifications"));
}
struct notification_counts {
  uint64_t notices = 0;
  uint64_t unrouted = 0;  // that no route was for
  uint64_t silenced = 0;
  uint64_t waiting = 0;  // now, for their group's next message
  uint64_t open = 0;     // now
  uint64_t silences = 0;
  std::vector<channel_row> channels;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, notification_counts& x) {
  return f(caf::meta::type_name("notification_counts"), x.notices, x.unrouted, x.silenced, x.waiting, x.open,
           x.silences, x.channels);
}

// A channel that operators made, as the ledger keeps it: what is secret is sealed, each for its place.
struct sealed_channel {
  uint64_t number = 0;    // from 1
  channel_settings what;  // without URL and secret
  std::string url;        // sealed; empty if there is none
  std::string secret;     // the same

  bool operator==(const sealed_channel&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, sealed_channel& x) {
  return f(caf::meta::type_name("sealed_channel"), x.number, x.what, x.url, x.secret);
}

// A notice that waits to be told, or lasts.
struct kept_notice {
  uint64_t number = 0;
  notice what;
  utc_time told_at{};  // zero while it waits

  bool operator==(const kept_notice&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, kept_notice& x) {
  return f(caf::meta::type_name("kept_notice"), x.number, x.what, x.told_at);
}

// Notifier to ledger, one change: what is there from now on, and what is no more.
struct record_notifications {
  std::vector<kept_notice> notices;
  std::vector<uint64_t> removed_notices;
  std::vector<delivery> deliveries;
  std::vector<uint64_t> removed_deliveries;
  std::vector<sealed_channel> channels;
  std::vector<uint64_t> removed_channels;
  std::vector<silence> silences;
  std::vector<uint64_t> removed_silences;
  caf::optional<std::vector<notice_route>> routes;
  std::vector<audit_entry> audit;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, record_notifications& x) {
  return f(caf::meta::type_name("record_notifications"), x.notices, x.removed_notices, x.deliveries,
           x.removed_deliveries, x.channels, x.removed_channels, x.silences, x.removed_silences, x.routes,
           x.audit);
}

}  // namespace muster
