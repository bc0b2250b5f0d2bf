// The registrar knows who the nodes are: it lets hosts in by bootstrap token, gives
// each an address and a key, and takes the address back when the node has gone. What
// enrols a node becomes durable in one transaction with its agent.
#pragma once

#include "actors/manager/address_pool.hpp"
#include "actors/manager/bootstrap_tokens.hpp"
#include "actors/manager/restored_nodes.hpp"
#include "actors/ports/calendar.hpp"
#include "actors/ports/journal.hpp"
#include "actors/ports/node_credentials.hpp"
#include "actors/ports/vault.hpp"
#include "messages/interfaces.hpp"
#include "messages/ledger.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <map>
#include <memory>
#include <set>

namespace muster {

struct mesh_addresses {
  address_range all{0x0A640000, 0x0A64FFFF};      // 10.100.0.0/16
  address_range bridges{0x0A64FF00, 0x0A64FFFF};  // 10.100.255.0/24
};

struct registrar_options {
  mesh_addresses addresses;                                                 // of each tenant
  std::map<std::string, mesh_addresses> own_by_tenant;                      // instead of those
  std::chrono::milliseconds cooldown = std::chrono::hours{1};               // before an address is another's
  std::chrono::milliseconds answer_lost_within = std::chrono::minutes{10};  // hosts give up after 5
  size_t tokens = 10'000;                                                   // at once
  size_t binaries = 1'000;                                                  // declared good, at once
  std::chrono::milliseconds token_retention = std::chrono::hours{24 * 30};  // after they were over
};

struct registrar_ports {
  fleet_actor fleet;
  ledger_actor ledger;
  calendar utc_now;
  std::shared_ptr<node_credentials> credentials;
  std::shared_ptr<const vault> keys;
  journal tell;
  std::vector<node_listener_actor> listeners = {};  // who must know all nodes
};

struct registrar_state {
  static inline const char* name = "muster.registrar";

  explicit registrar_state(registrar_actor::pointer actor) : self(actor) {}
  registrar_actor::behavior_type make_behavior(registrar_options options, registrar_ports ports,
                                               restored_nodes restored);

  caf::result<node_welcome> enrol(const register_node& request);
  caf::result<token_made> make(const make_token& request);
  caf::result<committed> revoke(const revoke_token& request);
  void note(const node_changed& change);
  void forget(agent_id id);

  // registrar_nodes.cpp: what nodes tell of themselves, and who wants to know
  caf::result<committed> take(const announce_capabilities& news);
  caf::result<committed> take(const report_endpoint& news);
  caf::result<committed> take(const replace_node_key& news);
  caf::result<committed> take(const report_checksum& news);
  caf::result<committed> declare(const declare_binary& request);
  binary_list list_binaries() const;
  node_page list(const list_nodes& query) const;
  caf::result<node_details> show(agent_id id) const;
  node_selection select(const select_nodes& query) const;

  registrar_actor::pointer self;

 private:
  struct node {
    node_facts facts;
    std::string tenant;
    std::string hostname;
    std::map<std::string, std::string> labels;
    agent_status status = agent_status::online;
    bool member = true;  // has its address
    bool held = false;   // it is silent, and its peers need not know yet
  };
  using host = std::pair<std::string, std::string>;  // tenant and name
  struct entry;                                      // one enrolment under way

  void restore(restored_nodes restored);
  address_pool& pool(const std::string& tenant);
  node* find(const host& whom);
  std::optional<uint32_t> address_for(const node* known, const host& whom, bool bridge);
  bool asks_again(const register_node& request, utc_time now);
  void settle_token(const entry& one, bool enrolled);
  void admit(const entry& one, agent_id id);
  void undo(const entry& one);
  audit_entry audit(std::string author, std::string action, const bootstrap_token& token) const;
  void settle_address(node& one);
  static mesh_node seen(const node& one);
  void tell_listeners(const node& one);
  template <class Change>
  caf::result<committed> change(agent_id id, const char* action, Change what);
  void change_over(agent_id id);
  void record_again(const node_facts& facts);
  binary_verdict verdict(const node_facts& facts) const;
  node_row row(const node& one) const;

  registrar_options options_;
  registrar_ports ports_;
  std::optional<bootstrap_tokens> tokens_;
  std::map<std::string, address_pool> pools_;  // by tenant
  std::map<agent_id, node> nodes_;
  std::map<agent_id, size_t> changing_;  // how many changes of each are being written
  std::map<host, agent_id> hosts_;
  std::set<host> enrolling_;
  std::map<std::string, known_binary> binaries_;  // by version
};

registrar_actor::behavior_type registrar(registrar_actor::stateful_pointer<registrar_state> self,
                                         registrar_options options, registrar_ports ports,
                                         restored_nodes restored);

}  // namespace muster
