// The book of policy: its versions. What changes it is in policy_changes.cpp.
#include "actors/manager/policy_book.hpp"

#include "actors/manager/policy_merge.hpp"
#include "actors/manager/published_policy.hpp"

#include <algorithm>
#include <set>

namespace muster {

namespace {

const policy_document& built_in() {
  static const policy_document document = built_in_policy();
  return document;
}

uint64_t mark_at(const stored_policy& layer, uint32_t bucket) {
  for (const auto& mark : layer.marks)
    if (bucket < mark.bound) return mark.revision;
  return layer.revision;
}

bool targets(const emergency& one, agent_id id) {
  return std::binary_search(one.agents.begin(), one.agents.end(), id);
}

}  // namespace

// Merges each list of layers once, and renders a document only if nobody had it before.
class policy_book::composer {
 public:
  explicit composer(policy_book& book) : book_(book) {}

  // The document of these layers; `changed` tells whether its holder had another one.
  document<effective_policy> of(const documents& layers, const document<effective_policy>& before,
                                bool& changed) {
    auto& merged = merged_[layers];
    if (!merged.what) merged.what = merge_policies(layers, emergencies_in(layers));
    changed = !before || !same(merged, before);
    auto& shared = book_.made_.of[layers];
    if (!changed && !shared) shared = before;
    if (!shared) shared = document{effective_policy{*merged.what, book_.render_(*merged.what)}};
    return shared;
  }

 private:
  struct merged_layers {
    std::optional<policy_document> what;
    std::map<const effective_policy*, bool> same_as;
  };

  // They are the topmost ones.
  size_t emergencies_in(const documents& layers) const {
    size_t count = 0;
    const auto& all = book_.state_.emergencies;
    while (count < layers.size()
           && std::any_of(
             all.begin(), all.end(),
             [what = layers[layers.size() - 1 - count]](const emergency& one) { return &one.what == what; }))
      ++count;
    return count;
  }

  static bool same(merged_layers& merged, const document<effective_policy>& before) {
    auto [known, fresh] = merged.same_as.try_emplace(before.get());
    if (fresh) known->second = before->what == *merged.what;
    return known->second;
  }

  policy_book& book_;
  std::map<documents, merged_layers> merged_;
};

policy_book::policy_book(policy_renderer render, policy_state restored)
  : render_(std::move(render)), state_(std::move(restored)) {
  bounds_ = wanted_bounds();
  for (const auto& known : state_.specials)
    specials_[known.id].has = {known.version, {}, time_of(known.version)};
}

policy_state policy_book::state() const {
  auto out = state_;
  out.exceptions.clear();
  for (size_t p = 0; p < profiles_.size(); ++p) {
    const auto& bands = entries_[p];
    const auto start = [this](size_t band) { return band == 0 ? 0 : bounds_[band - 1]; };
    bool follows = true;
    for (size_t b = 0; b < bands.size(); ++b)
      follows = follows && bands[b].version == version_by_marks(profiles_[p], start(b));
    for (size_t b = 0; b < bands.size() && !follows; ++b)
      out.exceptions.push_back({profiles_[p], bounds_[b], bands[b].version});
  }
  // Profiles that nobody has had since the start keep what was restored.
  for (const auto& kept : state_.exceptions)
    if (std::find(profiles_.begin(), profiles_.end(), kept.profile) == profiles_.end())
      out.exceptions.push_back(kept);
  out.specials.clear();
  for (const auto& [id, special] : specials_) out.specials.push_back({id, special.has.version});
  return out;
}

std::vector<uint32_t> policy_book::wanted_bounds() const {
  std::set<uint32_t> bounds{policy_buckets};
  for (const auto& layer : state_.layers) {
    for (const auto& mark : layer.marks) bounds.insert(mark.bound);
    if (layer.candidate && layer.reach > 0) bounds.insert(layer.reach);
  }
  for (const auto& kept : state_.exceptions) bounds.insert(kept.bound);
  for (const auto& bands : entries_)  // bands whose holders have different versions stay apart
    for (size_t b = 0; b + 1 < bands.size(); ++b)
      if (bands[b].version != bands[b + 1].version || bands[b].policy != bands[b + 1].policy)
        bounds.insert(bounds_[b]);
  return {bounds.begin(), bounds.end()};
}

void policy_book::split_bands() {
  auto bounds = wanted_bounds();
  if (bounds == bounds_) return;
  for (auto& bands : entries_) {
    std::vector<policy_version> split;
    for (auto bound : bounds) split.push_back(bands[band_of(bound - 1)]);
    bands.swap(split);
  }
  bounds_.swap(bounds);
}

// Layers are kept in the order in which they are merged, so those of agents come last.
policy_book::documents policy_book::layers_for(const policy_profile& profile, uint32_t bucket,
                                               const agent_id* id, std::vector<std::string>* names) const {
  documents out{&built_in()};
  if (names != nullptr) names->push_back("built-in");
  const auto add = [&](const stored_policy& layer) {
    const bool candidate = layer.candidate && bucket < layer.reach;
    if (!candidate && !layer.what) return;
    out.push_back(candidate ? &*layer.candidate : &*layer.what);
    if (names != nullptr) names->push_back(to_string(layer.scope) + (candidate ? " (rollout)" : ""));
  };
  for (const auto& layer : state_.layers) {
    if (layer.scope.layer == policy_layer::agent) break;
    if (concerns(layer.scope, profile)) add(layer);
  }
  if (id != nullptr)
    if (const auto* own = find({policy_layer::agent, "", to_string(*id)})) add(*own);
  for (const auto& one : state_.emergencies) {
    if (one.tenant != profile.tenant || !(one.wide || (id != nullptr && targets(one, *id)))) continue;
    out.push_back(&one.what);
    if (names != nullptr) names->push_back("emergency:" + to_string(one.cause));
  }
  return out;
}

// The version that a profile has unless a change of its layers left its document as it was.
uint64_t policy_book::version_by_marks(const policy_profile& profile, uint32_t bucket) const {
  uint64_t version = 1;
  for (const auto& layer : state_.layers)
    if (concerns(layer.scope, profile)) version = std::max(version, mark_at(layer, bucket));
  for (const auto& one : state_.emergencies)
    if (one.wide && one.tenant == profile.tenant) version = std::max(version, one.revision);
  return version;
}

void policy_book::add_profiles(const know_profiles& news) {
  composer compose{*this};
  for (size_t i = 0; i < news.profiles.size(); ++i) {
    if (news.first + i < profiles_.size()) continue;
    const auto& profile = news.profiles[i];
    profiles_.push_back(profile);
    auto& bands = entries_.emplace_back();
    for (size_t b = 0; b < bounds_.size(); ++b) {
      const auto bucket = b == 0 ? 0 : bounds_[b - 1];
      auto version = version_by_marks(profile, bucket);
      for (const auto& kept : state_.exceptions)
        if (kept.bound == bounds_[b] && kept.profile == profile) version = kept.version;
      const auto layers = layers_for(profile, bucket, nullptr);
      bool changed = false;
      auto known = made_.of.find(layers);
      bands.push_back({version, known != made_.of.end() ? known->second : compose.of(layers, {}, changed),
                       time_of(version)});
    }
  }
}

void policy_book::place_agent(agent_id id, caf::optional<uint32_t> profile) {
  auto at = specials_.find(id);
  if (at == specials_.end()) {
    if (!profile || *profile >= profiles_.size()) return;
    specials_[id] = {profile, entries_[*profile][band_of(policy_bucket(id))]};
    return;
  }
  if (!profile) {
    specials_.erase(at);
    return;
  }
  at->second.profile = profile;
  if (*profile >= profiles_.size()) return;
  composer compose{*this};
  bool changed = false;
  at->second.has.policy = compose.of(layers_for(profiles_[*profile], policy_bucket(id), &id), {}, changed);
}

std::vector<agent_id> policy_book::named_agents() const {
  std::set<agent_id> all;
  for (const auto& [id, special] : specials_) all.insert(id);
  for (const auto& layer : state_.layers)
    if (layer.scope.layer == policy_layer::agent)
      if (auto id = parse_agent_id(layer.scope.name)) all.insert(*id);
  for (const auto& one : state_.emergencies) all.insert(one.agents.begin(), one.agents.end());
  return {all.begin(), all.end()};
}

void policy_book::recompute() {
  made_.of.clear();
  // Whoever comes back with such a profile may have a document from before this change.
  for (auto& kept : state_.exceptions)
    if (std::find(profiles_.begin(), profiles_.end(), kept.profile) == profiles_.end())
      kept.version = state_.revision;
  split_bands();
  composer compose{*this};
  for (size_t p = 0; p < profiles_.size(); ++p)
    for (size_t b = 0; b < bounds_.size(); ++b) {
      auto& entry = entries_[p][b];
      bool changed = false;
      entry.policy =
        compose.of(layers_for(profiles_[p], b == 0 ? 0 : bounds_[b - 1], nullptr), entry.policy, changed);
      if (changed) entry.version = state_.revision, entry.changed_at = state_.at;
    }
  for (auto& [id, special] : specials_) {
    if (!special.profile || *special.profile >= profiles_.size()) continue;
    bool changed = false;
    special.has.policy = compose.of(layers_for(profiles_[*special.profile], policy_bucket(id), &id),
                                    special.has.policy, changed);
    if (changed) special.has.version = state_.revision, special.has.changed_at = state_.at;
  }
  drop_idle_specials();
  drop_idle_times();
}

utc_time policy_book::time_of(uint64_t revision) const {
  const auto at =
    std::lower_bound(state_.times.begin(), state_.times.end(), revision,
                     [](const revision_time& known, uint64_t wanted) { return known.revision < wanted; });
  return at != state_.times.end() && at->revision == revision ? at->at : utc_time{};
}

// Keeps the times of revisions that are a version of somebody's, or can become a new profile's.
void policy_book::drop_idle_times() {
  std::set<uint64_t> used;
  for (const auto& bands : entries_)
    for (const auto& entry : bands) used.insert(entry.version);
  for (const auto& [id, special] : specials_) used.insert(special.has.version);
  for (const auto& kept : state_.exceptions) used.insert(kept.version);
  for (const auto& layer : state_.layers)
    for (const auto& mark : layer.marks) used.insert(mark.revision);
  for (const auto& one : state_.emergencies) used.insert(one.revision);
  std::erase_if(state_.times, [&](const revision_time& known) { return !used.contains(known.revision); });
}

bool policy_book::named(agent_id id) const {
  return find({policy_layer::agent, "", to_string(id)}) != nullptr
         || std::any_of(state_.emergencies.begin(), state_.emergencies.end(),
                        [id](const emergency& one) { return targets(one, id); });
}

// Those that have again what their profile has, and since the same revision.
void policy_book::drop_idle_specials() {
  std::erase_if(specials_, [this](const auto& entry) {
    const auto& [id, special] = entry;
    if (!special.profile || *special.profile >= profiles_.size()) return false;
    const auto& usual = entries_[*special.profile][band_of(policy_bucket(id))];
    return usual.version == special.has.version && usual.policy == special.has.policy && !named(id);
  });
}

policy_table policy_book::table() const {
  policy_table out{state_.revision, state_.at, bounds_, entries_, {}};
  for (const auto& [id, special] : specials_)
    if (special.has.policy) out.specials.push_back({id, special.has});
  return out;
}

policy_version policy_book::fleet_wide() const {
  uint64_t version = 1;
  utc_time changed_at{};
  documents layers{&built_in()};
  for (const auto& layer : state_.layers)
    if (layer.scope.layer == policy_layer::fleet && layer.scope.tenant.empty() && layer.what) {
      layers.push_back(&*layer.what);
      version = layer.revision;
      changed_at = layer.at;
    }
  auto merged = merge_policies(layers);
  auto json = render_(merged);
  return {version, document{effective_policy{std::move(merged), std::move(json)}}, changed_at};
}

agent_policy policy_book::explain(agent_id id, uint32_t profile) const {
  agent_policy out;
  if (profile >= profiles_.size()) return out;
  auto special = specials_.find(id);
  out.has = special != specials_.end() && special->second.has.policy
              ? special->second.has
              : entries_[profile][band_of(policy_bucket(id))];
  layers_for(profiles_[profile], policy_bucket(id), &id, &out.layers);
  return out;
}

std::vector<policy_effect> policy_book::effects(const policy_book& other) const {
  std::vector<policy_effect> out;
  for (uint32_t p = 0; p < entries_.size(); ++p)
    for (size_t b = 0; b < other.bounds_.size(); ++b) {
      const auto from = b == 0 ? 0 : other.bounds_[b - 1];
      const auto& before = entries_[p][band_of(from)];
      const auto& after = other.entries_[p][b];
      if (before.policy == after.policy) continue;
      out.push_back({p, from, other.bounds_[b], {}, before.policy->what, after.policy->what});
    }
  for (const auto& [id, special] : other.specials_) {
    if (!special.has.policy || !special.profile) continue;
    const auto before = explain(id, *special.profile);
    if (before.has.policy && before.has.policy != special.has.policy)
      out.push_back({{}, 0, policy_buckets, id, before.has.policy->what, special.has.policy->what});
  }
  return out;
}

}  // namespace muster
