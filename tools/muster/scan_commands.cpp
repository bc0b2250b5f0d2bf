// Commands about registries, keys, sensors and scans, and how a registry is found by its name.
#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <ostream>

#include "messages/scans.hpp"
#include "tools/muster/commands.hpp"
#include "tools/muster/json_text.hpp"
#include "tools/muster/scan_views.hpp"
#include "tools/muster/terminal_text.hpp"

namespace muster::cli {

using boost::json::array;
using boost::json::object;

namespace {

const std::string registries_path = "/operator/v1/registries";
const std::string keys_path = "/operator/v1/sensor-keys";
const std::string sensors_path = "/operator/v1/sensors";
const std::string scans_path = "/operator/v1/scans";

std::string path_of(const std::string& folder, const std::string& id) {
  return fmt::format("{}/{}", folder, percent_encoded(id));
}

std::string authored(const std::string& path, const command_line& line) {
  return api_target(path, {{"author", line.author}});
}

void say(const command_line& line, const console& on, const object& document, const std::string& words) {
  on.out << (line.json ? printable_json(boost::json::serialize(document)) : printable(words)) << '\n';
}

// What the manager made, or words about it.
void tell(const command_line& line, const console& on, const api_document& made, const std::string& words) {
  on.out << (line.json ? printable_json(made.text) : printable(words)) << '\n';
}

failure ambiguous(const std::string& name, const std::vector<object>& found) {
  auto message = fmt::format("{} registries are called \"{}\". Name one by its id:", found.size(), name);
  array ids;
  for (const auto& each : found) {
    message += fmt::format("\n  {} (tenant {})", text_of(each, "id"), text_of(each, "tenant"));
    ids.emplace_back(text_of(each, "id"));
  }
  auto document =
    problem_document(exit_code::not_found, fmt::format("several registries are called \"{}\"", name),
                     fmt::format(R"(,"registries":{})", boost::json::serialize(ids)));
  return {exit_code::not_found, std::move(message), std::move(document)};
}

// The one with this id or name; an empty tenant is any. An id goes before a name that looks like one.
object registry_row(const std::string& name, const std::string& tenant, const operator_api& api) {
  const auto list = api.get(registries_path);
  const bool by_id = parse_registry_id(name).has_value();
  std::vector<object> found;
  if (const auto* rows = list.value.if_contains("registries"); rows != nullptr && rows->is_array())
    for (const auto& each : rows->get_array()) {
      if (!each.is_object()) continue;
      const auto& row = each.get_object();
      if (text_of(row, by_id ? "id" : "name") != name) continue;
      if (tenant.empty() || text_of(row, "tenant") == tenant) found.push_back(row);
    }
  if (found.size() > 1) throw ambiguous(name, found);
  if (found.size() == 1) return found.front();
  throw failure(exit_code::not_found,
                fmt::format("no registry {}has the id or name \"{}\". muster registries list shows them.",
                            tenant.empty() ? "" : fmt::format("of the tenant {} ", tenant), name));
}

// --- registries ---

void create_registry(const command_line& line, const operator_api& api, const console& on) {
  object body{{"name", line.id}};
  if (!line.scan.tenant.empty()) body["tenant"] = line.scan.tenant;
  if (!line.author.empty()) body["author"] = line.author;
  const auto made = api.write({"POST", registries_path, boost::json::serialize(body), {}});
  tell(line, on, made,
       fmt::format("registry {}: {}", text_of(made.value, "id"), text_of(made.value, "name")));
}

// To the registry with this id, or to none for null.
void bind_sensor(const boost::json::value& registry, const std::string& words, const command_line& line,
                 const operator_api& api, const console& on) {
  const auto& sensor = line.scan.sensor;
  object body{{"registry", registry}};
  if (!line.author.empty()) body["author"] = line.author;
  api.change("PUT", path_of(sensors_path, sensor) + "/registry", boost::json::serialize(body));
  say(line, on, {{"sensor", sensor}, {"registry", registry}}, fmt::format("{} {}", sensor, words));
}

void bind_registry(const command_line& line, const operator_api& api, const console& on) {
  const boost::json::value id(registry_called(line.id, api));
  bind_sensor(id, "scans for " + line.id, line, api, on);
}

void unbind_registry(const command_line& line, const operator_api& api, const console& on) {
  bind_sensor(nullptr, "is bound to no registry", line, api, on);
}

void delete_registry(const command_line& line, const operator_api& api, const console& on) {
  const auto id = registry_called(line.id, api);
  api.change("DELETE", authored(path_of(registries_path, id), line));
  say(line, on, {{"deleted", id}}, fmt::format("deleted {}", id));
}

// --- keys ---

// The text stands alone on its line, so that it can be taken from there.
void create_key(const command_line& line, const operator_api& api, const console& on) {
  const auto& words = line.scan;
  object body;
  if (!words.key_name.empty()) body["name"] = words.key_name;
  if (!words.tenant.empty()) body["tenant"] = words.tenant;
  if (!words.registry.empty()) {
    const auto registry = registry_row(words.registry, words.tenant, api);
    body["tenant"] = text_of(registry, "tenant");
    body["registry"] = text_of(registry, "name");
  }
  if (!words.ttl.empty()) body["ttl"] = words.ttl;
  if (!line.author.empty()) body["author"] = line.author;
  const auto made = api.write({"POST", keys_path, boost::json::serialize(body), {}});
  tell(line, on, made, text_of(made.value, "key"));
}

void revoke_key(const command_line& line, const operator_api& api, const console& on) {
  api.change("DELETE", authored(path_of(keys_path, line.id), line));
  say(line, on, {{"revoked", line.id}}, fmt::format("revoked {}", line.id));
}

// --- sensors ---

void list_sensors(const command_line& line, const operator_api& api, const console& on) {
  const auto& name = line.filters.at("registry");
  const auto id = name.empty() ? std::string() : registry_called(name, api);
  print_list(api.get(api_target(sensors_path, {{"registry", id}})), sensors_view(), line, on);
}

void delete_sensor(const command_line& line, const operator_api& api, const console& on) {
  api.change("DELETE", authored(path_of(sensors_path, line.id), line));
  say(line, on, {{"deleted", line.id}}, fmt::format("deleted {}", line.id));
}

// --- scans ---

void create_scan(const command_line& line, const operator_api& api, const console& on) {
  const auto made = api.write({"POST", scans_path, boost::json::serialize(scan_body(line, api)), {}});
  tell(line, on, made,
       fmt::format("scan {} of {}: {}", text_of(made.value, "id"), line.scan.image,
                   text_of(made.value, "status")));
}

void cancel_scan(const command_line& line, const operator_api& api, const console& on) {
  const auto ended = api.write({"POST", authored(path_of(scans_path, line.id) + "/cancel", line), {}, {}});
  tell(line, on, ended, fmt::format("scan {}: {}", line.id, text_of(ended.value, "status")));
}

void print_findings(const command_line& line, const operator_api& api, const console& on) {
  const auto found = api.get(path_of(scans_path, line.id) + "/findings");
  on.out << (line.json ? printable_json(found.text) + '\n' : indented_json(found.value));
}

}  // namespace

// An id is taken at its word; whether it exists is the manager's to say.
std::string registry_called(const std::string& name, const operator_api& api) {
  return parse_registry_id(name) ? name : text_of(registry_row(name, {}, api), "id");
}

object scan_body(const command_line& line, const operator_api& api) {
  const auto& words = line.scan;
  object body{{"registry", registry_called(words.registry, api)}, {"image", words.image}};
  if (!words.source.empty()) body["source"] = words.source;
  if (!words.tar_path.empty()) body["tar_path"] = words.tar_path;
  if (!words.scanners.empty()) body["scanners"] = array(words.scanners.begin(), words.scanners.end());
  if (words.priority) body["priority"] = *words.priority;
  if (words.attempts) body["max_attempts"] = *words.attempts;
  if (!line.author.empty()) body["author"] = line.author;
  return body;
}

void run_on_sensors(const command_line& line, const operator_api& api, const console& on) {
  switch (line.what) {
    case command::registries_create: return create_registry(line, api, on);
    case command::registries_list: return print_list(api.get(registries_path), registries_view(), line, on);
    case command::registries_show:
      return print_document(api.get(path_of(registries_path, registry_called(line.id, api))), line, on,
                            registry_text);
    case command::registries_bind: return bind_registry(line, api, on);
    case command::registries_unbind: return unbind_registry(line, api, on);
    case command::registries_delete: return delete_registry(line, api, on);
    case command::keys_create: return create_key(line, api, on);
    case command::keys_list: return print_list(api.get(keys_path), sensor_keys_view(), line, on);
    case command::keys_revoke: return revoke_key(line, api, on);
    case command::sensors_list: return list_sensors(line, api, on);
    case command::sensors_show: return show_sensor(line, api, on);
    case command::sensors_delete: return delete_sensor(line, api, on);
    case command::scans_create: return create_scan(line, api, on);
    case command::scans_cancel: return cancel_scan(line, api, on);
    case command::scans_findings: return print_findings(line, api, on);
    case command::scans_show:
      return print_document(api.get(path_of(scans_path, line.id)), line, on, scan_text);
    case command::schedules_create:
    case command::schedules_list:
    case command::schedules_show:
    case command::schedules_pause:
    case command::schedules_resume:
    case command::schedules_delete: return schedule_scans(line, api, on);
    default: return tell_people(line, api, on);
  }
}

}  // namespace muster::cli
