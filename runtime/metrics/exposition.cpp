// Metrics by prometheus-cpp's own model and serializer; the counting is ours.
#include "runtime/metrics/exposition.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <unistd.h>
#include <fstream>

namespace muster {

namespace {

using families = std::vector<prometheus::MetricFamily>;
using label = prometheus::ClientMetric::Label;

prometheus::MetricFamily& family(families& all, std::string name, std::string help,
                                 prometheus::MetricType type) {
  all.push_back({std::move(name), std::move(help), type, {}});
  return all.back();
}

void add(prometheus::MetricFamily& to, double value, std::vector<label> labels = {}) {
  prometheus::ClientMetric metric;
  metric.label = std::move(labels);
  if (to.type == prometheus::MetricType::Counter) metric.counter.value = value;
  else metric.gauge.value = value;
  to.metric.push_back(std::move(metric));
}

void counter(families& all, std::string name, std::string help, double value) {
  add(family(all, std::move(name), std::move(help), prometheus::MetricType::Counter), value);
}

void gauge(families& all, std::string name, std::string help, double value) {
  add(family(all, std::move(name), std::move(help), prometheus::MetricType::Gauge), value);
}

double as_double(uint64_t value) { return static_cast<double>(value); }

void add_fleet(families& all, const fleet_counts& fleet) {
  auto& status = family(all, "muster_agents", "Enrolled agents by status.", prometheus::MetricType::Gauge);
  for (size_t i = 0; i < agent_status_count; ++i)
    add(status, as_double(fleet.by_status[i]), {{"status", to_string(static_cast<agent_status>(i))}});
  auto& dialects =
    family(all, "muster_agents_by_dialect", "Enrolled agents by dialect.", prometheus::MetricType::Gauge);
  for (size_t i = 0; i < fleet.by_dialect.size(); ++i)
    add(dialects, as_double(fleet.by_dialect[i]), {{"dialect", to_string(static_cast<dialect>(i))}});
  gauge(all, "muster_agents_contested", "Identities with two live holders.", as_double(fleet.contested));
  gauge(all, "muster_agents_flapping", "Agents that go and come back again and again.",
        as_double(fleet.flapping));
  gauge(all, "muster_disruptions", "Disruptions under way.", as_double(fleet.disruptions.size()));
  gauge(all, "muster_losses_held", "Silent agents whose loss entails nothing yet.", as_double(fleet.held));
  counter(all, "muster_disruptions_total", "Disruptions that began.", as_double(fleet.disruptions_begun));
  counter(all, "muster_enrolments_total", "First registrations.", as_double(fleet.enrolled));
  counter(all, "muster_reconnections_total", "Registrations of known identities.",
          as_double(fleet.reconnected));
  counter(all, "muster_removals_total", "Identities deleted.", as_double(fleet.removed));
  counter(all, "muster_state_changes_total", "State changes of agents.", as_double(fleet.transitions));
  counter(all, "muster_contests_total", "Identities that became contested.", as_double(fleet.contests));
  counter(all, "muster_agent_actors_respawned_total", "Agent actors replaced after a failure.",
          as_double(fleet.respawned));
  counter(all, "muster_deaf_seconds_total",
          "Time in which the manager could not hear, taken out of liveness.",
          std::chrono::duration<double>(fleet.deaf).count());
}

void add_correlation(families& all, const correlation_counts& counts) {
  gauge(all, "muster_correlation_windows", "Correlation windows open now.", as_double(counts.windows));
  gauge(all, "muster_patterns_open", "Patterns that have not ended.", as_double(counts.open_patterns));
  counter(all, "muster_sightings_total", "Sightings given to windows.", as_double(counts.sightings));
  counter(all, "muster_patterns_total", "Patterns that opened.", as_double(counts.patterns_opened));
  counter(all, "muster_patterns_critical_total", "Patterns that became critical.",
          as_double(counts.patterns_critical));
  counter(all, "muster_correlation_windows_dropped_total", "Windows ended since there were too many.",
          as_double(counts.windows_dropped));
  counter(all, "muster_correlation_agents_dropped_total", "Agents a pattern counts but no longer lists.",
          as_double(counts.agents_dropped));
}

void add_policy(families& all, const policy_counts& counts) {
  gauge(all, "muster_policy_revision", "Revision of the whole fleet's policy.", as_double(counts.revision));
  gauge(all, "muster_policy_layers", "Layers of policy beside the built-in one.", as_double(counts.layers));
  gauge(all, "muster_emergencies", "Emergencies in force.", as_double(counts.emergencies));
  counter(all, "muster_emergencies_published_total", "Emergencies published or grown.",
          as_double(counts.emergencies_published));
  counter(all, "muster_emergencies_refused_total", "Patterns that must not cause an emergency.",
          as_double(counts.emergencies_refused));
  counter(all, "muster_emergencies_revoked_total", "Emergencies that an operator took back.",
          as_double(counts.emergencies_revoked));
  auto& rollouts =
    family(all, "muster_rollouts", "Rollouts by status, of those that ended the latest of a layer.",
           prometheus::MetricType::Gauge);
  for (size_t i = 0; i < counts.rollouts.size(); ++i)
    add(rollouts, as_double(counts.rollouts[i]), {{"status", to_string(static_cast<rollout_status>(i))}});
}

void add_notifications(families& all, const notification_counts& counts) {
  counter(all, "muster_notices_total", "What people were to be told of.", as_double(counts.notices));
  counter(all, "muster_notices_unrouted_total", "Notices that no route was for.", as_double(counts.unrouted));
  counter(all, "muster_notices_silenced_total", "Notices that a silence kept back.",
          as_double(counts.silenced));
  gauge(all, "muster_notices_waiting", "Notices that wait for their group's next message.",
        as_double(counts.waiting));
  gauge(all, "muster_notices_open", "Notices of what lasts.", as_double(counts.open));
  gauge(all, "muster_silences", "Silences in force.", as_double(counts.silences));
  if (counts.channels.empty()) return;  // a family without a sample is none
  auto& deliveries = family(all, "muster_deliveries_total",
                            "Attempts to deliver by channel and outcome; gave_up is not tried again.",
                            prometheus::MetricType::Counter);
  for (const auto& each : counts.channels) {
    add(deliveries, as_double(each.delivered), {{"channel", each.what.name}, {"outcome", "delivered"}});
    add(deliveries, as_double(each.failed), {{"channel", each.what.name}, {"outcome", "failed"}});
    add(deliveries, as_double(each.given_up), {{"channel", each.what.name}, {"outcome", "gave_up"}});
  }
  auto& pending = family(all, "muster_deliveries_pending", "Messages that a channel has not taken yet.",
                         prometheus::MetricType::Gauge);
  for (const auto& each : counts.channels)
    add(pending, as_double(each.pending), {{"channel", each.what.name}});
}

template <class Read>
double sum(const std::vector<ingress_counts>& loops, Read read) {
  double total = 0;
  for (const auto& loop : loops) total += static_cast<double>(read(loop));
  return total;
}

void add_http(families& all, const std::vector<ingress_counts>& loops) {
  counter(all, "muster_heartbeats_total", "Heartbeats passed to agents.",
          sum(loops, [](const auto& l) { return l.heartbeats; }));
  auto& answers =
    family(all, "muster_http_answers_total", "HTTP answers by class.", prometheus::MetricType::Counter);
  for (size_t i = 2; i < 6; ++i)
    add(answers, sum(loops, [i](const auto& l) { return l.sessions.by_class[i]; }),
        {{"class", std::to_string(i) + "xx"}});
  auto& refused = family(all, "muster_admission_refused_total", "Requests answered 429, by lane.",
                         prometheus::MetricType::Counter);
  constexpr const char* lanes[] = {"heartbeats", "registration", "events", "reads"};
  for (size_t i = 0; i < lane_count; ++i)
    add(refused, sum(loops, [i](const auto& l) { return l.refused_by_lane[i]; }), {{"lane", lanes[i]}});
  counter(all, "muster_credentials_refused_total", "Requests answered 401, 403 or 404 for their credentials.",
          sum(loops, [](const auto& l) { return l.refused_credentials; }));
  counter(all, "muster_http_timeouts_total", "Requests answered 408.",
          sum(loops, [](const auto& l) { return l.sessions.timed_out; }));
  counter(all, "muster_http_unanswered_total", "Requests answered 503 since no actor answered in time.",
          sum(loops, [](const auto& l) { return l.sessions.unanswered; }));
  counter(all, "muster_http_overloaded_total",
          "Requests and connections answered 503 since too many were open.",
          sum(loops, [](const auto& l) { return l.sessions.overloaded; }));
  auto& open =
    family(all, "muster_connections", "Open connections by listener.", prometheus::MetricType::Gauge);
  add(open, sum(loops, [](const auto& l) { return l.connections[0]; }), {{"listener", "fleet"}});
  add(open, sum(loops, [](const auto& l) { return l.connections[1]; }), {{"listener", "operator"}});
  gauge(all, "muster_http_streams", "Open answers that go on, as event streams do.",
        sum(loops, [](const auto& l) { return l.sessions.streams; }));
  gauge(all, "muster_policy_streams", "Open streams of policy.",
        sum(loops, [](const auto& l) { return l.policies.streams; }));
  gauge(all, "muster_policy_polls_waiting", "Polls that wait for a new version of policy.",
        sum(loops, [](const auto& l) { return l.policies.polls; }));
  counter(all, "muster_policy_pushes_total", "New versions of policy sent to streams and waiting polls.",
          sum(loops, [](const auto& l) { return l.policies.pushes; }));
  gauge(all, "muster_dashboard_streams", "Open streams of news for dashboards.",
        sum(loops, [](const auto& l) { return l.dashboards; }));
  gauge(all, "muster_node_streams", "Open event streams of nodes.",
        sum(loops, [](const auto& l) { return l.nodes.streams; }));
  counter(all, "muster_node_streams_opened_total",
          "Event streams that nodes opened, again or for the first time.",
          sum(loops, [](const auto& l) { return l.nodes.opened; }));
  counter(all, "muster_node_events_sent_total", "Events sent to nodes, one for each receiver.",
          sum(loops, [](const auto& l) { return l.nodes.events; }));
  counter(all, "muster_node_resyncs_total", "Streams of which it was not known what their nodes had missed.",
          sum(loops, [](const auto& l) { return l.nodes.resyncs; }));
  counter(all, "muster_node_signatures_total", "Events that were signed again for nodes that came back.",
          sum(loops, [](const auto& l) { return l.nodes.signatures; }));
  gauge(all, "muster_requests_waiting", "Requests that wait for an actor.",
        sum(loops, [](const auto& l) { return l.waiting; }));
}

double resident_bytes() {
  std::ifstream statm{"/proc/self/statm"};
  double size = 0;
  double resident = 0;
  statm >> size >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

std::string write_metrics(const metrics_snapshot& from) {
  families all;
  auto& build =
    family(all, "muster_build_info", "Always 1; the labels tell the version.", prometheus::MetricType::Gauge);
  add(build, 1, {{"version", MUSTER_VERSION}});
  add_fleet(all, from.fleet);
  add_correlation(all, from.correlation);
  add_policy(all, from.policy);
  add_notifications(all, from.notifications);
  add_http(all, from.loops);
  gauge(all, "muster_store_bytes", "Size of the ledger's file in use.", as_double(from.store_bytes));
  gauge(all, "muster_store_limit_bytes", "limits.store_bytes.", as_double(from.store_limit));
  gauge(all, "process_resident_memory_bytes", "Resident memory.", resident_bytes());
  return prometheus::TextSerializer{}.Serialize(all);
}

}  // namespace muster
