// One request to a service inside this process, and its answer, without a socket.
#pragma once

#include "runtime/http/message.hpp"
#include "tools/harness/virtual_manager.hpp"

namespace muster::harness {

struct event_stream::state {
  unsigned status = 0;
  std::string text;
  bool open = false;
};

class call final : public http::exchange {
 public:
  // Sends the request; throws std::invalid_argument if `target` is none. An answer
  // that goes on does so in `follow`, if given; else only its beginning is kept.
  static std::shared_ptr<call> place(http::service& to, const std::string& method, const std::string& target,
                                     std::string body, const request_options& with,
                                     std::shared_ptr<event_stream::state> follow = nullptr);

  void answer(uint32_t number, http::response&& with) override;

  void park(uint32_t, uint32_t seconds) override { parked = std::chrono::seconds{seconds}; }

  std::optional<http::response> given;
  std::chrono::seconds parked{0};  // that the answer may take instead of limits.answer_time

 private:
  http::request request_;
  std::shared_ptr<event_stream::state> follow_;
};

}  // namespace muster::harness
