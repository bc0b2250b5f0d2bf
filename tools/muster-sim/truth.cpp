// Rules of judgement. Times are milliseconds of the run; 0 is never.
#include "tools/muster-sim/truth.hpp"

#include "tools/muster-sim/request_writer.hpp"

#include <algorithm>
#include <charconv>

namespace muster::sim {

namespace {

constexpr std::string_view usual_prefix = "sim";
constexpr size_t fewest_digits = 6;

std::optional<uint32_t> number_of(std::string_view digits) {
  uint32_t value = 0;
  const auto* end = digits.data() + digits.size();
  const auto [stop, bad] = std::from_chars(digits.data(), end, value);
  if (digits.size() < fewest_digits || bad != std::errc{} || stop != end) return std::nullopt;
  return value;
}

run_time milliseconds(std::chrono::milliseconds span) { return static_cast<run_time>(span.count()); }

}  // namespace

truth::truth(const scenario& of, const beat_record& beats) : beats_(beats), places_(beats.size()) {
  for (const auto& expected : of.expectations)
    if (expected.name == "stale_within") allowance_ = static_cast<run_time>(expected.limit);
  uint32_t first = 0;
  for (const auto& each : of.fleet) {
    const auto& limits = of.limits[static_cast<size_t>(each.speaks)];
    parts_.push_back({first, first + each.agents, milliseconds(limits.stale), milliseconds(limits.offline),
                      each.prefix.empty() ? std::string{usual_prefix} : each.prefix});
    first += each.agents;
  }
}

std::optional<uint32_t> truth::agent_named(std::string_view host) const {
  const auto dash = host.rfind('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto number = number_of(host.substr(dash + 1));
  if (!number || *number >= places_.size() || part_of(*number).prefix != host.substr(0, dash))
    return std::nullopt;
  return number;
}

const truth::part& truth::part_of(uint32_t agent) const {
  return *std::ranges::find_if(parts_, [&](const part& each) { return agent < each.end; });
}

void truth::said(uint32_t agent, agent_word what, run_time at) {
  auto& its = places_[agent];
  const auto& of = part_of(agent);
  ++found_.words;
  if (what != its.said()) {
    if (what == agent_word::online) judge_return(agent, at);
    else judge(agent, of, what, at);
  }
  found_.missed_stale.count -= its.is_missed;
  its.is_missed = 0;
  its.put(what, at);
}

// An `offline` that no silence can bring about is of an agent that left.
void truth::judge(uint32_t agent, const part& of, agent_word what, run_time at) {
  const bool has_left = what == agent_word::offline && of.offline == 0;
  if (!of.is_judged() || has_left) return;
  if (beats_.heard_before(agent) == 0) {
    ++found_.unjudged;
    return;
  }
  judge_early(agent, of, what, at);
  judge_delay(agent, of, what, at);
}

// The newest hearing that was certainly over when the word was said counts, or the restart after which the
// agent was to have a full threshold.
void truth::judge_early(uint32_t agent, const part& of, agent_word what, run_time at) {
  const auto& its = places_[agent];
  run_time heard = 0;
  if (beats_.heard_before(agent) < at) heard = beats_.heard_after(agent);
  else if (its.before > 0 && its.before < at) heard = its.after;
  else {
    ++found_.unjudged;
    return;
  }
  if (its.said() == agent_word::online && restart_began_ <= at) heard = std::max(heard, restart_began_);
  const auto limit = of.limit_of(what);
  const auto due = uint64_t{heard} + limit;
  if (limit == 0) found_.false_stale.add(offence_of(agent, heard, at, 0));
  else if (at + word_width <= due) found_.false_stale.add(offence_of(agent, heard, at, due - at));
}

// If something was sent after the word, too little is known of the silence before.
void truth::judge_delay(uint32_t agent, const part& of, agent_word what, run_time at) {
  const auto limit = of.limit_of(what);
  if (limit == 0 || beats_.last_sent(agent) > at) return;
  const auto silence = silence_of(agent, at, restart_serving_);
  const auto delay = silence > limit ? silence - limit : 0;
  const bool is_first = what == agent_word::stale || of.stale == 0;
  (is_first ? found_.stale : found_.offline).add(static_cast<run_time>(delay));
  if (beats_.heard_before(agent) > beats_.heard_after(agent) + wide_hearing) ++found_.wide;
  if (delay > allowance_)
    found_.late_stale.add(offence_of(agent, latest_hearing(agent), at, delay - allowance_));
}

void truth::judge_return(uint32_t agent, run_time at) {
  const auto heard = beats_.heard_after(agent);
  if (heard > places_[agent].said_at && heard <= at + word_width) found_.back.add(at - std::min(at, heard));
  else ++found_.unjudged;
}

void truth::stream_lost(run_time at) {
  ++found_.interruptions;
  if (lost_from_ == 0 || lost_until_ != 0) lost_from_ = at;
  lost_until_ = 0;
}

void truth::begin_list(run_time at) {
  list_began_ = at;
  listed_.assign(places_.size(), false);
}

// What was so before the run is taken as it is.
void truth::listed(uint32_t agent, agent_word what, run_time since) {
  listed_[agent] = true;
  if (since <= 1 && places_[agent].said_at == 0) places_[agent].put(what, since);
  else if (since > places_[agent].said_at + word_width) said(agent, what, since);
}

// Who is in no list is online; since when is not known.
void truth::end_list(run_time at) {
  for (uint32_t agent = 0; agent < places_.size(); ++agent) {
    auto& its = places_[agent];
    if (listed_[agent] || its.said() == agent_word::online || its.said_at >= list_began_) continue;
    its.put(agent_word::online, list_began_);
  }
  listed_.clear();
  if (lost_from_ <= list_began_) lost_until_ = at;
}

void truth::manager_restarted(run_time began, run_time serving) {
  ++found_.restarts;
  restart_began_ = began;
  restart_serving_ = serving;
}

void truth::manager_deaf(run_time at, uint32_t by) {
  found_.deaf_ms += by;
  deaf_.push_back({at, found_.deaf_ms});
}

run_time truth::latest_hearing(uint32_t agent) const {
  return std::max(beats_.last_sent(agent), beats_.heard_before(agent));
}

uint64_t truth::deaf_since(run_time since) const {
  if (deaf_.empty() || deaf_.back().at <= since) return 0;
  const auto after = std::ranges::upper_bound(deaf_, since, {}, &deaf_span::at);
  return found_.deaf_ms - (after == deaf_.begin() ? 0 : std::prev(after)->total);
}

// The shortest that it can have been for a manager that listens since `since`.
uint64_t truth::silence_of(uint32_t agent, run_time at, run_time since) const {
  const auto heard = std::max(latest_hearing(agent), since <= at ? since : 0);
  if (heard >= at) return 0;
  const uint64_t span = at - heard;
  return span - std::min(span, deaf_since(heard));
}

bool truth::may_be_lost(run_time due) const {
  return lost_from_ != 0 && due >= lost_from_ && (lost_until_ == 0 || due <= lost_until_);
}

offence truth::offence_of(uint32_t agent, run_time heard, run_time said, uint64_t by) const {
  return {agent, simulated_host{part_of(agent).prefix, agent}.hostname, heard, said, by};
}

void truth::sweep(run_time now, std::optional<uint64_t> counted) {
  swept_at_ = now;
  count sums{now, 0, {}, 0, std::vector<uint32_t>(longest_lag + 1)};
  for (const auto& of : parts_) {
    const auto first = of.stale > 0 ? of.stale : of.offline;
    sums.fresh_from = of.is_judged() ? now - std::min(now, first) : 0;
    for (auto agent = of.first; agent < of.end; ++agent) look_at(agent, of, sums);
  }
  found_.states = sums.states;
  found_.not_back = sums.not_back;
  if (counted) measure_lag(sums, *counted);
}

void truth::look_at(uint32_t agent, const part& of, count& sums) {
  const auto after = beats_.heard_after(agent);
  const auto before = beats_.heard_before(agent);
  if (before == 0) return;
  auto& its = places_[agent];
  if (before != its.before && before + settled_after <= sums.now) {
    its.after = after;
    its.before = before;
  }
  if (its.said() == agent_word::online && its.is_missed == 0
      && std::max(before, beats_.last_sent(agent)) >= sums.fresh_from) {
    ++sums.states.online;
    return;
  }
  if (its.said() == agent_word::offline && of.offline == 0) return;
  const auto silence = silence_of(agent, sums.now, restart_serving_);
  if (its.said() != agent_word::online && after > its.said_at && before + settled_after <= sums.now)
    ++sums.not_back;
  const auto seen = its.said() == agent_word::online ? silence : silence_of(agent, sums.now, 0);
  const bool is_offline = of.offline > 0 && seen > of.offline;
  const bool is_stale = of.stale > 0 && seen > of.stale;
  ++(is_offline ? sums.states.offline : is_stale ? sums.states.stale : sums.states.online);
  if (!of.is_judged()) return;
  const auto first = of.stale > 0 ? of.stale : of.offline;
  if (silence > first) ++sums.overdue[std::min<uint64_t>(silence - first, longest_lag)];
  note_missed(agent, of, silence, sums);
}

// Missed is who should have been spoken of and was not; for good, once it is heard again. Its word may
// still come, late or on a list.
void truth::note_missed(uint32_t agent, const part& of, uint64_t silence, count& sums) {
  auto& its = places_[agent];
  const auto is_due = [&](agent_word what) {
    const auto limit = of.limit_of(what);
    return limit > 0 && its.said() < what && silence > uint64_t{limit} + allowance_;
  };
  const bool is_missed = is_due(agent_word::stale) || is_due(agent_word::offline);
  if (is_missed && its.is_missed == 0) {
    its.is_missed = 1;
    ++found_.missed_stale.count;
  } else if (!is_missed && its.is_missed == 1) {
    its.is_missed = 0;
    --found_.missed_stale.count;
    if (may_be_lost(its.before + of.limit_of(agent_word::stale))) ++found_.unheard;
    else found_.missed_stale.add(offence_of(agent, its.before, 0, sums.now - its.before));
  }
}

// If the manager counts fewer than are overdue, it lacks those whose threshold passed last.
void truth::measure_lag(const count& sums, uint64_t counted) {
  uint64_t overdue = 0;
  for (const auto agents : sums.overdue) overdue += agents;
  if (overdue <= counted) return;
  auto lacking = overdue - counted;
  run_time lag = 0;
  while (lag < longest_lag && lacking > sums.overdue[lag]) lacking -= sums.overdue[lag++];
  found_.status_lag_ms = std::max(found_.status_lag_ms, lag);
}

detections truth::found() const {
  auto out = found_;
  for (uint32_t agent = 0; agent < places_.size(); ++agent) {
    if (out.missed_stale.first.size() >= offences::named) break;
    if (places_[agent].is_missed == 0) continue;
    const auto& of = part_of(agent);
    const auto due =
      of.limit_of(places_[agent].said() == agent_word::online && of.stale > 0 ? agent_word::stale
                                                                              : agent_word::offline)
      + allowance_;
    const auto silence = silence_of(agent, swept_at_, restart_serving_);
    out.missed_stale.first.push_back(
      offence_of(agent, beats_.heard_before(agent), 0, silence - std::min<uint64_t>(silence, due)));
  }
  return out;
}

}  // namespace muster::sim
