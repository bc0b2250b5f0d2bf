// Canonical bytes as plexd computes them anew from what it received.
#include "runtime/wire/plexd_event.hpp"

#include "runtime/crypto/tokens.hpp"
#include "runtime/http/event_stream.hpp"
#include "runtime/json/lines.hpp"
#include "runtime/json/tree.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace muster::plexd {

namespace {

constexpr size_t name_bytes = 128;
constexpr size_t line_bytes = 30 * 1024;        // after which a line ends where it may
constexpr size_t longest_piece = 30 * 1024;     // of JSON, in which no line may end
constexpr size_t longest_payload = 128 * 1024;  // so that an event fits into what may wait in a stream
constexpr json::tree_limits payload_limits{size_t{4} << 20, 64, 100'000};
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";  // our parser passes over it, others don't
constexpr std::string_view separators = "\xE2\x80";           // U+2028 and U+2029 begin so
constexpr std::string_view white_space = " \t\r\n";

// Appends the escape of what must not stand raw where HTML is read. Returns the bytes that it stands for.
size_t append_escaped(std::string& out, std::string_view rest) {
  const char c = rest.front();
  if (c == '<' || c == '>' || c == '&') {
    out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    return 1;
  }
  if (rest.size() > 2 && rest.starts_with(separators) && (rest[2] == '\xA8' || rest[2] == '\xA9')) {
    out += rest[2] == '\xA8' ? "\\u2028" : "\\u2029";
    return 3;
  }
  out += c;
  return 1;
}

void append_name(std::string& out, std::string_view name) {
  out += '"';
  for (; !name.empty(); name.remove_prefix(append_escaped(out, name)))
    if (name.front() == '"' || name.front() == '\\') out += '\\';
  out += '"';
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= name_bytes
         && std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

}  // namespace

std::string event_time(std::chrono::sys_time<std::chrono::nanoseconds> at) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(at);
  auto text =
    fmt::format("{:%Y-%m-%dT%H:%M:%S}", fmt::gmtime(std::chrono::system_clock::to_time_t(
                                          std::chrono::time_point_cast<std::chrono::microseconds>(whole))));
  if (const auto fraction = (at - whole).count(); fraction != 0) {
    text += fmt::format(".{:09}", fraction);
    text.erase(text.find_last_not_of('0') + 1);
  }
  return text + 'Z';
}

std::string compact_payload(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  bool quoted = false;
  while (!json.empty()) {
    const char c = json.front();
    if (quoted && c == '\\' && json.size() > 1) {
      out.append(json.substr(0, 2));
      json.remove_prefix(2);
      continue;
    }
    if (c == '"') quoted = !quoted;
    if (!quoted && white_space.find(c) != white_space.npos) json.remove_prefix(1);
    else json.remove_prefix(append_escaped(out, json));
  }
  return out;
}

std::string canonical_event(const event_fields& of) {
  std::string out = R"({"event_type":)";
  append_name(out, of.type);
  out += R"(,"event_id":)";
  append_name(out, of.id);
  out += R"(,"issued_at":")" + event_time(of.issued_at) + R"(","nonce":)";
  append_name(out, of.nonce);
  out += R"(,"payload":)";
  out += of.payload.empty() ? "null" : compact_payload(of.payload);
  return out + '}';
}

std::string signed_event(const event_fields& of, const ed25519_key& key) {
  auto json = canonical_event(of);
  const auto signature = to_base64(key.sign(json));
  json.back() = ',';
  return json + R"("signature":")" + signature + "\"}";
}

std::string event_frame(std::string_view id, std::string_view signed_json) {
  return http::sse_event({}, id, json::break_lines(signed_json, line_bytes));
}

std::string problem_of(const event_fields& of) {
  for (const auto* name : {&of.type, &of.id, &of.nonce})
    if (!is_name(*name)) return "type, id and nonce of an event are 1 to 128 printable ASCII characters";
  if (of.payload.empty()) return {};
  if (of.payload.starts_with(byte_order_mark)) return "the payload of an event begins with a byte order mark";
  if (const auto read = json::read_tree(of.payload, payload_limits); !read.value)
    return "the payload of an event: " + read.problem;
  const auto compact = compact_payload(of.payload);
  if (compact.size() > longest_payload)
    return "the payload of an event has more than 128 KiB once it is escaped";
  // Lines that end wherever they may are as long as what has no such place.
  if (json::longest_line(json::break_lines(compact, 0)) > longest_piece)
    return "the payload of an event holds a text of more than 30 KiB";
  return {};
}

std::string random_nonce() { return random_hex(16); }

std::string write_rotated_keys(const rotated_keys& what) {
  return fmt::format(R"({{"current":"{}","previous":"{}","transition_expires":"{}"}})", what.current.base64(),
                     what.previous.base64(), event_time(what.transition_expires));
}

}  // namespace muster::plexd
