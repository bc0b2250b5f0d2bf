// A group is made by its first notice and forgotten once nothing of it lasts and the
// distance to its last message is kept.
#include "actors/manager/notice_groups.hpp"

#include <algorithm>
#include <cstdio>

namespace muster {

namespace {

// What tells routes apart that take the same; stays the same when others come and go.
std::string mark_of(const notice_match& match) {
  uint64_t hash = 0xcbf29ce484222325;
  const auto mix = [&](std::string_view text) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    hash = (hash ^ 0xff) * 0x100000001b3;
  };
  for (const auto& each : match.events) mix(each);
  mix(match.least ? to_string(*match.least) : "");
  mix(match.tenant ? *match.tenant : "*");
  mix(match.subject);
  for (const auto& [name, value] : match.labels) {
    mix(name);
    mix(value);
  }
  char text[12];
  std::snprintf(text, sizeof text, "%08x", static_cast<unsigned>(hash ^ (hash >> 32)));
  return text;
}

const std::string& key_of(const notice& what) { return what.key.empty() ? what.subject : what.key; }

}  // namespace

std::vector<size_t> routes_for(const std::vector<notice_route>& routes, const notice& what) {
  std::vector<size_t> out;
  for (size_t i = 0; i < routes.size(); ++i) {
    if (!routes[i].match.matches(what)) continue;
    out.push_back(i);
    if (!routes[i].goes_on) break;
  }
  return out;
}

notice_groups::group& notice_groups::group_of(const notice& what, const notice_route& by) {
  auto& out = groups_[what.tenant + "/" + kind_of(what.event).family + "/" + mark_of(by.match)];
  out.route = by;
  return out;
}

notice_groups::added notice_groups::add(uint64_t number, const notice& what, const notice_route& by,
                                        time_point now) {
  auto& into = group_of(what, by);
  added out;
  auto severity = what.severity;
  const auto found = into.lasting.find(key_of(what));
  if (what.stage == notice_stage::opens && found != into.lasting.end()) {
    if (what.severity <= found->second.what.severity) return out;  // known
    if (found->second.how != standing::waits) out.over.push_back(found->second.number);
    into.lasting.erase(found);
  } else if (what.stage == notice_stage::resolves && found != into.lasting.end()) {
    const auto was = found->second;
    severity = std::max(severity, was.what.severity);
    if (was.how != standing::waits) out.over.push_back(was.number);
    into.lasting.erase(found);
    if (was.how == standing::silenced) return out;  // nobody knows that it began
  }
  if (!into.due || into.fresh.empty()) {
    const auto due = now + by.group_wait;
    const auto sooner = into.sent ? std::max(due, *into.sent + by.group_interval) : due;
    into.due = into.due ? std::min(*into.due, sooner) : sooner;
  }
  if (into.fresh.size() >= limits_.waiting) {
    ++into.uncounted;
    into.uncounted_severity = std::max(into.uncounted_severity, severity);
    return out;
  }
  if (what.stage == notice_stage::opens && into.lasting.size() < limits_.lasting)
    into.lasting.insert_or_assign(key_of(what), lasting_notice{number, what, standing::waits});
  into.fresh.push_back({number, what, severity});
  out.held = true;
  return out;
}

void notice_groups::resume(uint64_t number, const notice& what, const notice_route& by, time_point told_at) {
  auto& into = group_of(what, by);
  if (!into.lasting.try_emplace(key_of(what), lasting_notice{number, what, standing::told}).second) return;
  into.sent = into.sent ? std::max(*into.sent, told_at) : told_at;
  if (by.repeat_interval.count() > 0 && into.fresh.empty()) into.due = *into.sent + by.repeat_interval;
}

std::optional<notice_groups::time_point> notice_groups::next_due() const {
  std::optional<time_point> out;
  for (const auto& [name, each] : groups_)
    if (each.due && (!out || *each.due < *out)) out = each.due;
  return out;
}

std::vector<group_message> notice_groups::take_due(time_point now, const silenced_until& silenced) {
  std::vector<group_message> out;
  for (auto at = groups_.begin(); at != groups_.end();) {
    auto& each = at->second;
    if (each.due && *each.due <= now) out.push_back(take(at->first, each, now, silenced));
    const bool idle = !each.due && each.lasting.empty();
    if (idle && (!each.sent || *each.sent + each.route.group_interval <= now)) at = groups_.erase(at);
    else ++at;
  }
  return out;
}

group_message notice_groups::take(const std::string& name, group& from, time_point now,
                                  const silenced_until& silenced) {
  group_message out;
  out.group = name;
  out.channels = from.route.channels;
  tell_fresh(from, silenced, out);
  tell_unsilenced(from, silenced, out);
  const auto repeat = from.route.repeat_interval;
  if (out.count == 0 && from.sent && repeat.count() > 0 && *from.sent + repeat <= now)
    remind(from, silenced, out);
  if (out.count > 0) from.sent = now;
  for (const auto& [key, each] : from.lasting) out.open += each.how == standing::told ? 1 : 0;
  arm_again(from, now, silenced);
  return out;
}

void notice_groups::tell_fresh(group& from, const silenced_until& silenced, group_message& into) {
  for (auto& each : from.fresh) {
    const bool unsaid = silenced(each.what).has_value();
    const auto lasts = from.lasting.find(key_of(each.what));
    const bool stays = lasts != from.lasting.end() && lasts->second.number == each.number;
    if (stays) lasts->second.how = unsaid ? standing::silenced : standing::told;
    if (unsaid) ++into.silenced;
    else list(each.what, each.severity, into);
    if (!stays) into.over.push_back(each.number);
    else if (!unsaid) into.told.push_back(each.number);
  }
  from.fresh.clear();
  if (into.notices.empty()) into.silenced += from.uncounted;
  else into.count += from.uncounted;
  if (from.uncounted > 0) into.severity = std::max(into.severity, from.uncounted_severity);
  from.uncounted = 0;
}

void notice_groups::tell_unsilenced(group& from, const silenced_until& silenced, group_message& into) {
  for (auto& [key, each] : from.lasting) {
    if (each.how != standing::silenced || silenced(each.what)) continue;
    each.how = standing::told;
    into.told.push_back(each.number);
    list(each.what, each.what.severity, into);
  }
}

void notice_groups::remind(group& from, const silenced_until& silenced, group_message& into) {
  for (const auto& [key, each] : from.lasting) {
    if (each.how != standing::told || silenced(each.what)) continue;
    into.reminder = true;
    list(each.what, each.what.severity, into);
  }
  if (into.count == 0) from.sent = *from.sent + from.route.repeat_interval;  // all silenced: not now
}

void notice_groups::list(const notice& what, notice_severity severity, group_message& into) const {
  ++into.count;
  into.severity = std::max(into.severity, severity);
  if (into.notices.size() < limits_.listed) into.notices.push_back(what);
}

// The next reminder, or the end of a silence that hides something.
void notice_groups::arm_again(group& of, time_point now, const silenced_until& silenced) const {
  of.due.reset();
  const auto sooner = [&](time_point at) { of.due = of.due ? std::min(*of.due, at) : at; };
  bool told = false;
  for (const auto& [key, each] : of.lasting) {
    told = told || each.how == standing::told;
    if (each.how != standing::silenced) continue;
    const auto until = silenced(each.what);
    sooner(until ? std::max(*until, now + std::chrono::milliseconds{1}) : now + std::chrono::milliseconds{1});
  }
  if (told && of.route.repeat_interval.count() > 0 && of.sent) sooner(*of.sent + of.route.repeat_interval);
}

void notice_groups::look_again(time_point now) {
  for (auto& [name, each] : groups_)
    for (const auto& [key, lasts] : each.lasting)
      if (lasts.how == standing::silenced) each.due = now;
}

size_t notice_groups::waiting() const {
  size_t out = 0;
  for (const auto& [name, each] : groups_) out += each.fresh.size() + each.uncounted;
  return out;
}

size_t notice_groups::lasting() const {
  size_t out = 0;
  for (const auto& [name, each] : groups_) out += each.lasting.size();
  return out;
}

}  // namespace muster
