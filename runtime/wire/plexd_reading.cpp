// The plexd dialect: what its nodes send.
#include "runtime/crypto/base64.hpp"
#include "runtime/wire/go_duration.hpp"
#include "runtime/wire/plexd.hpp"

#include <simdjson.h>

#include <algorithm>

namespace muster::plexd {

namespace {

constexpr size_t text_limit = 256;
constexpr size_t name_limit = 128;
constexpr size_t mode_limit = 32;
constexpr size_t token_limit = 512;
constexpr size_t metadata_limit = 64;  // members
constexpr size_t metadata_value_limit = 1024;
constexpr size_t actions_limit = 1'000;
constexpr size_t capabilities_limit = 256 * 1024;
constexpr size_t key_bytes = 32;

// Some write "sha256:" before it.
std::string read_checksum(json::object_reader& from, std::string_view member) {
  auto text = from.text(member, name_limit);
  if (text.starts_with("sha256:")) text.erase(0, 7);
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::string read_key(json::object_reader& from, std::string_view member) {
  auto text = from.required_text(member, text_limit);
  const auto bytes = from_base64(text);
  if (!from.failed() && (!bytes || bytes->size() != key_bytes))
    from.fail(member, "must be 32 bytes in base64");
  return text;
}

std::map<std::string, std::string> read_metadata(json::object_reader& from) {
  std::map<std::string, std::string> out;
  auto inner = from.object("metadata");
  if (!inner) return out;
  for (const auto& name : inner->names()) {
    if (name.empty() || name.size() > name_limit) inner->fail(name.substr(0, name_limit), "is no name");
    else if (out.size() == metadata_limit)
      inner->fail("", "more than " + std::to_string(metadata_limit) + " members");
    else out[name] = inner->text(name, metadata_value_limit);
  }
  from.adopt(*inner);
  return out;
}

// Names and, with hooks, checksums of what the node can be asked to do.
void read_actions(json::object_reader& from, std::string_view member,
                  std::map<std::string, std::string>& into) {
  const auto items = from.array(member, actions_limit);
  for (size_t i = 0; items && i < items->size() && !from.failed(); ++i) {
    json::object_reader item{(*items)[i], "$." + std::string{member} + "[" + std::to_string(i) + "]"};
    auto name = item.required_text("name", name_limit);
    into[std::move(name)] = read_checksum(item, "checksum");
    from.adopt(item);
  }
}

template <class Into>
void take_capabilities(json::object_reader& from, const json::element& whole, Into& into) {
  into.capabilities = simdjson::minify(whole);
  if (into.capabilities.size() > capabilities_limit)
    return from.fail("", "more than " + std::to_string(capabilities_limit) + " bytes");
  if (auto binary = from.object("binary")) {
    into.binary_version = binary->text("version", name_limit);
    into.binary_checksum = read_checksum(*binary, "checksum");
    from.adopt(*binary);
  }
  read_actions(from, "builtin_actions", into.actions);
  read_actions(from, "hooks", into.actions);
}

bool is_printable(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c <= 0x7e; });
}

// Rules of operators name nodes by host name, id and label: none may pass for another.
bool is_host_name(std::string_view text) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_";
  return text.find_first_not_of(letters) == std::string_view::npos && !parse_agent_id(text);
}

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(' ');
  return first == std::string::npos ? std::string{}
                                    : text.substr(first, text.find_last_not_of(' ') + 1 - first);
}

// "203.0.113.9:51820" or "[2001:db8::1]:51820"; empty while it is not known.
std::string read_host_and_port(json::object_reader& from, std::string_view member) {
  auto text = from.text(member, text_limit);
  if (text.empty() || from.failed()) return text;
  const auto colon = text.rfind(':');
  const auto port = colon == std::string::npos ? std::string{} : text.substr(colon + 1);
  const bool good = colon != 0 && !port.empty() && port.size() <= 5
                    && port.find_first_not_of("0123456789") == std::string::npos
                    && std::stoul(port) <= 65'535;
  if (!good) from.fail(member, "must be host:port");
  return text;
}

std::string read_nat_type(json::object_reader& from, std::string_view member) {
  auto text = from.text(member, mode_limit);
  for (const auto* known : {"", "none", "full_cone", "symmetric", "unknown"})
    if (text == known) return text;
  from.fail(member, "must be none, full_cone, symmetric or unknown");
  return {};
}

}  // namespace

reading<registration> read_registration(const json::element& body) {
  json::object_reader from{body};
  registration out;
  out.token = trimmed(from.text("token", token_limit));
  if (!is_printable(out.token)) from.fail("token", "must be printable ASCII");
  auto& request = out.request;
  request.public_key = read_key(from, "public_key");
  request.host.hostname = from.required_text("hostname", text_limit - 1);
  if (!is_host_name(request.host.hostname)) from.fail("hostname", "is no host name");
  request.metadata = read_metadata(from);
  const auto fact = [&request](const char* name) {
    const auto found = request.metadata.find(name);
    return found == request.metadata.end() ? std::string{} : found->second.substr(0, text_limit);
  };
  request.host.os = fact("os");
  request.host.arch = fact("arch");
  if (auto inner = from.object("capabilities")) {
    take_capabilities(*inner, *from.find("capabilities"), request);
    request.host.version = request.binary_version;
    from.adopt(*inner);
  }
  return outcome(from, std::move(out));
}

reading<node_report> read_heartbeat(const json::element& body) {
  json::object_reader from{body};
  node_report out;
  out.report.mode = from.text("status", mode_limit);
  if (const auto uptime = from.text("uptime", text_limit); !uptime.empty()) {
    const auto span = parse_go_duration(uptime);
    if (span && span->count() >= 0)
      out.report.uptime_milliseconds = std::chrono::floor<std::chrono::milliseconds>(*span).count();
    else from.fail("uptime", "must be a duration like 72h15m0s");
  }
  out.binary_checksum = read_checksum(from, "binary_checksum");
  if (auto nat = from.object("nat")) {
    out.endpoint = read_host_and_port(*nat, "public_endpoint");
    out.nat_type = read_nat_type(*nat, "type");
    from.adopt(*nat);
  }
  return outcome(from, std::move(out));
}

reading<announce_capabilities> read_capabilities(const json::element& body) {
  json::object_reader from{body};
  announce_capabilities out;
  if (!from.failed()) take_capabilities(from, body, out);
  return outcome(from, std::move(out));
}

reading<report_endpoint> read_endpoint(const json::element& body) {
  json::object_reader from{body};
  report_endpoint out;
  out.endpoint = read_host_and_port(from, "public_endpoint");
  out.nat_type = read_nat_type(from, "nat_type");
  return outcome(from, std::move(out));
}

reading<key_replacement> read_key_replacement(const json::element& body) {
  json::object_reader from{body};
  key_replacement out;
  out.node_id = from.text("node_id", text_limit);
  out.public_key = read_key(from, "new_public_key");
  return outcome(from, std::move(out));
}

}  // namespace muster::plexd
