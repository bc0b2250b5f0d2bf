// JSON of the records of nodes and bootstrap tokens, which are few and rare.
#pragma once

#include "messages/nodes.hpp"
#include "runtime/ledger/ledger_tables.hpp"

#include <caf/expected.hpp>

namespace muster {

std::string encode(const node_facts& what);
std::string encode(const left_address& what);
std::string encode(const bootstrap_token& what);
std::string encode(const std::vector<known_binary>& what);

// An invalid record is store_failed with a context that names table and key.
caf::expected<node_facts> decode_node(const stored_record& record);
caf::expected<left_address> decode_address(const stored_record& record);
caf::expected<bootstrap_token> decode_token(const stored_record& record);
caf::expected<std::vector<known_binary>> decode_binaries(const stored_record& record);

}  // namespace muster
