// The policy actor: changes in a queue, each durable and published before it is
// answered. What patterns cause is in policy_emergencies.cpp.
#include "actors/manager/policy.hpp"

#include "actors/manager/notices.hpp"
#include "messages/errors.hpp"
#include "messages/type_ids.hpp"

#include <caf/all.hpp>

#include <algorithm>

namespace muster {

namespace {

caf::error refused(std::string why) { return caf::make_error(fleet_error::policy_refused, std::move(why)); }

}  // namespace

policy_actor::behavior_type policy_actor_state::make_behavior(policy_options options, policy_ports ports,
                                                              policy_state restored) {
  options_ = std::move(options);
  ports_ = std::move(ports);
  rules_.emplace(options_.emergencies);
  book_.emplace(ports_.render, std::move(restored));
  return {
    [this](const write_policy& request) { return write(request); },
    [this](const read_policies&) { return overview(); },
    [this](const count_policy&) { return count(); },
    [this](const explain_policy& query) { return book_->explain(query.id, query.profile); },
    [this](const revoke_emergency& request) { return revoke(request); },
    [this](const start_rollout& request) { return start(request); },
    [this](const move_rollout& request) { return move(request); },
    [this](const know_profiles& news) { return know(news); },
    [this](const agent_reprofiled& request) { return reprofile(request); },
    [this](const agent_forgotten& gone) { forget(gone.id); },
    [this](const attach_policy& all) { attach(all); },
    [this](const pattern_changed& change) { hear(change); },
    [this](const emergency_check_due& due) { check_emergencies(due.generation); },
  };
}

policy_actor_state::~policy_actor_state() {
  for (const auto& [id, actor] : rollouts_) caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
}

// --- the queue ---------------------------------------------------------------

policy_actor_state::written_promise policy_actor_state::enqueue(edit make, std::string subject,
                                                                std::function<void()> count,
                                                                std::vector<agent_id> names,
                                                                bool wants_known) {
  auto promise = self->make_response_promise<policy_written>();
  enqueue({std::move(make), std::move(subject),
           [promise, count = std::move(count)](uint64_t revision) mutable {
             count();
             promise.deliver(policy_written{revision, {}});
           },
           [promise](caf::error& failed) mutable { promise.deliver(std::move(failed)); }, std::move(names),
           wants_known});
  return promise;
}

void policy_actor_state::enqueue(queued_change what) {
  if (queue_.size() >= options_.queued_changes) {
    auto full = refused("too many changes of policy wait to be written");
    what.failed(full);
    return;
  }
  queue_.push_back(std::move(what));
  make_next();
}

// Nothing is changed before the book knows where its named agents belong: it could
// not tell whose document changes.
void policy_actor_state::make_next() {
  while (begun_ && !next_ && !placing_ && !queue_.empty()) {
    if (!queue_.front().names.empty()) return place_first();
    auto what = std::move(queue_.front());
    queue_.pop_front();
    auto next = *book_;
    auto made = what.make(next);
    if (made) write_down(std::move(next), std::move(*made), std::move(what));
    else what.failed(made.error());
  }
}

// Only now, since a change before it would take an agent that nothing names for idle.
void policy_actor_state::place_first() {
  placing_ = true;
  with_places(std::exchange(queue_.front().names, {}), [this](const places& found) {
    placing_ = false;
    auto& first = queue_.front();
    const bool any =
      std::any_of(found.begin(), found.end(), [](const auto& each) { return bool{each.second}; });
    if (first.wants_known && !any) {
      auto what = std::move(first);
      queue_.pop_front();
      auto unknown = caf::make_error(fleet_error::agent_unknown);
      what.failed(unknown);
    } else {
      first.make = [found, make = std::move(first.make)](policy_book& book) {
        for (const auto& [id, profile] : found) book.place_agent(id, profile);
        return make(book);
      };
    }
    make_next();
  });
}

void policy_actor_state::write_down(policy_book next, policy_revision made, queued_change what) {
  next_.emplace(std::move(next));
  audit_entry entry{
    made.at, made.author, "policy." + made.action, what.subject,
    "revision=" + std::to_string(made.revision) + (made.reason.empty() ? "" : " reason=" + made.reason)};
  const auto revision = made.revision;
  self
    ->request(ports_.ledger, caf::infinite,
              record_policy{std::move(made), document{next_->state()}, {std::move(entry)}})
    .then([this, what, revision](const committed&) { settle(what, revision); },
          [this, what](caf::error& failed) {
            next_.reset();
            ports_.tell("policy_not_recorded", self->system().render(failed));
            what.failed(failed);
            make_next();
          });
}

// The change is durable: everyone hears of it, then whoever asked.
void policy_actor_state::settle(queued_change what, uint64_t revision) {
  book_ = std::move(next_);
  next_.reset();
  follow_rollouts();
  arm_timer();
  tell_everyone(publish_policy{document{book_->table()}},
                [done = std::move(what.done), revision] { done(revision); });
  make_next();
}

template <class Message, class Done>
void policy_actor_state::tell_everyone(const Message& news, Done done) {
  auto missing = std::make_shared<size_t>(loops_.size() + 1);
  auto arrived = [missing, done]() mutable {
    if (--*missing == 0) done();
  };
  const auto tell = [&](const auto& to) {
    self->request(to, caf::infinite, news)
      .then([arrived](profiles_known) mutable { arrived(); }, [arrived](caf::error&) mutable { arrived(); });
  };
  for (const auto& loop : loops_) tell(loop);
  if (fleet_) tell(fleet_);
  else arrived();
}

// Asks the fleet who these agents are, so that the book can tell their documents.
void policy_actor_state::with_places(const std::vector<agent_id>& ids,
                                     std::function<void(const places&)> then) {
  if (ids.empty()) return then({});
  self->request(fleet_, caf::infinite, find_profiles{ids})
    .then(
      [ids, then](const agent_profiles& found) {
        places out;
        for (size_t i = 0; i < ids.size(); ++i) out.emplace_back(ids[i], found.profiles[i]);
        then(out);
      },
      [then](caf::error&) { then({}); });
}

// --- what operators do ---------------------------------------------------------

caf::result<policy_written> policy_actor_state::write(const write_policy& request) {
  auto make = [request, now = ports_.utc_now()](policy_book& book) -> caf::expected<policy_revision> {
    const auto* before = book.find(request.scope);
    const auto revision = before != nullptr ? before->revision : 0;
    if (request.expected && *request.expected != revision)
      return caf::make_error(fleet_error::policy_conflict);
    if (!request.what && before == nullptr) return caf::make_error(fleet_error::policy_unknown);
    if (const auto* rollout = book.rollout_of(request.scope))
      return refused("rollout " + std::to_string(rollout->id)
                     + " of this layer is under way; abort it first");
    return book.write(request.scope, request.what, {request.action, request.author, request.reason, now});
  };
  std::vector<agent_id> named;
  if (request.scope.layer == policy_layer::agent) {
    auto id = parse_agent_id(request.scope.name);
    if (!id) return caf::make_error(fleet_error::agent_unknown);
    named.push_back(*id);
  }
  if (request.dry_run) return preview(make, named);
  return enqueue(
    make, to_string(request.scope), [] {}, std::move(named), static_cast<bool>(request.what));
}

// What a change would do, without a turn in the queue.
caf::result<policy_written> policy_actor_state::preview(edit make, const std::vector<agent_id>& named) {
  if (!begun_) return caf::make_error(fleet_error::shutting_down);
  auto promise = self->make_response_promise<policy_written>();
  with_places(named, [this, promise, make = std::move(make)](const places& found) mutable {
    auto next = *book_;
    for (const auto& [id, profile] : found) next.place_agent(id, profile);
    auto made = make(next);
    if (made) promise.deliver(policy_written{made->revision, book_->effects(next)});
    else promise.deliver(std::move(made.error()));
  });
  return promise;
}

policy_overview policy_actor_state::overview() const {
  const auto& all = book_->contents();
  return {all.revision, all.at, all.layers, all.emergencies, all.rollouts, book_->fleet_wide()};
}

policy_counts policy_actor_state::count() const {
  auto out = counts_;
  const auto& all = book_->contents();
  out.revision = all.revision;
  out.layers = all.layers.size();
  out.emergencies = all.emergencies.size();
  for (const auto& rollout : all.rollouts) ++out.rollouts[static_cast<size_t>(rollout.status)];
  return out;
}

caf::result<policy_written> policy_actor_state::start(const start_rollout& request) {
  return enqueue(
    [request, now = ports_.utc_now()](policy_book& book) -> caf::expected<policy_revision> {
      if (const auto* other = book.rollout_of(request.scope))
        return refused("rollout " + std::to_string(other->id) + " of this layer is under way");
      if (request.scope.layer == policy_layer::agent) return refused("a layer of one agent has no stages");
      policy_rollout rollout;
      rollout.scope = request.scope;
      rollout.stages = request.stages;
      rollout.every = request.every;
      rollout.gates = request.gates;
      rollout.author = request.author;
      rollout.reason = request.reason;
      return book.start(std::move(rollout), request.what,
                        {"rollout.started", request.author, request.reason, now});
    },
    to_string(request.scope));
}

caf::result<policy_written> policy_actor_state::move(const move_rollout& request) {
  static constexpr std::array words{"rollout.advanced", "rollout.paused", "rollout.resumed", "rollout.halted",
                                    "rollout.aborted"};
  return enqueue(
    [request, now = ports_.utc_now()](policy_book& book) -> caf::expected<policy_revision> {
      const auto* rollout = book.find_rollout(request.id);
      if (rollout == nullptr) return caf::make_error(fleet_error::policy_unknown);
      if (rollout->ended_at != utc_time{})
        return refused("the rollout has ended: it is " + to_string(rollout->status));
      if (request.from_stage && *request.from_stage != rollout->stage)
        return refused("the rollout is at another stage by now");
      const auto is = rollout->status;
      if ((request.move == rollout_move::pause && is == rollout_status::paused)
          || (request.move == rollout_move::resume && is == rollout_status::running))
        return refused("the rollout is " + to_string(is) + " already");
      if (request.move == rollout_move::advance && is != rollout_status::running)
        return refused("the rollout is " + to_string(is));
      return book.move(request.id, request.move,
                       {words[static_cast<size_t>(request.move)], request.author, request.reason, now});
    },
    "rollout " + std::to_string(request.id));
}

// Each rollout under way has its actor, which hears where it stands.
void policy_actor_state::follow_rollouts() {
  if (!fleet_) return;
  for (const auto& rollout : book_->contents().rollouts) {
    auto known = rollouts_.find(rollout.id);
    const bool over = rollout.ended_at != utc_time{};
    if (known != rollouts_.end()) {
      self->send(known->second, rollout_moved{rollout});
      if (!over) continue;
      rollouts_.erase(known);
      tell_of_halt(rollout);
    } else if (!over) {
      rollouts_[rollout.id] = self->spawn(muster::rollout, options_.rollouts,
                                          rollout_ports{self, fleet_, ports_.utc_now, ports_.tell}, rollout);
    }
  }
}

// An operator who aborts one knows.
void policy_actor_state::tell_of_halt(const policy_rollout& rollout) {
  if (!ports_.notices || rollout.status != rollout_status::halted) return;
  self->send(ports_.notices, halt_notice("policy", std::to_string(rollout.id), rollout.scope.tenant,
                                         rollout.outcome, ports_.utc_now()));
}

// --- what the fleet tells --------------------------------------------------------

caf::result<profiles_known> policy_actor_state::know(const know_profiles& news) {
  const auto first = static_cast<uint32_t>(book_->profiles());
  book_->add_profiles(news);
  if (next_) next_->add_profiles(news);
  publish_profiles fresh{first, {}};
  for (auto p = first; p < book_->profiles(); ++p) fresh.versions.push_back(book_->versions(p));
  auto promise = self->make_response_promise<profiles_known>();
  tell_everyone(fresh, [promise]() mutable { promise.deliver(profiles_known{}); });
  return promise;
}

caf::result<policy_written> policy_actor_state::reprofile(const agent_reprofiled& request) {
  return enqueue(
    [request, now = ports_.utc_now()](policy_book& book) -> caf::expected<policy_revision> {
      return book.reprofile(request.id, request.from, request.to, {"relabel", request.author, "", now});
    },
    to_string(request.id));
}

void policy_actor_state::forget(agent_id id) {
  book_->forget(id);
  if (next_) next_->forget(id);
}

void policy_actor_state::attach(const attach_policy& all) {
  fleet_ = all.fleet;
  loops_ = all.loops;
  with_places(book_->named_agents(), [this](const places& found) {
    for (const auto& [id, profile] : found) book_->place_agent(id, profile);
    take_up();
  });
}

void policy_actor_state::take_up() {
  begun_ = true;
  follow_rollouts();
  arm_timer();
  tell_everyone(publish_policy{document{book_->table()}}, [] {});
  drop_never_blocked();
  for (const auto& change : std::exchange(early_, {})) hear(change);
  make_next();
}

policy_actor::behavior_type policy(policy_actor::stateful_pointer<policy_actor_state> self,
                                   policy_options options, policy_ports ports, policy_state restored) {
  return self->state.make_behavior(std::move(options), std::move(ports), std::move(restored));
}

}  // namespace muster
