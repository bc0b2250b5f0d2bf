// The dashboards that listen on one loop. What they are told is written once for
// all of them and goes out at a set pace, so that a whole fleet that falls silent at
// once is not too much for a dashboard that reads.
#pragma once

#include "runtime/http/message.hpp"

#include <deque>
#include <vector>

namespace muster {

class news_desk {
 public:
  static constexpr size_t bytes_per_push = 128 * 1024;
  static constexpr size_t waiting_pushes = 128;  // beyond, everyone had better look anew

  // An answer that tells all news from now on.
  http::response listen(uint32_t second);

  // One message to everyone, at the next push(). Lost if nobody listens.
  void tell(std::string_view message);

  // Sends what has gathered, about bytes_per_push of it. False if there was nothing.
  bool push();

  // Once a second: forgets who has gone, and shows the others that the line is alive.
  void sweep(uint32_t second);

  size_t listeners() const { return listeners_.size(); }

 private:
  struct listener {
    std::shared_ptr<http::stream> to;
    uint32_t since = 0;  // the second in which it came
  };

  std::vector<listener> listeners_;
  std::deque<std::string> waiting_;  // each one push, of whole messages
};

}  // namespace muster
