// Finds the operator listener of a manager: where --operator says, or else in the places where a manager on
// this host leaves its socket and its token, as `muster` does.
#pragma once

#include "tools/muster-sim/operator_client.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace muster::sim {

struct manager_search {
  std::string operator_text;   // --operator or MUSTER_OPERATOR; "" if not said, as the others
  std::string token;           // --token or MUSTER_TOKEN
  std::string data_dir;        // --data-dir or MUSTER_DATA_DIR
  std::filesystem::path home;  // where a manager keeps its data unless told otherwise
  std::filesystem::path current_directory;
};
// What the surroundings say, where flags say nothing.
manager_search search_here(std::string operator_text, std::string token, std::string data_dir);

// The addresses to try one after the other. `problem` says what is wrong with --operator.
std::vector<operator_address> places_of(const manager_search& search, std::string& problem);

struct found_manager {
  operator_address at;
  std::string fleet;  // the address of its fleet listener, HOST:PORT
};
// The first that answers. If none does, `problem` says what each said.
found_manager find_manager(const std::vector<operator_address>& places, std::string& problem);

}  // namespace muster::sim
