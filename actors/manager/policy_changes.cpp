// The book of policy: its changes, each a revision.
#include "actors/manager/policy_book.hpp"

#include <algorithm>

namespace muster {

namespace {

// Sets the revision of the buckets from `from` to below `to`.
void set_marks(std::vector<policy_mark>& marks, uint32_t from, uint32_t to, uint64_t revision) {
  if (from >= to) return;
  std::vector<policy_mark> out;
  uint32_t start = 0;
  const auto add = [&out](uint32_t bound, uint64_t value) {
    if (!out.empty() && out.back().revision == value) out.back().bound = bound;
    else out.push_back({bound, value});
  };
  for (const auto& mark : marks) {
    if (start < from) add(std::min(mark.bound, from), mark.revision);
    if (mark.bound > from && start < to) add(std::min(mark.bound, to), revision);
    if (mark.bound > to) add(mark.bound, mark.revision);
    start = mark.bound;
  }
  marks.swap(out);
}

}  // namespace

const stored_policy* policy_book::find(const policy_scope& scope) const {
  auto at =
    std::lower_bound(state_.layers.begin(), state_.layers.end(), scope,
                     [](const stored_policy& layer, const policy_scope& s) { return layer.scope < s; });
  return at != state_.layers.end() && at->scope == scope ? &*at : nullptr;
}

const emergency* policy_book::find(pattern_id cause) const {
  for (const auto& one : state_.emergencies)
    if (one.cause == cause) return &one;
  return nullptr;
}

const policy_rollout* policy_book::find_rollout(uint64_t id) const {
  for (const auto& one : state_.rollouts)
    if (one.id == id) return &one;
  return nullptr;
}

const policy_rollout* policy_book::rollout_of(const policy_scope& scope) const {
  for (const auto& one : state_.rollouts)
    if (one.scope == scope && one.ended_at == utc_time{}) return &one;
  return nullptr;
}

bool policy_book::revoked(pattern_id cause) const {
  return std::find(state_.revoked.begin(), state_.revoked.end(), cause) != state_.revoked.end();
}

// The layer of this scope, which is made if there is none.
stored_policy& policy_book::layer(const policy_scope& scope) {
  auto at =
    std::lower_bound(state_.layers.begin(), state_.layers.end(), scope,
                     [](const stored_policy& layer, const policy_scope& s) { return layer.scope < s; });
  if (at != state_.layers.end() && at->scope == scope) return *at;
  stored_policy fresh;
  fresh.scope = scope;
  fresh.marks = {{policy_buckets, 0}};
  return *state_.layers.insert(at, std::move(fresh));
}

void policy_book::drop_empty_layer(const policy_scope& scope) {
  std::erase_if(state_.layers, [&](const stored_policy& layer) {
    return layer.scope == scope && !layer.what && !layer.candidate;
  });
}

policy_revision policy_book::revise(policy_act act, caf::optional<policy_scope> scope, uint64_t previous) {
  ++state_.revision;
  state_.at = act.at;
  state_.times.push_back({state_.revision, act.at});
  return {state_.revision,
          act.at,
          std::move(act.action),
          std::move(scope),
          std::move(act.author),
          std::move(act.reason),
          previous,
          caf::none};
}

policy_revision policy_book::write(const policy_scope& scope, caf::optional<policy_document> what,
                                   policy_act act) {
  const auto* before = find(scope);
  auto out = revise(act, scope, before != nullptr ? before->revision : 0);
  out.what = what;
  auto& target = layer(scope);
  target.what = std::move(what);
  target.revision = state_.revision;
  target.at = act.at;
  target.author = std::move(act.author);
  target.reason = std::move(act.reason);
  target.marks = {{policy_buckets, state_.revision}};
  drop_empty_layer(scope);
  recompute();
  return out;
}

policy_revision policy_book::put_emergencies(std::vector<emergency> all, policy_act act) {
  auto out = revise(std::move(act), caf::none, 0);
  for (auto& one : all) {
    one.revision = state_.revision;
    auto at = std::find_if(state_.emergencies.begin(), state_.emergencies.end(),
                           [&](const emergency& known) { return known.cause == one.cause; });
    if (at != state_.emergencies.end()) *at = std::move(one);
    else state_.emergencies.push_back(std::move(one));
  }
  recompute();
  return out;
}

policy_revision policy_book::drop_emergencies(const std::vector<pattern_id>& causes, bool for_good,
                                              policy_act act) {
  auto out = revise(std::move(act), caf::none, 0);
  std::erase_if(state_.emergencies, [&](const emergency& one) {
    return std::find(causes.begin(), causes.end(), one.cause) != causes.end();
  });
  if (for_good) state_.revoked.insert(state_.revoked.end(), causes.begin(), causes.end());
  recompute();
  return out;
}

void policy_book::allow_again(pattern_id cause) { std::erase(state_.revoked, cause); }

policy_revision policy_book::start(policy_rollout rollout, policy_document candidate, policy_act act) {
  const auto* before = find(rollout.scope);
  auto out = revise(act, rollout.scope, before != nullptr ? before->revision : 0);
  out.what = candidate;
  rollout.id = state_.revision;
  rollout.started_at = rollout.stage_since = act.at;
  auto& target = layer(rollout.scope);
  target.candidate = std::move(candidate);
  target.reach = rollout.stages.front();
  set_marks(target.marks, 0, target.reach, state_.revision);
  std::erase_if(state_.rollouts, [&](const policy_rollout& old) {
    return old.scope == rollout.scope && old.ended_at != utc_time{};  // only the latest that ended is kept
  });
  state_.rollouts.push_back(std::move(rollout));
  recompute();
  return out;
}

policy_revision policy_book::move(uint64_t id, rollout_move move, policy_act act) {
  auto& rollout = *std::find_if(state_.rollouts.begin(), state_.rollouts.end(),
                                [id](const policy_rollout& one) { return one.id == id; });
  auto& target = layer(rollout.scope);
  auto out = revise(act, rollout.scope, target.revision);
  out.what = target.what;
  const auto end = [&](rollout_status status) {
    rollout.status = status;
    rollout.ended_at = act.at;
    rollout.outcome = act.reason;
  };
  switch (move) {
    case rollout_move::pause:
      rollout.status = rollout_status::paused;
      rollout.served += act.at - rollout.stage_since;
      break;
    case rollout_move::resume:
      rollout.status = rollout_status::running;
      rollout.stage_since = act.at;
      break;
    case rollout_move::advance:
      rollout.served = std::chrono::milliseconds{0};
      rollout.stage_since = act.at;
      if (rollout.stage + 1 < rollout.stages.size()) {
        const auto from = target.reach;
        target.reach = rollout.stages[++rollout.stage];
        set_marks(target.marks, from, target.reach, state_.revision);
        break;
      }
      target.what = out.what = target.candidate;
      target.candidate = caf::none;
      target.reach = 0;
      target.revision = state_.revision;
      target.at = act.at;
      target.author = rollout.author;
      target.reason = rollout.reason;
      end(rollout_status::completed);
      break;
    case rollout_move::halt:
    case rollout_move::abort:
      target.candidate = caf::none;
      set_marks(target.marks, 0, std::exchange(target.reach, 0u), state_.revision);
      end(move == rollout_move::halt ? rollout_status::halted : rollout_status::aborted);
      break;
  }
  drop_empty_layer(rollout.scope);
  recompute();
  return out;
}

policy_revision policy_book::reprofile(agent_id id, uint32_t from, uint32_t to, policy_act act) {
  auto out = revise(std::move(act), caf::none, 0);
  place_agent(id, from);
  if (auto at = specials_.find(id); at != specials_.end()) at->second.profile = to;
  recompute();
  return out;
}

void policy_book::forget(agent_id id) {
  specials_.erase(id);
  std::erase_if(state_.layers, [id](const stored_policy& layer) {
    return layer.scope.layer == policy_layer::agent && layer.scope.name == to_string(id);
  });
  made_.of.clear();
}

}  // namespace muster
