// The decision what is a pattern.
#include "actors/manager/pattern_tracker.hpp"

#include "actors/manager/severity.hpp"

#include <algorithm>
#include <cassert>

namespace muster {

void unite_techniques(std::vector<std::string>& known, const std::vector<std::string>& more) {
  for (const auto& technique : more)
    if (known.size() < max_techniques && std::find(known.begin(), known.end(), technique) == known.end())
      known.push_back(technique);
}

pattern_tracker::pattern_tracker(pattern_options options, pattern_key key)
  : options_(options), key_(std::move(key)), window_(options.window, options.window_agents) {
  assert(options.thresholds.pattern_agents >= 2);
  assert(options.thresholds.pattern_agents <= options.thresholds.critical_agents);
  assert(options.thresholds.critical_agents <= options.window_agents);
}

void pattern_tracker::restore(pattern known) {
  auto agents = known.agents;
  std::sort(agents.begin(), agents.end(),
            [](const pattern_agent& a, const pattern_agent& b) { return a.last_seen < b.last_seen; });
  for (const auto& agent : agents) window_.note(agent.id, agent.trusted, agent.last_seen);
  for (const auto& agent : known.agents) places_.emplace(agent.id, static_cast<uint32_t>(places_.size()));
  now_ = known.last_seen;
  replayed_until_ = known.last_report;
  open_ = std::move(known);
}

pattern_step pattern_tracker::note(const note_sighting& seen) {
  if (contains(seen)) return pattern_step::joined;
  now_ = std::max(now_, seen.at);
  early_sighting sighting{seen.reporter,       now_,         seen.report,
                          seen.what.count,     seen.trusted, severity_rank(seen.what.severity),
                          seen.what.techniques};
  if (!open_ || !open_->critical) window_.note(seen.reporter, seen.trusted, now_);
  if (open_) {
    const bool grew = count(sighting);
    if (grow_critical()) return pattern_step::became_critical;
    return grew ? pattern_step::grew : pattern_step::joined;
  }
  remember(std::move(sighting));
  if (window_.distinct() < options_.thresholds.pattern_agents || now_ < options_.opens_from)
    return pattern_step::none;
  open();
  return grow_critical() ? pattern_step::became_critical : pattern_step::opened;
}

// Reports are counted in the order of their numbers but for those that a commit
// overtook: what such a one says of an agent that the pattern lacks is news.
bool pattern_tracker::contains(const note_sighting& replayed) const {
  if (!open_ || !replayed_until_ || replayed.report > *replayed_until_) return false;
  const bool lists_all = open_->agent_count == open_->agents.size();
  return replayed.at < open_->opened_at || !lists_all || places_.contains(replayed.reporter);
}

void pattern_tracker::remember(early_sighting seen) {
  early_.push_back(std::move(seen));
  while (now_ - early_.front().at > options_.window) early_.pop_front();
  if (early_.size() <= options_.early_sightings) return;
  early_.pop_front();
  early_complete_ = false;
}

void pattern_tracker::open() {
  open_.emplace();
  open_->id = make_pattern_id(now_, key_.tenant, key_.kind, key_.value);
  open_->tenant = key_.tenant;
  open_->kind = key_.kind;
  open_->value = key_.value;
  open_->severity = "medium";
  open_->opened_at = now_;
  if (!early_complete_)  // whose sightings were all forgotten is known from the window alone
    for (const auto& agent : window_.agents())
      if (std::none_of(early_.begin(), early_.end(),
                       [&](const early_sighting& seen) { return seen.reporter == agent.id; }))
        count({agent.id, agent.last_seen, 0, 1, agent.trusted, 0, {}});
  for (const auto& seen : early_) count(seen);
  early_.clear();
}

// True when its agent is new.
bool pattern_tracker::count(const early_sighting& seen) {
  auto& whole = *open_;
  if (whole.first_seen == utc_time{}) whole.first_seen = seen.at;
  whole.last_seen = std::max(whole.last_seen, seen.at);
  whole.sightings += seen.count;
  whole.last_report = std::max(whole.last_report, seen.report);
  if (seen.severity > severity_rank(whole.severity)) whole.severity = severities[seen.severity];
  unite_techniques(whole.techniques, seen.techniques);
  return count_agent(seen);
}

bool pattern_tracker::count_agent(const early_sighting& seen) {
  auto& whole = *open_;
  if (auto known = places_.find(seen.reporter); known != places_.end()) {
    auto& agent = whole.agents[known->second];
    agent.last_seen = seen.at;
    agent.sightings += seen.count;
    whole.trusted_count += seen.trusted;
    whole.trusted_count -= agent.trusted;
    agent.trusted = seen.trusted;
    return false;
  }
  if (whole.agents.size() >= options_.window_agents) {
    const bool added = count_unlisted(seen.reporter);
    whole.trusted_count += added && seen.trusted;
    return added;
  }
  places_.emplace(seen.reporter, static_cast<uint32_t>(whole.agents.size()));
  whole.agents.push_back({seen.reporter, seen.at, seen.at, seen.count, seen.trusted});
  ++whole.trusted_count;
  whole.trusted_count -= !seen.trusted;
  ++whole.agent_count;
  return true;
}

// After a restart those who are counted already are not known one by one, so
// the count stands still until there are more of them than it says.
bool pattern_tracker::count_unlisted(agent_id id) {
  const auto slot = slot_of(id);
  if (unlisted_.size() <= slot) unlisted_.resize(slot + 1);
  if (unlisted_[slot]) return false;
  unlisted_[slot] = true;
  const auto least = open_->agents.size() + ++unlisted_count_;
  if (least <= open_->agent_count) return false;
  open_->agent_count = least;
  return true;
}

// True when it becomes critical now.
bool pattern_tracker::grow_critical() {
  if (open_->critical || window_.distinct() < options_.thresholds.critical_agents) return false;
  open_->critical = true;
  open_->severity = severities.back();
  return true;
}

std::optional<pattern> pattern_tracker::end(utc_time at) {
  if (open_) open_->ended_at = std::max(std::min(at, open_->last_seen + options_.window), open_->last_seen);
  return std::exchange(open_, std::nullopt);
}

}  // namespace muster
