// The correlator actor knows which window a sighting belongs to. It opens windows
// and ends those that nothing came for, writes their patterns to the ledger and
// tells whoever listens. It judges nothing: that is the windows' part.
#pragma once

#include "actors/manager/restored_correlation.hpp"
#include "actors/manager/window_table.hpp"
#include "actors/ports/calendar.hpp"
#include "actors/ports/journal.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <deque>

namespace muster {

struct correlator_options {
  pattern_options rules;                            // opens_from is set by the correlator
  std::map<std::string, pattern_thresholds> kinds;  // instead of those in `rules`
  size_t windows = 100'000;                         // at once; beyond, the one idle longest ends
  std::chrono::milliseconds flush_delay{1'000};  // for sightings to gather, plus one per agent of the pattern
  // Windows wait so much longer, for reports whose commit takes time.
  std::chrono::milliseconds late_reports{0};
  size_t unwritten = 10'000;  // ended patterns that wait for another try
  size_t under_way = 256;     // sightings that windows look at; others wait in the order of their arrival
};

struct correlator_ports {
  ledger_actor ledger;
  calendar utc_now;
  journal tell;
  std::vector<pattern_listener_actor> listeners;
};

struct correlator_state {
  static inline const char* name = "muster.correlator";

  explicit correlator_state(correlator_actor::pointer actor) : self(actor) {}
  ~correlator_state();  // its windows end with it
  correlator_actor::behavior_type make_behavior(correlator_options options, correlator_ports ports,
                                                restored_correlation restored);

  caf::result<joined_patterns> correlate(correlate_sightings& report);
  correlation_counts count() const;
  void check_windows(utc_time deadline);
  void flush();

  correlator_actor::pointer self;

 private:
  struct gathering;  // the answer to one report
  struct waiting_report {
    correlate_sightings report;
    std::shared_ptr<gathering> answer;
    size_t next = 0;  // of its keys
  };

  void restore(restored_correlation restored);
  void enqueue(correlate_sightings report, std::shared_ptr<gathering> answer);
  void dispatch();
  void note(const correlate_sightings& report, key_sighting& what, const std::shared_ptr<gathering>& answer);
  window_handle window_of(pattern_key key, utc_time at);
  window_handle spawn_window(pattern_key key, utc_time at, std::optional<pattern> restored);
  void judge(const window_handle& window, const sighting_verdict& verdict);
  void retire(const window_handle& window, utc_time at);
  void finish(tracked_window& window, pattern& whole);
  void lose(const window_handle& window, const caf::error& why);
  void retire_due();
  void arm_timer();

  // What becomes of patterns, in correlator_records.cpp.
  void announce(tracked_window& window, pattern_step step, const pattern& whole);
  void count_unlisted(tracked_window& window, const pattern& whole);
  audit_entry audit(std::string action, const pattern& whole) const;
  void write(const window_handle& window, const pattern& whole);
  void write_growth(const window_handle& window);
  void write_ended(record_pattern record);
  void gather(const window_handle& window);
  void arm_flush();

  correlator_options options_;
  correlator_ports ports_;
  window_table windows_;
  std::deque<waiting_report> line_;  // in the order of their arrival
  size_t restored_in_line_ = 0;
  size_t under_way_ = 0;  // sightings that windows have not answered
  utc_time armed_for_{};  // deadline of the pending timer; zero for none
  // By when it is due; null stands for what is unwritten.
  std::multimap<caf::actor_clock::time_point, window_handle> gathered_;
  caf::actor_clock::time_point flush_armed_for_{};  // of the pending timer; zero for none
  std::deque<record_pattern> unwritten_;            // of patterns that ended
  correlation_counts counts_;                       // only what is counted since start
};

correlator_actor::behavior_type correlator(correlator_actor::stateful_pointer<correlator_state> self,
                                           correlator_options options, correlator_ports ports,
                                           restored_correlation restored);

}  // namespace muster
