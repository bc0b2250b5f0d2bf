// Network policies in words that every node understands. A node knows "*" and the ids of
// its peers; what operators name by host name or label is written out for it.
#pragma once

#include "messages/desired_state.hpp"
#include "messages/nodes.hpp"

#include <vector>

namespace muster {

// `policy` as `self` needs it, which sees `peers`. If anything was written out, the id ends with a
// fingerprint of the rules, since nodes look at nothing else to see a change.
network_policy written_out(network_policy policy, const mesh_node& self,
                           const std::vector<const mesh_node*>& peers);

// Rules that are written out, each for as many peers as it names.
size_t count_named_rules(const std::vector<network_policy>& policies);

}  // namespace muster
