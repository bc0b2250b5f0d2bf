// Policy by slot.
#include "actors/manager/policy_columns.hpp"

#include <algorithm>

namespace muster {

namespace {

constexpr size_t kept_revisions = 1'000;
constexpr size_t kept_groups = 1'000;  // more are counted with the last

std::string key_of(const policy_profile& profile) {
  auto key = profile.tenant + '\n' + profile.organization + '\n';
  for (const auto& [name, value] : profile.labels) key += name + '=' + value + '\n';
  return key;
}

}  // namespace

policy_columns::row_data& policy_columns::row(agent_id id) {
  if (slot_of(id) >= rows_.size()) rows_.resize(slot_of(id) + 1);
  return rows_[slot_of(id)];
}

uint32_t policy_columns::place(agent_id id, const policy_profile& profile) {
  auto [known, fresh] = numbers_.try_emplace(key_of(profile), static_cast<uint32_t>(profiles_.size()));
  if (fresh) profiles_.push_back(profile);
  return row(id).profile = known->second;
}

void policy_columns::clear(agent_id id) {
  row(id) = {};
  in_patterns_.erase(raw(id));
  errors_.erase(raw(id));
}

know_profiles policy_columns::take_new_profiles() {
  know_profiles news{told_, {profiles_.begin() + told_, profiles_.end()}};
  told_ = static_cast<uint32_t>(profiles_.size());
  return news;
}

void policy_columns::restore_acknowledged(agent_id id, uint64_t version) {
  row(id).acknowledged = static_cast<uint32_t>(version);
}

void policy_columns::publish(const publish_policy& news) {
  published_.take(news);
  revisions_[news.table->revision] = news.table->at;
  if (revisions_.size() > kept_revisions) revisions_.erase(revisions_.begin());
}

uint64_t policy_columns::version(agent_id id) const {
  const auto* has = slot_of(id) < rows_.size() ? published_.of(id, rows_[slot_of(id)].profile) : nullptr;
  return has != nullptr ? has->version : 0;
}

bool policy_columns::is_special(agent_id id) const {
  return published_.table() && published_.table()->special(id) != nullptr;
}

void policy_columns::note(const policy_note& note) {
  auto& mine = row(note.id);
  if (note.delivered != 0) mine.delivered = static_cast<uint32_t>(note.delivered);
  if (note.acknowledged == 0 || note.acknowledged == mine.acknowledged) return;
  mine.acknowledged = static_cast<uint32_t>(note.acknowledged);
  const auto made = revisions_.find(note.acknowledged);
  const auto took = made != revisions_.end() ? (note.at - made->second).count() : 0;
  mine.took_milliseconds = static_cast<uint32_t>(std::clamp<int64_t>(took, 0, UINT32_MAX));
}

void policy_columns::note_pattern(const pattern& seen) {
  for (const auto& agent : seen.agents) {
    auto& at = in_patterns_[raw(agent.id)];
    at = std::max(at, agent.last_seen);
  }
}

std::string policy_columns::group(agent_id id, const std::string& by) const {
  const auto& profile = profiles_[rows_[slot_of(id)].profile];
  if (by == "tenant") return profile.tenant;
  if (by == "organization") return profile.organization;
  const auto label = profile.labels.find(by);
  return label != profile.labels.end() ? label->second : "";
}

void policy_columns::count(agent_id id, const std::string& group, policy_progress& into,
                           std::vector<std::chrono::milliseconds>& took) const {
  const auto& mine = rows_[slot_of(id)];
  const auto wanted = version(id);
  auto at = std::find_if(into.groups.begin(), into.groups.end(),
                         [&](const group_progress& known) { return known.group == group; });
  if (at == into.groups.end() && into.groups.size() >= kept_groups) at = into.groups.end() - 1;
  if (at == into.groups.end()) at = into.groups.insert(at, {group, 0, 0, 0, 0, 0});
  for (auto* sum : {&into.all, &*at}) {
    ++sum->agents;
    if (mine.acknowledged != 0 && mine.acknowledged == wanted) ++sum->acknowledged;
    else if (mine.delivered != 0 && mine.delivered == wanted) ++sum->delivered;
    else if (mine.acknowledged == 0 && mine.delivered == 0) ++sum->never_asked;
    else ++sum->behind;
  }
  if (wanted > into.revision) {
    into.revision = wanted;
    took.clear();
  }
  if (wanted == into.revision && mine.acknowledged == wanted)
    took.push_back(std::chrono::milliseconds{mine.took_milliseconds});
}

void policy_columns::finish(policy_progress& into, std::vector<std::chrono::milliseconds>& took) const {
  const auto made = revisions_.find(into.revision);
  if (made != revisions_.end()) into.at = made->second;
  std::sort(into.groups.begin(), into.groups.end(),
            [](const group_progress& a, const group_progress& b) { return a.group < b.group; });
  if (took.empty() || made == revisions_.end()) return;
  std::sort(took.begin(), took.end());
  into.measured = took.size();
  into.p50 = took[took.size() / 2];
  into.p99 = took[std::min(took.size() - 1, took.size() * 99 / 100)];
  into.last = took.back();
}

bool policy_columns::since(const std::unordered_map<uint64_t, utc_time>& times, agent_id id,
                           utc_time from) const {
  const auto found = times.find(raw(id));
  return found != times.end() && found->second >= from;
}

void policy_columns::compare(agent_id id, agent_status status, bool held, const compare_cohorts& query,
                             rollout_health& into) const {
  if (status == agent_status::departed || !concerns(query.scope, profiles_[rows_[slot_of(id)].profile]))
    return;
  auto& cohort = policy_bucket(id) < query.bound ? into.staged : into.rest;
  ++cohort.agents;
  into.held += held;
  cohort.stale += !held && status == agent_status::stale;
  cohort.offline += !held && status == agent_status::offline;
  cohort.in_patterns += since(in_patterns_, id, query.since);
  cohort.with_errors += since(errors_, id, query.since);
}

}  // namespace muster
