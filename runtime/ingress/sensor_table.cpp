// Tables that follow the coordinator's news.
#include "runtime/ingress/sensor_table.hpp"

namespace muster {

void sensor_table::publish(const publish_sensors& news) {
  for (const auto& key : news.keys) {
    keys_.insert_or_assign(key.digest, key);
    numbers_[key.number] = key.digest;
  }
  for (const auto& one : news.sensors) {
    if (raw(one.agent) == 0) sensors_.erase(one.id);
    else sensors_.insert_or_assign(one.id, entry{one.agent, one.tenant, one.registry});
  }
}

const sensor_key* sensor_table::find_key(const token_digest& digest) const {
  const auto found = keys_.find(digest);
  return found == keys_.end() ? nullptr : &found->second;
}

const sensor_key* sensor_table::find_key(uint64_t number) const {
  const auto found = numbers_.find(number);
  return found == numbers_.end() ? nullptr : find_key(found->second);
}

const sensor_table::entry* sensor_table::find(const std::string& id) const {
  const auto found = sensors_.find(id);
  return found == sensors_.end() ? nullptr : &found->second;
}

}  // namespace muster
