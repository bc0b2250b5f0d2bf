// The operator API: upgrades of nodes, as JSON both ways. docs/nodes.md shows them.
#pragma once

#include "messages/upgrades.hpp"
#include "runtime/json/document.hpp"

#include <string>

namespace muster::operator_api {

// Body of POST /operator/v1/upgrades; problems are left in `from`.
start_upgrade read_start_upgrade(json::object_reader& from);

std::string write_upgrade(const upgrade& what);
std::string write_upgrades(const upgrade_list& all);

}  // namespace muster::operator_api
