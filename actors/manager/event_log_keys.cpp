// Keys of the event log: each change is durable, then served to who asks, then told to
// nodes, and only then used. What comes meanwhile waits.
#include "actors/manager/event_log.hpp"
#include "messages/errors.hpp"
#include "messages/type_ids.hpp"

#include <caf/all.hpp>

#include <algorithm>

namespace muster {

namespace {

constexpr std::string_view sealed_place = "event_log/signing_key";
constexpr std::chrono::milliseconds shortest_overlap = std::chrono::minutes{1};
constexpr std::chrono::milliseconds longest_overlap = std::chrono::hours{24 * 365};
constexpr std::chrono::milliseconds retry_after = std::chrono::minutes{1};

caf::expected<std::string> open_key(const std::string& sealed, const vault& secrets, event_signer& signer) {
  if (sealed.empty()) return std::string{};
  const auto secret = secrets.open(sealed_place, sealed);
  if (!secret) return secret.error();
  return signer.adopt(*secret);
}

}  // namespace

caf::expected<signing_keys> open_signing_keys(const sealed_signing_keys& sealed, const vault& secrets,
                                              event_signer& signer) {
  auto current = open_key(sealed.current, secrets, signer);
  if (!current) return current.error();
  auto previous = open_key(sealed.previous, secrets, signer);
  if (!previous) return previous.error();
  return signing_keys{std::move(*current), std::move(*previous), sealed.transition_expires};
}

void event_log_state::when_ready(waiting_request what) {
  if (!changing_keys_ && !keys_.current.empty()) return what.run();
  if (waiting_.size() >= options_.waiting_requests)
    return what.fail(
      caf::make_error(fleet_error::event_refused, std::string{"too many requests wait for new keys"}));
  waiting_.push_back(std::move(what));
  if (!changing_keys_) make_first_keys();  // once more: the last time could not be written
}

// --- changes -----------------------------------------------------------------

void event_log_state::change_keys(key_change what) {
  changing_keys_ = true;
  self->request(ports_.ledger, caf::infinite, what.record)
    .then([this, what](const committed&) { settle_keys(what); },
          [this, what](caf::error& failed) { drop_keys(what, failed); });
}

// Who serves the keys knows them before any node is told, since a node that is served
// older ones than it was told goes back to those.
void event_log_state::settle_keys(const key_change& what) {
  const auto retired = keys_.previous;
  sealed_ = *what.record.keys;
  keys_ = what.keys;
  if (!retired.empty() && retired != keys_.previous) ports_.signer->forget(retired);
  serve_keys([this, what] {
    tell_loops(publish_signing{sealed_.epoch, keys_});
    for (const auto& [tenant, events] : what.announced) publish(tenant, events);
    what.done();
    go_on();
  });
}

void event_log_state::drop_keys(const key_change& what, const caf::error& why) {
  if (what.keys.current != keys_.current) ports_.signer->forget(what.keys.current);
  ports_.tell("signing_keys_not_recorded", self->system().render(why));
  what.failed(why);
  if (!keys_.current.empty()) return go_on();
  changing_keys_ = false;  // without a key nothing can go on
  for (auto& each : std::exchange(waiting_, {})) each.fail(why);
}

void event_log_state::serve_keys(std::function<void()> then) {
  if (!key_listener_) return then();
  self->request(key_listener_, options_.keys_timeout, note_signing_keys{keys_})
    .then(
      [this, then](const signing_keys_known& known) {
        then();
        announce_keys(known.tenants);
      },
      [this, then](caf::error& failed) {
        ports_.tell("signing_keys_not_served", self->system().render(failed));
        then();
      });
}

// To nodes that were never told anything: their tenants have no stream yet.
void event_log_state::announce_keys(const std::vector<std::string>& tenants) {
  if (!in_transition()) return;
  for (const auto& tenant : tenants) {
    const auto known = streams_.find(tenant);
    if (known != streams_.end() && known->second.knows_rotation) continue;
    append_events nothing_more{tenant, {}};
    append_now(nothing_more, {});
  }
}

void event_log_state::go_on() {
  changing_keys_ = false;
  while (!changing_keys_ && !waiting_.empty()) {
    const auto next = std::move(waiting_.front());
    waiting_.pop_front();
    next.run();
  }
}

// --- what changes ------------------------------------------------------------

void event_log_state::make_first_keys() {
  const auto secret = ports_.signer->make_secret();
  key_change first;
  first.keys.current = *ports_.signer->adopt(secret);
  first.record.keys =
    sealed_signing_keys{std::max(ports_.fresh_epoch, 1u), ports_.secrets->seal(sealed_place, secret), {}, {}};
  first.done = [] {};
  first.failed = [](const caf::error&) {};
  change_keys(std::move(first));
}

caf::result<signing_keys> event_log_state::read_keys() {
  auto promise = self->make_response_promise<signing_keys>();
  when_ready({[this, promise]() mutable { promise.deliver(keys_); },
              [promise](const caf::error& failed) mutable { promise.deliver(failed); }});
  return promise;
}

caf::result<signing_keys> event_log_state::rotate(const rotate_signing_key& request) {
  if (request.overlap < shortest_overlap || request.overlap > longest_overlap)
    return caf::make_error(fleet_error::event_refused,
                           std::string{"keys overlap for 1 minute at least and 365 days at most"});
  auto promise = self->make_response_promise<signing_keys>();
  when_ready({[this, promise, request] { rotate_now(request, promise); },
              [promise](const caf::error& failed) mutable { promise.deliver(failed); }});
  return promise;
}

node_event event_log_state::rotation(const signing_keys& keys) const {
  return {std::string{key_rotation_event}, ports_.signer->rotation_payload(keys), {}};
}

// Within an overlap too, since a key may have to go at once: nodes that have not heard
// of the rotation before this learn the keys from their next look at their state.
void event_log_state::rotate_now(const rotate_signing_key& request,
                                 caf::typed_response_promise<signing_keys> promise) {
  const auto now = ports_.utc_now();
  const auto secret = ports_.signer->make_secret();
  key_change next;
  next.keys = {*ports_.signer->adopt(secret), keys_.current, now + request.overlap};
  next.record.keys = sealed_signing_keys{sealed_.epoch, ports_.secrets->seal(sealed_place, secret),
                                         sealed_.current, next.keys.transition_expires};
  next.record.audit = {{now, request.author, "signing_key.rotated", next.keys.current,
                        "overlap_seconds=" + std::to_string(request.overlap / std::chrono::seconds{1})}};
  for (auto& [tenant, each] : streams_) {
    next.announced[tenant] = {next_event(tenant, each, rotation(next.keys))};
    next.record.events.push_back(next.announced[tenant].front());
  }
  std::vector<std::string> told;
  for (const auto& [tenant, events] : next.announced) told.push_back(tenant);
  next.done = [this, promise, told, overlap = request.overlap]() mutable {
    for (auto& [tenant, each] : streams_)
      each.knows_rotation = std::binary_search(told.begin(), told.end(), tenant);
    arm_transition(overlap);
    promise.deliver(keys_);
  };
  next.failed = [promise](const caf::error& failed) mutable { promise.deliver(failed); };
  change_keys(std::move(next));
}

// --- the end of the overlap --------------------------------------------------

bool event_log_state::in_transition() const {
  return !keys_.previous.empty() && ports_.utc_now() < keys_.transition_expires;
}

void event_log_state::arm_transition(std::chrono::milliseconds in) {
  self->delayed_send(self, std::max(in, std::chrono::milliseconds{0}), transition_due{});
}

// Too early when the keys were rotated again, or the calendar was set back.
void event_log_state::end_transition() {
  if (keys_.previous.empty()) return;
  if (in_transition() || changing_keys_) {
    arm_transition(std::max(keys_.transition_expires - ports_.utc_now(), retry_after));
    return;
  }
  key_change over;
  over.keys = {keys_.current, {}, {}};
  over.record.keys = sealed_signing_keys{sealed_.epoch, sealed_.current, {}, {}};
  over.done = [] {};
  over.failed = [this](const caf::error&) { arm_transition(retry_after); };
  change_keys(std::move(over));
}

}  // namespace muster
