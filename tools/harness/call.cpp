// Requests as a session would hand them to its service.
#include "tools/harness/call.hpp"

#include "runtime/http/request_parser.hpp"

#include <simdjson.h>

#include <stdexcept>
#include <utility>

namespace muster::harness {

namespace {

// The sending end of a stream whose client is the test.
class collector final : public http::stream {
 public:
  explicit collector(std::weak_ptr<event_stream::state> into) : into_(std::move(into)) {}

  bool send(std::shared_ptr<const std::string> bytes) override {
    const auto client = into_.lock();
    if (!client || !client->open) return false;
    client->text += *bytes;
    return true;
  }
  size_t backlog() const override { return 0; }
  bool open() const override {
    const auto client = into_.lock();
    return client && client->open;
  }
  void end() override {
    if (const auto client = into_.lock()) client->open = false;
  }

 private:
  std::weak_ptr<event_stream::state> into_;
};

}  // namespace

std::shared_ptr<call> call::place(http::service& to, const std::string& method, const std::string& target,
                                  std::string body, const request_options& with,
                                  std::shared_ptr<event_stream::state> follow) {
  auto placed = std::make_shared<call>();
  placed->follow_ = std::move(follow);
  auto& request = placed->request_;
  request.method = boost::beast::http::string_to_verb(method);
  if (http::split_target(target, request) != http::target_verdict::good)
    throw std::invalid_argument{"not a request target: " + target};
  if (!with.token.empty()) request.authorization = "Bearer " + with.token;
  request.if_none_match = with.if_none_match;
  request.if_match = with.if_match;
  request.last_event_id = with.last_event_id;
  request.has_body = !body.empty();
  if (request.has_body) request.content_type = with.content_type;
  request.body = std::move(body);
  request.body.reserve(request.body.size() + simdjson::SIMDJSON_PADDING);
  request.peer = "harness";
  if (auto refusal = to.admit(request)) placed->answer(0, std::move(*refusal));
  else to.serve(request, http::reply{placed, 1});
  return placed;
}

void call::answer(uint32_t, http::response&& with) {
  if (given) return;
  given = std::move(with);
  const auto client = std::exchange(follow_, nullptr);
  if (!client) return;
  client->status = given->status;
  client->text = given->body;
  if (!given->opens) return;
  client->open = true;
  given->opens(std::make_shared<collector>(client));
}

}  // namespace muster::harness
