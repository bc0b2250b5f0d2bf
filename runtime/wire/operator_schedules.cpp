// JSON of schedules of scans.
#include "runtime/wire/operator_schedules.hpp"

#include "actors/manager/schedule_book.hpp"
#include "runtime/wire/operator_json.hpp"
#include "runtime/wire/operator_scans.hpp"

#include <fmt/format.h>

namespace muster::operator_api {

namespace {

using json::quote;

constexpr size_t name_bytes = 128;
constexpr size_t cron_bytes = 256;
constexpr size_t zone_bytes = 64;
constexpr size_t author_bytes = 256;

}  // namespace

make_schedule read_schedule(json::object_reader& from) {
  make_schedule out;
  auto& schedule = out.schedule;
  from.allow_only({"name", "registry", "cron", "zone", "image", "source", "tar_path", "scanners", "priority",
                   "max_attempts", "author"});
  const auto job = read_job(from);
  schedule.registry = job.registry;
  schedule.image = job.image;
  schedule.source = job.source;
  schedule.tar_path = job.tar_path;
  schedule.scanners = job.scanners;
  schedule.priority = job.priority;
  schedule.max_attempts = job.max_attempts;
  schedule.name = from.text("name", name_bytes);
  schedule.cron = from.required_text("cron", cron_bytes);
  if (const auto zone = from.text("zone", zone_bytes); !zone.empty()) schedule.zone = zone;
  schedule.author = from.text("author", author_bytes);
  if (from.failed()) return out;
  if (const auto problem = check_schedule(schedule)) from.fail(problem->field, problem->what);
  return out;
}

std::string write_schedule(const schedule_row& row) {
  const auto& one = row.schedule;
  return fmt::format(
    R"({{"id":"{}","name":{},"registry":{},"registry_id":"{}","tenant":{},"cron":{},"zone":{},"image":{},)"
    R"("source":"{}","tar_path":{},"scanners":{},"priority":{},"max_attempts":{},"paused":{},)"
    R"("next_due_at":{},"problem":{},"last_run_at":{},"last_scan":{},"skipped":{},"skipped_at":{},)"
    R"("skipped_because":{},"author":{},"made_at":{}}})",
    one.number, quote(one.name), text_or_null(row.registry), muster::to_string(one.registry),
    quote(one.tenant), quote(one.cron), quote(one.zone), quote(one.image), muster::to_string(one.source),
    text_or_null(one.tar_path), text_list(one.scanners), one.priority, one.max_attempts, one.paused,
    time_or_null(row.next_due), quote(row.problem), time_or_null(one.last_run_at),
    one.last_scan == scan_id{} ? "null" : quote(muster::to_string(one.last_scan)), one.skipped,
    time_or_null(one.skipped_at), quote(one.skipped_because), quote(one.author), time_or_null(one.made_at));
}

std::string write_schedules(const schedule_list& all) {
  return fmt::format(R"({{"schedules":{}}})", list(all.schedules, write_schedule));
}

}  // namespace muster::operator_api
