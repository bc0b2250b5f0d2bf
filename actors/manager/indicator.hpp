// Normal forms of what events show: two hosts that write the same thing in two
// ways must give the same text. Nothing means that the text is no such thing, or
// one that is the same everywhere and so tells nothing of an attack.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace muster {

// Takes brackets, a port behind them or behind IPv4, and a zone off; an IPv4 address
// mapped into IPv6 becomes IPv4. Loopback, unspecified, multicast and broadcast
// addresses identify nobody.
std::optional<std::string> normal_source_ip(std::string_view text);

// Lower-case digits of MD5, SHA-1, SHA-2 or SHA-3 (32, 40, 64, 96 or 128), without
// the algorithm's name or 0x in front. Not zeros, and not of the empty file.
std::optional<std::string> normal_file_hash(std::string_view text);

// ATT&CK: "T1110" or "T1110.001", also from "t1110/001" and from the technique's address.
std::optional<std::string> normal_technique(std::string_view text);

// "T1110" of "T1110.001" and of itself.
std::string parent_technique(std::string_view technique);

// Lower case, without the dot at the end; at most 253 bytes in labels of at most 63
// letters, digits, '-' and '_'. Not an IPv4 address.
std::optional<std::string> normal_domain(std::string_view text);

// Without white space at its ends: 1 to 256 bytes, no control characters.
std::optional<std::string> normal_custom(std::string_view text);

}  // namespace muster
