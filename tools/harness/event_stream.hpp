// An answer that goes on, as the client of a virtual manager sees it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace muster::harness {

// A server-sent event as browsers give it to their scripts.
struct sse {
  std::string id;     // the last one sent, with this event or before it
  std::string event;  // "message" if the event has no name
  std::string data;
};

// A copy stands for the same stream, which closes with the last of them.
class event_stream {
 public:
  struct state;
  explicit event_stream(std::shared_ptr<state> inner) : state_(std::move(inner)) {}

  // Of the answer; 0 if none came within limits.answer_time.
  unsigned status() const;
  // All that has arrived: events, or the words of a refusal.
  std::string text() const;
  // The events among it that are complete.
  std::vector<sse> events() const;
  bool open() const;
  // The client goes away; what it has stays readable.
  void close();

 private:
  std::shared_ptr<state> state_;
};

// Reads a text/event-stream as the WHATWG's HTML standard says.
std::vector<sse> parse_events(std::string_view text);

}  // namespace muster::harness
