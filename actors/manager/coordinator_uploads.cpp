// The coordinator: results of scans that nobody has asked for. A sensor's program scans an image on its own
// account too; then it knows its key and the scan's id by itself, and often nothing else.
#include "actors/manager/coordinator.hpp"
#include "actors/manager/scan_checks.hpp"
#include "messages/errors.hpp"
#include "messages/type_ids.hpp"

#include <caf/all.hpp>

namespace muster {

// The sensor that the result names is checked, the one that spoke last on the connection only believed if it
// may be.
caf::result<result_stored> coordinator_state::store_unasked(const store_result& request) {
  const auto* key = book_.find_key(request.key);
  if (key == nullptr) return caf::make_error(fleet_error::scan_foreign);
  const auto covered = [&](const sensor_record* sensor) {
    return sensor != nullptr && sensor_book::covers(*key, sensor->tenant, sensor->registry);
  };
  const auto* sender = book_.find(request.sender);
  if (sender != nullptr && !covered(sender)) return caf::make_error(fleet_error::sensor_foreign);
  if (sender == nullptr) sender = book_.find(request.summary.sensor);
  if (!covered(sender)) sender = nullptr;
  const auto registry = destination(*key, request, sender);
  if (!registry) return registry.error();
  const auto agent = sender == nullptr ? agent_id{} : sender->agent;
  used(request.key, agent);
  note_clock(agent, request);
  const auto* known = queue_.find_kept(*registry, request.scan);
  if (known == nullptr) return keep(request, *registry, agent);
  if (raw(known->claimed_by) != 0 && raw(agent) != 0 && known->claimed_by != agent)
    return caf::make_error(fleet_error::scan_conflict,
                           std::string{"another sensor of the registry has given this id to a scan"});
  if (unwritten_findings_.contains(known->id))
    return write_result(known->id, request, sender == nullptr ? std::string{} : sender->id, true);
  return result_stored{known->id, false};
}

// The key's registry, or else that of its sender.
caf::expected<registry_id> coordinator_state::destination(const sensor_key& key, const store_result& result,
                                                          const sensor_record* sender) const {
  auto registry = key.registry;
  if (registry == registry_id{} && sender != nullptr) registry = sender->registry;
  if (registry == registry_id{})
    return caf::make_error(fleet_error::scan_foreign,
                           std::string{"a result that nobody has asked for needs the key of a registry, or "
                                       "in 'sensor.id' a sensor that is bound to one"});
  if (book_.find(registry) == nullptr) return caf::make_error(fleet_error::registry_unknown);
  if (const auto problem = image_problem(result.image); !problem.empty())
    return caf::make_error(fleet_error::scan_refused, "'image.ref' " + problem);
  return registry;
}

caf::result<result_stored> coordinator_state::keep(const store_result& request, registry_id registry,
                                                   agent_id sender) {
  scan_job job;
  job.registry = registry;
  job.tenant = book_.find(registry)->tenant;
  job.image = request.image;
  job.status = scan_status::completed;
  job.reason = "nobody had asked for it";
  job.claimed_by = sender;
  job.result = request.summary;
  job.result->sensor = sender;
  job.result->received_at = ports_.utc_now();
  job.own_id = request.scan;
  const auto id = queue_.keep(std::move(job), now());
  const auto* sensor = book_.find(sender);
  return write_result(id, request, sensor == nullptr ? std::string{} : sensor->id, true);
}

}  // namespace muster
