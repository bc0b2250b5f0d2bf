// What no schema can say of desired state, and one way to write each value of it.
#pragma once

#include "messages/desired_state.hpp"

#include <string>
#include <string_view>

namespace muster::state_json {

// Brings values into their normal form. The first problem with its path, or empty.
std::string normalise(desired_state& what);

// Letters, digits, ".", "_" and "-": what stands in a path unharmed.
bool is_name(std::string_view text);

// "host:port", the host being a name or an address, IPv6 in brackets.
bool is_endpoint(std::string_view text);

// "*", a node's id or host name, "label:key=value".
bool is_selector(std::string_view text);

}  // namespace muster::state_json
