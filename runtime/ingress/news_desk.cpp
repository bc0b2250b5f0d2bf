// Who listens, and what waits to be sent.
#include "runtime/ingress/news_desk.hpp"

#include "runtime/http/event_stream.hpp"

namespace muster {

namespace {

constexpr uint32_t comment_seconds = 30;  // between signs of life

std::shared_ptr<const std::string> shared(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

}  // namespace

http::response news_desk::listen(uint32_t second) {
  return http::open_event_stream([this, second](std::shared_ptr<http::stream> opened) {
    opened->send(shared(http::sse_event("connected", "", "{}")));
    listeners_.push_back({std::move(opened), second});
  });
}

void news_desk::tell(std::string_view message) {
  if (listeners_.empty()) return;
  if (waiting_.empty() || waiting_.back().size() >= bytes_per_push) waiting_.emplace_back();
  waiting_.back() += http::sse_event("", "", message);
  if (waiting_.size() <= waiting_pushes) return;
  for (const auto& one : listeners_) one.to->end();
  listeners_.clear();
  waiting_.clear();
}

bool news_desk::push() {
  if (waiting_.empty()) return false;
  const auto piece = shared(std::move(waiting_.front()));
  waiting_.pop_front();
  std::erase_if(listeners_, [&](const listener& one) { return !one.to->send(piece); });
  if (listeners_.empty()) waiting_.clear();
  return true;
}

void news_desk::sweep(uint32_t second) {
  static const auto sign_of_life = shared(http::sse_comment("alive"));
  std::erase_if(listeners_, [second](const listener& one) {
    if (!one.to->open()) return true;
    return second > one.since && (second - one.since) % comment_seconds == 0 && !one.to->send(sign_of_life);
  });
  if (listeners_.empty()) waiting_.clear();
}

}  // namespace muster
