// What sensors and operators ask of the queue of scans, and what comes of scans.
#pragma once

#include "messages/document.hpp"
#include "messages/ledger.hpp"
#include "messages/scan_schedules.hpp"
#include "messages/scans.hpp"
#include "messages/sensors.hpp"

namespace muster {

// --- sensors ------------------------------------------------------------------

// A loop to the coordinator: an idle sensor asks for work. Answered by `scan_offer`, of
// which a job is claimed durably.
struct claim_scan {
  agent_id sensor{};
  uint64_t key = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, claim_scan& x) {
  return f(caf::meta::type_name("claim_scan"), x.sensor, x.key);
}
struct scan_offer {
  caf::optional<scan_job> job;
  std::vector<scan_id> cancelled;  // that it should stop
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, scan_offer& x) {
  return f(caf::meta::type_name("scan_offer"), x.job, x.cancelled);
}

// Likewise: it says how a job ended. Answered by `committed`, also when it says so again;
// by scan_unknown, scan_foreign or scan_conflict.
struct finish_scan {
  agent_id sensor{};
  uint64_t key = 0;
  scan_id id{};
  scan_status status = scan_status::completed;
  std::string error;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, finish_scan& x) {
  return f(caf::meta::type_name("finish_scan"), x.sensor, x.key, x.id, x.status, x.error);
}

// A loop to the result reader: a body as it arrived. Answered by `result_stored` once it is
// durable; by scan_refused if it is not what it should be, or as finish_scan is.
struct read_result {
  std::string body;
  uint64_t key = 0;
  agent_id sensor{};  // 0 if the request did not say and the key has many
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, read_result& x) {
  return f(caf::meta::type_name("read_result"), x.body, x.key, x.sensor);
}

// The reader to the coordinator: what the body says.
struct store_result {
  uint64_t key = 0;
  std::string scan;   // its id, as the sensor says it
  std::string image;  // as the sensor has scanned it
  scan_summary summary;
  document<std::string> findings;  // JSON, as it is stored and shown
  std::string sender;              // id of the sensor that it names; empty: none
  utc_time finished_at{};          // by its sender's clock; zero if it did not say
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, store_result& x) {
  return f(caf::meta::type_name("store_result"), x.key, x.scan, x.image, x.summary, x.findings, x.sender,
           x.finished_at);
}
struct result_stored {
  scan_id id{};
  bool created = false;  // of a scan that nobody had asked for
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, result_stored& x) {
  return f(caf::meta::type_name("result_stored"), x.id, x.created);
}

// --- operators ----------------------------------------------------------------

// Answered by `scan_job` once it is durable; by registry_unknown, scan_refused if it can't
// be meant so, scan_conflict if its registry has lost its sensors, or scans_full.
struct make_scan {
  scan_job job;  // what of it an operator decides
  std::string author;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, make_scan& x) {
  return f(caf::meta::type_name("make_scan"), x.job, x.author);
}

// Answered by `scan_page`, the newest first.
struct list_scans {
  caf::optional<registry_id> registry;
  caf::optional<scan_status> status;
  agent_id sensor{};  // that had it last; 0: any
  scan_id before{};   // 0: from the newest on
  uint32_t limit = 100;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, list_scans& x) {
  return f(caf::meta::type_name("list_scans"), x.registry, x.status, x.sensor, x.before, x.limit);
}
struct scan_row {
  scan_job job;
  std::string registry;  // its name
  std::string sensor;    // id of the one that has or had it; empty: none
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, scan_row& x) {
  return f(caf::meta::type_name("scan_row"), x.job, x.registry, x.sensor);
}
struct scan_page {
  std::vector<scan_row> scans;
  scan_id next{};  // 0: there are no more
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, scan_page& x) {
  return f(caf::meta::type_name("scan_page"), x.scans, x.next);
}

// Answered by `scan_row` or scan_unknown.
struct show_scan {
  scan_id id{};
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, show_scan& x) {
  return f(caf::meta::type_name("show_scan"), x.id);
}

// Answered by `scan_job` once it is durable, by scan_unknown, or by scan_conflict if it is over.
struct cancel_scan {
  scan_id id{};
  std::string author;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, cancel_scan& x) {
  return f(caf::meta::type_name("cancel_scan"), x.id, x.author);
}

// An operator to the archive. Answered by `scan_findings` or record_missing.
struct read_findings {
  scan_id id{};
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, read_findings& x) {
  return f(caf::meta::type_name("read_findings"), x.id);
}
struct scan_findings {
  std::string json;  // an object
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, scan_findings& x) {
  return f(caf::meta::type_name("scan_findings"), x.json);
}

// --- the ledger ---------------------------------------------------------------

// Coordinator to ledger: create or replace these, in one transaction. A scan that is
// forgotten loses its findings.
struct record_sensors {
  std::vector<sensor_key> keys;
  std::vector<scan_registry> registries;
  std::vector<registry_id> removed_registries;
  std::vector<sensor_record> sensors;
  std::vector<scan_schedule> schedules;
  std::vector<uint64_t> removed_schedules;
  record_scans scans;
  scan_id found{};                 // whose findings these are
  document<std::string> findings;  // none if it is 0
  std::vector<audit_entry> audit;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, record_sensors& x) {
  return f(caf::meta::type_name("record_sensors"), x.keys, x.registries, x.removed_registries, x.sensors,
           x.schedules, x.removed_schedules, x.scans, x.found, x.findings, x.audit);
}

// The coordinator to itself: forget old scans, look at keys that will expire.
struct scan_check_due {};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, scan_check_due&) {
  return f(caf::meta::type_name("scan_check_due"));
}

}  // namespace muster
