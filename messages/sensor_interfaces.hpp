// The typed actors that know sensors, as interfaces.hpp has the others.
#pragma once

#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

namespace muster {

struct agent_forgotten;
struct attach_loops;
struct bind_sensor;
struct cancel_scan;
struct change_schedule;
struct claim_scan;
struct committed;
struct finish_scan;
struct key_refused;
struct list_registries;
struct list_scans;
struct list_schedules;
struct list_sensor_keys;
struct list_sensors;
struct make_registry;
struct make_scan;
struct make_schedule;
struct make_sensor_key;
struct node_changed;
struct read_result;
struct recall_sensor;
struct register_sensor;
struct registry_list;
struct remove_registry;
struct remove_schedule;
struct remove_sensor;
struct result_stored;
struct revoke_sensor_key;
struct scan_check_due;
struct scan_job;
struct scan_offer;
struct scan_page;
struct scan_registry;
struct scan_row;
struct schedule_due;
struct schedule_list;
struct schedule_row;
struct sensor_beat;
struct sensor_key_list;
struct sensor_key_made;
struct sensor_known;
struct sensor_list;
struct show_scan;
struct show_schedule;
struct store_result;

// clang-format off: one message a line

// One per manager: knows registries, their sensors, the keys of those, and who scans what.
using coordinator_actor = caf::typed_actor<
  // Sensors come in.
  caf::replies_to<register_sensor>::with<sensor_known>, caf::replies_to<recall_sensor>::with<sensor_known>,
  caf::reacts_to<sensor_beat>, caf::reacts_to<key_refused>,
  // They work.
  caf::replies_to<claim_scan>::with<scan_offer>, caf::replies_to<finish_scan>::with<committed>,
  caf::replies_to<store_result>::with<result_stored>,
  // The fleet tells how they do and who is no more.
  caf::reacts_to<node_changed>, caf::reacts_to<agent_forgotten>,
  // Loops that are to know them.
  caf::reacts_to<attach_loops>,
  // Operators make, look and end.
  caf::replies_to<make_sensor_key>::with<sensor_key_made>,
  caf::replies_to<list_sensor_keys>::with<sensor_key_list>,
  caf::replies_to<revoke_sensor_key>::with<committed>, caf::replies_to<make_registry>::with<scan_registry>,
  caf::replies_to<list_registries>::with<registry_list>, caf::replies_to<remove_registry>::with<committed>,
  caf::replies_to<list_sensors>::with<sensor_list>, caf::replies_to<bind_sensor>::with<committed>,
  caf::replies_to<remove_sensor>::with<committed>, caf::replies_to<make_scan>::with<scan_job>,
  caf::replies_to<list_scans>::with<scan_page>, caf::replies_to<show_scan>::with<scan_row>,
  caf::replies_to<cancel_scan>::with<scan_job>, caf::replies_to<make_schedule>::with<schedule_row>,
  caf::replies_to<list_schedules>::with<schedule_list>, caf::replies_to<show_schedule>::with<schedule_row>,
  caf::replies_to<change_schedule>::with<schedule_row>, caf::replies_to<remove_schedule>::with<committed>,
  // Its own timers.
  caf::reacts_to<scan_check_due>, caf::reacts_to<schedule_due>>;

// One per manager, on a thread of its own: reads results, which may be large.
using result_reader_actor = caf::typed_actor<caf::replies_to<read_result>::with<result_stored>>;

// clang-format on

}  // namespace muster
