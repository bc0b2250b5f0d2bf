// Walks the queue from its oldest end.
#include "actors/manager/delivery_queue.hpp"

#include <algorithm>
#include <set>

namespace muster {

void delivery_queue::add(delivery what, time_point due) {
  const auto id = what.id;
  waiting_.try_emplace(id, entry{std::move(what), due});
}

std::optional<delivery> delivery_queue::take(time_point now) {
  if (under_way_ >= options_.at_once) return std::nullopt;
  std::set<std::string_view> held;  // groups with an older message
  for (auto& [id, each] : waiting_) {
    const bool first = held.insert(each.what.group).second;
    if (!first || each.under_way || each.due > now) continue;
    if (!breaker_.take(now)) return std::nullopt;
    each.under_way = true;
    ++under_way_;
    return each.what;
  }
  return std::nullopt;
}

std::optional<delivery_queue::finished> delivery_queue::finish(uint64_t id, bool ok, time_point now) {
  const auto found = waiting_.find(id);
  if (found == waiting_.end() || !found->second.under_way) return std::nullopt;
  --under_way_;
  auto& each = found->second;
  each.under_way = false;
  finished out{each.what, attempt_end::delivered, {}};
  if (ok) {
    breaker_.note_success();
    waiting_.erase(found);
    return out;
  }
  breaker_.note_failure(now);
  ++out.what.attempts;
  const auto wait = options_.retries.wait_after(out.what.attempts);
  if (!wait) {
    out.end = attempt_end::gave_up;
    waiting_.erase(found);
    return out;
  }
  out.end = attempt_end::retries;
  out.wait = *wait;
  each.what.attempts = out.what.attempts;
  each.due = now + *wait;
  return out;
}

std::optional<delivery_queue::time_point> delivery_queue::next_due() const {
  if (under_way_ >= options_.at_once || waiting_.empty()) return std::nullopt;
  std::optional<time_point> next;
  std::set<std::string_view> held;
  for (const auto& [id, each] : waiting_)
    if (held.insert(each.what.group).second && !each.under_way && (!next || each.due < *next))
      next = each.due;
  if (!next || !breaker_.open()) return next;
  const auto cooled = breaker_.cooled_at();
  if (!cooled) return std::nullopt;
  return std::max(*next, *cooled);
}

}  // namespace muster
