// The operator API: nodes, what lets hosts become some, and what they are signed for
// with. docs/nodes.md shows it.
#pragma once

#include "messages/events.hpp"
#include "messages/nodes.hpp"
#include "messages/queries.hpp"
#include "runtime/json/document.hpp"

namespace muster::operator_api {

std::string to_string(binary_verdict verdict);

// Problems stay in `from`.
make_token read_token_request(json::object_reader& from);
declare_binary read_binary(json::object_reader& from);
rotate_signing_key read_rotation(json::object_reader& from);
// Bits of agent_directive.
uint8_t read_directives(json::object_reader& from);

// "env=prod,role=web"; nothing if it is not such a list.
std::optional<std::map<std::string, std::string>> read_selector(std::string_view text);

// With the token's text, which is shown this once.
std::string write_made_token(const token_made& made);
std::string write_tokens(const token_list& list, utc_time now);
std::string write_nodes(const node_page& page);
// `metrics` as write_metric_list() makes it.
std::string write_node(const node_details& node, const agent_row& agent, const std::string& metrics);
std::string write_binaries(const binary_list& list);
std::string write_keys(const signing_keys& keys);

}  // namespace muster::operator_api
