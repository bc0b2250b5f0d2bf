// Conducts a share of the simulated fleet: decides which agent asks for what and when, and counts how it
// went. Knows nothing of sockets; time comes in. The order is fixed by the options and the seed.
#pragma once

#include "tools/muster-sim/agent_table.hpp"
#include "tools/muster-sim/beat_schedule.hpp"
#include "tools/muster-sim/options.hpp"
#include "tools/muster-sim/paced_queue.hpp"
#include "tools/muster-sim/random.hpp"
#include "tools/muster-sim/request.hpp"
#include "tools/muster-sim/request_writer.hpp"
#include "tools/muster-sim/tally.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

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
  uint64_t errors = 0;
  std::chrono::nanoseconds latest{0};  // how late heartbeats went out
  latency_histogram beats;
};

class conductor final : public traffic {
 public:
  // `run` tells the events of this run from those of others.
  conductor(const options& wanted, share part, time_point start, uint64_t run);

  // The next request that is due. Without a connection (`reachable`), agents go on beating in vain, but none
  // registers.
  std::optional<request> take_due(time_point now, bool reachable);
  time_point next_due(bool reachable) const;

  // Once in a while: moves the run on. `under_way` is what has been taken and not come back.
  void advance(time_point now, bool reachable, size_t under_way);
  void set_calendar(std::string utc) { calendar_ = std::move(utc); }  // for events
  void stop(time_point now);  // the first time ends the run in order, the second at once
  bool finished() const { return stage_ == stage::finished; }

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

 private:
  enum class stage : uint8_t { running, draining, departing, finished };

  std::optional<request> due_beat(time_point now);
  std::optional<request> due_event(time_point now);
  std::optional<request> due_registration(time_point now);
  std::optional<request> due_departure(time_point now);
  void welcome(const request& what, const answer& with, time_point now);
  void refuse(const request& what, const answer& with, time_point now);
  void give_up(const request& what, const answer& with);
  void come_again(const request& what, std::chrono::seconds asked, time_point now);
  void settle(request_kind kind);
  void enter(stage next, time_point now);
  void close_books(time_point now);
  simulated_host host_of(uint32_t agent) const { return {prefix_, agent * part_.count + part_.index}; }

  // What was counted when all had registered, so that rates are of the whole fleet.
  struct mark {
    time_point at;
    std::array<uint64_t, request_kinds> ok{};
  };

  share part_;
  std::string prefix_;
  std::chrono::nanoseconds duration_;
  bool reregister_;
  bool deregister_;
  double pace_;  // of registrations and departures
  uint32_t at_once_;
  std::chrono::nanoseconds event_gap_{0};  // 0: no events
  uint64_t run_;
  std::string calendar_;

  agent_table agents_;
  beat_schedule beats_;
  paced_queue registrations_;
  std::optional<paced_queue> departures_;
  time_point next_event_ = time_point::max();
  uint64_t events_ = 0;
  random_stream random_;
  request_writer writer_;

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
