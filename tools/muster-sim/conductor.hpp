// Conducts a share of the simulated fleet: decides which agent asks for what and when, and counts how it
// went. Knows nothing of sockets; time comes in. The order is fixed by the scenario and its seed.
#pragma once

#include "tools/muster-sim/agent_table.hpp"
#include "tools/muster-sim/beat_schedule.hpp"
#include "tools/muster-sim/event_reader.hpp"
#include "tools/muster-sim/fleet_writer.hpp"
#include "tools/muster-sim/paced_queue.hpp"
#include "tools/muster-sim/random.hpp"
#include "tools/muster-sim/request.hpp"
#include "tools/muster-sim/run_board.hpp"
#include "tools/muster-sim/run_plan.hpp"
#include "tools/muster-sim/step_book.hpp"
#include "tools/muster-sim/tally.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <queue>
#include <string>
#include <unordered_map>
#include <vector>

namespace muster::sim {

// Which part of the fleet one event loop has: every `count`th agent from `index`.
struct share {
  uint32_t index = 0;
  uint32_t count = 1;

  uint32_t of(uint32_t total) const { return total / count + (index < total % count ? 1 : 0); }
};

// What shows on the progress line, of the last second or so.
struct pulse {
  uint32_t registered = 0;
  uint32_t silent = 0;
  uint64_t sent = 0;  // of all kinds, as the next two, since the run's start
  uint64_t ok = 0;
  uint64_t errors = 0;
  uint64_t policy_reached = 0;         // agents that have what was pushed last
  std::chrono::nanoseconds latest{0};  // how late heartbeats went out
  latency_histogram beats;
};

// Holds the agents' event streams open.
class stream_keeper {
 public:
  virtual void open(uint32_t agent, time_point at, std::chrono::milliseconds life) = 0;
  virtual void close(uint32_t agent) = 0;

 protected:
  ~stream_keeper() = default;
};

class conductor final : public traffic {
 public:
  // `run` tells what happens in this run from other runs. Without streams, none are opened.
  conductor(const run_plan& plan, share part, run_board& board, uint64_t run,
            stream_keeper* streams = nullptr);

  // The next request that is due. Without a connection (`reachable`), agents go on beating in vain, but none
  // registers.
  std::optional<request> take_due(time_point now, bool reachable);
  time_point next_due(bool reachable) const;

  // Once in a while: moves the run on. `under_way` is what has been taken and not come back.
  void advance(time_point now, bool reachable, size_t under_way);
  void set_calendar(std::chrono::system_clock::time_point now) { calendar_ = now; }  // for events
  void stop(time_point now);  // the first time ends the run in order, the second at once
  bool finished() const { return stage_ == stage::finished; }

  // Stopped before the scenario was played to its end.
  bool was_interrupted() const { return was_interrupted_; }

  // Nothing but departures may follow.
  bool is_over() const { return stage_ != stage::running; }

  // How the run stands; clears what was counted for the last second.
  pulse take_pulse();
  // Everything; final once finished.
  const tally& total() const { return total_; }
  uint32_t agents() const { return agents_.size(); }
  uint32_t registered_at_end() const { return registered_at_end_; }  // before any deregistered
  // How long the whole fleet was beating.
  std::chrono::nanoseconds steady_time() const { return steady_time_; }

  void write(const request& what, time_point now, std::string& out) override;
  void answered(const request& what, const answer& with, time_point now) override;
  void failed(const request& what, failure why) override;

  // Of streams: what opens one, and what comes of it. `last_event` is the id of the last one, kept by the
  // caller.
  void write_stream(uint32_t agent, std::string_view last_event, std::string& out);
  void stream_opening() { ++total_[request_kind::stream].sent; }
  void stream_opened(time_point due, time_point now);
  // With a status if the manager gave one, else 0. Returns whether it is to be tried again.
  bool stream_failed(uint32_t agent, unsigned status, failure why);
  void stream_event(uint32_t agent, const server_event& event, time_point now);

 private:
  enum class stage : uint8_t { running, draining, departing, finished };

  // Agents of one part that this loop has: they lie together.
  struct section {
    const fleet_part* part;
    uint32_t first;
    uint32_t agents;
    std::optional<beat_schedule> beats, pulls;
  };
  struct later_first {
    bool operator()(const request& a, const request& b) const { return a.due > b.due; }
  };

  // Who is due.
  std::optional<request> due_later(time_point now);
  std::optional<request> due_by_rhythm(time_point now);
  std::optional<request> due_by_step(time_point now);
  std::optional<request> due_event(time_point now);
  std::optional<request> due_registration(time_point now);
  std::optional<request> due_departure(time_point now);
  bool may(const request& what) const;
  void later(const request& what) { later_.push(what); }

  // What follows from an answer (answers.cpp).
  void welcome(const request& what, const answer& with, time_point now);
  void departed(const request& what, time_point now);
  void heed_beat(const request& what, const answer& with, time_point now);
  void heed_poll(const request& what, const answer& with, time_point now);
  void heed_work(const request& what, time_point now);
  void note_version(uint32_t agent, uint32_t version, time_point now);
  void refuse(const request& what, const answer& with, time_point now);
  void give_up(const request& what, const answer& with);
  void come_again(const request& what, std::chrono::seconds asked, time_point now);
  bool excuse(const request& what);
  void settle(const request& what);

  // Stages and steps (stages.cpp, steps.cpp).
  void enter(stage next, time_point now);
  void close_books(time_point now);
  void advance_steps(time_point now);
  void begin_step(uint8_t number, time_point at);
  void set_silent(uint32_t agent, bool silent, time_point now);
  void look_at_push(time_point now);
  sighting sighting_of(const request& what, std::string_view seen_at);

  uint32_t number_of(uint32_t agent) const { return agent * part_.count + part_.index; }
  const fleet_part& part_of(uint32_t agent) const;
  bool has_stream(uint32_t agent) const;
  void open_stream(uint32_t agent, time_point now);
  void close_stream(uint32_t agent);
  std::string clock_of(uint32_t agent) const;  // "" if it is right

  // What was counted when all had registered, so that rates are of the whole fleet.
  struct mark {
    time_point at;
    std::array<uint64_t, request_kinds> ok{};
  };

  const run_plan& plan_;
  const scenario& what_;
  share part_;
  run_board& board_;
  stream_keeper* streams_;
  double pace_;  // of registrations and departures
  uint32_t at_once_;
  std::chrono::nanoseconds event_gap_{0};  // 0: no events
  uint64_t run_;
  std::chrono::system_clock::time_point calendar_;

  agent_table agents_;
  std::vector<section> sections_;
  paced_queue registrations_;
  std::optional<paced_queue> departures_;
  std::priority_queue<request, std::vector<request>, later_first> later_;
  std::unordered_map<uint32_t, sensor_job> jobs_;
  time_point next_event_ = time_point::max();
  uint64_t events_ = 0;
  random_stream random_;
  fleet_writer writer_;
  step_book steps_;
  bool said_ready_ = false;
  bool was_interrupted_ = false;
  uint32_t pushed_ = 0;  // as the board had it
  uint64_t policy_reached_ = 0;

  stage stage_ = stage::running;
  mark start_;
  std::optional<mark> steady_;
  std::chrono::nanoseconds steady_time_{0};
  uint32_t registered_at_end_ = 0;
  time_point departing_at_;
  time_point registered_at_;  // when the last registration was answered
  tally total_;
  pulse pulse_;
};

}  // namespace muster::sim
