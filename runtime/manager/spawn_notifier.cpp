// From settings and records to the actors.
#include "runtime/manager/spawn_notifier.hpp"

#include "messages/type_ids.hpp"
#include "runtime/ledger/load_notifications.hpp"
#include "runtime/notify/courier.hpp"

#include <caf/all.hpp>

#include <stdexcept>

namespace muster {

notifier_actor spawn_notifier(caf::actor_system& system, const store& where, const configuration& settings,
                              notifier_ports ports, std::shared_ptr<parcel_carrier> carrier) {
  auto restored = load_notifications(where, *ports.secrets);
  if (!restored) throw std::runtime_error{system.render(restored.error())};
  const auto& from = settings.notifications;
  letterhead words{from.subject_prefix, from.link_base};
  if (words.link_base.empty()) words.link_base = "http://" + settings.operator_listen;
  ports.courier = system.spawn(muster::courier, std::move(carrier), std::move(words));
  notifier_options options;
  options.channels = from.channels;
  options.routes = from.routes;
  return system.spawn(muster::notifier, std::move(options), std::move(ports), std::move(*restored));
}

}  // namespace muster
