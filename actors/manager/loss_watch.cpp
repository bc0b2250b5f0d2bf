// Groups, losses and what they come to.
#include "actors/manager/loss_watch.hpp"

namespace muster {

namespace {

// Of an agent that is not silent, or was so before it was watched.
constexpr listening_time unknown{-3};
constexpr listening_time online{-2};
constexpr listening_time long_silent{-1};

constexpr std::string_view whole_fleet = "fleet";
constexpr std::string_view tenant_start = "tenant ";

bool is_silent(agent_status status) {
  return status == agent_status::stale || status == agent_status::offline;
}

// Whether group `inner` is a part of `outer`.
bool lies_within(const std::string& inner, const std::string& outer) {
  if (inner == outer || inner == whole_fleet) return false;
  return outer == whole_fleet || inner.starts_with(outer + ", ");
}

template <class T>
void append(std::vector<T>& to, const std::vector<T>& what) {
  to.insert(to.end(), what.begin(), what.end());
}

}  // namespace

// --- groups --------------------------------------------------------------------

loss_watch::names loss_watch::groups_of(const std::string& tenant,
                                        const std::map<std::string, std::string>& labels) const {
  names out{std::string{whole_fleet}, std::string{tenant_start} + tenant};
  for (const auto& [label, share] : limits_.share_by_label)
    if (const auto found = labels.find(label); found != labels.end())
      out.push_back(out[1] + ", " + label + "=" + found->second);
  return out;
}

std::optional<double> loss_watch::share_of(const std::string& name) const {
  if (!name.starts_with(tenant_start)) return std::nullopt;
  const auto rest = name.substr(tenant_start.size());
  if (const auto found = limits_.share_by_tenant.find(rest); found != limits_.share_by_tenant.end())
    return found->second;
  const auto comma = rest.find(", ");
  if (comma == std::string::npos) return std::nullopt;
  const auto found = limits_.share_by_label.find(rest.substr(comma + 2, rest.find('=', comma) - comma - 2));
  return found == limits_.share_by_label.end() ? std::nullopt : std::optional{found->second};
}

// None but for disruptions.
loss_watch::group_list loss_watch::groups(const names& of) {
  group_list out;
  if (!limits_.disruptions) return out;
  for (const auto& each : of)
    if (const auto group = watch_.group(each, share_of(each))) out.push_back(*group);
  return out;
}

// --- agents --------------------------------------------------------------------

listening_time& loss_watch::state_of(agent_id id) {
  const auto slot = slot_of(id);
  if (slot >= silent_since_.size()) silent_since_.resize(slot + 1, unknown);
  return silent_since_[slot];
}

void loss_watch::joined(agent_id id, agent_status status, const names& of) {
  auto& state = state_of(id);
  state = status == agent_status::online ? online : is_silent(status) ? long_silent : unknown;
  if (state == online) watch_.joined(groups(of));
}

void loss_watch::moved(agent_id id, agent_status from, agent_status to, const names& of, listening_time now) {
  auto& state = state_of(id);
  if (is_silent(to)) return fell_silent(id, of, now);
  if (to == agent_status::online && is_silent(from)) return returned(id, of, now);
  held_.drop(id);
  if (state >= listening_time{0}) note(watch_.removed(groups(of), state, now));
  if (to == agent_status::departed && state == online) watch_.left(groups(of));
  if (to == agent_status::online && state != online) watch_.joined(groups(of));
  state = to == agent_status::online ? online : unknown;
}

// An agent that may be one of many, or is one, is held; one that turns offline later too.
void loss_watch::fell_silent(agent_id id, const names& of, listening_time now) {
  auto& state = state_of(id);
  const auto its = groups(of);
  if (state == online) {
    state = now;
    note(watch_.went_silent(its, now));
    note_flap(id, now);
    if (watch_.may_be_disrupted(its)) held_.add(id, {id, its}, now);
  } else if (!held_.contains(id) && watch_.disrupted(its)) {
    held_.add(id, {id, its}, now);
  }
}

void loss_watch::returned(agent_id id, const names& of, listening_time now) {
  auto& state = state_of(id);
  held_.drop(id);
  note(watch_.came_back(groups(of), state, now));
  state = online;
  note_flap(id, now);
}

void loss_watch::note_flap(agent_id id, listening_time now) {
  if (!limits_.flapping) return;
  switch (flaps_.note(slot_of(id), now)) {
    case flap_edge::none: break;
    case flap_edge::began_flapping: began_flapping_.push_back(slot_of(id)); break;
    case flap_edge::calm_again: became_calm_.push_back(slot_of(id)); break;
  }
}

// While it is silent it counts for no group until it returns.
void loss_watch::regrouped(agent_id id, const names& before, const names& after, listening_time now) {
  if (before == after) return;
  auto& state = state_of(id);
  if (state == online) {
    watch_.left(groups(before));
    watch_.joined(groups(after));
  } else if (state >= listening_time{0}) {
    note(watch_.removed(groups(before), state, now));
    state = long_silent;
  }
}

void loss_watch::left(agent_id id, const names& of, listening_time now) {
  auto& state = state_of(id);
  held_.drop(id);
  flaps_.forget(slot_of(id));
  std::erase(began_flapping_, slot_of(id));
  std::erase(became_calm_, slot_of(id));
  if (state == online) watch_.left(groups(of));
  else if (state >= listening_time{0}) note(watch_.removed(groups(of), state, now));
  state = unknown;
}

void loss_watch::note(disruption_watch::edges edges) { append(edges_, edges); }

bool loss_watch::disrupted(agent_id id, const names& of) const {
  const auto slot = slot_of(id);
  if (slot >= silent_since_.size() || silent_since_[slot] < listening_time{0}) return false;
  for (const auto& [name, what] : under_way())
    if (silent_since_[slot] >= what.began_at - limits_.disruption.span
        && std::find(of.begin(), of.end(), name) != of.end())
      return true;
  return false;
}

// --- what comes of it ------------------------------------------------------------

loss_watch::news loss_watch::take(listening_time now) {
  news out;
  const auto is_held = [this](agent_id, const loss& what) { return watch_.disrupted(what.of); };
  note(watch_.expire(now));
  bool ended = false;
  for (const auto& each : std::exchange(edges_, {})) {
    if (each.change == disruption_change::began) {
      begin(each, out);
    } else {
      end(each, now, out);
      ended = true;
    }
  }
  if (ended) held_.renew_ended(now, is_held);
  for (const auto& each : held_.release(now, is_held)) out.released.push_back(each.id);
  out.flapping = std::exchange(began_flapping_, {});
  out.calm = std::exchange(became_calm_, {});
  while (const auto slot = flaps_.calmed(now)) out.calm.push_back(*slot);
  announce(now, out);
  return out;
}

void loss_watch::begin(const disruption& what, news& into) {
  into.begun.push_back({watch_.name_of(what.group), what});
  to_announce_[what.group] = what.began_at + limits_.announce_after;
}

// A part that goes on is told by itself.
void loss_watch::end(const disruption& what, listening_time now, news& into) {
  into.ended.push_back({watch_.name_of(what.group), what});
  to_announce_.erase(what.group);
  if (announced_.erase(what.group) > 0) into.told_ended.push_back(into.ended.back());
  for (const auto& each : watch_.under_way())
    if (!announced_.contains(each.group) && lies_within(watch_.name_of(each.group), into.ended.back().group))
      to_announce_.try_emplace(each.group, now + limits_.announce_after);
}

bool loss_watch::within_another(agent_group group) const {
  const auto under = under_way();
  return std::any_of(under.begin(), under.end(), [&](const named_disruption& each) {
    return lies_within(watch_.name_of(group), each.group);
  });
}

// What is no more than a part of a wider disruption is not told by itself.
void loss_watch::announce(listening_time now, news& into) {
  const auto under = watch_.under_way();
  for (const auto& each : under) {
    const auto due = to_announce_.find(each.group);
    if (due == to_announce_.end() || due->second > now) continue;
    to_announce_.erase(due);
    if (within_another(each.group)) continue;
    announced_.insert(each.group);
    into.told_begun.push_back({watch_.name_of(each.group), each});
  }
}

std::optional<listening_time> loss_watch::next_due() const {
  if (!edges_.empty() || !began_flapping_.empty() || !became_calm_.empty()) return listening_time{0};
  auto out = held_.next_due();
  const auto consider = [&out](std::optional<listening_time> other) {
    if (other) out = out ? std::min(*out, *other) : *other;
  };
  consider(watch_.next_expiry());
  consider(flaps_.next_calm());
  for (const auto& [group, due] : to_announce_) consider(due);
  return out;
}

std::vector<named_disruption> loss_watch::under_way() const {
  std::vector<named_disruption> out;
  for (const auto& each : watch_.under_way()) out.push_back({watch_.name_of(each.group), each});
  return out;
}

}  // namespace muster
