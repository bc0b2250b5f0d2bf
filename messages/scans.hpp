// Scans of container images: the jobs that sensors of a registry fetch one by one, run
// and answer with a result. Everything in a job that a sensor reads ends in a shell there,
// so only values that actors/manager/scan_checks.hpp lets pass may get into one.
#pragma once

#include "messages/ids.hpp"

#include <caf/meta/type_name.hpp>
#include <caf/optional.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace muster {

// Both from 1 and never used again; 0 is none.
enum class scan_id : uint64_t {};
enum class registry_id : uint64_t {};
constexpr uint64_t raw(scan_id id) { return static_cast<uint64_t>(id); }
constexpr uint64_t raw(registry_id id) { return static_cast<uint64_t>(id); }

// "job-" and "reg-" with the number in decimal: sensors make folders and queries of them.
std::string to_string(scan_id id);
std::string to_string(registry_id id);

// Nothing unless `text` is exactly what to_string writes of an id other than 0.
std::optional<scan_id> parse_scan_id(std::string_view text);
std::optional<registry_id> parse_registry_id(std::string_view text);

// Queued jobs wait for a sensor, claimed ones for the end that theirs reports. The others
// are over.
enum class scan_status : uint8_t { queued, claimed, completed, failed, cancelled };
constexpr size_t scan_status_count = 5;
std::string to_string(scan_status status);
caf::optional<scan_status> parse_scan_status(const std::string& text);
constexpr bool is_over(scan_status status) { return status >= scan_status::completed; }

// Where a sensor takes the image from.
enum class scan_source : uint8_t { docker, registry, tar };
std::string to_string(scan_source source);
caf::optional<scan_source> parse_scan_source(const std::string& text);

// What a sensor says of its own scan: some scanners may have failed, or all.
enum class scan_outcome : uint8_t { success, partial, failed };
std::string to_string(scan_outcome outcome);
caf::optional<scan_outcome> parse_scan_outcome(const std::string& text);  // "SUCCESS" and so on

// A result in numbers.
struct scan_summary {
  scan_outcome outcome = scan_outcome::success;
  agent_id sensor{};       // that sent it
  utc_time received_at{};  // by our clock
  uint32_t critical = 0;   // vulnerabilities, by severity
  uint32_t high = 0;
  uint32_t medium = 0;
  uint32_t low = 0;
  uint32_t info = 0;
  uint32_t packages = 0;
  uint32_t risk_score = 0;  // 0 to 100

  bool operator==(const scan_summary&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, scan_summary& x) {
  return f(caf::meta::type_name("scan_summary"), x.outcome, x.sensor, x.received_at, x.critical, x.high,
           x.medium, x.low, x.info, x.packages, x.risk_score);
}

struct scan_job {
  scan_id id{};
  registry_id registry{};
  std::string tenant;
  std::string image;  // a reference, 1 to 512 bytes
  scan_source source = scan_source::docker;
  std::string tar_path;               // of a tar alone
  std::vector<std::string> scanners;  // empty for those that the sensor has enabled
  int32_t priority = 0;               // higher ones first
  uint64_t schedule = 0;              // that made it, 0 for an operator
  utc_time created_at{};
  scan_status status = scan_status::queued;
  std::string reason;                    // why it has this status, where that is not plain
  uint32_t attempts = 0;                 // how often it was claimed
  uint32_t max_attempts = 3;             // from 1
  utc_time not_before{};                 // when it may be claimed again, while it is queued
  agent_id claimed_by{};                 // that has it or had it last
  std::vector<agent_id> claimed_before;  // by these, of whom a late result may come
  utc_time claimed_at{};                 // for the last time
  utc_time finished_at{};                // zero until it is over
  caf::optional<scan_summary> result;
  std::string own_id;  // by which its sensor calls it, if nobody had asked for it; else empty

  bool operator==(const scan_job&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, scan_job& x) {
  return f(caf::meta::type_name("scan_job"), x.id, x.registry, x.tenant, x.image, x.source, x.tar_path,
           x.scanners, x.priority, x.schedule, x.created_at, x.status, x.reason, x.attempts, x.max_attempts,
           x.not_before, x.claimed_by, x.claimed_before, x.claimed_at, x.finished_at, x.result, x.own_id);
}

// To the ledger: create or replace these jobs and delete those.
struct record_scans {
  std::vector<scan_job> jobs;
  std::vector<scan_id> forgotten;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, record_scans& x) {
  return f(caf::meta::type_name("record_scans"), x.jobs, x.forgotten);
}

}  // namespace muster
