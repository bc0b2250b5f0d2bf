// A manager, put together: store, ledger, archive, fleet and loops. musterd runs
// it on threads; the test harness runs the same on virtual time.
#pragma once

#include "actors/manager/fleet.hpp"
#include "actors/manager/restored_nodes.hpp"
#include "actors/manager/restored_sensors.hpp"
#include "actors/ports/sensor_credentials.hpp"
#include "actors/ports/vault.hpp"
#include "runtime/config/configuration.hpp"
#include "runtime/ingress/fleet_listener.hpp"
#include "runtime/ingress/operator_door.hpp"
#include "runtime/ledger/store.hpp"
#include "runtime/notify/parcel.hpp"

#include <caf/actor_system_config.hpp>

namespace muster {

// What differs between a manager of its own and one inside a test.
struct manager_setting {
  calendar utc_now;
  std::shared_ptr<credential_source> credentials;
  std::shared_ptr<node_credentials> node_keys;
  std::shared_ptr<sensor_credentials> sensor_keys;
  std::shared_ptr<const vault> secrets;     // under the master key
  std::shared_ptr<parcel_carrier> carrier;  // of notifications; without one nothing is sent
  std::filesystem::path artifacts;          // where programs for nodes lie; made when needed
  uint32_t fresh_epoch = 0;                 // of the event log, drawn at random; for a store that has none
  journal tell = [](std::string_view, const std::string&) {};
  woken_run woken = woken_run::on_loop;
  std::chrono::milliseconds flush_delay{50};  // see fleet_options
  bool threads = true;                        // store and archive block, so they get threads of their own
};

// Open connections of all loops, by listener: fleet, operator.
using connection_totals = std::array<std::atomic<size_t>, 2>;

// One event loop with all that lives on it.
class loop_host {
 public:
  loop_host(caf::actor_system& system, boost::asio::io_context& loop, ingress_ports ports,
            ingress_settings settings, woken_run woken, operator_context operators,
            bool operator_routes_for_fleet, connection_totals& totals);

  ingress_actor handle() const { return caf::actor_cast<ingress_actor>(actor_.alive); }
  ingress& inner() { return ingress_; }
  http::session_environment& fleet_environment() { return fleet_environment_; }
  http::session_environment& operator_environment() { return operator_environment_; }
  http::service& fleet_service() { return fleet_listener_; }
  http::service& operator_service() { return operator_door_; }
  boost::asio::io_context& loop() { return actor_.self.loop(); }

 private:
  loop_actor_handle actor_;
  ingress ingress_;
  operator_door operator_door_;
  fleet_door fleet_door_;
  plexd_door plexd_door_;
  harborguard_door harborguard_door_;
  fleet_listener fleet_listener_;
  http::session_environment fleet_environment_;
  http::session_environment operator_environment_;
};

class manager {
 public:
  // Spawns ledger, archive and fleet; restores what the store holds.
  manager(caf::actor_system& system, std::shared_ptr<store> where, configuration settings,
          manager_setting setting, std::string operator_token);

  // Adds a loop. Call attach() after the last one, before any listens.
  loop_host& add_loop(boost::asio::io_context& loop);
  void attach();

  // Takes over what may change while it runs. On each loop's thread later.
  void reload(const configuration& fresh);

  const configuration& settings() const { return configuration_; }
  fleet_actor fleet() const { return fleet_; }
  archive_actor archive() const { return archive_; }
  ledger_actor ledger() const { return ledger_; }
  policy_actor policy() const { return policy_; }
  correlator_actor correlator() const { return correlator_; }
  registrar_actor registrar() const { return registrar_; }
  event_log_actor events() const { return events_; }
  steward_actor steward() const { return steward_; }
  dispatcher_actor dispatcher() const { return dispatcher_; }
  shelf_actor shelf() const { return shelf_; }
  upgrader_actor upgrader() const { return upgrader_; }
  notifier_actor notifier() const { return notifier_; }
  coordinator_actor coordinator() const { return coordinator_; }
  const std::vector<std::unique_ptr<loop_host>>& loops() const { return loops_; }
  size_t restored_agents() const { return restored_agents_; }
  std::shared_ptr<operator_board> board() const { return board_; }

 private:
  void spawn_correlation();
  notice_listener_actor people() const { return caf::actor_cast<notice_listener_actor>(notifier_); }
  std::vector<document<logged_event>> spawn_events();  // what nodes were told before
  void spawn_registrar(restored_nodes restored);
  void spawn_dispatcher(const std::vector<document<logged_event>>& told);
  void spawn_coordinator(restored_sensors restored);
  void spawn_shelf();
  void spawn_upgrader();
  ingress_settings share_of_loop() const;

  caf::actor_system& system_;
  std::shared_ptr<store> store_;
  configuration configuration_;
  manager_setting setting_;
  std::shared_ptr<listening_clock> listening_;
  std::shared_ptr<operator_board> board_;
  size_t loop_count_;
  connection_totals connections_{};
  size_t restored_agents_ = 0;
  ledger_actor ledger_;
  archive_actor archive_;
  policy_actor policy_;
  correlator_actor correlator_;
  fleet_actor fleet_;
  std::shared_ptr<event_signer> signer_;
  event_log_actor events_;
  coordinator_actor coordinator_;
  result_reader_actor results_;
  steward_actor steward_;
  registrar_actor registrar_;
  dispatcher_actor dispatcher_;
  shelf_actor shelf_;
  upgrader_actor upgrader_;
  notifier_actor notifier_;
  std::vector<std::unique_ptr<loop_host>> loops_;
};

// The configuration of an actor system that can carry all our messages.
class system_configuration : public caf::actor_system_config {
 public:
  explicit system_configuration(size_t workers);  // threads that run actors
  // Runs actors only when a test says so, on a clock that the test moves.
  static system_configuration on_virtual_time();

 private:
  system_configuration();
};

}  // namespace muster
