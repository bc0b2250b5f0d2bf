// When something arrived at each of many clients.
#pragma once

#include "tools/muster-sim/latency_histogram.hpp"

#include <fmt/format.h>

#include <chrono>
#include <string>

namespace muster::benchmarks {

// Seconds of the clock that all processes of a machine share.
inline double monotonic() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// `"streams":…,"p50_ms":…,"p99_ms":…,"last_ms":…`: how long it took from `since` to each client.
template <class Clients, class Arrived>
std::string arrivals(const Clients& all, double since, Arrived arrived) {
  sim::latency_histogram latencies;
  for (const auto& each : all)
    latencies.record(std::chrono::duration_cast<std::chrono::nanoseconds>(
      std::chrono::duration<double>{arrived(*each) - since}));
  const auto ms = [](std::chrono::microseconds value) { return static_cast<double>(value.count()) / 1e3; };
  return fmt::format(R"("streams":{},"p50_ms":{:.1f},"p99_ms":{:.1f},"last_ms":{:.1f})", all.size(),
                     ms(latencies.percentile(0.5)), ms(latencies.percentile(0.99)), ms(latencies.max()));
}

}  // namespace muster::benchmarks
