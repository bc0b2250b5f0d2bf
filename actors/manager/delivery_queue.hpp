// What a channel has yet to deliver, and which of it is to be tried now. Messages of one
// group go out in their order, since what resolves must not overtake what opened; a group
// whose message has to be repeated does not hold up the others.
#pragma once

#include "actors/manager/circuit_breaker.hpp"
#include "actors/manager/retry_schedule.hpp"
#include "messages/channels.hpp"

#include <map>

namespace muster {

struct delivery_queue_options {
  retry_schedule retries;
  circuit_breaker_options breaker;
  size_t at_once = 4;  // attempts under way
};

class delivery_queue {
 public:
  using time_point = circuit_breaker::time_point;

  explicit delivery_queue(delivery_queue_options options)
    : options_(std::move(options)), breaker_(options_.breaker) {}

  // Nothing happens if it is there already.
  void add(delivery what, time_point due);

  // What is to be tried now, each until it was finished.
  std::optional<delivery> take(time_point now);

  // An attempt ended. Returns the delivery with that counted, and what becomes of it; nothing
  // if it is not under way.
  struct finished {
    delivery what;
    attempt_end end;
    std::chrono::milliseconds wait{0};  // before it is tried again
  };
  std::optional<finished> finish(uint64_t id, bool ok, time_point now);

  // When take() may have something again; nothing if only a finish() can change that.
  std::optional<time_point> next_due() const;

  size_t size() const { return waiting_.size(); }

 private:
  struct entry {
    delivery what;
    time_point due;
    bool under_way = false;
  };

  delivery_queue_options options_;
  circuit_breaker breaker_;
  std::map<uint64_t, entry> waiting_;  // by id, so in order
  size_t under_way_ = 0;
};

}  // namespace muster
