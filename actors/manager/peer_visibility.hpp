// Who sees whom among the nodes of one tenant: two nodes do if a policy of either lets
// one of them reach the other, in any direction. Without policies nobody sees anybody.
//
// A tenant may have many thousands of nodes that all see each other, so pairs are never
// stored: nodes that every rule treats alike form a class, and classes are compared.
#pragma once

#include "messages/desired_state.hpp"

#include <map>
#include <memory>
#include <set>

namespace muster {

struct visible_node {
  agent_id id{};
  std::string hostname;
  std::map<std::string, std::string> labels;
};

class peer_visibility {
 public:
  // The node is there, with these policies. In their order the first rule that fits a pair decides. A rule
  // that denies some ports or one protocol does not: the nodes need each other for the rest.
  void place(visible_node node, const std::vector<network_policy>& policies);
  void remove(agent_id id);

  size_t size() const { return nodes_.size(); }
  std::vector<agent_id> peers_of(agent_id id) const;  // ascending
  size_t count_peers_of(agent_id id) const;

  // What differs from `before`, for nodes that are alike in both. Nodes that are in one only are left out.
  struct change {
    std::vector<agent_id> nodes;   // ascending, like the others
    std::vector<agent_id> gained;  // whom they see now; may name themselves
    std::vector<agent_id> lost;
  };
  std::vector<change> changes_since(const peer_visibility& before) const;

 private:
  using rules = std::vector<network_rule>;
  struct placed_node {
    visible_node facts;
    std::shared_ptr<const rules> own;
  };
  // What rules can tell of a node: its own ones, and the selectors in use that name it.
  struct likeness {
    std::shared_ptr<const rules> own;
    std::set<std::string> named;

    auto operator<=>(const likeness&) const = default;
  };
  using members = std::set<agent_id>;

  std::shared_ptr<const rules> intern(const std::vector<network_policy>& policies);
  void count_selectors(const rules& of, int by);
  likeness likeness_of(const placed_node& node) const;
  void classify() const;
  template <class Visit>
  void each_class_seen_by(agent_id id, Visit visit) const;
  static bool names(const std::string& selector, const likeness& whom);
  static bool allow(const rules& of, const likeness& from, const likeness& to);
  static bool connect(const likeness& one, const likeness& other);

  std::map<agent_id, placed_node> nodes_;
  std::map<rules, std::pair<std::shared_ptr<const rules>, size_t>> rules_;  // and how many nodes have them
  std::map<std::string, int> selectors_;                                    // and how often rules name them
  // Follows from the above once somebody asks.
  mutable bool classified_ = true;
  mutable std::map<likeness, members> classes_;
};

}  // namespace muster
