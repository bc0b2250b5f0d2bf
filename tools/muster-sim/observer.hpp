// Hears what the manager says of the fleet and holds it against the truth: one thread follows its news, one
// asks it for its status four times a second and judges. Words wait until the next status, which tells
// whether the manager was restarted or deaf meanwhile. The manager's clock has to be this machine's.
#pragma once

#include "tools/muster-sim/operator_answers.hpp"
#include "tools/muster-sim/operator_client.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace muster::sim {

// What is known of the manager at the moment.
struct observation {
  std::optional<fleet_view> seen;          // none while it does not answer
  std::string problem;                     // then: why
  std::optional<fleet_view> at_last_look;  // when `found` looked at everybody
  bool has_heard_news = false;             // else `found` knows no words
  std::string news_problem;                // why the news could not be opened, the last time
  detections found;
  double status_ms = 0;      // the last round trip of a status
  double status_max_ms = 0;  // the longest
  uint64_t disruptions = 0;  // of the whole fleet, seen since begin()
  uint64_t patterns = 0;     // opened since begin()
  policy_view policy;        // asked for only if the scenario pushes one
  uint64_t resident_bytes = 0;
  uint64_t resident_max_bytes = 0;

  void add_to(sample& of) const;
};

class observer {
 public:
  observer(const scenario& of, const beat_record& beats, operator_address manager);
  ~observer();
  observer(const observer&) = delete;
  observer& operator=(const observer&) = delete;

  // Asks the manager once and starts. Says what is wrong, or nothing.
  std::string begin();
  // From any thread.
  observation look() const;
  // Hears the rest, looks at everybody once more and stops.
  observation end();

 private:
  // A word of an agent, or that words may have been lost, or are heard again.
  enum class news_kind : uint8_t { word, stranger, lost, heard_again };
  struct news {
    news_kind kind = news_kind::word;
    agent_word word = agent_word::online;
    uint32_t agent = 0;
    run_time at = 0;
  };

  void listen(const std::stop_token& stop);
  void hear(const server_event& event);
  void put(const news& one);
  void watch(const std::stop_token& stop);
  void turn();
  void take_status(const status_answer& status, run_time now);
  void take_news();
  void ask_more();
  void begin_list();
  void read_list(time_point until);
  bool read_page();
  void publish();
  void pause(const std::stop_token& stop, time_point until);
  run_time time_of(calendar_time at) const;
  bool is_list_wanted() const { return is_lost_ && is_listening_; }

  const bool asks_policy_;
  const beat_record& beats_;
  operator_address manager_;
  truth truth_;
  operator_client client_;
  observation now_;

  calendar_time manager_began_;
  double deaf_seconds_ = 0;
  double patterns_before_ = 0;
  bool is_disrupted_ = false;
  time_point next_sweep_;

  bool is_lost_ = true;  // words may have been lost since the last list began
  bool is_listening_ = false;
  bool is_reading_ = false;  // of a list
  bool lists_offline_ = false;
  std::string cursor_;
  time_point list_began_;
  time_point next_list_;

  mutable std::mutex mutex_;  // of what follows
  std::condition_variable_any stopped_;
  std::vector<news> heard_;
  std::string news_problem_;
  observation published_;

  std::jthread listener_;
  std::jthread watcher_;
};

}  // namespace muster::sim
