// The correlator actor: what it writes and tells of patterns. The news is told at
// once and written in parallel; growth is gathered, since a hot key gets
// thousands of sightings a second.
#include "actors/manager/correlator.hpp"

#include "messages/type_ids.hpp"

#include <caf/all.hpp>

#include <algorithm>

namespace muster {

void correlator_state::announce(tracked_window& window, pattern_step step, const pattern& whole) {
  window.agents = window.told = whole.agent_count;
  count_unlisted(window, whole);
  for (const auto& listener : ports_.listeners) self->send(listener, pattern_changed{step, whole});
}

void correlator_state::count_unlisted(tracked_window& window, const pattern& whole) {
  const auto unlisted = whole.agent_count - whole.agents.size();
  counts_.agents_dropped += unlisted - window.unlisted;
  window.unlisted = unlisted;
}

audit_entry correlator_state::audit(std::string action, const pattern& whole) const {
  auto detail = whole.kind + "=" + whole.value + " agents=" + std::to_string(whole.agent_count);
  std::replace_if(
    detail.begin(), detail.end(), [](unsigned char c) { return c < ' '; }, ' ');
  return {ports_.utc_now(), "manager", std::move(action), to_string(whole.id), std::move(detail)};
}

void correlator_state::write(const window_handle& window, const pattern& whole) {
  record_pattern record{whole, std::exchange(window->audit, {})};
  auto entries = record.audit;
  self->request(ports_.ledger, caf::infinite, std::move(record))
    .then([](const committed&) {},
          [this, window, entries = std::move(entries)](const caf::error& failed) {
            ports_.tell("pattern_not_recorded",
                        to_string(window->open) + ": " + self->system().render(failed));
            if (window->retired) return;  // how it ended is written apart
            window->audit.insert(window->audit.begin(), entries.begin(), entries.end());
            gather(window);
          });
}

// Lets a pattern be written soon. Large ones are written less often.
void correlator_state::gather(const window_handle& window) {
  if (window->dirty || window->retired) return;
  window->dirty = true;
  const auto wait = options_.flush_delay + std::chrono::milliseconds{window->agents};
  gathered_.emplace(self->clock().now() + wait, window);
  arm_flush();
}

void correlator_state::flush() {
  const auto now = self->clock().now();
  if (now >= flush_armed_for_) flush_armed_for_ = {};
  while (!gathered_.empty() && gathered_.begin()->first <= now) {
    const auto window = gathered_.extract(gathered_.begin()).mapped();
    if (window) {
      write_growth(window);
      continue;
    }
    for (auto& record : std::exchange(unwritten_, {})) write_ended(std::move(record));
  }
  arm_flush();
}

void correlator_state::write_growth(const window_handle& window) {
  window->dirty = false;
  if (window->retired) return;
  self->request(window->actor, caf::infinite, describe_window{})
    .then(
      [this, window](const window_contents& contents) {
        if (!contents.whole) return;
        if (contents.whole->agent_count > window->told)
          announce(*window, pattern_step::grew, *contents.whole);
        write(window, *contents.whole);
      },
      [this, window](const caf::error& failed) { lose(window, failed); });
}

void correlator_state::write_ended(record_pattern record) {
  auto again = record;
  self->request(ports_.ledger, caf::infinite, std::move(record))
    .then([](const committed&) {},
          [this, again = std::move(again)](const caf::error& failed) {
            ports_.tell("pattern_not_recorded",
                        to_string(again.what.id) + ": " + self->system().render(failed));
            if (unwritten_.empty()) {
              gathered_.emplace(self->clock().now() + options_.flush_delay, nullptr);
              arm_flush();
            }
            unwritten_.push_back(again);
            if (unwritten_.size() > options_.unwritten) unwritten_.pop_front();
          });
}

// The one place that arms the timer for gathered patterns.
void correlator_state::arm_flush() {
  const caf::actor_clock::time_point none{};
  if (gathered_.empty()) return;
  const auto next = gathered_.begin()->first;
  if (flush_armed_for_ != none && flush_armed_for_ <= next) return;
  flush_armed_for_ = next;
  self->scheduled_send(self, next, pattern_flush_due{});
}

}  // namespace muster
