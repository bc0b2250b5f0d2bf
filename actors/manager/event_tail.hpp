// The latest events of one tenant, and what a node that was away has missed of them.
// The log and each loop have one and drop the same events, so none asks another.
#pragma once

#include "messages/events.hpp"

#include <deque>
#include <optional>
#include <string_view>
#include <unordered_map>

namespace muster {

// Types that only the log itself may write.
inline constexpr std::string_view key_rotation_event = "signing_key_rotated";
inline constexpr std::string_view resync_event = "resync";  // is never logged

// What a node knows of its stream: "4711-12".
struct event_place {
  uint64_t epoch = 0;
  uint64_t sequence = 0;

  bool operator==(const event_place&) const = default;
};
std::string to_string(const event_place& place);
// Nothing unless `text` is exactly what to_string writes.
std::optional<event_place> parse_event_place(std::string_view text);

// Of one tenant. The newest event is kept whatever its size.
struct event_limits {
  size_t events = 10'000;
  size_t bytes = size_t{64} << 20;  // of types and payloads
  size_t addressees = 1'000'000;    // that are remembered by what they were last told
};

class event_tail {
 public:
  explicit event_tail(const event_limits& limits) : limits_(limits) {}

  // Sequences must ascend, and need not be without gaps.
  void append(document<signed_frame> one);
  // In place of the same event, if that is kept.
  void replace(document<signed_frame> one);

  uint64_t last() const { return last_; }  // 0 while there was none
  uint64_t first_kept() const { return dropped_ + 1; }
  const std::deque<document<signed_frame>>& frames() const { return frames_; }

  // How to go on for a node that shows this Last-Event-ID. That is empty when it has just
  // started and needs no past, but also when it comes back and was never told anything:
  // then it may have missed what is of `since` or later. `lost` is empty or says why it
  // can't be known what the node has missed: then it must be told to look at everything.
  struct resumption {
    uint64_t after = 0;
    std::string_view lost;
  };
  resumption resume(std::string_view last_event_id, uint64_t epoch, agent_id id, utc_time since) const;

  // The first event after that place which is for this node; nothing if there is none.
  const document<signed_frame>* next(uint64_t after, agent_id id) const;

  // Which key nodes know when their turn for this event comes: those that have not
  // seen the rotation know the previous one.
  const std::string& key_for(const logged_event& what, const signing_keys& keys, utc_time now) const;

 private:
  bool missed_none(uint64_t after, agent_id id) const;
  bool told_since(utc_time since, agent_id id) const;
  std::deque<document<signed_frame>>::const_iterator after(uint64_t sequence) const;
  void remember(const logged_event& what);
  void drop_oldest();

  event_limits limits_;
  std::deque<document<signed_frame>> frames_;
  size_t bytes_ = 0;
  uint64_t last_ = 0;
  uint64_t dropped_ = 0;                              // what came up to here may be gone
  uint64_t rotated_at_ = 0;                           // the latest rotation of keys
  uint64_t broadcast_ = 0;                            // the latest event that is not for a few
  uint64_t known_since_ = 0;                          // `addressed_` knows everything after this
  std::unordered_map<uint64_t, uint64_t> addressed_;  // the latest event for these few
};

// Whether the event is for this node.
bool concerns(const event_audience& whom, agent_id id);

}  // namespace muster
