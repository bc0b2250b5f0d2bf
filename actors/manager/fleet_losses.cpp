// The fleet actor: what follows from agents that fall silent and return, beside their status.
#include "actors/manager/fleet.hpp"
#include "messages/type_ids.hpp"

#include <caf/all.hpp>

namespace muster {

loss_watch::names fleet_state::groups_of(agent_id id) const {
  const bool labelled = !options_.losses.share_by_label.empty();
  return losses_.groups_of(roster_.tenant(id),
                           labelled ? roster_.record(id).labels : std::map<std::string, std::string>{});
}

listening_time fleet_state::listening_now() const { return ports_.listening->at(self->clock().now()); }

utc_time fleet_state::utc_of(listening_time at) const {
  return ports_.utc_now() - std::chrono::duration_cast<std::chrono::milliseconds>(listening_now() - at);
}

noticed_agent fleet_state::noticed(agent_id id) const {
  auto record = roster_.record(id);
  return {std::move(record.host.hostname), record.speaks, std::move(record.tenant), std::move(record.labels)};
}

void fleet_state::set_told_lost(agent_id id, bool told) {
  const auto slot = slot_of(id);
  if (slot >= told_lost_.size()) {
    if (!told) return;
    told_lost_.resize(slot + 1);
  }
  told_lost_[slot] = told;
}

// What was lost lately may have been held when the manager ended: said again, it is told once.
void fleet_state::restore_told(agent_id id, const agent_standing& standing) {
  if (standing.status != agent_status::offline) return;
  const auto& losses = options_.losses;
  const auto longest_held = losses.disruption.longest + 2 * losses.release.grace;
  if (ports_.utc_now() - standing.changed_at > longest_held) set_told_lost(id, true);
  else tell_loss(change_so_far(id));
}

// Who knows a sensor's registry tells of its loss. What is held is told when it is released.
void fleet_state::tell_loss(state_change change) {
  const auto id = change.id;
  if (roster_.speaks(id) == dialect::harborguard) return;
  const bool leaves = change.to == agent_status::departed;
  if (!leaves && (losses_.held(id) || losses_.flapping(id))) return;
  const bool lost = change.to == agent_status::offline;
  const auto slot = slot_of(id);
  const bool told = slot < told_lost_.size() && told_lost_[slot];
  if (lost == told) return;
  set_told_lost(id, lost);
  change.from = told ? agent_status::offline : agent_status::online;
  if (!ports_.notices) return;
  if (auto what = notice_of(change, noticed(id))) self->send(ports_.notices, std::move(*what));
}

// How it came to be as it is.
state_change fleet_state::change_so_far(agent_id id) const {
  const auto standing = roster_.standing(id);
  return {id, {}, standing.status, change_cause::silence, standing.changed_at, standing.last_seen};
}

void fleet_state::settle_losses() {
  const auto news = losses_.take(listening_now());
  for (const auto id : news.released) {
    if (!roster_.contains(id)) continue;
    tell_registrar(id);
    tell_loss(change_so_far(id));
  }
  for (const auto slot : news.flapping)
    if (const auto id = roster_.at_slot(slot)) tell_flapping(*id, true);
  for (const auto slot : news.calm)
    if (const auto id = roster_.at_slot(slot)) tell_flapping(*id, false);
  disruptions_begun_ += news.begun.size();
  for (const auto& each : news.begun) record_disruption(each, "disruption.began");
  for (const auto& each : news.ended) record_disruption(each, "disruption.ended");
  for (const auto& each : news.told_begun) tell_disruption(each, false);
  for (const auto& each : news.told_ended) tell_disruption(each, true);
  arm_loss_timer();
}

void fleet_state::record_disruption(const named_disruption& which, const char* action) {
  const auto& what = which.what;
  ports_.tell(action, which.group);
  record_audit write{{{ports_.utc_now(), "manager", action, which.group,
                       "before=" + std::to_string(what.before) + " worst=" + std::to_string(what.worst)
                         + " silent=" + std::to_string(what.silent)}}};
  self->request(ports_.ledger, caf::infinite, std::move(write))
    .then([](const committed&) {},
          [this](caf::error& failed) { ports_.tell("audit_not_recorded", self->system().render(failed)); });
}

// The one place that arms the timer, as an agent's.
void fleet_state::arm_loss_timer() {
  const auto due = losses_.next_due();
  if (!due || (losses_armed_for_ != listening_time{0} && losses_armed_for_ <= *due)) return;
  constexpr listening_time least{10'000'000};  // while listening time stands still, do not spin
  losses_armed_for_ = std::max(*due, listening_time{1});
  self->delayed_send(self, std::max(*due - listening_now(), least), loss_check_due{losses_armed_for_});
}

void fleet_state::check_losses(listening_time deadline) {
  if (deadline != losses_armed_for_) return;  // overtaken by a nearer one
  losses_armed_for_ = listening_time{0};
  settle_losses();
}

// Calm again, people are told what has become of it.
void fleet_state::tell_flapping(agent_id id, bool flaps) {
  if (ports_.notices) self->send(ports_.notices, flapping_notice(id, noticed(id), flaps, ports_.utc_now()));
  tell_registrar(id);
  if (!flaps) tell_loss(change_so_far(id));
}

// One of the whole fleet is of its tenant, if that is the only one. Its end has the tenant of its beginning.
void fleet_state::tell_disruption(const named_disruption& which, bool ended) {
  if (!ports_.notices) return;
  constexpr std::string_view start = "tenant ";
  noticed_disruption what{
    which.group, {}, which.what.before, which.what.worst, which.what.silent, utc_of(which.what.began_at)};
  if (which.group.starts_with(start))
    what.tenant = which.group.substr(start.size(), which.group.find(", ") - start.size());
  else if (tenants_.size() == 1) what.tenant = tenants_.begin()->first;
  if (!ended) told_disruptions_[which.group] = what.tenant;
  else if (auto told = told_disruptions_.extract(which.group)) what.tenant = told.mapped();
  self->send(ports_.notices, disruption_notice(what, ended, ports_.utc_now()));
}

void fleet_state::add_losses(fleet_counts& counts) const {
  counts.flapping = losses_.flapping();
  counts.held = losses_.held();
  counts.disruptions_begun = disruptions_begun_;
  for (const auto& [group, what] : losses_.under_way())
    counts.disruptions.push_back({group, utc_of(what.began_at), what.before, what.worst, what.silent});
}

}  // namespace muster
