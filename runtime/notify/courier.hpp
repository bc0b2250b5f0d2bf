// The courier turns messages into what each service reads and has a carrier send them. Runs
// on the scheduler like any actor, since the carrier has a thread of its own.
#pragma once

#include "messages/interfaces.hpp"
#include "runtime/notify/bodies.hpp"

#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <map>
#include <memory>

namespace muster {

struct courier_state {
  static inline const char* name = "muster.courier";

  explicit courier_state(courier_actor::pointer actor) : self(actor) {}
  // Without a carrier nothing is sent, and everything fails.
  courier_actor::behavior_type make_behavior(std::shared_ptr<parcel_carrier> carrier, letterhead words);

  caf::result<delivery_outcome> carry(const carry_delivery& what);
  void finish(const delivery_carried& done);

  courier_actor::pointer self;

 private:
  std::shared_ptr<parcel_carrier> carrier_;
  letterhead words_;
  uint64_t last_ = 0;
  std::map<uint64_t, caf::typed_response_promise<delivery_outcome>> waiting_;
};

courier_actor::behavior_type courier(courier_actor::stateful_pointer<courier_state> self,
                                     std::shared_ptr<parcel_carrier> carrier, letterhead words);

}  // namespace muster
