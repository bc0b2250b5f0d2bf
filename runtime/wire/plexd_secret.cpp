// One secret, one answer.
#include "runtime/wire/plexd_secret.hpp"

#include "runtime/crypto/base64.hpp"
#include "runtime/crypto/node_keys.hpp"
#include "runtime/json/document.hpp"

#include <fmt/format.h>

namespace muster::plexd {

std::string write_secret(std::string_view name, uint64_t version, std::string_view node_key,
                         std::string_view value) {
  const auto sealed = seal_for_node(node_key, value);
  return fmt::format(R"({{"key":{},"ciphertext":"{}","nonce":"{}","version":{}}})", json::quote(name),
                     to_base64(sealed.ciphertext), to_base64(sealed.nonce), version);
}

}  // namespace muster::plexd
