// Registries, the keys by which their sensors come in, and those sensors. A plain value:
// what is put in is durable already.
#pragma once

#include "messages/sensors.hpp"

#include <optional>
#include <set>

namespace muster {

class sensor_book {
 public:
  // --- keys ---

  void put(sensor_key key) { keys_.insert_or_assign(key.number, std::move(key)); }
  const sensor_key* find_key(uint64_t number) const;
  const std::map<uint64_t, sensor_key>& keys() const { return keys_; }

  // --- registries ---

  void put(scan_registry registry);
  void remove(registry_id id);
  const scan_registry* find(registry_id id) const;
  const scan_registry* find_registry(const std::string& tenant, const std::string& name) const;
  std::string name_of(registry_id id) const;  // empty if there is none
  const std::map<registry_id, scan_registry>& registries() const { return registries_; }

  // --- sensors ---

  // Also of those that were deleted, which keep their names.
  void put(sensor_record sensor);
  const sensor_record* find(const std::string& id) const;
  const sensor_record* find(agent_id agent) const;
  const std::map<std::string, sensor_record>& sensors() const { return sensors_; }
  std::vector<std::string> bound_to(registry_id id) const;

  // Whose row a sensor that registers gets: of its key's scope, with its name; with its host too, or
  // silent, since a container has another host name each time. Null if it is a new one.
  const sensor_record* find_registering(const sensor_key& key, const sensor_facts& facts) const;

  // Whether the key may speak for the sensor.
  static bool covers(const sensor_key& key, const std::string& tenant, registry_id registry);

  // --- who lives ---

  bool alive(agent_id agent) const { return alive_.contains(agent); }
  void set_alive(agent_id agent, bool alive);
  // What the loss of one that is held entails waits: its registry counts it still.
  bool lost(agent_id agent) const { return !alive(agent) && !held_.contains(agent); }
  void set_held(agent_id agent, bool held);
  uint32_t count_alive(registry_id id) const;
  bool all_lost(registry_id id) const;

  // How its sensors have it: the status that it should get. Nothing if that is the one it has.
  std::optional<registry_status> due_status(registry_id id) const;

 private:
  std::map<uint64_t, sensor_key> keys_;
  std::map<registry_id, scan_registry> registries_;
  std::map<std::pair<std::string, std::string>, registry_id> registry_names_;  // by tenant and name
  std::map<std::string, sensor_record> sensors_;
  std::map<agent_id, std::string> agents_;
  std::map<registry_id, std::set<std::string>> bound_;
  std::set<std::pair<std::string, std::string>> named_;  // name and id of every sensor
  std::set<agent_id> alive_;
  std::set<agent_id> held_;
};

}  // namespace muster
