// What one loop knows of sensors: by which keys they come in, and whose agent each is.
#pragma once

#include "messages/scan_work.hpp"

#include <string_view>
#include <unordered_map>

namespace muster {

class sensor_table {
 public:
  struct entry {
    agent_id agent{};
    std::string tenant;
    registry_id registry{};
  };

  void publish(const publish_sensors& news);

  // Null if no key has this digest. It may have expired or been revoked.
  const sensor_key* find_key(const token_digest& digest) const;
  const sensor_key* find_key(uint64_t number) const;
  const entry* find(const std::string& id) const;

 private:
  struct first_half {
    size_t operator()(const token_digest& digest) const { return digest.high; }
  };

  std::unordered_map<token_digest, sensor_key, first_half> keys_;
  std::unordered_map<uint64_t, token_digest> numbers_;
  std::unordered_map<std::string, entry> sensors_;
};

}  // namespace muster
