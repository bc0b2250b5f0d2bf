// The queue decides; this passes messages on and outcomes back.
#include "actors/manager/channel.hpp"

#include "messages/errors.hpp"
#include "messages/type_ids.hpp"

#include <caf/all.hpp>

namespace muster {

channel_actor::behavior_type channel_state::make_behavior(document<channel_settings> settings,
                                                          channel_options options, channel_ports ports) {
  settings_ = std::move(settings);
  options_ = options;
  ports_ = std::move(ports);
  queue_.emplace(std::move(options.queue));
  return {
    [this](delivery& what) { take(what); },
    [this](delivery_due) { work(); },
  };
}

void channel_state::take(delivery& what) {
  const auto wait = std::max(what.next_at - ports_.utc_now(), std::chrono::milliseconds{0});
  const auto now = self->clock().now();
  queue_->add(std::move(what), now + wait);
  work();
}

void channel_state::work() {
  while (auto next = queue_->take(self->clock().now())) send(*next);
  arm();
}

void channel_state::send(const delivery& what) {
  const auto id = what.id;
  self->request(ports_.courier, options_.patience, carry_delivery{settings_, what})
    .then([this, id](const delivery_outcome& how) { finish(id, how); },
          [this, id](caf::error& failed) {
            finish(id, {false, 0, options_.patience, "not sent: " + self->system().render(failed)});
          });
}

void channel_state::finish(uint64_t id, const delivery_outcome& how) {
  auto done = queue_->finish(id, how.ok, self->clock().now());
  if (!done) return;
  const bool retries = done->end == attempt_end::retries;
  done->what.next_at = retries ? ports_.utc_now() + done->wait : utc_time{};
  self->send(ports_.notifier, delivery_attempted{std::move(done->what), done->end, how});
  work();
}

// Timers that a nearer one has overtaken fire in vain.
void channel_state::arm() {
  const auto next = queue_->next_due();
  const auto now = self->clock().now();
  if (!next || (armed_for_ > now && armed_for_ <= *next)) return;
  armed_for_ = std::max(*next, now + std::chrono::milliseconds{1});
  self->scheduled_send(self, armed_for_, delivery_due{});
}

channel_actor::behavior_type channel(channel_actor::stateful_pointer<channel_state> self,
                                     document<channel_settings> settings, channel_options options,
                                     channel_ports ports) {
  return self->state.make_behavior(std::move(settings), std::move(options), std::move(ports));
}

}  // namespace muster
