// Joins sensors with their agents.
#include "runtime/ledger/load_sensors.hpp"

#include "runtime/ledger/schedule_records.hpp"
#include "runtime/ledger/sensor_records.hpp"
#include "runtime/ledger/transactions.hpp"

namespace muster {

namespace {

template <class T>
caf::error load(read_transaction& view, ledger_table from, caf::expected<T> (*decode)(const stored_record&),
                std::vector<T>& into) {
  record_cursor at{view, from};
  for (bool more = at.first(); more; more = at.next()) {
    auto one = decode(at.record());
    if (!one) return one.error();
    into.push_back(std::move(*one));
  }
  return view.error();
}

}  // namespace

caf::expected<restored_sensors> load_sensors(const store& from, const restored_fleet& fleet) {
  restored_sensors out;
  read_transaction view{from};
  if (auto failed = load(view, ledger_table::sensor_keys, decode_sensor_key, out.keys)) return failed;
  if (auto failed = load(view, ledger_table::registries, decode_registry, out.registries)) return failed;
  if (auto failed = load(view, ledger_table::sensors, decode_sensor, out.sensors)) return failed;
  if (auto failed = load(view, ledger_table::scans, decode_scan, out.scans)) return failed;
  if (auto failed = load(view, ledger_table::schedules, decode_schedule, out.schedules)) return failed;
  std::map<agent_id, agent_standing> agents;
  for (const auto& each : fleet.agents)
    if (each.record.speaks == dialect::harborguard) agents.emplace(each.record.id, each.standing);
  for (auto& sensor : out.sensors) {
    const auto agent = agents.extract(sensor.agent);
    if (agent.empty()) {  // the manager was killed when it had forgotten only that
      sensor.agent = {};
      continue;
    }
    const auto& standing = agent.mapped();
    out.heard[sensor.agent] = standing.last_seen;
    if (standing.status == agent_status::online || standing.status == agent_status::stale)
      out.alive.insert(sensor.agent);
  }
  for (const auto& [id, standing] : agents) out.strangers.push_back(id);
  return out;
}

}  // namespace muster
