// Nodes, tokens and keys as rows and blocks.
#pragma once

#include "tools/muster/views.hpp"

namespace muster::cli {

const list_view& nodes_view();
const list_view& tokens_view();
const list_view& binaries_view();
const list_view& artifacts_view();
std::string node_text(const boost::json::object& node, const view_style& style);
std::string signing_keys_text(const boost::json::object& keys, const view_style& style);

}  // namespace muster::cli
