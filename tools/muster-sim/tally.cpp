// Sums and names.
#include "tools/muster-sim/tally.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace muster::sim {

std::string_view to_string(failure why) {
  switch (why) {
    case failure::refused: return "refused";
    case failure::reset: return "reset";
    case failure::timeout: return "timeout";
    case failure::unreachable: return "unreachable";
    case failure::unsent: return "unsent";
    case failure::bad_answer: return "bad_answer";
    case failure::local: return "local";
  }
  return "unknown";
}

void kind_tally::merge(const kind_tally& other) {
  sent += other.sent;
  ok += other.ok;
  errors += other.errors;
  excused += other.excused;
  per_second += other.per_second;
  latency.merge(other.latency);
}

uint64_t tally::errors() const {
  uint64_t sum = 0;
  for (const auto& kind : kinds) sum += kind.errors;
  return sum;
}

std::map<std::string, uint64_t> tally::errors_by_kind() const {
  std::map<std::string, uint64_t> out;
  for (size_t i = 0; i < failures; ++i)
    if (failed[i] > 0) out.emplace(to_string(static_cast<failure>(i)), failed[i]);
  for (size_t status = 0; status < refusals.size(); ++status)
    if (refusals[status] > 0) out.emplace(fmt::format("http_{}", status), refusals[status]);
  return out;
}

void tally::merge(const tally& other) {
  for (size_t i = 0; i < request_kinds; ++i) kinds[i].merge(other.kinds[i]);
  newcomers += other.newcomers;
  reconnected += other.reconnected;
  given_up += other.given_up;
  turned_away += other.turned_away;
  during_restart += other.during_restart;
  policy.merge(other.policy);
  for (size_t i = 0; i < failures; ++i) failed[i] += other.failed[i];
  for (size_t i = 0; i < refusals.size(); ++i) refusals[i] += other.refusals[i];
  latest = std::max(latest, other.latest);
  if (first_refusal.empty()) first_refusal = other.first_refusal;
}

}  // namespace muster::sim
