// Indexes beside three maps.
#include "actors/manager/sensor_book.hpp"

#include <algorithm>

namespace muster {

const sensor_key* sensor_book::find_key(uint64_t number) const {
  const auto found = keys_.find(number);
  return found == keys_.end() ? nullptr : &found->second;
}

// --- registries --------------------------------------------------------------

void sensor_book::put(scan_registry registry) {
  registry_names_[{registry.tenant, registry.name}] = registry.id;
  registries_.insert_or_assign(registry.id, std::move(registry));
}

void sensor_book::remove(registry_id id) {
  const auto found = registries_.find(id);
  if (found == registries_.end()) return;
  registry_names_.erase({found->second.tenant, found->second.name});
  registries_.erase(found);
}

const scan_registry* sensor_book::find(registry_id id) const {
  const auto found = registries_.find(id);
  return found == registries_.end() ? nullptr : &found->second;
}

const scan_registry* sensor_book::find_registry(const std::string& tenant, const std::string& name) const {
  const auto found = registry_names_.find({tenant, name});
  return found == registry_names_.end() ? nullptr : find(found->second);
}

std::string sensor_book::name_of(registry_id id) const {
  const auto* found = find(id);
  return found == nullptr ? std::string{} : found->name;
}

// --- sensors -----------------------------------------------------------------

void sensor_book::put(sensor_record sensor) {
  if (const auto* was = find(sensor.id)) {
    named_.erase({was->facts.name, was->id});
    bound_[was->registry].erase(was->id);
    if (was->agent != sensor.agent) {
      agents_.erase(was->agent);
      alive_.erase(was->agent);
      held_.erase(was->agent);
    }
  }
  named_.insert({sensor.facts.name, sensor.id});
  bound_[sensor.registry].insert(sensor.id);
  if (raw(sensor.agent) != 0) agents_[sensor.agent] = sensor.id;
  auto id = sensor.id;
  sensors_.insert_or_assign(std::move(id), std::move(sensor));
}

const sensor_record* sensor_book::find(const std::string& id) const {
  const auto found = sensors_.find(id);
  return found == sensors_.end() ? nullptr : &found->second;
}

const sensor_record* sensor_book::find(agent_id agent) const {
  const auto found = agents_.find(agent);
  return found == agents_.end() ? nullptr : find(found->second);
}

std::vector<std::string> sensor_book::bound_to(registry_id id) const {
  const auto found = bound_.find(id);
  if (found == bound_.end()) return {};
  return {found->second.begin(), found->second.end()};
}

bool sensor_book::covers(const sensor_key& key, const std::string& tenant, registry_id registry) {
  return key.tenant == tenant && (key.registry == registry_id{} || key.registry == registry);
}

const sensor_record* sensor_book::find_registering(const sensor_key& key, const sensor_facts& facts) const {
  const sensor_record* silent = nullptr;
  for (auto at = named_.lower_bound({facts.name, {}}); at != named_.end() && at->first == facts.name; ++at) {
    const auto* one = find(at->second);
    if (!covers(key, one->tenant, one->registry)) continue;
    if (one->facts.hostname == facts.hostname) return one;
    if (silent == nullptr && !alive(one->agent)) silent = one;
  }
  return silent;
}

// --- who lives ---------------------------------------------------------------

void sensor_book::set_alive(agent_id agent, bool alive) {
  if (alive) alive_.insert(agent);
  else alive_.erase(agent);
}

void sensor_book::set_held(agent_id agent, bool held) {
  if (held) held_.insert(agent);
  else held_.erase(agent);
}

bool sensor_book::all_lost(registry_id id) const {
  const auto found = bound_.find(id);
  return found == bound_.end()
         || std::all_of(found->second.begin(), found->second.end(),
                        [this](const auto& each) { return lost(find(each)->agent); });
}

uint32_t sensor_book::count_alive(registry_id id) const {
  const auto found = bound_.find(id);
  if (found == bound_.end()) return 0;
  return static_cast<uint32_t>(std::count_if(found->second.begin(), found->second.end(),
                                             [this](const auto& each) { return alive(find(each)->agent); }));
}

std::optional<registry_status> sensor_book::due_status(registry_id id) const {
  const auto* registry = find(id);
  if (registry == nullptr) return std::nullopt;
  const auto bound = bound_to(id);
  const bool has_agents =
    std::any_of(bound.begin(), bound.end(), [this](const auto& each) { return raw(find(each)->agent) != 0; });
  auto due = registry->status;
  if (count_alive(id) > 0) due = registry_status::connected;
  else if (registry->status == registry_status::connected && all_lost(id))
    due = has_agents ? registry_status::error : registry_status::pending;
  return due == registry->status ? std::nullopt : std::optional{due};
}

}  // namespace muster
