// What the registrar goes on from after a restart.
#pragma once

#include "messages/nodes.hpp"

#include <vector>

namespace muster {

struct restored_node {
  node_facts facts;
  std::string tenant;
  std::string hostname;
  std::map<std::string, std::string> labels;
  agent_status status = agent_status::online;
  utc_time changed_at{};  // when it entered that
};

struct restored_nodes {
  std::vector<restored_node> nodes;
  std::vector<bootstrap_token> tokens;
  std::vector<known_binary> binaries;
  std::vector<left_address> left = {};
};

}  // namespace muster
