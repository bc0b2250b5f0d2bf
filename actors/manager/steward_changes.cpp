// The steward: what operators write.
#include "actors/manager/steward.hpp"

#include "actors/manager/rule_expansion.hpp"
#include "messages/errors.hpp"
#include "messages/type_ids.hpp"

#include <caf/all.hpp>

#include <algorithm>

namespace muster {

namespace {

constexpr size_t nodes_named = 100;      // in the answer to a change
constexpr size_t peer_bytes = 400;       // of one in a state, at most
constexpr size_t rule_bytes = 200;       // of one that is written out for a peer
constexpr size_t signing_bytes = 300;    // of the keys
constexpr size_t longest_author = 1024;  // of each of name and reason

caf::error refuse(std::string why) { return caf::make_error(fleet_error::state_refused, std::move(why)); }

std::string subject_of(const state_revision& what) {
  const auto scope = to_string(what.scope) + (what.scope.tenant.empty() ? "" : "@" + what.scope.tenant);
  return what.secret.empty() ? scope : what.secret + " of " + scope;
}

}  // namespace

// --- the queue ---------------------------------------------------------------

caf::result<state_written> steward_state::enqueue(edit make, state_revision what, std::string audited) {
  if (changes_.size() >= options_.queued_changes) return refuse("too many changes wait for their turn");
  if (what.by.name.size() > longest_author || what.by.reason.size() > longest_author)
    return refuse("author and reason have " + std::to_string(longest_author) + " bytes at most");
  auto promise = self->make_response_promise<state_written>();
  changes_.push_back({std::move(make), std::move(what), std::move(audited), promise, {}, 0});
  if (changes_.size() == 1) make_next();
  return promise;
}

void steward_state::make_next() {
  while (!changes_.empty()) {
    auto& first = changes_.front();
    const auto revision = revision_ + 1;
    const auto at = ports_.utc_now();
    auto tried = book_;
    auto record = first.make(tried, revision, at);
    if (!record) {
      first.promise.deliver(std::move(record.error()));
      changes_.pop_front();
      continue;
    }
    first.next = std::move(tried);
    first.made_of = book_.version();
    first.what.revision = revision;
    first.what.at = at;
    record->revision = first.what;
    record->history_from = revision > options_.history ? revision - options_.history + 1 : 0;
    record->audit = {{at, first.what.by.name, first.audited, subject_of(first.what), first.what.by.reason}};
    const auto go_on = [this] {
      changes_.pop_front();
      make_next();
    };
    self->request(ports_.ledger, caf::infinite, std::move(*record))
      .then(
        [this, go_on, revision, at](const committed&) {
          settle(changes_.front(), revision, at);
          go_on();
        },
        [this, go_on](caf::error& failed) {
          changes_.front().promise.deliver(std::move(failed));
          go_on();
        });
    return;
  }
}

// Made once more if nodes have changed while it became durable.
void steward_state::settle(queued_change& change, uint64_t revision, utc_time at) {
  revision_ = revision;
  history_.push_back(change.what);
  if (history_.size() > options_.history) history_.pop_front();
  auto promise = change.promise;
  auto next = std::move(*change.next);
  if (book_.version() != change.made_of) {
    next = book_;
    if (auto made = change.make(next, revision, at); !made) {
      promise.deliver(std::move(made.error()));
      return;
    }
  }
  const auto& scope = change.what.scope;
  const auto tenant = next.tenant_of(scope);
  const auto follows = compare(next, scope);
  book_ = std::move(next);
  for (const auto& each : follows.effects) tell_effect(tenant, each);
  tell_sights(tenant, follows.sights);
  concern(follows.concerned);
  auto answer = follows.counted();
  answer.revision = revision;
  promise.deliver(std::move(answer));
}

// --- what a change comes to --------------------------------------------------

steward_state::consequences steward_state::compare(const mesh_book& next, const state_scope& scope) const {
  consequences out;
  out.effects = effects_between(book_, next, next.covered_by(scope));
  const bool other_policies = std::any_of(out.effects.begin(), out.effects.end(), [](const auto& each) {
    return each.before->policies != each.after->policies;
  });
  const auto tenant = next.tenant_of(scope);
  if (other_policies) out.sights = next.visibility(tenant).changes_since(book_.visibility(tenant));
  std::set<agent_id> concerned;
  for (const auto& each : out.effects) concerned.insert(each.nodes.begin(), each.nodes.end());
  for (const auto& each : out.sights) concerned.insert(each.nodes.begin(), each.nodes.end());
  out.concerned.assign(concerned.begin(), concerned.end());
  return out;
}

state_written steward_state::consequences::counted() const {
  const auto named = std::min(concerned.size(), nodes_named);
  const auto end = concerned.begin() + static_cast<std::ptrdiff_t>(named);
  return {0, concerned.size(), {concerned.begin(), end}, {}};
}

// Nodes refuse to read more. Those outside the scope may see more peers than before.
caf::error steward_state::size_problem(const mesh_book& next, const state_scope& scope) const {
  const auto tenant = next.tenant_of(scope);
  const auto& sees = next.visibility(tenant);
  std::map<const desired_state*, size_t> bytes;
  for (const auto id : next.nodes_of(tenant)) {
    const auto& has = next.state_of(id);
    const auto peers = sees.count_peers_of(id);
    if (has == book_.state_of(id) && peers <= book_.visibility(tenant).count_peers_of(id)) continue;
    auto& own = bytes[has.get()];
    if (own == 0) own = ports_.write->node(*has).size() + signing_bytes;
    if (const auto all = own + peers * (peer_bytes + count_named_rules(has->policies) * rule_bytes);
        all > options_.document_bytes)
      return refuse("the state of " + next.find(id)->hostname + " (" + to_string(id) + ") would have "
                    + std::to_string(all) + " bytes; a node reads " + std::to_string(options_.document_bytes)
                    + " at most");
  }
  return {};
}

caf::error steward_state::problem_of(const state_scope& scope) const {
  if (scope.level == state_level::node && book_.tenant_of(scope).empty())
    return caf::make_error(fleet_error::agent_unknown);
  return {};
}

// --- layers ------------------------------------------------------------------

steward_state::edit steward_state::layer_edit(write_state request) const {
  return [this, request = std::move(request)](mesh_book& book, uint64_t revision,
                                              utc_time at) -> caf::expected<record_state> {
    const auto* found = book.layers().find(request.scope);
    if (request.expected && *request.expected != (found == nullptr ? 0 : found->revision))
      return caf::make_error(fleet_error::policy_conflict);
    record_state record;
    if (!request.what) {
      if (found == nullptr) return caf::make_error(fleet_error::state_unknown);
      record.removed_layers = {found->number};
      book.remove_layer(request.scope);
    } else {
      if (auto problem = problem_of(request.scope)) return problem;
      if (found == nullptr && book.layers().layers().size() >= options_.layers)
        return refuse("there are " + std::to_string(options_.layers) + " layers, which is the most");
      auto written = book.write(request.scope, *request.what, revision, at, request.by);
      const auto text = ports_.write->layer(written.what);
      if (text.size() > options_.layer_bytes)
        return refuse("the layer has " + std::to_string(text.size()) + " bytes; one has "
                      + std::to_string(options_.layer_bytes) + " at most");
      auto sealed = ports_.keys->seal(layer_place(written.number), text);
      written.what = {};
      record.layers.push_back({std::move(written), std::move(sealed)});
    }
    if (auto problem = size_problem(book, request.scope)) return problem;
    return record;
  };
}

caf::result<state_written> steward_state::write(write_state& request) {
  const bool removes = !request.what;
  const state_revision what{0, request.scope, removes ? "delete" : "write", {}, {}, request.by};
  if (request.dry_run) return preview(request, layer_edit(request));
  return enqueue(layer_edit(std::move(request)), what, removes ? "state.deleted" : "state.written");
}

caf::result<state_written> steward_state::preview(const write_state& request, const edit& make) const {
  auto next = book_;
  auto tried = make(next, revision_ + 1, ports_.utc_now());
  if (!tried) return std::move(tried.error());
  if (request.shown && next.find(*request.shown) == nullptr)
    return caf::make_error(fleet_error::agent_unknown);
  auto out = compare(next, request.scope).counted();
  if (request.shown) out.json = readable_state(next, *request.shown);
  return out;
}

state_layers steward_state::read() const {
  state_layers out{revision_, {}};
  for (const auto& [scope, layer] : book_.layers().layers()) out.layers.push_back(layer);
  return out;
}

state_history steward_state::read_history(const read_state_history& query) const {
  state_history out;
  for (auto at = history_.rbegin(); at != history_.rend(); ++at) {
    if ((query.before != 0 && at->revision >= query.before) || (query.scope && *query.scope != at->scope))
      continue;
    if (out.revisions.size() == query.limit) {
      out.next = out.revisions.back().revision;
      break;
    }
    out.revisions.push_back(*at);
  }
  return out;
}

// --- secrets -----------------------------------------------------------------

caf::result<state_written> steward_state::put(put_secret& request) {
  if (auto problem = book_.secrets().problem_of(request); !problem.empty()) return refuse(std::move(problem));
  const state_revision what{0, request.scope, "put_secret", request.name, {}, request.by};
  const auto make = [this, request = std::move(request)](mesh_book& book, uint64_t revision,
                                                         utc_time at) -> caf::expected<record_state> {
    if (auto problem = problem_of(request.scope)) return problem;
    if (auto problem = book.secrets().problem_of(request); !problem.empty())
      return refuse(std::move(problem));
    const auto* found = book.secrets().find(request.name, request.scope);
    stored_secret secret{found == nullptr ? revision : found->number,
                         request.name,
                         request.scope,
                         revision,
                         at,
                         request.by,
                         false,
                         {}};
    secret.sealed = ports_.keys->seal(secret_place(secret.name, revision), request.value);
    record_state record;
    record.secrets = {secret};
    book.put(std::move(secret));
    if (auto problem = size_problem(book, request.scope)) return problem;
    return record;
  };
  return enqueue(make, what, "secret.put");
}

caf::result<state_written> steward_state::revoke(const revoke_secret& request) {
  const auto make = [request](mesh_book& book, uint64_t revision,
                              utc_time at) -> caf::expected<record_state> {
    const auto* found = book.secrets().find(request.name, request.scope);
    if (found == nullptr || found->revoked) return caf::make_error(fleet_error::state_unknown);
    stored_secret secret{found->number, request.name, request.scope, revision, at, request.by, true, {}};
    record_state record;
    record.secrets = {secret};
    book.put(std::move(secret));
    return record;
  };
  return enqueue(make, {0, request.scope, "revoke_secret", request.name, {}, request.by}, "secret.revoked");
}

}  // namespace muster
