// What the operator's routes know beside actors: who the operator is, where the
// manager listens, and the counts of all loops. Shared by loops, so locked.
#pragma once

#include "runtime/ingress/ingress.hpp"

#include <mutex>

namespace muster {

class operator_board {
 public:
  operator_board(std::string token, utc_time started) : token_(std::move(token)), started_at_(started) {}

  const std::string& token() const { return token_; }
  utc_time started_at() const { return started_at_; }

  // A loop's number, for publish().
  size_t add_loop() {
    std::lock_guard guard{lock_};
    counts_.emplace_back();
    return counts_.size() - 1;
  }
  void publish(size_t loop, const ingress_counts& counts) {
    std::lock_guard guard{lock_};
    counts_[loop] = counts;
  }
  std::vector<ingress_counts> counts() const {
    std::lock_guard guard{lock_};
    return counts_;
  }

  // Set before any loop runs.
  std::string fleet_address;
  std::string operator_address;
  std::function<uint64_t()> store_bytes = [] { return uint64_t{0}; };
  uint64_t store_limit = 0;

 private:
  std::string token_;
  utc_time started_at_;
  mutable std::mutex lock_;
  std::vector<ingress_counts> counts_;  // guarded by lock_; index is a loop
};

}  // namespace muster
