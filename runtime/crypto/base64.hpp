// Base64 with "+", "/" and padding (RFC 4648, section 4), as keys and ciphertexts
// travel in JSON.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace muster {

std::string to_base64(std::string_view bytes);

// Nothing unless `text` is exactly what to_base64 writes of some bytes.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace muster
