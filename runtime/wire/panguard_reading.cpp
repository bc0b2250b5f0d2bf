// The Panguard dialect: what its agents send.
#include "runtime/wire/panguard.hpp"

#include <simdjson.h>

namespace muster::panguard {

namespace {

constexpr size_t text_limit = 256;       // bytes of one fact about a host
constexpr size_t mode_limit = 32;        // bytes
constexpr size_t id_limit = 256;         // bytes of an event's id
constexpr size_t events_limit = 10'000;  // in one report

// An id may be a string or a number.
std::string read_id(json::object_reader& from) {
  auto value = from.find("id");
  int64_t number = 0;
  if (value && value->get(number) == simdjson::SUCCESS) return std::to_string(number);
  return from.text("id", id_limit);
}

std::string first_of(std::string a, std::string b) { return a.empty() ? b : a; }

// What the agent did: a word, or an object that holds one.
std::string read_response(json::object_reader& from) {
  auto value = from.find("response");
  if (!value || value->is_string()) return from.text("response", text_limit);
  auto inner = from.object("response");
  if (!inner) return {};
  auto action = inner->text("action", text_limit);
  from.adopt(*inner);
  return action;
}

threat read_item(json::object_reader& item, const json::element& whole) {
  if (auto inner = item.has("threat") ? item.object("threat") : std::nullopt; inner && inner->has("event")) {
    auto out = read_item(*inner, whole);  // the pair in the seed's envelope
    if (out.action.empty()) out.action = read_response(item);
    item.adopt(*inner);
    return out;
  }
  const bool has_event = item.has("event");
  auto event = has_event ? item.object("event") : item.has("threat") ? item.object("threat") : item;
  std::optional<json::object_reader> verdict;
  if (item.has("verdict")) verdict = item.object("verdict");
  threat out;
  if (item.failed()) return out;
  auto& judged = verdict ? *verdict : *event;
  out.event_id = first_of(read_id(*event), has_event || item.has("threat") ? read_id(item) : "");
  out.severity = event->text("severity", text_limit);
  out.category = first_of(event->text("category", text_limit), event->text("type", text_limit));
  out.conclusion = judged.text("conclusion", text_limit);
  out.confidence = judged.number("confidence", 0, 100);
  out.action = first_of(judged.text("action", text_limit), read_response(item));
  out.event = simdjson::minify(whole);
  item.adopt(judged);
  item.adopt(*event);
  return out;
}

}  // namespace

reading<host_facts> read_registration(const json::element& body) {
  json::object_reader from{body};
  host_facts host;
  host.hostname = from.required_text("hostname", text_limit);
  host.os = from.required_text("os", text_limit);
  host.arch = from.required_text("arch", text_limit);
  host.version = from.required_text("version", text_limit);
  host.organization = from.text("organizationId", text_limit);
  host.address = from.text("ip", text_limit);
  host.machine_id = from.text(from.has("machineId") ? "machineId" : "machine_id", text_limit);
  return outcome(from, std::move(host));
}

// One pass over the members: this is the body that comes most often.
reading<heartbeat_report> read_report(const json::element& body, uint64_t* policy_claimed) {
  constexpr double much = 1e12;
  json::object_reader from{body};
  heartbeat_report report;
  double uptime = -1;
  from.each([&](std::string_view name, json::element value) {
    if (name == "eventsProcessed") report.events_processed = from.as_count(name, value);
    else if (name == "threatsDetected") report.threats_detected = from.as_count(name, value);
    else if (name == "actionsExecuted") report.actions_executed = from.as_count(name, value);
    else if (name == "memoryUsageMB") report.memory_megabytes = from.as_number(name, value, 0, much);
    else if (name == "uptime") uptime = from.as_number(name, value, 0, 1000 * much).value_or(-1);
    else if (name == "mode") report.mode = from.as_text(name, value, mode_limit);
    else if (name == "cpu" || name == "cpuUsage") report.cpu_percent = from.as_number(name, value, 0, much);
    else if (name == "memory" || name == "memUsage")
      report.memory_percent = from.as_number(name, value, 0, much);
    else if (policy_claimed != nullptr && (name == "policyVersion" || name == "policy_version"))
      *policy_claimed = static_cast<uint64_t>(from.as_count(name, value).value_or(0));
  });
  // The product page counts uptime in seconds, real agents in milliseconds; only
  // the latter send these counters.
  const bool milliseconds = report.memory_megabytes || report.threats_detected || report.actions_executed;
  if (uptime >= 0) report.uptime_milliseconds = static_cast<int64_t>(milliseconds ? uptime : uptime * 1000);
  return outcome(from, std::move(report));
}

reading<std::vector<threat>> read_threats(const json::element& body, agent_id reporter,
                                          const sighting_reader& sightings) {
  json::object_reader from{body};
  std::vector<threat> threats;
  if (auto claimed = from.text("agentId", text_limit); !claimed.empty() && claimed != to_string(reporter))
    from.fail("agentId", "is not the agent of this path");
  const auto* list = from.has("threats") ? "threats" : "events";
  if (auto items = from.array(list, events_limit)) {
    for (size_t i = 0; i < items->size() && !from.failed(); ++i) {
      json::object_reader item{(*items)[i], "$." + std::string{list} + "[" + std::to_string(i) + "]"};
      if (!item.failed()) threats.push_back(read_item(item, (*items)[i]));
      if (!item.failed()) threats.back().sightings = sightings.read((*items)[i]);
      from.adopt(item);
    }
  } else if (from.has("event") || from.has("threat")) {
    threats.push_back(read_item(from, body));
    if (!from.failed()) threats.back().sightings = sightings.read(body);
  } else {
    from.fail("", "expected 'event', 'threat', 'threats' or 'events'");
  }
  return outcome(from, std::move(threats));
}

}  // namespace muster::panguard
