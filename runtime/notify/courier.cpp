// Tickets, since the carrier's thread must not touch a promise.
#include "runtime/notify/courier.hpp"

#include "messages/type_ids.hpp"

#include <caf/all.hpp>

namespace muster {

courier_actor::behavior_type courier_state::make_behavior(std::shared_ptr<parcel_carrier> carrier,
                                                          letterhead words) {
  carrier_ = std::move(carrier);
  words_ = std::move(words);
  return {
    [this](const carry_delivery& what) { return carry(what); },
    [this](const delivery_carried& done) { finish(done); },
  };
}

caf::result<delivery_outcome> courier_state::carry(const carry_delivery& what) {
  if (!carrier_) return delivery_outcome{false, 0, {}, "nothing is sent from here"};
  const auto ticket = ++last_;
  auto promise = self->make_response_promise<delivery_outcome>();
  waiting_.emplace(ticket, promise);
  // A weak address: what is under way must not keep the courier alive.
  const caf::weak_actor_ptr me{self->ctrl()};
  carrier_->carry(compose(*what.where, what.what, words_), [me, ticket](delivery_outcome how) {
    if (const auto still = me.lock())
      caf::anon_send(caf::actor_cast<courier_actor>(still), delivery_carried{ticket, std::move(how)});
  });
  return promise;
}

void courier_state::finish(const delivery_carried& done) {
  const auto found = waiting_.find(done.ticket);
  if (found == waiting_.end()) return;
  found->second.deliver(done.how);
  waiting_.erase(found);
}

courier_actor::behavior_type courier(courier_actor::stateful_pointer<courier_state> self,
                                     std::shared_ptr<parcel_carrier> carrier, letterhead words) {
  return self->state.make_behavior(std::move(carrier), std::move(words));
}

}  // namespace muster
