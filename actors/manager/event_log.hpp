// The event log writes down what nodes are told before any is told, and signs each
// event once for all. Loops have what they need to go on from there alone: a node that
// comes back, and an event that must be signed again, cost the log nothing.
#pragma once

#include "actors/manager/event_tail.hpp"
#include "actors/manager/restored_events.hpp"
#include "actors/ports/calendar.hpp"
#include "actors/ports/event_signer.hpp"
#include "actors/ports/journal.hpp"
#include "actors/ports/vault.hpp"

#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <functional>
#include <map>

namespace muster {

struct event_log_options {
  event_limits kept;                  // of each tenant
  size_t payload_bytes = 128 * 1024;  // as they were written
  size_t events_at_once = 10'000;     // in one request
  size_t tenants = 10'000;
  size_t waiting_requests = 10'000;                // while keys are changed
  std::chrono::milliseconds keys_timeout{10'000};  // for who serves keys to nodes
};

struct event_log_ports {
  ledger_actor ledger;
  std::shared_ptr<const vault> secrets;
  std::shared_ptr<event_signer> signer;
  calendar utc_now;
  journal tell;
  uint32_t fresh_epoch = 0;  // drawn at random; for a ledger that has none
};

// The keys that the ledger holds, which the signer has from then on. Nothing in, nothing
// out. Fails if the vault or the signer does.
caf::expected<signing_keys> open_signing_keys(const sealed_signing_keys& sealed, const vault& secrets,
                                              event_signer& signer);

struct event_log_state {
  static inline const char* name = "muster.event_log";

  explicit event_log_state(event_log_actor::pointer actor) : self(actor) {}
  event_log_actor::behavior_type make_behavior(event_log_options options, event_log_ports ports,
                                               restored_events restored);

  caf::result<committed> append(append_events& request);
  caf::result<signing_keys> rotate(const rotate_signing_key& request);
  caf::result<signing_keys> read_keys();
  void attach(const attach_event_listeners& all);
  void end_transition();

  event_log_actor::pointer self;

 private:
  using logged = std::vector<document<logged_event>>;
  struct stream {
    uint32_t number = 0;
    event_tail tail;
    uint64_t numbered = 0;        // the last sequence given out, also to what could not be written
    bool knows_rotation = false;  // was told of the present keys
  };
  struct waiting_request {
    std::function<void()> run;
    std::function<void(const caf::error&)> fail;
  };
  struct key_change {
    record_events record;  // with the new keys, sealed
    signing_keys keys;
    std::map<std::string, logged> announced;  // what of the record the nodes of these tenants are told
    std::function<void()> done;
    std::function<void(const caf::error&)> failed;
  };

  // event_log.cpp: events
  std::string problem_of(const append_events& request) const;
  stream* stream_of(const std::string& tenant);
  document<logged_event> next_event(const std::string& tenant, stream& of, node_event what);
  void append_now(append_events& request, caf::typed_response_promise<committed> promise);
  void publish(const std::string& tenant, const logged& events);
  document<signed_frame> sign(const event_tail& tail, const document<logged_event>& what) const;
  template <class Message>
  void tell_loops(const Message& news);
  void restore(const logged& events);

  // event_log_keys.cpp: keys
  void when_ready(waiting_request what);
  void make_first_keys();
  void rotate_now(const rotate_signing_key& request, caf::typed_response_promise<signing_keys> promise);
  void change_keys(key_change what);
  void settle_keys(const key_change& what);
  void drop_keys(const key_change& what, const caf::error& why);
  void serve_keys(std::function<void()> then);
  void announce_keys(const std::vector<std::string>& tenants);
  void go_on();
  void arm_transition(std::chrono::milliseconds in);
  bool in_transition() const;
  node_event rotation(const signing_keys& keys) const;

  event_log_options options_;
  event_log_ports ports_;
  std::map<std::string, stream> streams_;  // by tenant
  uint32_t next_stream_ = 0;
  sealed_signing_keys sealed_;
  signing_keys keys_;
  bool changing_keys_ = false;
  std::deque<waiting_request> waiting_;  // until keys have changed
  std::vector<event_listener_actor> loops_;
  key_listener_actor key_listener_;
};

event_log_actor::behavior_type event_log(event_log_actor::stateful_pointer<event_log_state> self,
                                         event_log_options options, event_log_ports ports,
                                         restored_events restored);

}  // namespace muster
