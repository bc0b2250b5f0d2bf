// The notifier: from a notice to its deliveries. What operators ask is in notifier_changes.cpp.
#include "actors/manager/notifier.hpp"

#include "actors/manager/notices.hpp"
#include "messages/errors.hpp"
#include "messages/type_ids.hpp"

#include <caf/all.hpp>

#include <algorithm>

namespace muster {

notifier_actor::behavior_type notifier_state::make_behavior(notifier_options options, notifier_ports ports,
                                                            restored_notifications restored) {
  options_ = std::move(options);
  ports_ = std::move(ports);
  groups_ = notice_groups{options_.groups};
  restore(restored);
  return {
    [this](notice& what) { hear(what); },
    [this](const pattern_changed& change) {
      if (auto what = notice_of(change)) hear(*what);
    },
    [this](delivery_attempted& news) { note_attempt(news); },
    [this](configure_notifications& fresh) { configure(fresh); },
    [this](list_channels) { return list(); },
    [this](create_channel& request) { return create(request); },
    [this](const delete_channel& request) { return remove(request); },
    [this](const test_channel& request) { return try_out(request); },
    [this](list_routes) { return routes(); },
    [this](write_routes& request) { return write(request); },
    [this](list_silences) { return list_all_silences(); },
    [this](create_silence& request) { return create(request); },
    [this](const delete_silence& request) { return remove(request); },
    [this](const list_deliveries& wanted) { return deliveries(wanted); },
    [this](count_notifications) { return count(); },
    [this](const notices_due& due) { tell_due(due.turn); },
  };
}

// --- from before -------------------------------------------------------------------

void notifier_state::restore(restored_notifications& from) {
  written_ = std::move(from.routes);
  for (auto& each : from.silences) {
    last_silence_ = std::max(last_silence_, each.number);
    silences_.emplace(each.number, std::move(each));
  }
  for (auto& each : options_.channels) add_channel(0, each);
  for (auto& [number, settings] : from.channels) {
    last_channel_ = std::max(last_channel_, number);
    if (channels_.contains(settings.name)) shadow(number, std::move(settings));
    else add_channel(number, std::move(settings));
  }
  gather_routes();
  record_notifications changes;
  std::vector<notice> forgotten;
  for (const auto& each : from.notices) {
    last_notice_ = std::max(last_notice_, each.number);
    resume(each);
    if (auto end = forgotten_notice(each.what)) forgotten.push_back(std::move(*end));
  }
  for (auto& each : from.deliveries) {
    last_id_ = std::max(last_id_, each.id);
    if (channels_.contains(each.channel)) pending_.emplace(each.id, std::move(each));
    else changes.removed_deliveries.push_back(each.id);
  }
  write_down(std::move(changes));
  for (const auto& [id, each] : pending_) self->send(channels_.at(each.channel).actor, each);
  for (auto& each : forgotten) hear(each);
  arm();
}

// One that is there starts anew with these settings.
void notifier_state::add_channel(uint64_t number, channel_settings what) {
  auto& added = channels_[what.name];
  if (added.actor) end_actor(added);
  added.number = number;
  added.settings = document<channel_settings>{std::move(what)};
  added.actor = self->spawn<caf::linked>(
    muster::channel, added.settings, options_.channel,
    channel_ports{ports_.courier, caf::actor_cast<notifier_actor>(self), ports_.utc_now});
}

// What was told lasts; what was not is told now, as if it had just happened.
void notifier_state::resume(const kept_notice& what) {
  held_notice held{what.what, what.told_at};
  const auto now = self->clock().now();
  if (what.told_at == utc_time{}) {
    record_notifications changes;
    if (place(what.number, held, changes)) held_.emplace(what.number, std::move(held));
    else changes.removed_notices.push_back(what.number);
    write_down(std::move(changes));
    return;
  }
  const auto age = std::max(ports_.utc_now() - what.told_at, std::chrono::milliseconds{0});
  for (const auto at : routes_for(routes_, what.what)) {
    groups_.resume(what.number, what.what, routes_[at], now - age);
    ++held.groups;
  }
  if (held.groups > 0) held_.emplace(what.number, std::move(held));
}

// --- hearing -----------------------------------------------------------------------

bool notifier_state::is_repeat(const std::string& id) {
  if (!known_ids_.insert(id).second) return true;
  ids_.push_back(id);
  if (ids_.size() > options_.kept_ids) {
    known_ids_.erase(ids_.front());
    ids_.pop_front();
  }
  return false;
}

void notifier_state::hear(notice& what) {
  if (!what.id.empty() && is_repeat(what.id)) return;
  ++counts_.notices;
  if (what.id.empty()) what.id = delivery_name(fresh_id());
  if (what.at == utc_time{}) what.at = ports_.utc_now();
  held_notice held{std::move(what)};
  const auto number = ++last_notice_;
  record_notifications changes;
  if (place(number, held, changes)) {
    changes.notices.push_back({number, held.what, {}});
    held_.emplace(number, std::move(held));
  }
  write_down(std::move(changes));
  arm();
}

// Into the groups of its routes. False if none of them keeps it.
bool notifier_state::place(uint64_t number, held_notice& what, record_notifications& into) {
  const auto takers = routes_for(routes_, what.what);
  if (takers.empty()) ++counts_.unrouted;
  for (const auto at : takers) {
    const auto added = groups_.add(number, what.what, routes_[at], self->clock().now());
    drop(added.over, into);
    what.groups += added.held ? 1 : 0;
  }
  what.untold = what.groups;
  return what.groups > 0;
}

// Without any, everything goes to all channels.
void notifier_state::gather_routes() {
  routes_ = options_.routes;
  routes_.insert(routes_.end(), written_.begin(), written_.end());
  if (!routes_.empty()) return;
  routes_.emplace_back();
  for (const auto& [called, each] : channels_) routes_.back().channels.push_back(called);
}

// A group needs it no more.
void notifier_state::drop(const std::vector<uint64_t>& numbers, record_notifications& into) {
  for (const auto number : numbers) {
    const auto found = held_.find(number);
    if (found == held_.end() || --found->second.groups > 0) continue;
    into.removed_notices.push_back(number);
    held_.erase(found);
  }
}

// --- telling -----------------------------------------------------------------------

notice_groups::silenced_until notifier_state::silencer() {
  return [this, now = self->clock().now(),
          utc = ports_.utc_now()](const notice& what) -> std::optional<time_point> {
    std::optional<time_point> out;
    for (const auto& [number, each] : silences_)
      if (each.until > utc && each.match.matches(what))
        out = std::max(out.value_or(now), now + (each.until - utc));
    return out;
  };
}

void notifier_state::tell_due(uint64_t turn) {
  if (turn != turn_) return;
  armed_for_.reset();
  record_notifications changes;
  for (const auto& each : groups_.take_due(self->clock().now(), silencer())) {
    counts_.silenced += each.silenced;
    if (each.count > 0) deliver(each, changes);
    settle(each, changes);
  }
  auto made = changes.deliveries;
  arm();
  if (made.empty()) return write_down(std::move(changes));
  self->request(ports_.ledger, caf::infinite, std::move(changes))
    .then([this, made](const committed&) { send_out(made); },
          [this, made](caf::error& failed) {  // told, though a restart would not know of it
            ports_.tell("notifications_not_written", self->system().render(failed));
            send_out(made);
          });
}

void notifier_state::deliver(const group_message& from, record_notifications& into) {
  for (const auto& called : from.channels) {
    const auto found = channels_.find(called);
    if (found == channels_.end()) {
      ports_.tell("channel_missing", called);
      continue;
    }
    // Nobody is woken for less.
    const bool pager = found->second.settings->type == channel_type::pagerduty;
    if (pager && from.severity < notice_severity::high) continue;
    delivery made;
    made.id = fresh_id();
    made.channel = called;
    made.group = from.group;
    made.notices = from.notices;
    made.count = from.count;
    made.open = from.open;
    made.severity = from.severity;
    made.reminder = from.reminder;
    made.at = ports_.utc_now();
    pending_.emplace(made.id, made);
    into.deliveries.push_back(std::move(made));
  }
}

// What lasts is kept as told, the rest goes.
void notifier_state::settle(const group_message& from, record_notifications& into) {
  for (const auto number : from.told) {
    const auto found = held_.find(number);
    if (found == held_.end() || found->second.untold == 0 || --found->second.untold > 0) continue;
    found->second.told_at = ports_.utc_now();
    into.notices.push_back({number, found->second.what, found->second.told_at});
  }
  for (const auto number : from.over) {
    const auto found = held_.find(number);
    if (found != held_.end() && found->second.untold > 0) --found->second.untold;
  }
  drop(from.over, into);
}

void notifier_state::send_out(const std::vector<delivery>& all) {
  for (const auto& each : all) {
    const auto found = channels_.find(each.channel);
    if (found != channels_.end() && pending_.contains(each.id)) self->send(found->second.actor, each);
  }
}

void notifier_state::note_attempt(delivery_attempted& news) {
  const auto found = pending_.find(news.what.id);
  const auto channel = channels_.find(news.what.channel);
  if (found == pending_.end() || channel == channels_.end()) return;
  auto& about = channel->second;
  static constexpr std::array words{"delivered", "retries", "gave_up"};
  log(about, news.what, words[static_cast<size_t>(news.end)], news.how);
  about.delivered += news.end == attempt_end::delivered ? 1 : 0;
  about.failed += news.end == attempt_end::delivered ? 0 : 1;
  about.given_up += news.end == attempt_end::gave_up ? 1 : 0;
  record_notifications changes;
  if (news.end == attempt_end::retries) {
    found->second = news.what;
    changes.deliveries.push_back(std::move(news.what));
  } else {
    if (news.end == attempt_end::gave_up)
      ports_.tell("notification_given_up",
                  news.what.channel + " " + delivery_name(news.what.id) + ": " + news.how.error);
    changes.removed_deliveries.push_back(news.what.id);
    pending_.erase(found);
  }
  write_down(std::move(changes));
}

void notifier_state::log(known_channel& into, const delivery& what, std::string status,
                         const delivery_outcome& how) {
  into.attempts.push_front({what.id, what.channel, what.notices.front().title, std::move(status), what.count,
                            what.attempts, ports_.utc_now(), how.ok ? utc_time{} : what.next_at, how});
  if (into.attempts.size() > options_.kept_attempts) into.attempts.pop_back();
}

// --- the ledger and the clock --------------------------------------------------------

void notifier_state::write_down(record_notifications what) {
  if (what.notices.empty() && what.removed_notices.empty() && what.deliveries.empty()
      && what.removed_deliveries.empty() && what.removed_silences.empty())
    return;
  self->request(ports_.ledger, caf::infinite, std::move(what))
    .then([](const committed&) {},
          [this](caf::error& failed) {
            ports_.tell("notifications_not_written", self->system().render(failed));
          });
}

// Grows with time, so that what an earlier run gave out is not given out again.
uint64_t notifier_state::fresh_id() {
  const auto now = static_cast<uint64_t>(ports_.utc_now().time_since_epoch().count()) << 12;
  return last_id_ = std::max(last_id_ + 1, now);
}

// The one place that arms the timer.
void notifier_state::arm() {
  const auto next = groups_.next_due();
  if (!next || (armed_for_ && *armed_for_ <= *next)) return;
  armed_for_ = std::max(*next, self->clock().now() + std::chrono::milliseconds{1});
  self->scheduled_send(self, *armed_for_, notices_due{++turn_});
}

notifier_actor::behavior_type notifier(notifier_actor::stateful_pointer<notifier_state> self,
                                       notifier_options options, notifier_ports ports,
                                       restored_notifications restored) {
  return self->state.make_behavior(std::move(options), std::move(ports), std::move(restored));
}

}  // namespace muster
