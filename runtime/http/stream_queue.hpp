// Bytes that wait for a peer to take them. What is sent to many peers is held
// once: each of their queues shares it.
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/container/static_vector.hpp>

#include <memory>
#include <string>
#include <vector>

namespace muster::http {

class stream_queue {
 public:
  static constexpr size_t gathered_at_once = 32;
  using gathered = boost::container::static_vector<boost::asio::const_buffer, gathered_at_once>;

  void push(std::shared_ptr<const std::string> piece) {
    if (piece->empty()) return;
    bytes_ += piece->size();
    pieces_.push_back(std::move(piece));
  }

  // The front of the queue, as one write takes it.
  gathered front() const {
    gathered out;
    for (size_t i = 0; i < pieces_.size() && i < gathered_at_once; ++i)
      out.push_back(boost::asio::buffer(*pieces_[i]));
    if (!out.empty()) out.front() += taken_;
    return out;
  }

  // Forgets as many bytes of the front, at most bytes().
  void consume(size_t size) {
    bytes_ -= size;
    taken_ += size;
    auto done = pieces_.begin();
    for (; done != pieces_.end() && taken_ >= (*done)->size(); ++done) taken_ -= (*done)->size();
    pieces_.erase(pieces_.begin(), done);
    if (pieces_.empty() && pieces_.capacity() > gathered_at_once) pieces_.shrink_to_fit();
  }

  void clear() { *this = {}; }
  size_t bytes() const { return bytes_; }
  bool empty() const { return pieces_.empty(); }

 private:
  std::vector<std::shared_ptr<const std::string>> pieces_;
  size_t taken_ = 0;  // of the first piece
  size_t bytes_ = 0;
};

}  // namespace muster::http
