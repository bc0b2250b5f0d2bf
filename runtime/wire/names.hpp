// Names that several wire formats share.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace muster {

// A threat's id: the report that holds it and its position there, "th-1f-0".
std::string threat_name(uint64_t report, uint32_t position);

// A place in a list as text, opaque to those who pass it back. Never 0.
std::string write_cursor(uint64_t position);
std::optional<uint64_t> read_cursor(std::string_view text);

}  // namespace muster
