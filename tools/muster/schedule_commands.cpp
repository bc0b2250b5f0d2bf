// Commands about schedules of scans.
#include <fmt/format.h>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <ostream>

#include "tools/muster/commands.hpp"
#include "tools/muster/schedule_views.hpp"
#include "tools/muster/terminal_text.hpp"

namespace muster::cli {

using boost::json::object;

namespace {

const std::string schedules_path = "/operator/v1/schedules";

std::string path_of(const command_line& line) { return fmt::format("{}/{}", schedules_path, line.id); }

// What the manager has now, or words about it.
void tell(const command_line& line, const console& on, const api_document& schedule) {
  const auto& row = schedule.value;
  const auto due = text_of(row, "next_due_at");
  const auto words =
    fmt::format("schedule {}: {}", text_of(row, "id"),
                truth_of(row, "paused") ? "paused" : fmt::format("due at {}", due.empty() ? "no time" : due));
  on.out << (line.json ? printable_json(schedule.text) : printable(words)) << '\n';
}

void create_schedule(const command_line& line, const operator_api& api, const console& on) {
  const auto& words = line.scan;
  auto body = scan_body(line, api);
  body["cron"] = words.cron;
  if (!words.zone.empty()) body["zone"] = words.zone;
  if (!words.schedule_name.empty()) body["name"] = words.schedule_name;
  tell(line, on, api.write({"POST", schedules_path, boost::json::serialize(body), {}}));
}

void list_schedules(const command_line& line, const operator_api& api, const console& on) {
  const auto& name = line.filters.at("registry");
  const auto id = name.empty() ? std::string() : registry_called(name, api);
  print_list(api.get(api_target(schedules_path, {{"registry", id}})), schedules_view(), line, on);
}

void move_schedule(const command_line& line, const operator_api& api, const console& on) {
  const auto* step = line.what == command::schedules_pause ? "pause" : "resume";
  const auto target = api_target(fmt::format("{}/{}", path_of(line), step), {{"author", line.author}});
  tell(line, on, api.write({"POST", target, {}, {}}));
}

void delete_schedule(const command_line& line, const operator_api& api, const console& on) {
  api.change("DELETE", api_target(path_of(line), {{"author", line.author}}));
  const object document{{"deleted", line.id}};
  on.out << (line.json ? printable_json(boost::json::serialize(document))
                       : printable("deleted schedule " + line.id))
         << '\n';
}

}  // namespace

void schedule_scans(const command_line& line, const operator_api& api, const console& on) {
  switch (line.what) {
    case command::schedules_create: return create_schedule(line, api, on);
    case command::schedules_list: return list_schedules(line, api, on);
    case command::schedules_show: return print_document(api.get(path_of(line)), line, on, schedule_text);
    case command::schedules_delete: return delete_schedule(line, api, on);
    default: return move_schedule(line, api, on);
  }
}

}  // namespace muster::cli
