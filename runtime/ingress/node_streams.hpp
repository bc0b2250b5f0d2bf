// The event streams of one loop's nodes. Each node is a place in its tenant's stream;
// what it is sent is held once for all. A node that comes back asks nobody but this:
// no ledger, no other actor.
#pragma once

#include "actors/manager/event_tail.hpp"
#include "actors/ports/calendar.hpp"
#include "actors/ports/event_signer.hpp"
#include "runtime/http/message.hpp"

#include <deque>
#include <map>

namespace muster {

struct node_stream_options {
  event_limits kept;                                                   // of each tenant
  std::chrono::milliseconds resign_after = std::chrono::seconds{150};  // half of what nodes accept
  // A node that shows no id may have been told nothing yet and have come back: nodes
  // reconnect twice in this time.
  std::chrono::milliseconds reconnects_within = std::chrono::seconds{60};
  uint32_t comment_seconds = 15;  // between signs of life
  size_t events_per_turn = 32;    // to one node, before the next has its turn
};

// Plain counts of one loop, for metrics.
struct node_stream_counts {
  size_t streams = 0;  // open, as of the last sweep
  uint64_t opened = 0;
  uint64_t events = 0;      // sent, one for each receiver
  uint64_t resyncs = 0;     // nodes of which it was not known what they had missed
  uint64_t signatures = 0;  // made here
};

class node_streams {
 public:
  // Called with a node that must look at its whole state.
  using reconcile = std::function<void(agent_id)>;

  node_streams(const node_stream_options& options, std::shared_ptr<const event_signer> signer,
               calendar utc_now, reconcile must_look);

  void take(const publish_signing& news);
  void take(const publish_events& news);

  // False until the epoch and the keys are known: answer 503 then.
  bool ready() const { return !keys_.current.empty(); }

  // The public key that events verify with.
  const std::string& signing_key() const { return keys_.current; }

  // An answer that goes on with what the node has missed since `last_event_id`, then
  // with what comes. It never ends while the node is welcome.
  http::response listen(agent_id id, const std::string& tenant, std::string_view last_event_id);

  // Sends to at most `most` nodes of those who are due. True if more are.
  bool push(size_t most);
  bool pushing() const { return !due_.empty(); }

  // Once a second: signs of life; ends the streams of nodes that are no more. True if
  // some nodes have taken what they were sent and are due for more.
  using is_member = std::function<bool(agent_id)>;
  bool sweep(uint32_t second, const is_member& knows);

  const node_stream_counts& counts() const { return counts_; }

 private:
  using frame = std::shared_ptr<const std::string>;
  struct tenant_stream {
    explicit tenant_stream(const event_limits& kept) : tail(kept) {}
    event_tail tail;
    document<signed_frame> resync;  // the latest; good while nothing follows it
  };
  struct listener {
    agent_id id{};
    tenant_stream* of = nullptr;
    uint64_t has = 0;  // the place it has come to
    bool due = false;
    std::shared_ptr<http::stream> to;
  };

  tenant_stream& stream_of(const std::string& tenant);
  void make_due(const std::shared_ptr<listener>& one);
  void serve(const std::shared_ptr<listener>& one);
  void tell_lost(listener& one);
  bool is_good(const signed_frame& one, const std::string& key, utc_time now) const;
  frame fresh(tenant_stream& of, const document<signed_frame>& one);
  document<signed_frame> sign(const document<logged_event>& what, const std::string& key, utc_time now);

  node_stream_options options_;
  std::shared_ptr<const event_signer> signer_;
  calendar utc_now_;
  reconcile must_look_;
  uint64_t epoch_ = 0;
  signing_keys keys_;
  std::map<std::string, tenant_stream> tenants_;  // which stay where they are
  std::vector<std::shared_ptr<listener>> listeners_;
  std::deque<std::shared_ptr<listener>> due_;
  node_stream_counts counts_;
};

}  // namespace muster
