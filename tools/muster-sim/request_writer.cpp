// The bodies are the ones that the real agent was seen to send.
#include "tools/muster-sim/request_writer.hpp"

#include "tools/muster-sim/prepared_head.hpp"
#include "tools/muster-sim/random.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <iterator>

namespace muster::sim {

namespace {

constexpr std::string_view systems[] = {"Linux 6.1.0", "Linux 5.15.0", "Darwin 23.4.0",
                                        "Windows_NT 10.0.20348"};
constexpr std::string_view severities[] = {"low", "medium", "high", "critical"};
constexpr std::string_view categories[] = {"prompt_injection", "brute_force", "malware", "data_exfiltration"};

}  // namespace

simulated_host::simulated_host(std::string_view prefix, uint32_t number)
  : hostname(fmt::format("{}-{:06}", prefix, number)),
    os(systems[mix(number) % std::size(systems)]),
    arch(mix(number) >> 32 & 1 ? "x64" : "arm64"),
    address(fmt::format("10.{}.{}.{}", number >> 16 & 255, number >> 8 & 255, number & 255)) {}

request_writer::request_writer(std::string_view authority, std::string_view path_prefix,
                               std::string_view enrol_token) {
  const auto host = fmt::format(" HTTP/1.1\r\nHost: {}\r\n", authority);
  const auto agents = fmt::format("{}/api/agents/", path_prefix);
  registration_head_ = fmt::format("POST {}register{}", agents, host);
  if (!enrol_token.empty()) registration_head_ += fmt::format("Authorization: Bearer {}\r\n", enrol_token);
  registration_head_ += json_head;
  heartbeat_head_ = prepare("POST ", agents, "/heartbeat", host, json_head);
  event_head_ = prepare("POST ", agents, "/events", host, json_head);
  departure_head_ = prepare("DELETE ", agents, "", host, "\r\n");
  const auto policy = fmt::format("{}/api/policy/agent/", path_prefix);
  poll_head_ = prepare("GET ", policy, "", host, "");
  stream_head_ = prepare("GET ", policy, "/stream", host, "Accept: text/event-stream\r\n");
}

request_writer::prepared request_writer::prepare(std::string_view method, std::string_view path_head,
                                                 std::string_view path_tail, std::string_view host_line,
                                                 std::string_view last) {
  prepared head;
  auto& text = head.text;
  text.append(method).append(path_head).append("ag-");
  head.id = text.size();
  text.append(credential::id_digits, '0')
    .append(path_tail)
    .append(host_line)
    .append("Authorization: Bearer mt_");
  head.subject = text.size();
  text.append(credential::id_digits, '0').append("_");
  head.secret = text.size();
  text.append(credential::secret_letters, 'A').append("\r\n").append(last);
  return head;
}

void request_writer::append(std::string& out, const prepared& head, const credential& as) {
  const auto start = out.size();
  out += head.text;
  as.write_id(out.data() + start + head.id);
  as.write_id(out.data() + start + head.subject);
  as.write_secret(out.data() + start + head.secret);
}

void request_writer::registration(std::string& out, const simulated_host& host) {
  body_ = fmt::format(R"({{"hostname":"{}","os":"{}","arch":"{}","version":"1.0.0","ip":"{}"}})",
                      host.hostname, host.os, host.arch, host.address);
  out += registration_head_;
  append_body(out, body_);
}

// Counters go up as if something was processed every 250 ms.
void request_writer::heartbeat(std::string& out, const credential& as, std::chrono::milliseconds uptime,
                               std::string_view more) const {
  const auto milliseconds = static_cast<uint64_t>(uptime.count());
  constexpr std::string_view before = R"({"eventsProcessed":)";
  constexpr std::string_view middle =
    R"(,"threatsDetected":0,"actionsExecuted":0,"mode":"learning","uptime":)";
  constexpr std::string_view after = R"(,"memoryUsageMB":38.5)";
  std::array<char, 20> events;
  std::array<char, 20> up;
  auto digits_of = [](std::array<char, 20>& into, uint64_t value) {
    const auto end = std::to_chars(into.data(), into.data() + into.size(), value).ptr;
    return std::string_view{into.data(), static_cast<size_t>(end - into.data())};
  };
  const auto events_text = digits_of(events, milliseconds / 250);
  const auto up_text = digits_of(up, milliseconds);
  append(out, heartbeat_head_, as);
  append_number(out, before.size() + events_text.size() + middle.size() + up_text.size() + after.size()
                       + more.size() + 1);
  out.append("\r\n\r\n").append(before).append(events_text).append(middle).append(up_text).append(after);
  out.append(more).append("}");
}

// Source addresses come from 198.18.0.0/15, which is set aside for load tests.
std::string threat_report(const simulated_host& host, const sighting& seen) {
  const auto random = seen.random;
  const auto shown = seen.shows.empty() ? fmt::format(R"("sourceIP":"198.{}.{}.{}")", 18 + (random >> 4 & 1),
                                                      random >> 8 & 255, random >> 16 & 255)
                                        : seen.shows;
  return fmt::format(
    R"({{"event":{{"id":"sim-{:x}-{}","timestamp":"{}","source":"llm_input","severity":"{}","category":"{}",)"
    R"("description":"simulated","raw":{{}},"host":"{}","metadata":{{{}}}}},)"
    R"("verdict":{{"conclusion":"suspicious","confidence":{},"action":"log_only"}}}})",
    seen.run, seen.number, seen.seen_at, severities[random & 3], categories[random >> 2 & 3], host.hostname,
    shown, 40 + (random >> 24) % 60);
}

void request_writer::event(std::string& out, const credential& as, const simulated_host& host,
                           const sighting& seen) {
  append(out, event_head_, as);
  append_body(out, threat_report(host, seen));
}

void request_writer::poll(std::string& out, const credential& as, uint32_t version) const {
  append(out, poll_head_, as);
  fmt::format_to(std::back_inserter(out), "If-None-Match: \"{}\"\r\n\r\n", version);
}

void request_writer::stream(std::string& out, const credential& as, uint32_t version) const {
  append(out, stream_head_, as);
  if (version > 1) fmt::format_to(std::back_inserter(out), "Last-Event-ID: {}\r\n", version);
  out += "\r\n";
}

void request_writer::departure(std::string& out, const credential& as) const {
  append(out, departure_head_, as);
}

}  // namespace muster::sim
