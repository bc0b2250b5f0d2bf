// The event log: events become records, then frames. Its keys are in event_log_keys.cpp.
#include "actors/manager/event_log.hpp"

#include "messages/errors.hpp"
#include "messages/type_ids.hpp"

#include <caf/all.hpp>

#include <algorithm>

namespace muster {

event_log_actor::behavior_type event_log_state::make_behavior(event_log_options options,
                                                              event_log_ports ports,
                                                              restored_events restored) {
  options_ = std::move(options);
  ports_ = std::move(ports);
  sealed_ = std::move(restored.sealed);
  keys_ = std::move(restored.keys);
  restore(restored.events);
  if (keys_.current.empty()) make_first_keys();
  else if (!keys_.previous.empty()) arm_transition(keys_.transition_expires - ports_.utc_now());
  return {
    [this](append_events& request) { return append(request); },
    [this](const rotate_signing_key& request) { return rotate(request); },
    [this](const read_signing_keys&) { return read_keys(); },
    [this](const attach_event_listeners& all) { attach(all); },
    [this](transition_due) { end_transition(); },
  };
}

// Whatever is sent of this is signed when it is: by then a signature of now would be old.
void event_log_state::restore(const logged& events) {
  const auto present = keys_.previous.empty() ? node_event{} : rotation(keys_);
  for (const auto& each : events) {
    auto& into =
      streams_.try_emplace(each->tenant, stream{each->stream, event_tail{options_.kept}}).first->second;
    into.tail.append(document{signed_frame{each, {}, {}, {}}});
    into.numbered = each->sequence;
    if (each->what == present) into.knows_rotation = true;
    next_stream_ = std::max(next_stream_, each->stream + 1);
  }
}

void event_log_state::attach(const attach_event_listeners& all) {
  when_ready({[this, all] {
                loops_ = all.loops;
                key_listener_ = all.keys;
                tell_loops(publish_signing{sealed_.epoch, keys_});
                for (const auto& [tenant, each] : streams_)
                  tell_loops(publish_events{tenant, {each.tail.frames().begin(), each.tail.frames().end()}});
                serve_keys([] {});
              },
              [](const caf::error&) {}});
}

// --- appending ---------------------------------------------------------------

std::string event_log_state::problem_of(const append_events& request) const {
  if (request.events.size() > options_.events_at_once) return "too many events at once";
  for (size_t i = 0; i < request.events.size(); ++i) {
    const auto& each = request.events[i];
    const auto& ids = each.audience.ids;
    std::string problem;
    if (each.type == key_rotation_event || each.type == resync_event)
      problem = "only the event log writes these";
    else if (each.payload.size() > options_.payload_bytes) problem = "the payload is too large";
    else if (std::adjacent_find(ids.begin(), ids.end(), std::greater_equal<>{}) != ids.end())
      problem = "the audience is not ascending";
    else problem = ports_.signer->problem_of(each);
    if (!problem.empty()) return "events[" + std::to_string(i) + "] " + each.type + ": " + problem;
  }
  return {};
}

caf::result<committed> event_log_state::append(append_events& request) {
  if (auto problem = problem_of(request); !problem.empty())
    return caf::make_error(fleet_error::event_refused, std::move(problem));
  auto promise = self->make_response_promise<committed>();
  when_ready({[this, promise, request = std::move(request)]() mutable { append_now(request, promise); },
              [promise](const caf::error& failed) mutable { promise.deliver(failed); }});
  return promise;
}

event_log_state::stream* event_log_state::stream_of(const std::string& tenant) {
  if (const auto found = streams_.find(tenant); found != streams_.end()) return &found->second;
  if (streams_.size() >= options_.tenants) return nullptr;
  return &streams_.try_emplace(tenant, stream{next_stream_++, event_tail{options_.kept}}).first->second;
}

document<logged_event> event_log_state::next_event(const std::string& tenant, stream& of, node_event what) {
  return document{logged_event{of.number, tenant, ++of.numbered, ports_.utc_now(), std::move(what)}};
}

// Numbers of what could not be written are not given out again: what came after has
// the next ones already.
void event_log_state::append_now(append_events& request, caf::typed_response_promise<committed> promise) {
  auto* into = stream_of(request.tenant);
  if (into == nullptr) {
    promise.deliver(caf::make_error(fleet_error::event_refused, std::string{"too many tenants"}));
    return;
  }
  record_events record;
  const bool tells_keys = in_transition() && !into->knows_rotation;
  // A tenant that had no events when the keys changed: its nodes know the old key alone.
  if (tells_keys) record.events.push_back(next_event(request.tenant, *into, rotation(keys_)));
  into->knows_rotation = into->knows_rotation || tells_keys;
  for (auto& each : request.events)
    record.events.push_back(next_event(request.tenant, *into, std::move(each)));
  record.trims = {{into->number, into->tail.first_kept()}};
  auto events = record.events;
  self->request(ports_.ledger, caf::infinite, std::move(record))
    .then(
      [this, tenant = request.tenant, events, promise](const committed&) mutable {
        publish(tenant, events);
        promise.deliver(committed{streams_.at(tenant).tail.last()});
      },
      [this, tenant = request.tenant, tells_keys, promise](caf::error& failed) mutable {
        if (tells_keys) streams_.at(tenant).knows_rotation = false;
        ports_.tell("events_not_recorded", self->system().render(failed));
        promise.deliver(std::move(failed));
      });
}

document<signed_frame> event_log_state::sign(const event_tail& tail,
                                             const document<logged_event>& what) const {
  signed_frame out;
  out.what = what;
  out.signed_at = ports_.utc_now();
  out.key = tail.key_for(*what, keys_, out.signed_at);
  out.frame = ports_.signer->sign(out.key, to_string(event_place{sealed_.epoch, what->sequence}), what->what,
                                  out.signed_at);
  return document{std::move(out)};
}

void event_log_state::publish(const std::string& tenant, const logged& events) {
  if (events.empty()) return;
  auto& tail = streams_.at(tenant).tail;
  publish_events news{tenant, {}};
  for (const auto& each : events) {
    news.frames.push_back(sign(tail, each));
    tail.append(news.frames.back());
  }
  tell_loops(news);
}

template <class Message>
void event_log_state::tell_loops(const Message& news) {
  for (const auto& each : loops_) self->send(each, news);
}

event_log_actor::behavior_type event_log(event_log_actor::stateful_pointer<event_log_state> self,
                                         event_log_options options, event_log_ports ports,
                                         restored_events restored) {
  return self->state.make_behavior(std::move(options), std::move(ports), std::move(restored));
}

}  // namespace muster
