// The operator listener: what operators ask, passed on to actors.
#include "runtime/ingress/operator_routes.hpp"

#include "messages/enrolment.hpp"
#include "messages/errors.hpp"
#include "messages/type_ids.hpp"
#include "runtime/ingress/operator_asking.hpp"
#include "runtime/ingress/query_reader.hpp"
#include "runtime/metrics/exposition.hpp"
#include "runtime/wire/operator_api.hpp"
#include "runtime/wire/panguard.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>

namespace muster {

namespace {

constexpr size_t label_limit = 64;   // labels of one agent
constexpr size_t label_bytes = 256;  // of a value
constexpr size_t label_key_bytes = 64;

// The slot of a cursor; one beyond all slots is past the end.
uint32_t slot_at(uint64_t cursor) { return static_cast<uint32_t>(std::min<uint64_t>(cursor, max_slots)); }

// The same keys that the configuration takes.
bool is_label_key(std::string_view text) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.";
  return !text.empty() && text.size() <= label_key_bytes
         && text.find_first_not_of(letters) == std::string_view::npos;
}

}  // namespace

void operator_door::serve(http::request& full, http::reply to) {
  switch (static_cast<operator_route>(full.matched->name)) {
    case operator_route::status: return show_status(std::move(to));
    case operator_route::agents: return list(full, std::move(to));
    case operator_route::agent: return show(full, std::move(to));
    case operator_route::removal: return remove(full, std::move(to));
    case operator_route::labels: return label(full, std::move(to));
    case operator_route::history: return history(full, std::move(to));
    case operator_route::audit: return audit(full, std::move(to));
    case operator_route::threats: return threats(full, std::move(to));
    case operator_route::metrics: return metrics(std::move(to));
    case operator_route::healthz: return to(http::answer_with(R"({"ok":true,"status":"ok"})"));
    case operator_route::readyz: return ready(std::move(to));
    case operator_route::panguard_agents: return panguard_list(full, std::move(to));
    case operator_route::panguard_agent: return panguard_show(full, std::move(to));
    case operator_route::patterns: return patterns(full, std::move(to));
    case operator_route::pattern: return pattern_of(full, std::move(to));
    case operator_route::pattern_sightings: return pattern_sightings(full, std::move(to));
    case operator_route::panguard_threats: return panguard_threats(full, std::move(to));
    case operator_route::panguard_summary: return panguard_summary(full, std::move(to));
    case operator_route::panguard_overview: return panguard_overview(std::move(to));
    case operator_route::panguard_news: return to(host_.open_news());
    case operator_route::runs: return runs(full, std::move(to));
    case operator_route::run: return run_of(full, std::move(to));
    case operator_route::run_start: return run_start(full, std::move(to));
    case operator_route::run_cancel: return run_cancel(full, std::move(to));
    case operator_route::executions: return executions(full, std::move(to));
    case operator_route::execution: return execution_of(full, std::move(to));
    case operator_route::state_layers:
    case operator_route::state_schema:
    case operator_route::state_history:
    case operator_route::state_layer:
    case operator_route::state_write:
    case operator_route::state_delete:
    case operator_route::node_state:
    case operator_route::secrets:
    case operator_route::secret_put:
    case operator_route::secret_revocation:
      return serve_state(static_cast<operator_route>(full.matched->name), full, std::move(to));
    case operator_route::node_reports: return node_reports(full, std::move(to));
    case operator_route::node_entries: return node_values(full, std::move(to), value_kind::entries);
    case operator_route::node_metrics: return node_values(full, std::move(to), value_kind::metrics);
    case operator_route::upgrades: return upgrades(full, std::move(to));
    case operator_route::upgrade: return upgrade_of(full, std::move(to));
    case operator_route::upgrade_start: return upgrade_start(full, std::move(to));
    case operator_route::upgrade_move: return upgrade_move_of(full, std::move(to));
    case operator_route::channels:
    case operator_route::channel:
    case operator_route::channel_create:
    case operator_route::channel_delete:
    case operator_route::channel_test:
    case operator_route::notice_routes:
    case operator_route::notice_routes_write:
    case operator_route::silences:
    case operator_route::silence_create:
    case operator_route::silence_delete:
    case operator_route::deliveries:
      return serve_notifications(static_cast<operator_route>(full.matched->name), full, std::move(to));
    default: return serve_policy(static_cast<operator_route>(full.matched->name), full, std::move(to));
  }
}

void operator_door::show_status(http::reply to) {
  ask<fleet_counts>(host_.ports().fleet, count_agents{}, to, [this, to](const fleet_counts& counts) {
    const operator_api::status_facts facts{::getpid(),
                                           board_->started_at(),
                                           host_.utc_now(),
                                           board_->fleet_address,
                                           board_->operator_address,
                                           board_->counts().size(),
                                           board_->store_bytes(),
                                           board_->store_limit};
    to(http::answer_with(operator_api::write_status(counts, facts)));
  });
}

void operator_door::list(const http::request& from, http::reply to) {
  query_reader query{from,
                     {"status", "dialect", "tenant", "label", "text", "hostname", "machine_id", "contested",
                      "limit", "cursor"}};
  list_agents wanted;
  wanted.status = query.status();
  wanted.speaks = query.speaks();
  wanted.tenant = query.text("tenant");
  wanted.label = query.text("label");
  wanted.text = query.text("text");
  wanted.hostname = query.text("hostname");
  wanted.machine_id = query.text("machine_id");
  wanted.contested_only = query.flag("contested");
  wanted.limit = query.limit();
  wanted.from_slot = slot_at(query.cursor());
  if (!query.problem().empty()) return to(problem(400, query.problem()));
  pass_on(host_.ports().fleet, std::move(wanted), std::move(to), from.if_none_match,
          operator_api::write_agents);
}

// Asks the fleet, and through it the agent, then the archive for what is only on disk.
template <class Done>
void operator_door::with_details(const http::request& from, http::reply to, Done done) {
  const auto id = parse_agent_id(from.parameters[0]);
  if (!id) return to(problem(404, "no such agent"));
  ask<agent_details>(
    host_.ports().fleet, show_agent{*id}, to, [this, to, id = *id, done](const agent_details& details) {
      ask<agent_record>(host_.ports().archive, read_agent{id}, to,
                        [details, done](const agent_record& record) { done(details, record); });
    });
}

void operator_door::show(const http::request& from, http::reply to) {
  with_details(from, to,
               [to, known = from.if_none_match](const agent_details& details, const agent_record& record) {
                 answer(to, known, operator_api::write_agent(details, record));
               });
}

void operator_door::remove(const http::request& from, http::reply to) {
  const auto id = parse_agent_id(from.parameters[0]);
  if (!id) return to(problem(404, "no such agent"));
  change(host_.ports().fleet, remove_agent{*id, author({}, from)}, std::move(to));
}

void operator_door::label(const http::request& from, http::reply to) {
  const auto id = parse_agent_id(from.parameters[0]);
  if (!id) return to(problem(404, "no such agent"));
  auto body = body_of(from, to);
  if (!body) return;
  label_agent request{*id, {}, author({}, from)};
  auto labels = body->object("labels");
  if (!body->failed() && !labels) body->fail("labels", "is missing");
  if (labels) {
    for (const auto& key : labels->names()) {
      auto value = labels->text(key, label_bytes);
      if (!is_label_key(key))
        labels->fail(key, "a label's name has 1 to 64 letters, digits, '_', '-' or '.'");
      request.labels.emplace(key, std::move(value));
    }
    if (request.labels.size() > label_limit) labels->fail("", "more than 64 labels");
    body->adopt(*labels);
  }
  if (body->failed()) return to(problem(400, body->problem()));
  change(host_.ports().fleet, std::move(request), std::move(to));
}

void operator_door::history(const http::request& from, http::reply to) {
  query_reader query{from, {"limit", "cursor"}};
  const auto id = parse_agent_id(from.parameters[0]);
  if (!id) return to(problem(404, "no such agent"));
  read_history wanted{*id, query.cursor(), query.limit()};
  if (!query.problem().empty()) return to(problem(400, query.problem()));
  ask<agent_details>(host_.ports().fleet, show_agent{*id}, to,
                     [this, to, wanted, known = from.if_none_match](const agent_details& details) mutable {
                       if (wanted.from == 0) wanted.from = details.row.last_change;
                       pass_on(host_.ports().archive, wanted, to, known, operator_api::write_history);
                     });
}

void operator_door::audit(const http::request& from, http::reply to) {
  query_reader query{from, {"subject", "action", "limit", "cursor"}};
  read_audit wanted{query.text("subject"), query.text("action"), query.cursor(), query.limit()};
  if (!query.problem().empty()) return to(problem(400, query.problem()));
  pass_on(host_.ports().archive, std::move(wanted), std::move(to), from.if_none_match,
          operator_api::write_audit);
}

void operator_door::threats(const http::request& from, http::reply to) {
  query_reader query{from, {"agent", "severity", "conclusion", "since", "limit", "cursor"}};
  read_threats wanted;
  wanted.reporter = query.agent();
  wanted.severity = query.text("severity");
  wanted.conclusion = query.text("conclusion");
  wanted.since = query.since();
  wanted.before = query.cursor();
  wanted.limit = query.limit();
  if (!query.problem().empty()) return to(problem(400, query.problem()));
  pass_on(host_.ports().archive, std::move(wanted), std::move(to), from.if_none_match,
          operator_api::write_threats);
}

void operator_door::metrics(http::reply to) {
  ask<fleet_counts>(host_.ports().fleet, count_agents{}, to, [this, to](const fleet_counts& fleet) {
    ask<correlation_counts>(
      host_.ports().correlator, count_correlation{}, to, [this, to, fleet](const correlation_counts& seen) {
        ask<policy_counts>(
          host_.ports().policy, count_policy{}, to, [this, to, fleet, seen](const policy_counts& policy) {
            ask<notification_counts>(
              host_.ports().notifier, count_notifications{}, to,
              [this, to, fleet, seen, policy](const notification_counts& told) {
                host_.on_sweep(host_.snapshot());  // this loop's counts as of now
                auto words = http::answer_with(write_metrics(
                  {fleet, board_->counts(), board_->store_bytes(), board_->store_limit, seen, policy, told}));
                words.content_type = "text/plain; version=0.0.4; charset=utf-8";
                to(std::move(words));
              });
          });
      });
  });
}

// Ready is a manager whose fleet answers.
void operator_door::ready(http::reply to) {
  host_.self()
    .request(host_.ports().fleet, operator_patience, count_agents{})
    .then([to](const fleet_counts&) { to(http::answer_with(R"({"ok":true,"status":"ready"})")); },
          [this, to](caf::error&) { to(problem(503, "the fleet does not answer")); });
}

void operator_door::panguard_list(const http::request& from, http::reply to) {
  query_reader query{from, {"limit", "cursor"}};
  list_agents wanted;
  wanted.speaks = dialect::panguard;
  wanted.limit = query.text("limit").empty() ? max_page : query.limit();
  wanted.from_slot = slot_at(query.cursor());
  if (!query.problem().empty()) return to(problem(400, query.problem()));
  ask<fleet_counts>(host_.ports().fleet, count_agents{}, to, [this, to, wanted](const fleet_counts& counts) {
    const auto total = counts.by_dialect[static_cast<size_t>(dialect::panguard)];
    ask<agent_page>(host_.ports().fleet, wanted, to, [to, total](const agent_page& page) {
      to(http::answer_with(panguard::write_agents(page, total)));
    });
  });
}

void operator_door::panguard_show(const http::request& from, http::reply to) {
  with_details(from, to, [to](const agent_details& details, const agent_record& record) {
    to(http::answer_with(panguard::write_agent(details, record)));
  });
}

}  // namespace muster
