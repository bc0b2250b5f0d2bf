// What one loop knows of every agent, by slot: its actor and the tokens it may
// show. Filled by the fleet before anyone can hold such a token, so a heartbeat
// needs no other actor than its agent.
#pragma once

#include "messages/loops.hpp"
#include "runtime/crypto/node_keys.hpp"

#include <vector>

namespace muster {

enum class token_verdict : uint8_t {
  unknown,     // no such agent, or not its token
  current,     // the token in use
  issued,      // a fresh one, used for the first time on this loop
  superseded,  // the one that the current one replaced
};

class slot_table {
 public:
  struct entry {
    agent_id id{};  // serial 0: the slot is free
    agent_tokens tokens;
    agent_actor agent;
    utc_time heard_at{};  // last beat on this loop, for the next beats_heard
    bool heard = false;
    dialect speaks = dialect::panguard;
    uint16_t tenant = 0;   // of a node, see tenant_of()
    uint32_t profile = 0;  // of policy
  };

  void publish(const publish_slots& news);

  // Nothing unless an agent with exactly this id exists.
  entry* find(agent_id id);

  // The node whose key this is: keys don't tell whose they are. Nothing if there is none.
  entry* find_node(const token_digest& key);

  // Empty unless it is a node.
  const std::string& tenant_of(const entry& node) const { return tenants_[node.tenant]; }

  // Compares with all three tokens, whichever matches first.
  static token_verdict check(const entry& slot, const token_digest& shown);

  // Notes a beat for the next take_heard().
  void note_heard(entry& slot, utc_time at);
  beats_heard take_heard();

 private:
  uint16_t number_of(const std::string& tenant);

  std::vector<entry> slots_;
  digest_index nodes_;                    // by key, to the id
  std::vector<std::string> tenants_{""};  // of nodes; the first is none
  std::vector<uint32_t> heard_;  // all slots with `heard` set, and some that have changed hands since
};

}  // namespace muster
