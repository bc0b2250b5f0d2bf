// One event loop of the manager: its actor, its sessions, its table of agents
// and its clocks. Everything here runs on that loop's thread.
#pragma once

#include "actors/ports/calendar.hpp"
#include "actors/ports/listening_clock.hpp"
#include "messages/interfaces.hpp"
#include "messages/queries.hpp"
#include "runtime/http/session.hpp"
#include "runtime/ingress/admission.hpp"
#include "runtime/ingress/news_desk.hpp"
#include "runtime/ingress/node_streams.hpp"
#include "runtime/ingress/policy_desk.hpp"
#include "runtime/ingress/push_pace.hpp"
#include "runtime/ingress/sensor_table.hpp"
#include "runtime/ingress/slot_table.hpp"
#include "runtime/json/document.hpp"
#include "runtime/loop/loop_actor.hpp"
#include "runtime/wire/sightings.hpp"

#include <map>

namespace muster {

enum class enrolment_gate : uint8_t { open, token, path_secret };

// What a loop is set to; replaced as a whole when the configuration is reloaded.
// Rates and sizes are this loop's share.
struct ingress_settings {
  http::session_limits sessions;
  size_t body_budget = 256u << 20;
  std::array<double, lane_count> rates{};  // requests a second, index is lane; 0 is no limit
  std::array<std::chrono::milliseconds, 3> intervals{std::chrono::milliseconds{30'000},
                                                     std::chrono::milliseconds{30'000},
                                                     std::chrono::milliseconds{30'000}};  // index is dialect
  enrolment_gate gate = enrolment_gate::open;
  std::map<std::string, std::string> secrets;  // tenant to secret
  std::string tenant = "default";              // of those who enrol without a secret
  std::map<std::string, std::string> labels;   // for everyone who enrols
  bool new_identity_for_duplicates = false;
  bool open_to_strangers = false;     // whoever reaches the listener may enrol, and it is not only this host
  double pushes_per_second = 50'000;  // of new policy to streams and waiting polls
  std::shared_ptr<const sighting_reader> sightings;  // of what agents report; null is one without options
  node_stream_options streams;                       // of nodes; not replaced by a reload
};

struct ingress_ports {
  fleet_actor fleet;
  archive_actor archive;
  ledger_actor ledger;
  policy_actor policy;
  correlator_actor correlator;
  registrar_actor registrar;
  steward_actor steward;
  event_log_actor events;
  dispatcher_actor dispatcher;
  shelf_actor shelf;
  upgrader_actor upgrader;
  coordinator_actor coordinator;
  result_reader_actor results;
  notifier_actor notifier;
  std::shared_ptr<const event_signer> signer;
  std::shared_ptr<listening_clock> listening;
  calendar utc_now;
};

// Plain counts of one loop, copied out for metrics.
struct ingress_counts {
  http::session_counts sessions;
  uint64_t heartbeats = 0;
  uint64_t refused_credentials = 0;
  std::array<uint64_t, lane_count> refused_by_lane{};
  std::array<size_t, 2> connections{};  // fleet, operator
  size_t waiting = 0;
  policy_desk_counts policies;
  node_stream_counts nodes;
  size_t dashboards = 0;
  std::chrono::nanoseconds deaf{};
};

class ingress {
 public:
  static constexpr std::chrono::milliseconds pulse_interval{250};
  static constexpr std::chrono::seconds sweep_interval{1};
  static constexpr unsigned reads_per_turn = 4;  // of sockets, until what they woke runs

  // Call before the loop runs. The loop pulses from now on.
  ingress(loop_actor& self, ingress_ports ports, ingress_settings settings);

  // Everything that sessions of a listener share. `connections` counts that listener's.
  http::session_environment environment(http::service& serves, size_t& connections,
                                        std::atomic<size_t>& total_connections);

  void apply(ingress_settings settings);

  // Ends sessions as they become idle. True once no request waits for an answer
  // or, with `await_arrivals`, is still arriving.
  bool finish(bool await_arrivals);

  // Ends all sessions at once, answered or not.
  void close_sessions();

  caf::actor_clock::time_point now() const { return self_.clock().now(); }
  listening_time listening_now() const { return ports_.listening->at(now()); }
  utc_time utc_now() const { return ports_.utc_now(); }

  loop_actor& self() { return self_; }
  const ingress_ports& ports() const { return ports_; }
  const ingress_settings& settings() const { return settings_; }
  slot_table& slots() { return slots_; }
  admission& lanes() { return lanes_; }
  policy_desk& policies() { return policies_; }
  const sighting_reader& sightings() const;
  node_streams& nodes() { return nodes_; }
  const sensor_table& sensors() const { return sensors_; }
  // A dashboard wants to be told what happens.
  http::response open_news();
  // A report is durable: whoever follows hears of it.
  void tell_threats(agent_id reporter, const threats_accepted& accepted);
  // Asks it of these with the answers to their next heartbeats; bits of agent_directive.
  void direct(std::vector<agent_id> whom, uint8_t directives);
  uint32_t second() const { return second_; }  // sweeps so far
  json::document& parser() { return parser_; }
  ingress_counts& counts() { return counts_; }
  ingress_counts snapshot() const;
  // Told once a second, for metrics of the whole manager.
  std::function<void(const ingress_counts&)> on_sweep = [](const ingress_counts&) {};
  std::array<size_t, 2>& connections() { return counts_.connections; }

 private:
  void handle_read();
  void pulse();
  void sweep();
  void report_beats();
  void push();
  void note_policy(const publish_policy& news);
  void tell_news(std::string_view message);
  void follow();

  loop_actor& self_;
  ingress_ports ports_;
  ingress_settings settings_;
  slot_table slots_;
  policy_desk policies_;
  node_streams nodes_;
  sensor_table sensors_;
  news_desk news_;
  std::vector<ingress_actor> followers_;  // loops whose news desks have listeners
  bool follows_ = false;                  // as the fleet was told
  bool push_pending_ = false;
  push_pace pace_;
  admission lanes_;
  json::document parser_;
  ingress_counts counts_;
  http::body_budget budget_;
  http::session_list sessions_;
  http::flush_round flushes_;
  unsigned reads_ = 0;
  size_t waiting_ = 0;
  uint32_t second_ = 0;
  uint64_t beats_refused_ = 0;  // as of the last pulse
  size_t loop_number_;
  std::string date_;
};

}  // namespace muster
