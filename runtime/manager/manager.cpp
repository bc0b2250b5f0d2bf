// Putting a manager together.
#include "runtime/manager/manager.hpp"

#include "actors/manager/coordinator.hpp"
#include "actors/manager/dispatcher.hpp"
#include "actors/manager/upgrader.hpp"
#include "messages/errors.hpp"
#include "messages/type_ids.hpp"
#include "runtime/artifacts/shelf.hpp"
#include "runtime/config/listen_address.hpp"
#include "runtime/ledger/archive.hpp"
#include "runtime/ledger/ledger.hpp"
#include "runtime/ledger/load_correlation.hpp"
#include "runtime/ledger/load_events.hpp"
#include "runtime/ledger/load_fleet.hpp"
#include "runtime/ledger/load_nodes.hpp"
#include "runtime/ledger/load_policy.hpp"
#include "runtime/ledger/load_sensors.hpp"
#include "runtime/ledger/load_upgrades.hpp"
#include "runtime/ledger/load_work.hpp"
#include "runtime/manager/loss_options.hpp"
#include "runtime/manager/node_options.hpp"
#include "runtime/manager/spawn_notifier.hpp"
#include "runtime/manager/spawn_steward.hpp"
#include "runtime/manager/threat_options.hpp"
#include "runtime/manager/unsent_work.hpp"
#include "runtime/scans/result_reader.hpp"
#include "runtime/wire/plexd_signer.hpp"
#include "runtime/wire/plexd_work.hpp"
#include "runtime/wire/policy_document.hpp"

#include <boost/asio/post.hpp>

#include <caf/all.hpp>

#include <algorithm>
#include <stdexcept>

namespace muster {

namespace {

uint32_t whole_seconds(std::chrono::milliseconds span) {
  return static_cast<uint32_t>(std::max<int64_t>(1, std::chrono::ceil<std::chrono::seconds>(span).count()));
}

std::array<liveness_profile, 3> profiles_of(const configuration& from) {
  std::array<liveness_profile, 3> out;
  for (size_t i = 0; i < out.size(); ++i) {
    auto found = from.liveness.profiles.find(to_string(static_cast<dialect>(i)));
    if (found == from.liveness.profiles.end()) continue;
    out[i] = {found->second.interval, found->second.stale_after, found->second.offline_after};
  }
  return out;
}

fleet_options options_of(const configuration& from) {
  fleet_options options;
  options.agents = static_cast<uint32_t>(from.limits.agents);
  options.checkpoint_interval = from.ledger.checkpoint_interval;
  options.departed_retention = from.retention.departed;
  options.profiles = profiles_of(from);
  options.losses = loss_limits_of(from, options.profiles);
  options.correlate_benign = from.correlation.benign;
  options.trust_everyone = from.correlation.trust_everyone;
  return options;
}

retention_limits retention_of(const configuration& from) {
  return {from.retention.threats,  from.retention.history,      from.retention.patterns,
          from.retention.policies, from.retention.node_reports, from.mesh.cooldown};
}

}  // namespace

system_configuration::system_configuration() {
  add_message_types<caf::id_block::muster>();
  add_message_types<caf::id_block::muster_sensors>();
  // The one-argument overload does not compile in CAF 0.17.6.
  add_error_category(caf::atom("fleet"), [](uint8_t code, caf::atom_value, const caf::message& context) {
    if (context.match_elements<std::string>()) return context.get_as<std::string>(0);  // words for people
    return to_string(static_cast<fleet_error>(code));
  });
}

system_configuration::system_configuration(size_t workers) : system_configuration() {
  set("scheduler.policy", caf::atom("sharing"));  // the default burns an idle machine
  set("scheduler.max-threads", workers);
}

system_configuration system_configuration::on_virtual_time() {
  system_configuration config;
  config.set("scheduler.policy", caf::atom("testing"));
  return config;
}

loop_host::loop_host(caf::actor_system& system, boost::asio::io_context& loop, ingress_ports ports,
                     ingress_settings settings, woken_run woken, operator_context operators,
                     bool operator_routes_for_fleet, connection_totals& totals)
  : actor_(spawn_on_loop(system, loop, woken)),
    ingress_(actor_.self, std::move(ports), std::move(settings)),
    operator_door_(ingress_, std::move(operators)),
    fleet_door_(ingress_, operator_routes_for_fleet ? &operator_door_ : nullptr),
    plexd_door_(ingress_),
    harborguard_door_(ingress_),
    fleet_listener_(fleet_door_, plexd_door_, harborguard_door_),
    fleet_environment_(ingress_.environment(fleet_listener_, ingress_.connections()[0], totals[0])),
    operator_environment_(ingress_.environment(operator_door_, ingress_.connections()[1], totals[1])) {}

manager::manager(caf::actor_system& system, std::shared_ptr<store> where, configuration settings,
                 manager_setting setting, std::string operator_token)
  : system_(system),
    store_(std::move(where)),
    configuration_(std::move(settings)),
    setting_(std::move(setting)),
    listening_(std::make_shared<listening_clock>(
      configuration_.liveness.late_tolerance, system_.clock().now() + configuration_.liveness.startup_grace)),
    board_(std::make_shared<operator_board>(std::move(operator_token), setting_.utc_now())),
    loop_count_(threads_or_default(configuration_.loops)) {
  ledger_options ledger_settings;
  ledger_settings.retention = retention_of(configuration_);
  ledger_settings.now_utc = setting_.utc_now;
  ledger_settings.purge_failed = [tell = setting_.tell, &system](const caf::error& failed) {
    tell("purge_failed", system.render(failed));
  };
  auto restored = load_fleet(*store_, setting_.utc_now(), retention_of(configuration_));
  if (!restored) throw std::runtime_error{system_.render(restored.error())};
  restored_agents_ = restored->agents.size();
  auto sensors = load_sensors(*store_, *restored);
  if (!sensors) throw std::runtime_error{system_.render(sensors.error())};
  auto nodes = load_nodes(*store_, *restored);
  if (!nodes) throw std::runtime_error{system_.render(nodes.error())};
  if (setting_.threads) {
    ledger_ = system_.spawn<caf::detached>(muster::ledger, store_, ledger_settings);
    archive_ = system_.spawn<caf::detached>(muster::archive, store_, archive_options{});
  } else {
    ledger_ = system_.spawn(muster::ledger, store_, ledger_settings);
    archive_ = system_.spawn(muster::archive, store_, archive_options{});
  }
  notifier_ =
    spawn_notifier(system_, *store_, configuration_,
                   {ledger_, {}, setting_.secrets, setting_.utc_now, setting_.tell}, setting_.carrier);
  spawn_correlation();
  auto fleet_settings = options_of(configuration_);
  fleet_settings.flush_delay = setting_.flush_delay;
  fleet_settings.second_thread = setting_.threads;
  fleet_ = system_.spawn(muster::fleet, std::move(fleet_settings),
                         fleet_ports{ledger_, listening_, setting_.utc_now, setting_.credentials,
                                     setting_.tell, correlator_, policy_, people()},
                         std::move(*restored));
  const auto told = spawn_events();
  spawn_registrar(std::move(*nodes));
  spawn_dispatcher(told);
  spawn_coordinator(std::move(*sensors));
  spawn_shelf();
  spawn_upgrader();
  caf::anon_send(fleet_, attach_registrar{registrar_, dispatcher_, steward_, coordinator_});
  board_->store_limit = configuration_.limits.store_bytes;
  board_->store_bytes = [where = store_] { return where->bytes(); };
}

// Policy first, since the correlator tells it of patterns from its start.
void manager::spawn_correlation() {
  auto policies = load_policy(*store_);
  if (!policies) throw std::runtime_error{system_.render(policies.error())};
  policy_ = system_.spawn(
    muster::policy, policy_options_of(configuration_),
    policy_ports{ledger_, setting_.utc_now, policy_json::panguard_members, setting_.tell, people()},
    std::move(*policies));
  const auto& correlation = configuration_.correlation;
  auto seen = load_correlation(*store_, setting_.utc_now(), correlation.window, correlation.benign,
                               correlation.trust_everyone);
  if (!seen) throw std::runtime_error{system_.render(seen.error())};
  correlator_ = system_.spawn(muster::correlator, correlator_options_of(configuration_),
                              correlator_ports{ledger_,
                                               setting_.utc_now,
                                               setting_.tell,
                                               {caf::actor_cast<pattern_listener_actor>(policy_),
                                                caf::actor_cast<pattern_listener_actor>(notifier_)}},
                              std::move(*seen));
}

std::vector<document<logged_event>> manager::spawn_events() {
  auto restored = load_events(*store_);
  if (!restored) throw std::runtime_error{system_.render(restored.error())};
  signer_ = std::make_shared<plexd::signer>();
  auto keys = open_signing_keys(restored->sealed, *setting_.secrets, *signer_);
  if (!keys) throw std::runtime_error{system_.render(keys.error())};
  restored->keys = std::move(*keys);
  auto told = restored->events;
  events_ = system_.spawn(muster::event_log, event_log_options_of(configuration_),
                          event_log_ports{ledger_, setting_.secrets, signer_, setting_.utc_now, setting_.tell,
                                          setting_.fresh_epoch},
                          std::move(*restored));
  return told;
}

// The steward first, since the registrar tells it how nodes are.
void manager::spawn_registrar(restored_nodes restored) {
  steward_ =
    spawn_steward(system_, *store_, {},
                  {ledger_, fleet_, events_, setting_.utc_now, setting_.secrets, nullptr, setting_.tell},
                  restored, setting_.threads);
  registrar_ports ports{fleet_,
                        ledger_,
                        setting_.utc_now,
                        setting_.node_keys,
                        setting_.secrets,
                        setting_.tell,
                        {caf::actor_cast<node_listener_actor>(steward_)}};
  registrar_ = system_.spawn(muster::registrar, registrar_options_of(configuration_), std::move(ports),
                             std::move(restored));
}

// It asks the registrar and tells nodes by way of the event log.
void manager::spawn_dispatcher(const std::vector<document<logged_event>>& told) {
  auto restored = load_work(*store_);
  if (!restored) throw std::runtime_error{system_.render(restored.error())};
  return_unsent(*restored, told);
  dispatcher_ports ports{ledger_,
                         caf::actor_cast<node_selector_actor>(registrar_),
                         caf::actor_cast<event_appender_actor>(events_),
                         std::make_shared<plexd::work_writer>(),
                         setting_.utc_now,
                         setting_.tell};
  dispatcher_ =
    system_.spawn(muster::dispatcher, dispatcher_options{}, std::move(ports), std::move(*restored));
}

// Results are read on a thread of their own.
void manager::spawn_coordinator(restored_sensors restored) {
  coordinator_options options;
  options.scans.keep = configuration_.retention.scans;
  coordinator_ports ports{fleet_, ledger_, people(), setting_.sensor_keys, setting_.utc_now, setting_.tell};
  coordinator_ =
    system_.spawn(muster::coordinator, std::move(options), std::move(ports), std::move(restored));
  results_ = setting_.threads ? system_.spawn<caf::detached>(muster::result_reader, coordinator_)
                              : system_.spawn(muster::result_reader, coordinator_);
}

void manager::spawn_shelf() {
  shelf_options options;
  options.directory = setting_.artifacts;
  shelf_ = setting_.threads
             ? system_.spawn<caf::detached>(muster::shelf, std::move(options), ledger_, setting_.utc_now)
             : system_.spawn(muster::shelf, std::move(options), ledger_, setting_.utc_now);
}

// Last of all, since it asks the registrar how nodes are and the dispatcher to tell them.
void manager::spawn_upgrader() {
  auto restored = load_upgrades(*store_);
  if (!restored) throw std::runtime_error{system_.render(restored.error())};
  upgrader_ports ports{ledger_,
                       caf::actor_cast<node_lister_actor>(registrar_),
                       caf::actor_cast<run_keeper_actor>(dispatcher_),
                       setting_.utc_now,
                       setting_.tell,
                       people()};
  upgrader_ = system_.spawn(muster::upgrader, upgrader_options{}, std::move(ports), std::move(*restored));
}

loop_host& manager::add_loop(boost::asio::io_context& loop) {
  ingress_ports ports{fleet_,   archive_,  ledger_,     policy_,    correlator_,     registrar_,
                      steward_, events_,   dispatcher_, shelf_,     upgrader_,       coordinator_,
                      results_, notifier_, signer_,     listening_, setting_.utc_now};
  loops_.push_back(std::make_unique<loop_host>(system_, loop, std::move(ports), share_of_loop(),
                                               setting_.woken, operator_context{board_},
                                               configuration_.fleet_listener_operator_routes, connections_));
  return *loops_.back();
}

void manager::attach() {
  attach_loops all;
  attach_event_listeners listeners;
  for (const auto& host : loops_) {
    all.loops.push_back(host->handle());
    listeners.loops.push_back(caf::actor_cast<event_listener_actor>(host->handle()));
    host->inner().on_sweep = [board = board_, number = board_->add_loop()](const ingress_counts& counts) {
      board->publish(number, counts);
    };
  }
  caf::anon_send(policy_, attach_policy{fleet_, all.loops});
  listeners.keys = caf::actor_cast<key_listener_actor>(steward_);
  caf::anon_send(events_, std::move(listeners));
  caf::anon_send(coordinator_, all);
  caf::anon_send(fleet_, std::move(all));
}

// What one loop of several gets.
ingress_settings manager::share_of_loop() const {
  const auto& limits = configuration_.limits;
  const auto& rates = configuration_.admission;
  const auto& enrolment = configuration_.enrolment_panguard;
  ingress_settings out;
  out.sessions.parser = {static_cast<uint32_t>(limits.header_bytes), limits.body_bytes, limits.inflate_ratio};
  out.sessions.header_seconds = whole_seconds(limits.header_time);
  out.sessions.body_seconds = whole_seconds(limits.body_time);
  out.sessions.idle_seconds = whole_seconds(limits.idle_time);
  out.sessions.answer_seconds = whole_seconds(limits.answer_time);
  out.sessions.in_flight = std::max<size_t>(1, limits.in_flight / loop_count_);
  out.body_budget = std::max<size_t>(limits.body_bytes, limits.body_budget / loop_count_);
  const auto share = [this](uint64_t rate) {
    return static_cast<double>(rate) / static_cast<double>(loop_count_);
  };
  out.rates = {share(rates.heartbeats), share(rates.registration), share(rates.events), share(rates.reads)};
  for (size_t i = 0; i < out.intervals.size(); ++i)
    out.intervals[i] = profiles_of(configuration_)[i].interval;
  out.gate = enrolment.mode == enrolment_mode::token         ? enrolment_gate::token
             : enrolment.mode == enrolment_mode::path_secret ? enrolment_gate::path_secret
                                                             : enrolment_gate::open;
  out.secrets = enrolment.secrets;
  if (!enrolment.secret.empty()) out.secrets[enrolment.tenant] = enrolment.secret;
  out.tenant = enrolment.tenant;
  out.labels = enrolment.labels;
  out.sightings = sighting_reader_of(configuration_);
  const auto listens = parse_listen_address(configuration_.fleet_listen);
  out.open_to_strangers = out.gate == enrolment_gate::open && listens && !listens->loopback;
  out.streams.kept.events = configuration_.events.kept;
  out.pushes_per_second = share(configuration_.policy.push_per_second);
  out.new_identity_for_duplicates = enrolment.on_duplicate == duplicate_policy::new_identity;
  return out;
}

void manager::reload(const configuration& fresh) {
  configuration_ = with_reloadable(configuration_, fresh);
  caf::anon_send(ledger_, retention_of(configuration_));
  const auto& notifications = configuration_.notifications;
  caf::anon_send(notifier_, configure_notifications{notifications.channels, notifications.routes});
  for (const auto& host : loops_)
    boost::asio::post(host->loop(),
                      [inner = &host->inner(), settings = share_of_loop()] { inner->apply(settings); });
}

}  // namespace muster
