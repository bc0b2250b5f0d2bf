// The sending end of a stream whose peer is the test: keeps what was sent.
#pragma once

#include "runtime/http/message.hpp"

namespace muster::test {

struct kept_stream final : http::stream {
  bool send(std::shared_ptr<const std::string> bytes) override {
    if (!takes_more) return false;
    pieces.push_back(std::move(bytes));
    return true;
  }
  size_t backlog() const override { return 0; }
  bool open() const override { return takes_more; }
  void end() override { takes_more = false; }

  std::string text() const {
    std::string out;
    for (const auto& piece : pieces) out += *piece;
    return out;
  }

  std::vector<std::shared_ptr<const std::string>> pieces;
  bool takes_more = true;
};

}  // namespace muster::test
