// How a secret travels to a node: encrypted under the key that only it and the
// manager have.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace muster::plexd {

// The body of GET /v1/nodes/{id}/secrets/{name}: AES-256-GCM under the 32 characters
// of `node_key` as they are, no additional data, the tag behind the ciphertext.
std::string write_secret(std::string_view name, uint64_t version, std::string_view node_key,
                         std::string_view value);

}  // namespace muster::plexd
