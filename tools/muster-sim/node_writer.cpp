// The key is the last thing in each prepared head.
#include "tools/muster-sim/node_writer.hpp"

#include "tools/muster-sim/random.hpp"

#include <fmt/format.h>

namespace muster::sim {

namespace {

// 32 bytes in base64: 43 letters and a padding. The last letter has four bits only.
std::string public_key(uint64_t random) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  random_stream bits{random};
  std::string out(44, '=');
  for (size_t i = 0; i < 42; ++i) out[i] = letters[bits.next() & 63];
  out[42] = letters[bits.next() & 60];
  return out;
}

}  // namespace

node_writer::node_writer(std::string_view authority, std::string_view path_prefix) {
  const auto nodes = fmt::format("{}/v1/nodes/", path_prefix);
  auto head = [&](std::string_view method, std::string_view what) {
    return head_with_id{fmt::format("{} {}", method, nodes),
                        fmt::format("/{} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer ", what, authority)};
  };
  registration_head_ =
    fmt::format("POST {}/v1/register HTTP/1.1\r\nHost: {}\r\n{}", path_prefix, authority, json_head);
  heartbeat_head_ = head("POST", "heartbeat");
  pull_head_ = head("GET", "state");
  event_head_ = head("POST", "threats");
  departure_head_ = head("POST", "deregister?purge=true");
  stream_head_ = head("GET", "events");
}

void node_writer::append(std::string& out, const head_with_id& head, const credential& as) {
  head.append(out, as.id);
  out.append(reinterpret_cast<const char*>(as.secret.data()), as.secret.size()).append("\r\n");
}

void node_writer::registration(std::string& out, std::string_view token, const simulated_host& host,
                               uint64_t random) const {
  out += registration_head_;
  append_body(out, fmt::format(R"({{"token":"{}","hostname":"{}","public_key":"{}"}})", token, host.hostname,
                               public_key(random)));
}

void node_writer::heartbeat(std::string& out, const credential& as, std::string_view body) const {
  append(out, heartbeat_head_, as);
  append_body(out.append(json_head), body);
}

void node_writer::pull(std::string& out, const credential& as) const {
  append(out, pull_head_, as);
  out += "\r\n";
}

void node_writer::event(std::string& out, const credential& as, const simulated_host& host,
                        const sighting& seen) const {
  append(out, event_head_, as);
  append_body(out.append(json_head), threat_report(host, seen));
}

void node_writer::departure(std::string& out, const credential& as) const {
  append(out, departure_head_, as);
  out += "Content-Length: 0\r\n\r\n";
}

void node_writer::stream(std::string& out, const credential& as, std::string_view last_event) const {
  append(out, stream_head_, as);
  out += "Accept: text/event-stream\r\n";
  if (!last_event.empty()) out.append("Last-Event-ID: ").append(last_event).append("\r\n");
  out += "\r\n";
}

}  // namespace muster::sim
