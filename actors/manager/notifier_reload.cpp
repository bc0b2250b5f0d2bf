// The notifier: the configuration file was read anew.
#include "actors/manager/notifier.hpp"

#include "messages/type_ids.hpp"

#include <caf/all.hpp>

#include <algorithm>

namespace muster {

// Nothing that waits is moved unless a route has changed.
void notifier_state::configure(configure_notifications& fresh) {
  if (fresh.channels == options_.channels && fresh.routes == options_.routes) return;
  const auto before = routes_;
  record_notifications changes;
  for (const auto& each : options_.channels)
    if (std::ranges::find(fresh.channels, each.name, &channel_settings::name) == fresh.channels.end())
      leave_configuration(each.name, changes);
  for (const auto& each : fresh.channels)
    if (std::ranges::find(options_.channels, each) == options_.channels.end()) set_channel(0, each);
  options_.channels = std::move(fresh.channels);
  options_.routes = std::move(fresh.routes);
  write_down(std::move(changes));
  gather_routes();
  if (routes_ != before) reroute();
}

// It is linked, and its end must not be ours.
void notifier_state::end_actor(known_channel& of) {
  self->unlink_from(of.actor);
  caf::anon_send_exit(of.actor, caf::exit_reason::user_shutdown);
}

void notifier_state::shadow(uint64_t number, channel_settings what) {
  ports_.tell("channel_shadowed", what.name);
  auto called = what.name;
  shadowed_.insert_or_assign(std::move(called), std::pair{number, std::move(what)});
}

// An operator's, which the configuration file may have come before.
void notifier_state::end_made(const std::string& called, uint64_t number) {
  const auto own = shadowed_.find(called);
  if (own != shadowed_.end() && own->second.first == number) {
    shadowed_.erase(own);
    return;
  }
  const auto at = channels_.find(called);
  if (at != channels_.end() && at->second.number == number) end_channel(called);
}

// The new actor goes on with what the old one had yet to deliver. What that has just sent may come twice.
void notifier_state::set_channel(uint64_t number, const channel_settings& what) {
  if (const auto found = channels_.find(what.name); found != channels_.end() && found->second.number != 0)
    shadow(found->second.number, *found->second.settings);
  add_channel(number, what);
  for (const auto& [id, each] : pending_)
    if (each.channel == what.name) self->send(channels_.at(what.name).actor, each);
}

// An operator's of that name is back, or there is none and nobody left to deliver to.
void notifier_state::leave_configuration(const std::string& called, record_notifications& into) {
  if (const auto own = shadowed_.extract(called); !own.empty())
    return set_channel(own.mapped().first, own.mapped().second);
  for (const auto& [id, each] : pending_)
    if (each.channel == called) into.removed_deliveries.push_back(id);
  end_channel(called);
}

}  // namespace muster
