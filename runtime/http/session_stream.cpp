// A connection whose answer goes on: what it sends is written at once as far as
// the kernel takes it, and the rest when there is room.
#include "runtime/http/session.hpp"

namespace muster::http {

namespace net = boost::asio;
using boost::beast::error_code;

namespace {

constexpr size_t pulled_at_once = 4;  // pieces, before others have their turn

// Who holds this has no part in the connection's life.
class stream_end final : public stream {
 public:
  explicit stream_end(std::weak_ptr<session> to) : to_(std::move(to)) {}

  bool send(std::shared_ptr<const std::string> bytes) override {
    const auto alive = to_.lock();
    return alive && alive->send(std::move(bytes));
  }
  size_t backlog() const override {
    const auto alive = to_.lock();
    return alive ? alive->backlog() : 0;
  }
  bool open() const override {
    const auto alive = to_.lock();
    return alive && alive->takes_more();
  }
  void end() override {
    if (const auto alive = to_.lock()) alive->end_stream();
  }

 private:
  std::weak_ptr<session> to_;
};

}  // namespace

// What gathered so far, the head of this answer last, is the stream's beginning.
void session::open_stream(response with) {
  enter(state::streaming);
  if (with.pulls) pulls_ = std::make_unique<decltype(with.pulls)>(std::move(with.pulls));
  queue_.push(std::make_shared<const std::string>(std::move(out_)));
  out_.clear();
  if (writing_.empty()) write_stream();
  if (state_ == state::closed || !with.opens) return;
  with.opens(std::make_shared<stream_end>(weak_from_this()));
  if (finishing_) end_stream();
}

// A stream may idle for weeks, and what its request needed is not needed again.
void session::give_memory_back() {
  in_.clear();
  in_.shrink_to_fit();
  out_.shrink_to_fit();
  if (writing_.empty()) writing_.shrink_to_fit();
  const auto given_back = std::move(request_);
}

bool session::send(std::shared_ptr<const std::string> bytes) {
  if (!takes_more()) return false;
  if (backlog() > stream_backlog) {
    close();
    return false;
  }
  if (backlog() == 0) since_ = env_.second;
  queue_.push(std::move(bytes));
  if (writing_.empty() && !awaiting_room_) write_stream();
  return state_ == state::streaming;
}

// The next piece of what is pulled; false if there is none.
bool session::pull() {
  if (!pulls_) return false;
  if (auto piece = (*pulls_)()) {
    queue_.push(std::move(piece));
    return true;
  }
  pulls_.reset();
  close_after_write_ = true;
  return false;
}

void session::write_stream() {
  for (size_t pieces = 0; !queue_.empty() || (pieces < pulled_at_once && pull()); ++pieces) {
    error_code failed;
    const auto sent = socket_.write_some(queue_.front(), failed);
    if (failed == net::error::would_block) break;
    if (failed) return close();
    queue_.consume(sent);
    since_ = env_.second;
  }
  if (queue_.empty() && !pulls_) {
    if (close_after_write_) drain();
    return;
  }
  awaiting_room_ = true;
  socket_.async_wait(socket::wait_write, [me = shared_from_this()](error_code failed) {
    me->awaiting_room_ = false;
    if (failed) return me->close();
    if (me->state_ == state::streaming) me->write_stream();
  });
}

void session::end_stream() {
  if (state_ != state::streaming) return;
  close_after_write_ = true;
  if (backlog() == 0 && !pulls_) drain();
}

}  // namespace muster::http
