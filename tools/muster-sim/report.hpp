// What a run came to, for people and for programs.
#pragma once

#include "tools/muster-sim/options.hpp"
#include "tools/muster-sim/tally.hpp"

#include <chrono>
#include <string>

namespace muster::sim {

struct outcome {
  uint32_t registered = 0;              // at the end, before any deregistered
  std::chrono::nanoseconds elapsed{0};  // the whole run
  std::chrono::nanoseconds steady{0};   // of it, while all were registered; 0 if it did not come to that
  tally total;
};

// A row for each kind of request that was made; and what else is to be said of them.
std::string request_rows(const tally& total);
std::string remarks(const tally& total);

std::string text_report(const options& of, const outcome& what);
std::string json_report(const options& of, const outcome& what);

}  // namespace muster::sim
