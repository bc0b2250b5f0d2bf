// A queue of scans on a time of its own.
#pragma once

#include "actors/manager/scan_queue.hpp"

#include <boost/test/unit_test.hpp>

BOOST_TEST_DONT_PRINT_LOG_VALUE(muster::scan_id)
BOOST_TEST_DONT_PRINT_LOG_VALUE(muster::scan_answer)

namespace muster::scan_testing {

using namespace std::chrono_literals;

constexpr utc_time noon{std::chrono::milliseconds{1'700'000'000'000}};
constexpr registry_id east{1}, west{2};
constexpr agent_id ada{1}, bob{2}, eve{3};

struct queue_fixture {
  scan_queue queue;
  std::chrono::milliseconds passed{0};

  work_time now() const { return {noon + passed, work_time::monotonic{} + 1h + passed}; }
  scan_id add(int32_t priority = 0, registry_id registry = east, uint32_t attempts = 3) {
    scan_job job;
    job.registry = registry;
    job.image = "nginx";
    job.priority = priority;
    job.max_attempts = attempts;
    return queue.add(job, now()).value_or(scan_id{});
  }
  scan_id keep(const std::string& own_id) {
    scan_job job;
    job.registry = east;
    job.image = "nginx";
    job.status = scan_status::completed;
    job.own_id = own_id;
    return queue.keep(job, now());
  }
  scan_id claim(agent_id sensor = ada, registry_id registry = east) {
    const auto* job = queue.claim(sensor, registry, now());
    return job ? job->id : scan_id{};
  }
  scan_answer finish(agent_id sensor, scan_id id, scan_status status = scan_status::completed) {
    return queue.finish(sensor, id, status, status == scan_status::failed ? "no disk" : "", now());
  }
  scan_answer result(agent_id sensor, scan_id id, uint32_t high = 1) {
    scan_summary summary;
    summary.high = high;
    return queue.result(sensor, id, summary, now());
  }
  std::string state(scan_id id) const {
    const auto& job = *queue.find(id);
    return to_string(job.status) + (job.reason.empty() ? "" : ": " + job.reason);
  }
  record_scans changes() {
    record_scans out;
    queue.take_changes(out);
    return out;
  }
};

}  // namespace muster::scan_testing
