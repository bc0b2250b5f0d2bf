// The key that everything sealed at rest depends on. It lies in a file of its own
// beside the ledger, so that a copy of the ledger alone gives no secret away.
#pragma once

#include "actors/ports/vault.hpp"

#include <filesystem>

namespace muster {

// What to do when there is no key file: the first start makes one; with a ledger
// that holds sealed records a new key would be of no use.
enum class absent_key : uint8_t { make, refuse };

// 32 bytes, in the file as 64 hexadecimal digits and a line end, readable and writable
// for the owner alone (0600 or less). Fails with store_failed and a text for people
// when others may use the file, it is no plain file, belongs to somebody else or holds
// anything else.
caf::expected<std::string> open_master_key(const std::filesystem::path& file, absent_key when_absent);

// A vault on such a key. Keys for its purposes are derived, so none serves two.
class master_vault final : public vault {
 public:
  explicit master_vault(std::string_view master_key);

  std::string seal(std::string_view place, std::string_view secret) const override;
  caf::expected<std::string> open(std::string_view place, std::string_view sealed) const override;
  std::string pair_key(agent_id one, agent_id other, uint32_t generation) const override;

 private:
  std::string sealing_key_;
  std::string pair_root_;
};

}  // namespace muster
