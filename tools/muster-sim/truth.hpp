// Holds what the manager says of agents against when they were heard. It knows no sockets and no clock: words
// and times come in, false, late and missing words are counted. 12 bytes an agent beside beat_record's.
//
// When exactly the manager heard an agent is known only to lie between a request and its answer; so a word is
// false only if it would be with the earliest of these times, and late only if it would be with the latest.
#pragma once

#include "tools/muster-sim/beat_record.hpp"
#include "tools/muster-sim/detections.hpp"
#include "tools/muster-sim/scenario.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace muster::sim {

enum class agent_word : uint8_t { online, stale, offline };

class truth {
 public:
  static constexpr run_time default_allowance = 1'000;  // unless the scenario expects `stale_within`
  static constexpr run_time settled_after = 2'000;      // words are heard by then, nearly always
  static constexpr run_time wide_hearing = 100;
  static constexpr run_time word_width = 2;        // a word came within that of the time it is given here
  static constexpr run_time longest_lag = 16'384;  // milliseconds; more counts as that

  truth(const scenario& of, const beat_record& beats);

  // The number of the agent that has this host name, if it is of this fleet.
  std::optional<uint32_t> agent_named(std::string_view host) const;

  // The manager said so at `at` or less than `word_width` after it, by its own account. In that order.
  void said(uint32_t agent, agent_word what, run_time at);
  void said_of_stranger() { ++found_.strangers; }

  // From `at` on words may have been lost, until a list tells all that is not online.
  void stream_lost(run_time at);
  void begin_list(run_time at);
  void listed(uint32_t agent, agent_word what, run_time since);
  void end_list(run_time at);

  // A new process began at `began` and answered at `serving`: everyone online has a full threshold anew.
  void manager_restarted(run_time began, run_time serving);
  // Until `at` the manager was deaf for `by` milliseconds, which count for nobody's silence.
  void manager_deaf(run_time at, uint32_t by);

  // Once a second while the manager answers: who should have been spoken of by now? `counted` is how many
  // agents its status at `now` held to be silent.
  void sweep(run_time now, std::optional<uint64_t> counted);

  // Lists who was missed.
  detections found() const;

 private:
  struct part {
    uint32_t first = 0;
    uint32_t end = 0;
    run_time stale = 0;
    run_time offline = 0;
    std::string prefix;

    bool is_judged() const { return stale > 0 || offline > 0; }
    run_time limit_of(agent_word what) const { return what == agent_word::stale ? stale : offline; }
  };
  // What was heard of an agent before what the record has now, and what the manager said of it last.
  struct place {
    run_time after = 0;
    run_time before = 0;
    uint32_t said_at : 29 = 0;  // good for six days
    uint32_t word : 2 = 0;
    uint32_t is_missed : 1 = 0;

    agent_word said() const { return static_cast<agent_word>(word); }
    void put(agent_word what, run_time at) {
      word = static_cast<uint32_t>(what) & 3u;
      said_at = at & 0x1FFF'FFFFu;
    }
  };
  static_assert(sizeof(place) == 12);
  struct deaf_span {
    run_time at = 0;
    uint64_t total = 0;  // up to and with this one
  };
  struct count {
    run_time now = 0;
    run_time fresh_from = 0;  // who was heard since cannot be silent
    fleet_truth states;
    uint64_t not_back = 0;
    std::vector<uint32_t> overdue;  // agents, by the milliseconds that passed since their threshold
  };

  const part& part_of(uint32_t agent) const;
  void judge(uint32_t agent, const part& of, agent_word what, run_time at);
  void judge_early(uint32_t agent, const part& of, agent_word what, run_time at);
  void judge_delay(uint32_t agent, const part& of, agent_word what, run_time at);
  void judge_return(uint32_t agent, run_time at);
  void look_at(uint32_t agent, const part& of, count& sums);
  void note_missed(uint32_t agent, const part& of, uint64_t silence, count& sums);
  run_time latest_hearing(uint32_t agent) const;
  uint64_t deaf_since(run_time since) const;
  uint64_t silence_of(uint32_t agent, run_time at, run_time since) const;
  bool may_be_lost(run_time due) const;
  offence offence_of(uint32_t agent, run_time heard, run_time said, uint64_t by) const;
  void measure_lag(const count& sums, uint64_t counted);

  const beat_record& beats_;
  run_time allowance_ = default_allowance;
  std::vector<part> parts_;
  std::vector<place> places_;
  run_time restart_began_ = 0;
  run_time restart_serving_ = 0;
  std::vector<deaf_span> deaf_;
  run_time swept_at_ = 0;
  run_time lost_from_ = 0;  // 0: nothing was lost yet
  run_time lost_until_ = 0;
  run_time list_began_ = 0;
  std::vector<bool> listed_;
  detections found_;
};

}  // namespace muster::sim
