// What an agent got when it registered, in 40 bytes instead of 83: the id as a number, the token's secret as
// bytes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace muster::sim {

struct credential {
  static constexpr size_t id_digits = 16;       // of "ag-<16 hex>"
  static constexpr size_t secret_letters = 43;  // of "mt_<16 hex>_<43 base64url>"

  uint64_t id = 0;
  std::array<uint8_t, 32> secret{};

  // Nothing if the two do not look as above or are not of the same agent.
  static std::optional<credential> read(std::string_view agent_id, std::string_view token);
  // Of "ag-<16 hex>".
  static std::optional<uint64_t> read_id(std::string_view agent_id);

  // Write exactly that many characters.
  void write_id(char* to) const;
  void write_secret(char* to) const;

  bool operator==(const credential&) const = default;
};

}  // namespace muster::sim
