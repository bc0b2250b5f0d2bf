// The typed actors that tell people, as interfaces.hpp has the others.
#pragma once

#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

namespace muster {

struct carry_delivery;
struct channel_list;
struct channel_row;
struct committed;
struct configure_notifications;
struct count_notifications;
struct create_channel;
struct create_silence;
struct delete_channel;
struct delete_silence;
struct delivery;
struct delivery_attempted;
struct delivery_carried;
struct delivery_due;
struct delivery_list;
struct delivery_outcome;
struct list_channels;
struct list_deliveries;
struct list_routes;
struct list_silences;
struct notice;
struct notices_due;
struct notification_counts;
struct pattern_changed;
struct route_list;
struct silence;
struct silence_list;
struct test_channel;
struct write_routes;

// clang-format off: one message a line

// Whoever is told what people shall hear of: the notifier. All that others know of it.
using notice_listener_actor = caf::typed_actor<caf::reacts_to<notice>>;

// One per manager: sends over the network, once and without judging the outcome.
using courier_actor = caf::typed_actor<
  // A channel has something to send.
  caf::replies_to<carry_delivery>::with<delivery_outcome>,
  // Its own thread has sent it, or could not.
  caf::reacts_to<delivery_carried>>;

// One per channel: tries until it is delivered or hopeless.
using channel_actor = caf::typed_actor<
  // The notifier has something to deliver.
  caf::reacts_to<delivery>,
  // Its own timer.
  caf::reacts_to<delivery_due>>;

// One per manager: knows who is to be told of what, and when.
using notifier_actor = caf::typed_actor<
  // Anyone noticed something.
  caf::reacts_to<notice>,
  // The correlator tells of patterns.
  caf::reacts_to<pattern_changed>,
  // Channels tell how deliveries go.
  caf::reacts_to<delivery_attempted>,
  // The configuration file was read anew.
  caf::reacts_to<configure_notifications>,
  // Operators look, try and write.
  caf::replies_to<list_channels>::with<channel_list>, caf::replies_to<create_channel>::with<channel_row>,
  caf::replies_to<delete_channel>::with<committed>, caf::replies_to<test_channel>::with<delivery_outcome>,
  caf::replies_to<list_routes>::with<route_list>, caf::replies_to<write_routes>::with<route_list>,
  caf::replies_to<list_silences>::with<silence_list>, caf::replies_to<create_silence>::with<silence>,
  caf::replies_to<delete_silence>::with<committed>, caf::replies_to<list_deliveries>::with<delivery_list>,
  caf::replies_to<count_notifications>::with<notification_counts>,
  // Its own timer.
  caf::reacts_to<notices_due>>;

// clang-format on

}  // namespace muster
