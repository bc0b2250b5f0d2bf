// A channel delivers what the notifier gives it: it hands messages to the courier, tries
// again those that fail, and leaves a service alone that does not work. What is pending is
// durable before it comes here, so that a channel itself remembers nothing over a restart.
#pragma once

#include "actors/manager/delivery_queue.hpp"
#include "actors/ports/calendar.hpp"
#include "messages/interfaces.hpp"

#include <caf/typed_event_based_actor.hpp>

namespace muster {

struct channel_options {
  delivery_queue_options queue;
  std::chrono::milliseconds patience = std::chrono::seconds{15};  // for the courier, which has 10 s itself
};

struct channel_ports {
  courier_actor courier;
  notifier_actor notifier;
  calendar utc_now;
};

struct channel_state {
  static inline const char* name = "muster.channel";

  explicit channel_state(channel_actor::pointer actor) : self(actor) {}
  channel_actor::behavior_type make_behavior(document<channel_settings> settings, channel_options options,
                                             channel_ports ports);

  void take(delivery& what);
  void work();

  channel_actor::pointer self;

 private:
  void send(const delivery& what);
  void finish(uint64_t id, const delivery_outcome& how);
  void arm();

  document<channel_settings> settings_;
  channel_options options_;
  channel_ports ports_;
  std::optional<delivery_queue> queue_;
  delivery_queue::time_point armed_for_{};  // zero: no timer is under way that counts
};

channel_actor::behavior_type channel(channel_actor::stateful_pointer<channel_state> self,
                                     document<channel_settings> settings, channel_options options,
                                     channel_ports ports);

}  // namespace muster
