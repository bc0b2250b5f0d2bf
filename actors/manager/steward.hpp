// The steward knows what every node shall be and have, and whom it may see. It tells
// nodes what changes for them; what they miss is in their state, which follows at once.
// Changes by operators wait in a queue: each is tried on a copy of the book, becomes
// durable, and only then takes its place.
#pragma once

#include "actors/manager/mesh_book.hpp"
#include "actors/manager/restored_steward.hpp"
#include "actors/manager/state_cache.hpp"
#include "actors/ports/calendar.hpp"
#include "actors/ports/journal.hpp"
#include "actors/ports/state_writer.hpp"
#include "actors/ports/vault.hpp"

#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <deque>
#include <functional>

namespace muster {

struct steward_options {
  bool pre_shared_keys = true;
  bool reconcile_after_change = true;         // a node's next heartbeat asks it to look at its state
  std::chrono::milliseconds gather_news{50};  // before nodes are told
  std::chrono::milliseconds retry_news{1'000};
  size_t waiting_events = 10'000;  // of one tenant; more are dropped
  size_t events_at_once = 1'000;
  size_t peer_events = 256;  // of one change of layers; beyond that nodes pull
  size_t inline_bytes = 48 * 1024;
  size_t layers = 10'000;
  size_t layer_bytes = size_t{1} << 20;     // as it is kept
  size_t document_bytes = size_t{8} << 20;  // of one node
  size_t cached_documents = 20'000;
  size_t cached_bytes = size_t{256} << 20;
  size_t history = 1'000;  // revisions
  size_t queued_changes = 1'000;
  secret_limits secrets;
};

struct steward_ports {
  ledger_actor ledger;
  fleet_actor fleet;
  event_log_actor events;
  calendar utc_now;
  std::shared_ptr<const vault> keys;
  std::shared_ptr<const state_writer> write;
  journal tell;
};

struct steward_state {
  static inline const char* name = "muster.steward";

  explicit steward_state(steward_actor::pointer actor) : self(actor) {}
  steward_actor::behavior_type make_behavior(steward_options options, steward_ports ports,
                                             restored_steward restored);

  // steward.cpp: nodes, and what they are given
  void note(const mesh_node& node);
  void forget(agent_id id);
  void note_fleet_policy(uint64_t revision);
  void take_keys(const signing_keys& keys);
  caf::result<document<node_state>> compose(agent_id id);
  caf::result<state_shown> show(agent_id id) const;
  caf::result<peer_list> list(agent_id id) const;
  caf::result<secret_value> fetch(const fetch_secret& request) const;

  // steward_changes.cpp: what operators write
  caf::result<state_written> write(write_state& request);
  caf::result<state_written> put(put_secret& request);
  caf::result<state_written> revoke(const revoke_secret& request);
  state_layers read() const;
  state_history read_history(const read_state_history& query) const;

  // steward_news.cpp
  void send_news();

  steward_actor::pointer self;

 private:
  using written_promise = caf::typed_response_promise<state_written>;
  // Makes the change in the book it is given and says what the ledger has to keep of it.
  using edit = std::function<caf::expected<record_state>(mesh_book&, uint64_t revision, utc_time at)>;
  struct queued_change {
    edit make;
    state_revision what;  // revision and time are not known yet
    std::string audited;  // what the audit calls it
    written_promise promise;
    std::optional<mesh_book> next;  // what it comes to while it is written
    uint64_t made_of = 0;           // the version of the book that was
  };
  struct consequences {
    std::vector<state_effect> effects;
    std::vector<peer_visibility::change> sights;
    std::vector<agent_id> concerned;  // ascending

    state_written counted() const;
  };

  // steward.cpp
  bool is_member(agent_id id) const;
  mesh_peer peer_of(const mesh_node& node) const;
  static std::vector<const mesh_node*> seen_by(const mesh_book& book, agent_id id);
  std::vector<mesh_peer> peers_of(const mesh_node& node, const std::vector<const mesh_node*>& seen) const;
  desired_state whole_state(const mesh_book& book, agent_id id) const;
  std::string readable_state(const mesh_book& book, agent_id id) const;
  void drop_what_is_of(agent_id id);

  // steward_changes.cpp
  caf::result<state_written> enqueue(edit make, state_revision what, std::string audited);
  void make_next();
  void settle(queued_change& change, uint64_t revision, utc_time at);
  caf::result<state_written> preview(const write_state& request, const edit& make) const;
  edit layer_edit(write_state request) const;
  caf::error problem_of(const state_scope& scope) const;
  consequences compare(const mesh_book& next, const state_scope& scope) const;
  caf::error size_problem(const mesh_book& next, const state_scope& scope) const;

  // steward_news.cpp
  event_audience everyone_of(const std::string& tenant, std::vector<agent_id> ids) const;
  event_audience audience_of(const mesh_node& node) const;
  void tell_peers(const mesh_node& node, const char* type, std::string payload);
  void tell(const std::string& tenant, node_event what);
  void tell_some(const std::string& tenant, std::vector<agent_id> ids, const char* type, std::string payload);
  void tell_regrouped(const mesh_node& was, const mesh_node& node, const document<desired_state>& had,
                      const std::vector<agent_id>& saw);
  void tell_effect(const std::string& tenant, const state_effect& what);
  void tell_sights(const std::string& tenant, const std::vector<peer_visibility::change>& changes);
  void concern_peers(const mesh_node& node);
  void concern(const std::vector<agent_id>& ids);
  void arm_news(std::chrono::milliseconds in);
  void append(const std::string& tenant);

  steward_options options_;
  steward_ports ports_;
  mesh_book book_{state_book{}, secret_book{{}, {}}};
  state_cache cache_{0, 0};
  caf::optional<signing_keys> keys_;
  uint64_t revision_ = 0;
  std::deque<state_revision> history_;  // ascending
  std::deque<queued_change> changes_;   // the first is being made
  struct waiting_news {
    std::deque<node_event> events;
    bool under_way = false;
    size_t one_by_one = 0;  // so many of the first
  };
  std::map<std::string, waiting_news> news_;  // by tenant
  std::set<agent_id> to_direct_;
  std::set<std::string> tenants_to_direct_;
  bool armed_ = false;
  caf::optional<uint64_t> fleet_policy_;  // the latest revision; none since the start
};

steward_actor::behavior_type steward(steward_actor::stateful_pointer<steward_state> self,
                                     steward_options options, steward_ports ports, restored_steward restored);

}  // namespace muster
