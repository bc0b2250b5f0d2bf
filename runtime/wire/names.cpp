// Names that several wire formats share.
#include "runtime/wire/names.hpp"

#include <fmt/format.h>

#include <charconv>

namespace muster {

std::string threat_name(uint64_t report, uint32_t position) {
  return fmt::format("th-{:x}-{}", report, position);
}

std::string write_cursor(uint64_t position) { return fmt::format("c{:x}", position); }

std::optional<uint64_t> read_cursor(std::string_view text) {
  uint64_t value = 0;
  if (text.size() < 2 || text.front() != 'c') return std::nullopt;
  auto [end, bad] = std::from_chars(text.data() + 1, text.data() + text.size(), value, 16);
  if (bad != std::errc{} || end != text.data() + text.size() || value == 0) return std::nullopt;
  return value;
}

}  // namespace muster
