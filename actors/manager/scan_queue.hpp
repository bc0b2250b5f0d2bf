// Which sensor scans what: the jobs of all registries, handed out one by one and taken back
// from sensors that lost them.
//
// A job is a sensor's as long as that is heard. A sensor runs one at a time and asks for the
// next when it is idle, so it never has two. One that asks while it has a job has lost it, or
// is a second process with the same name; which of them, its next beats say.
//
// A claim that looks at a registry with n jobs takes O(log n), however many there are elsewhere.
#pragma once

#include "actors/manager/work_time.hpp"
#include "messages/scans.hpp"

#include <map>
#include <set>
#include <unordered_map>

namespace muster {

struct scan_limits {
  size_t unfinished = 100'000;                                       // jobs, queued or claimed
  size_t finished = 100'000;                                         // that are kept
  std::chrono::milliseconds keep = std::chrono::hours{720};          // finished ones
  std::chrono::milliseconds first_delay = std::chrono::seconds{30};  // twice as long after each attempt
  std::chrono::milliseconds longest_delay = std::chrono::minutes{30};
  std::chrono::milliseconds lost_after = std::chrono::minutes{1};  // that an idle sensor has a job
  uint32_t idle_beats = 2;                                         // in a row that tell it is lost
};

enum class scan_answer : uint8_t {
  taken,
  repeated,  // said before: nothing changes
  late,      // the job was taken from this sensor meanwhile: nothing changes
  unknown,   // no such job, or it is no longer kept
  foreign,   // this sensor never had it
  conflict,  // it is over in another way, or has another result
};

class scan_queue {
 public:
  using monotonic = work_time::monotonic;

  explicit scan_queue(const scan_limits& limits = {}) : limits_(limits) {}

  // Takes over what the store knows, in any order. A claimed job stays its sensor's: tell sensor_lost() of
  // those that are gone.
  void restore(const scan_job& job, work_time when);

  // Queues a new job with what its author gives of `job`: everything from registry to schedule, and
  // max_attempts. Nothing if there are too many. check_scan() is the caller's.
  std::optional<scan_id> add(scan_job job, work_time when);

  // --- sensors ---

  // The next job of `registry` for it: highest priority, then oldest, none whose delay is not over. Null if
  // there is none or the sensor has one. Ask cancellations() first: one that takes a job runs no other.
  const scan_job* claim(agent_id sensor, registry_id registry, work_time when);

  // A beat that says what runs. The job that is lost by it, if one is: it is queued again or over.
  std::optional<scan_id> idle_beat(agent_id sensor, work_time when);
  void busy_beat(agent_id sensor);

  // A fresh process runs nothing: what it had may be claimed again at once.
  std::optional<scan_id> registered(agent_id sensor, work_time when);

  // It is silent for good: what it had waits for another attempt, or has failed with "sensor_lost".
  std::optional<scan_id> sensor_lost(agent_id sensor, work_time when);

  // It is silent as many others are: its job says so, but stays its own until sensor_lost() or resume().
  void hold(agent_id sensor);
  void resume(agent_id sensor);

  // What it should stop: the job that was cancelled under it.
  std::vector<scan_id> cancellations(agent_id sensor) const;

  // It says how a job ended: completed, failed or cancelled.
  scan_answer finish(agent_id sensor, scan_id id, scan_status status, const std::string& why, work_time when);

  // Its result came. The first one of a job counts, also when the job was taken from the sensor or given up
  // meanwhile; it is completed then and nobody scans again.
  scan_answer result(agent_id sensor, scan_id id, const scan_summary& summary, work_time when);

  // Keeps a scan that is over, which nobody had asked for: `job` has all of it but its id and its times.
  // What is too old or too many is forgotten for it.
  scan_id keep(scan_job job, work_time when);

  // --- operators ---

  // taken, repeated, unknown or conflict.
  scan_answer cancel(scan_id id, const std::string& why, work_time when);

  // A queued job has failed before a sensor had it. Nothing if it is not queued.
  void fail(scan_id id, const std::string& why, work_time when);

  // Fails what waits for a sensor of the registry, at most so many at once. How many it were. A job that is
  // taken back later waits again.
  size_t fail_waiting(registry_id registry, const std::string& why, work_time when, size_t most = SIZE_MAX);

  // Forgets finished jobs that are too old or too many, at most so many at once. How many it were. The one
  // with the highest id stays, so that no id is given twice.
  size_t forget_finished(work_time when, size_t most = SIZE_MAX);

  // --- what there is ---

  const scan_job* find(scan_id id) const;
  const scan_job* find_kept(registry_id registry, const std::string& own_id) const;
  const scan_job* held_by(agent_id sensor) const;  // null if it has none
  size_t waiting(registry_id registry) const;
  size_t count(scan_status status) const { return counts_[static_cast<size_t>(status)]; }
  size_t size() const { return jobs_.size(); }

  // The newest first, those with ids below `before` (0 for all) until `visit` answers false.
  template <class Visit>
  void for_each(scan_id before, Visit visit) const {
    auto at = before == scan_id{} ? jobs_.end() : jobs_.lower_bound(before);
    while (at != jobs_.begin())
      if (!visit((--at)->second.job)) return;
  }

  // What is not written yet, each once.
  bool has_changes() const { return !changed_.empty() || !forgotten_.empty(); }
  void take_changes(record_scans& into);
  // That was not written after all.
  void return_changes(const record_scans& of);

 private:
  struct entry {
    scan_job job;
    monotonic ready_at{};    // while it is queued
    monotonic claimed_at{};  // while it is claimed
  };
  struct place {
    int32_t priority = 0;
    scan_id id{};
    bool operator<(const place& other) const {
      return priority != other.priority ? priority > other.priority : id < other.id;
    }
  };
  struct lane {
    std::set<place> ready;
    std::set<std::pair<monotonic, scan_id>> delayed;
  };
  struct sensor_state {
    scan_id job{};        // 0 if it has none
    scan_id cancelled{};  // that it may run still
    uint32_t idle_beats = 0;
  };

  entry* entry_of(scan_id id);
  void enqueue(entry& one, monotonic ready_at, monotonic now);
  void dequeue(const entry& one);
  void erase(scan_id id);
  void leave_sensor(const entry& one);
  void forget_cancelled(agent_id sensor);
  void enter(entry& one, scan_status status, std::string why, work_time when);
  void take_back(entry& one, const std::string& why, std::chrono::milliseconds delay, work_time when);
  std::chrono::milliseconds delay_after(uint32_t attempts) const;

  scan_limits limits_;
  scan_id last_{};
  std::map<scan_id, entry> jobs_;
  std::unordered_map<registry_id, lane> lanes_;                  // none that is empty
  std::unordered_map<agent_id, sensor_state> sensors_;           // that have a job or should stop one
  std::set<std::pair<utc_time, scan_id>> finished_;              // by their end
  std::map<std::pair<registry_id, std::string>, scan_id> kept_;  // that nobody had asked for, by own id
  std::vector<size_t> counts_ = std::vector<size_t>(scan_status_count);
  std::set<scan_id> changed_;
  std::set<scan_id> forgotten_;
};

}  // namespace muster
