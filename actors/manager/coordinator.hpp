// The coordinator knows which registries there are, which sensors scan for them, by which
// keys those come in, and who scans what. A sensor's liveness is its agent's; what follows
// from it for registries and scans is decided here. What it answers is durable.
#pragma once

#include "actors/manager/restored_sensors.hpp"
#include "actors/manager/scan_queue.hpp"
#include "actors/manager/schedule_book.hpp"
#include "actors/manager/sensor_book.hpp"
#include "actors/ports/calendar.hpp"
#include "actors/ports/journal.hpp"
#include "actors/ports/sensor_credentials.hpp"
#include "messages/interfaces.hpp"
#include "messages/notification_interfaces.hpp"
#include "messages/notifications.hpp"

#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <functional>
#include <memory>

namespace muster {

struct coordinator_options {
  scan_limits scans;
  size_t keys = 10'000;
  size_t registries = 10'000;
  size_t sensors = 100'000;  // with those that were deleted
  std::chrono::milliseconds check_interval = std::chrono::minutes{1};
  std::chrono::milliseconds key_warning = std::chrono::hours{24 * 7};    // before it expires
  std::chrono::milliseconds hurried_interval = std::chrono::seconds{1};  // while there is more to forget
  size_t forgotten_at_once = 1'000;
  size_t schedules = 10'000;
  size_t runs_at_once = 500;  // schedules that make scans in one record
};

struct coordinator_ports {
  fleet_actor fleet;
  ledger_actor ledger;
  notice_listener_actor people;  // may be none
  std::shared_ptr<sensor_credentials> credentials;
  calendar utc_now;
  journal tell;
};

struct coordinator_state {
  static inline const char* name = "muster.coordinator";

  explicit coordinator_state(coordinator_actor::pointer actor) : self(actor) {}
  coordinator_actor::behavior_type make_behavior(coordinator_options options, coordinator_ports ports,
                                                 restored_sensors restored);

  coordinator_actor::pointer self;

 private:
  using done = std::function<void(const caf::error&)>;
  using known_promise = caf::typed_response_promise<sensor_known>;
  using schedule_promise = caf::typed_response_promise<schedule_row>;
  struct key_use {
    utc_time last_at{};
    uint64_t refused = 0;
  };
  struct sensor_use {
    utc_time heard_at{};
    utc_time polled_at{};
    uint64_t refused = 0;
    uint64_t failed = 0;                // requests of it that the manager could not serve
    std::chrono::milliseconds skew{0};  // of its clock, as its last result shows; positive: it is ahead
    bool scanning = false;
  };

  // coordinator.cpp
  void restore(restored_sensors restored);
  work_time now() const { return {ports_.utc_now(), self->clock().now()}; }
  audit_entry audit(std::string author, std::string action, std::string subject,
                    std::string detail = {}) const;
  void write(record_sensors record, done then);
  void flush();
  void publish(publish_sensors news, std::function<void()> then);
  static publish_sensors::known published(const sensor_record& sensor);
  void note(const node_changed& change);
  void forget(const agent_forgotten& gone);
  void lose(const sensor_record& sensor);
  void settle_restored_registries();
  void settle_registry(registry_id id, const std::string& why, bool quietly = false);
  void check();
  void check_keys();
  void tell_people(notice what);
  void tell_sensor(const sensor_record& sensor, bool lost);
  void tell_registry(const scan_registry& registry);
  void tell_failed(scan_id id);
  void tell_failures(const record_scans& written);

  // coordinator_sensors.cpp
  caf::result<sensor_known> enter(const register_sensor& request);
  caf::result<sensor_known> recall(const recall_sensor& request);
  void admit(sensor_record sensor, std::string peer, const char* action, known_promise promise);
  void enrolled(sensor_record sensor, const char* action, known_promise promise);
  void note_beat(const sensor_beat& beat);
  void note_refusal(const key_refused& refused);
  const sensor_record* only_one_with(uint64_t key) const;
  void used(uint64_t key, agent_id sensor);
  void note_failed(agent_id sensor) { ++sensor_uses_[sensor].failed; }
  void note_clock(agent_id sensor, const store_result& result);
  caf::result<sensor_key_made> make_key(const make_sensor_key& request);
  sensor_key_list list_keys() const;
  caf::result<committed> revoke(const revoke_sensor_key& request);
  caf::result<scan_registry> make(const make_registry& request);
  registry_list list() const;
  caf::result<committed> remove(const remove_registry& request);
  sensor_list list(const list_sensors& query) const;
  sensor_row row(const sensor_record& sensor) const;
  std::vector<std::string> hints(const sensor_row& row) const;
  caf::result<committed> bind(const bind_sensor& request);
  caf::result<committed> remove(const remove_sensor& request);

  // coordinator_scans.cpp
  caf::result<scan_offer> claim(const claim_scan& request);
  caf::result<committed> finish(const finish_scan& request);
  caf::result<result_stored> store(const store_result& request);
  caf::result<result_stored> write_result(scan_id id, const store_result& request, const std::string& sensor,
                                          bool created);
  caf::result<scan_job> make(const make_scan& request);
  scan_page list(const list_scans& query) const;
  caf::result<scan_row> show(const show_scan& query) const;
  caf::result<scan_job> cancel(const cancel_scan& request);
  const sensor_record* sender_of(const scan_job& job, agent_id spoke_last) const;

  // coordinator_uploads.cpp
  caf::result<result_stored> store_unasked(const store_result& request);
  caf::expected<registry_id> destination(const sensor_key& key, const store_result& result,
                                         const sensor_record* sender) const;
  caf::result<result_stored> keep(const store_result& request, registry_id registry, agent_id sender);

  scan_row row(const scan_job& job) const;

  // coordinator_schedules.cpp
  void restore_schedules(const restored_sensors& restored);
  void arm_schedules();
  void look(const schedule_due& due);
  void run_schedule(uint64_t number, record_sensors& record);
  caf::result<schedule_row> make(const make_schedule& request);
  schedule_list list(const list_schedules& query) const;
  caf::result<schedule_row> show(const show_schedule& query) const;
  caf::result<schedule_row> change(const change_schedule& request);
  caf::result<committed> remove(const remove_schedule& request);
  schedule_row row(const scan_schedule& schedule) const;
  void tell_schedule(schedule_promise& promise, uint64_t number, const caf::error& failed);
  void set_paused(uint64_t number, bool paused);
  scan_schedule take_schedule(uint64_t number, const std::string& author, record_sensors& record);
  std::vector<scan_schedule> take_schedules(registry_id of, const std::string& author,
                                            record_sensors& record);
  void return_schedules(const std::vector<scan_schedule>& schedules);

  coordinator_options options_;
  coordinator_ports ports_;
  sensor_book book_;
  scan_queue queue_;
  schedule_book schedules_;
  uint64_t last_key_ = 0;
  uint64_t last_registry_ = 0;
  uint64_t last_sensor_ = 0;
  uint64_t last_schedule_ = 0;
  uint64_t schedule_timer_ = 0;     // the one that was armed last
  bool running_schedules_ = false;  // until what they made is written
  std::map<uint64_t, key_use> key_uses_;
  std::map<agent_id, sensor_use> sensor_uses_;
  std::set<scan_id> unwritten_findings_;  // of results that count and could not be written
  std::set<agent_id> told_lost_;          // sensors of which people know that they are
  std::set<registry_id> told_error_;      // likewise
  std::set<uint64_t> warned_;             // keys that will expire, of which people know
  std::set<std::pair<std::string, std::string>>
    coming_;  // sensors that are being admitted, by scope and name
  std::vector<ingress_actor> loops_;
};

coordinator_actor::behavior_type coordinator(coordinator_actor::stateful_pointer<coordinator_state> self,
                                             coordinator_options options, coordinator_ports ports,
                                             restored_sensors restored);

}  // namespace muster
