// The fleet actor: enrolment, removal and the end; what it gathers and writes
// by itself is in fleet_records.cpp.
#include "actors/manager/fleet.hpp"

#include "messages/errors.hpp"
#include "messages/type_ids.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <future>

namespace muster {

namespace {
constexpr size_t worth_a_thread = 10'000;  // agents
}

fleet_actor::behavior_type fleet_state::make_behavior(fleet_options options, fleet_ports ports,
                                                      restored_fleet restored) {
  options_ = std::move(options);
  ports_ = std::move(ports);
  losses_ = loss_watch{options_.losses};
  auto alarms = std::make_shared<alarm_board>();
  auto clock = self->spawn(alarm_clock, alarms, ports_.listening);
  context_ = std::make_shared<const agent_context>(
    agent_context{self, ports_.ledger, ports_.listening, ports_.utc_now, options_.profiles, std::move(alarms),
                  std::move(clock), ports_.correlator, options_.correlate_benign, options_.trust_everyone});
  restore(restored);
  self->delayed_send(self, options_.checkpoint_interval, checkpoint_due{});
  return {
    [this](const enrol_agent& request) { return enrol(request); },
    [this](const token_used& use) { promote_token(use); },
    [this](const remove_agent& request) { return remove(request); },
    [this](const label_agent& request) { return label(request); },
    [this](const agent_went_stale& x) { note(x.change); },
    [this](const agent_went_offline& x) { note(x.change); },
    [this](const agent_came_back& x) { note(x.change); },
    [this](const agent_departed& x) { return note_departure(x.change); },
    [this](const agent_contested& x) { note_contest(x.change); },
    [this](const agent_failed& x) { respawn(x); },
    [this](const attach_loops& x) { attach(x); },
    [this](const attach_registrar& x) {
      registrar_ = x.nodes;
      dispatcher_ = x.work;
      steward_ = x.states;
      coordinator_ = x.scans;
    },
    [this](const direct_agents& x) { direct(x); },
    [this](const beats_heard& x) { note_beats(x); },
    [this](const follow_news& x) { follow(x); },
    [this](const list_agents& query) { return list(query); },
    [this](const show_agent& request) { return show(request); },
    [this](const count_agents&) { return count(); },
    [this](const find_hostnames& query) { return hostnames(query); },
    [this](const publish_policy& news) { return take(news); },
    [this](const publish_profiles& news) { return take(news); },
    [this](const policies_noted& news) { note_policies(news); },
    [this](const pattern_changed& change) { note_pattern(change); },
    [this](const agent_erred& erred) { policies_.note_error(erred.id, erred.at); },
    [this](const find_profiles& query) { return profiles(query); },
    [this](const find_address& query) {
      auto owner = roster_.of_address(query.address);
      return address_owner{owner ? caf::optional<agent_id>{*owner} : caf::none};
    },
    [this](const find_affected& query) { return affected(query); },
    [this](const compare_cohorts& query) { return compare(query); },
    [this](const count_policy_progress& query) { return progress(query); },
    [this](const flush_due&) {
      flush_pending_ = false;
      flush();
    },
    [this](const loss_check_due& due) { check_losses(due.deadline); },
    [this](const checkpoint_due&) {
      checkpoint();
      self->delayed_send(self, options_.checkpoint_interval, checkpoint_due{});
    },
    [this](const close_fleet&) { return close(); },
  };
}

fleet_state::~fleet_state() {
  for (const auto& agent : agents_)
    if (agent) caf::anon_send_exit(agent, caf::exit_reason::user_shutdown);
  if (context_) caf::anon_send_exit(context_->alarm_clock, caf::exit_reason::user_shutdown);
}

void fleet_state::restore(restored_fleet& restored) {
  roster_.reserve(restored.agents.size());
  for (const auto& agent : restored.agents) make_room(agent.record.id);
  // Half the time of a start is making actors. They need nothing of the columns, which are filled meanwhile.
  const bool threads = options_.second_thread && restored.agents.size() >= worth_a_thread;
  const auto how = threads ? std::launch::async : std::launch::deferred;
  auto spawning = std::async(how, [this, &restored] {
    for (auto& agent : restored.agents) spawn_restored(agent);
  });
  for (auto& agent : restored.agents) {
    roster_.restore(agent.record, agent.standing);
    policies_.place(agent.record.id, roster_.profile(agent.record.id));
    policies_.restore_acknowledged(agent.record.id, agent.standing.policy_acknowledged);
    losses_.joined(agent.record.id, agent.standing.status, groups_of(agent.record.id));
    restore_told(agent.record.id, agent.standing);
  }
  spawning.get();
  last_serial_ = restored.last_serial;
  written_changes_ = restored.last_change;
  changes_ = change_log{restored.last_change};
  if (ports_.policy)
    self->request(ports_.policy, caf::infinite, policies_.take_new_profiles())
      .then([](profiles_known) {}, [](caf::error&) {});
}

void fleet_state::make_room(agent_id id) {
  if (agents_.size() <= slot_of(id)) agents_.resize(slot_of(id) + 1);
}

void fleet_state::spawn_restored(restored_agent& known) {
  const auto& record = known.record;
  spawn_agent({record.id, record.speaks, known.standing.status, known.standing.last_seen,
               std::move(known.recent_events), shared_tenant(record.tenant), record.enrolled_openly,
               known.standing.policy_acknowledged});
}

void fleet_state::spawn_agent(agent_id id, agent_status status, utc_time last_seen) {
  make_room(id);
  spawn_agent({id,
               roster_.speaks(id),
               status,
               last_seen,
               {},
               shared_tenant(roster_.tenant(id)),
               roster_.enrolled_openly(id),
               policies_.acknowledged(id)});
}

void fleet_state::spawn_agent(agent_options options) {
  auto& place = agents_[slot_of(options.id)];
  place = self->spawn<agent, caf::lazy_init>(std::move(options), context_);
}

std::shared_ptr<const std::string> fleet_state::shared_tenant(const std::string& tenant) {
  auto& shared = tenants_[tenant];
  if (!shared) shared = std::make_shared<const std::string>(tenant);
  return shared;
}

// Takes an agent out of the columns and off all loops. Its actor ends.
void fleet_state::discard_agent(agent_id id) {
  if (losses_.flapping(id)) tell_flapping(id, false);
  losses_.left(id, groups_of(id), listening_now());
  set_told_lost(id, false);
  settle_losses();
  auto& actor = agents_[slot_of(id)];
  self->send_exit(actor, caf::exit_reason::user_shutdown);
  actor = nullptr;
  policies_.clear(id);
  if (ports_.policy) self->send(ports_.policy, agent_forgotten{id});
  const bool node = roster_.speaks(id) == dialect::plexd;
  if (registrar_ && node) self->send(registrar_, agent_forgotten{id});
  if (dispatcher_ && node) self->send(dispatcher_, agent_forgotten{id});
  if (coordinator_ && roster_.speaks(id) == dialect::harborguard)
    self->send(coordinator_, agent_forgotten{id});
  roster_.remove(id);
}

slot_entry fleet_state::entry(agent_id id) const {
  const bool node = roster_.speaks(id) == dialect::plexd;
  return {id,
          roster_.speaks(id),
          roster_.tokens(id),
          agents_[slot_of(id)],
          policies_.profile(id),
          node ? roster_.tenant(id) : std::string{}};
}

// Tells loops of a slot without waiting for them.
void fleet_state::publish(agent_id id, uint32_t slot) {
  publish_slots news;
  if (roster_.contains(id)) news.slots.push_back(entry(id));
  else news.slots.push_back({make_agent_id(0, slot, 0), {}, {}, {}});
  for (const auto& loop : loops_)
    self->request(loop, caf::infinite, news).then([](slots_published) {}, [](caf::error&) {});
}

template <class Write, class Done, class Failed>
void fleet_state::publish_and_commit(slot_entry slot, Write write, Done done, Failed failed) {
  struct wait {
    size_t missing;
    caf::error problem;
  };
  auto profiles = policies_.take_new_profiles();
  const bool ask_policy = ports_.policy && !profiles.profiles.empty();
  auto waiting = std::make_shared<wait>(wait{loops_.size() + 1 + (ask_policy ? 1 : 0), {}});
  auto arrived = [waiting, done, failed]() mutable {
    if (--waiting->missing > 0) return;
    if (waiting->problem) failed(waiting->problem);
    else done();
  };
  auto broken = [waiting, arrived](caf::error& problem) mutable {
    waiting->problem = std::move(problem);
    arrived();
  };
  // Without a timeout: in this CAF a timer outlives its answer, and thousands of
  // hosts a second may enrol. Who asked is swept by its loop.
  for (const auto& loop : loops_)
    self->request(loop, caf::infinite, publish_slots{{slot}})
      .then([arrived](slots_published) mutable { arrived(); }, broken);
  if (ask_policy)
    self->request(ports_.policy, caf::infinite, std::move(profiles))
      .then([arrived](profiles_known) mutable { arrived(); }, broken);
  self->request(ports_.ledger, caf::infinite, std::move(write))
    .then([arrived](const committed&) mutable { arrived(); }, broken);
}

// The identity that a registering host resumes, if it does.
std::optional<agent_id> fleet_state::identity_of(const enrol_agent& request) const {
  const auto known = roster_.of_host(request.speaks, request.tenant, request.host);
  if (request.on_duplicate == duplicate_policy::always_new) return std::nullopt;
  for (auto id : known)
    if (!removing_.contains(id)
        && (request.on_duplicate == duplicate_policy::reconnect
            || roster_.status(id) != agent_status::online))
      return id;
  return std::nullopt;
}

agent_record fleet_state::composed(agent_id id, const enrol_agent& request, utc_time now) const {
  agent_record record;
  record.id = id;
  record.speaks = request.speaks;
  record.tenant = request.tenant;
  record.host = request.host;
  record.labels = request.labels;
  record.registered_at = record.enrolled_at = now;
  record.enrolled_openly = request.openly_enrolled;
  if (!roster_.contains(id)) return record;
  auto before = roster_.record(id);
  record.registered_at = before.registered_at;
  record.tokens = before.tokens;
  record.labels.merge(before.labels);  // what an operator said of other keys stays
  return record;
}

caf::result<enrolment> fleet_state::enrol(const enrol_agent& request) {
  if (closed_) return caf::make_error(fleet_error::shutting_down);
  const auto now = ports_.utc_now();
  const auto known = identity_of(request);
  if (!known && roster_.size() >= options_.agents) return caf::make_error(fleet_error::fleet_full);
  auto record = composed(known.value_or(agent_id{}), request, now);
  const auto before = known ? record.tokens : agent_tokens{};
  if (!known) record.id = roster_.admit(record, ++last_serial_);
  const auto id = record.id;
  const bool own = request.credential.empty();
  const auto fresh = own ? ports_.credentials->issue(id) : credential{{}, request.credential};
  if (!own) record.tokens = {fresh.digest, {}, {}};
  else (known ? record.tokens.issued : record.tokens.current) = fresh.digest;
  regroup(record);
  if (!known) losses_.joined(id, agent_status::online, groups_of(id));
  const auto profile_before = known ? policies_.profile(id) : 0;
  policies_.place(id, roster_.profile(id));
  if (!known) spawn_agent(id, agent_status::online, now);
  else if (policies_.profile(id) != profile_before) reprofile(id, profile_before, "agent", [] {});

  auto promise = self->make_response_promise<enrolment>();
  auto detail = "host=" + request.host.hostname + (request.peer.empty() ? "" : " from=" + request.peer);
  record_agent write{
    record, {audit("agent", known ? "agent.reconnected" : "agent.enrolled", id, std::move(detail))}, {}};
  if (request.node) {
    auto node = *request.node;
    node.facts.id = id;
    write.node = document<node_enrolment>{std::move(node)};
  }
  publish_and_commit(
    entry(id), std::move(write),
    [this, promise, id, fresh, now, known, registered_at = record.registered_at,
     openly = record.enrolled_openly]() mutable {
      if (!roster_.contains(id)) {
        promise.deliver(caf::make_error(fleet_error::store_failed));
        return;
      }
      ++(known ? totals_.reconnected : totals_.enrolled);
      if (known) self->send(agents_[slot_of(id)], agent_reenrolled{now, openly});
      else tell_status(id, agent_status::online, now);
      promise.deliver(enrolment{id, fresh.token, known.has_value(), registered_at, now});
      if (known) tell_registrar(id);  // of the labels that it had before
    },
    [this, promise, id, known, before, fresh, own](caf::error& failed) mutable {
      if (roster_.contains(id)) {
        auto tokens = roster_.tokens(id);
        if (!known) {
          discard_agent(id);
          // If it was a loop that failed, the ledger has committed; it must not come back.
          self->request(ports_.ledger, caf::infinite, forget_agent{id, {}})
            .then([](const committed&) {}, [](caf::error&) {});
        } else if (!own && tokens.current == fresh.digest) roster_.set_tokens(id, before);
        else if (own && tokens.issued == fresh.digest)
          roster_.set_tokens(id, {tokens.current, before.issued, tokens.superseded});
        publish(id, slot_of(id));
      }
      promise.deliver(std::move(failed));
    });
  return promise;
}

void fleet_state::promote_token(const token_used& use) {
  if (!roster_.contains(use.id) || removing_.contains(use.id)) return;
  const auto tokens = roster_.tokens(use.id);
  if (tokens.issued.empty() || tokens.issued != use.issued) return;  // told twice, or replaced meanwhile
  roster_.set_tokens(use.id, {tokens.issued, {}, tokens.current});
  publish(use.id, slot_of(use.id));
  self->request(ports_.ledger, caf::infinite, record_agent{roster_.record(use.id), {}})
    .then([](const committed&) {},
          [this](caf::error& failed) { ports_.tell("token_not_recorded", self->system().render(failed)); });
}

caf::result<committed> fleet_state::remove(const remove_agent& request) {
  const auto id = request.id;
  if (!roster_.contains(id) || !removing_.insert(id).second)
    return caf::make_error(fleet_error::agent_unknown);
  auto promise = self->make_response_promise<committed>();
  forget_agent write{id,
                     {audit(request.removed_by, "agent.removed", id, "host=" + roster_.row(id).hostname)}};
  if (roster_.status(id) != agent_status::departed) {
    write.tenant = roster_.record(id).tenant;
    write.left_at = ports_.utc_now();
  }
  self->request(ports_.ledger, options_.request_timeout, std::move(write))
    .then(
      [this, promise, id](const committed&) mutable {
        removing_.erase(id);
        if (roster_.contains(id)) {  // else it was never recorded
          if (roster_.status(id) != agent_status::departed) {
            const auto now = ports_.utc_now();
            tell_loss({id, roster_.status(id), agent_status::departed, {}, now});
            tell_status(id, agent_status::departed, now);
          }
          discard_agent(id);
          publish(id, slot_of(id));
          ++totals_.removed;
        }
        promise.deliver(committed{});
      },
      [this, promise, id](caf::error& failed) mutable {
        removing_.erase(id);
        promise.deliver(std::move(failed));
      });
  return promise;
}

caf::result<committed> fleet_state::label(const label_agent& request) {
  if (!roster_.contains(request.id) || removing_.contains(request.id))
    return caf::make_error(fleet_error::agent_unknown);
  auto record = roster_.record(request.id);
  auto before = std::exchange(record.labels, request.labels);
  regroup(record);
  auto detail = "from=[" + join_labels(before) + "] to=[" + join_labels(record.labels) + "]";
  std::replace(detail.begin(), detail.end(), '\n', ' ');
  const auto from = policies_.profile(request.id);
  policies_.place(request.id, roster_.profile(request.id));
  auto promise = self->make_response_promise<committed>();
  record_agent write{record, {audit(request.labelled_by, "agent.labelled", request.id, detail)}};
  self->request(ports_.ledger, options_.request_timeout, std::move(write))
    .then(
      [this, promise, request, from](const committed& done) mutable {
        tell_registrar(request.id);
        reprofile(request.id, from, request.labelled_by,
                  [promise, done]() mutable { promise.deliver(done); });
      },
      [this, promise, request, before = std::move(before)](caf::error& failed) mutable {
        if (roster_.contains(request.id)) restore_labels(request, before);
        promise.deliver(std::move(failed));
      });
  return promise;
}

// An agent's labels decide which groups it belongs to.
void fleet_state::regroup(const agent_record& record) {
  const auto before = groups_of(record.id);
  roster_.update(record);
  losses_.regrouped(record.id, before, groups_of(record.id), listening_now());
  settle_losses();
}

// Takes back labels that could not be recorded, unless there are newer ones.
void fleet_state::restore_labels(const label_agent& refused,
                                 const std::map<std::string, std::string>& before) {
  auto record = roster_.record(refused.id);
  if (record.labels != refused.labels) return;
  record.labels = before;
  regroup(record);
  policies_.place(refused.id, roster_.profile(refused.id));
}

void fleet_state::respawn(const agent_failed& failed) {
  ports_.tell("agent_actor_failed", to_string(failed.id) + ": " + failed.what);
  if (!roster_.contains(failed.id)) return;
  const auto standing = roster_.standing(failed.id);
  ++totals_.respawned;
  roster_.set_contested(failed.id, false);  // its successor knows of no contest
  spawn_agent(failed.id, standing.status, standing.last_seen);
  publish(failed.id, slot_of(failed.id));
}

void fleet_state::attach(const attach_loops& loops) {
  loops_.insert(loops_.end(), loops.loops.begin(), loops.loops.end());
  publish_slots all;
  for (uint32_t slot = 0; slot < roster_.slots(); ++slot)
    if (auto id = roster_.at_slot(slot)) all.slots.push_back(entry(*id));
  for (const auto& loop : loops.loops)
    self->request(loop, caf::infinite, all).then([](slots_published) {}, [](caf::error&) {});
}

caf::result<agent_details> fleet_state::show(const show_agent& request) {
  if (!roster_.contains(request.id)) return caf::make_error(fleet_error::agent_unknown);
  auto row = roster_.row(request.id);
  add_policy(row);
  row.last_change = changes_.durable_before(request.id, row.last_change);
  return self->delegate(agents_[slot_of(request.id)], describe_agent{std::move(row)});
}

fleet_counts fleet_state::count() const {
  auto counts = totals_;
  roster_.count(counts);
  counts.deaf = ports_.listening->deaf();
  add_losses(counts);
  return counts;
}

agent_hostnames fleet_state::hostnames(const find_hostnames& query) const {
  agent_hostnames out;
  for (auto id : query.ids) out.hostnames.push_back(roster_.contains(id) ? roster_.row(id).hostname : "");
  return out;
}

audit_entry fleet_state::audit(std::string actor, std::string action, agent_id subject,
                               std::string detail) const {
  return {ports_.utc_now(), std::move(actor), std::move(action), to_string(subject), std::move(detail)};
}

fleet_actor::behavior_type fleet(fleet_actor::stateful_pointer<fleet_state> self, fleet_options options,
                                 fleet_ports ports, restored_fleet restored) {
  return self->state.make_behavior(std::move(options), std::move(ports), std::move(restored));
}

}  // namespace muster
