// The states that nodes were given lately, so that asking again costs nothing. Bounded
// in number and bytes; what nobody asked for the longest goes first.
#pragma once

#include "messages/steward.hpp"

#include <list>
#include <map>

namespace muster {

class state_cache {
 public:
  state_cache(size_t documents, size_t bytes) : documents_(documents), bytes_(bytes) {}

  document<node_state> find(agent_id id);  // none if it is not there
  void put(agent_id id, const std::string& tenant, document<node_state> what);
  void forget(agent_id id);
  void forget_tenant(const std::string& tenant);
  void clear();
  size_t size() const { return places_.size(); }

 private:
  struct entry {
    agent_id id{};
    std::string tenant;
    document<node_state> what;
  };

  size_t documents_;
  size_t bytes_;
  size_t held_bytes_ = 0;
  std::list<entry> entries_;  // the latest first
  std::map<agent_id, std::list<entry>::iterator> places_;
  std::map<std::string, size_t> of_tenant_;
};

}  // namespace muster
