// JSON of the operator API about nodes.
#include "runtime/wire/operator_nodes.hpp"

#include "runtime/config/units.hpp"
#include "runtime/wire/operator_json.hpp"
#include "runtime/wire/plexd.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace muster::operator_api {

namespace {

using json::quote;
using namespace std::chrono_literals;

constexpr size_t name_bytes = 64;
constexpr size_t label_limit = 64;
constexpr size_t label_value_bytes = 256;
constexpr size_t host_bytes = 255;
constexpr size_t checksum_limit = 64;
constexpr uint32_t most_uses = 1'000'000;
constexpr std::chrono::milliseconds longest_lifetime = std::chrono::days(365);
constexpr std::chrono::milliseconds shortest_lifetime = 1min;

bool is_name(std::string_view text) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.";
  return !text.empty() && text.size() <= name_bytes
         && text.find_first_not_of(letters) == std::string_view::npos;
}

std::map<std::string, std::string> read_labels(json::object_reader& from) {
  std::map<std::string, std::string> out;
  auto labels = from.object("labels");
  if (!labels) return out;
  for (const auto& key : labels->names()) {
    if (!is_name(key)) labels->fail(key, "a label's name has 1 to 64 letters, digits, '_', '-' or '.'");
    out[key] = labels->text(key, label_value_bytes);
  }
  if (out.size() > label_limit) labels->fail("", "more than 64 labels");
  from.adopt(*labels);
  return out;
}

std::chrono::milliseconds read_span(json::object_reader& from, std::string_view member,
                                    std::chrono::milliseconds otherwise) {
  const auto text = from.text(member, 32);
  if (text.empty()) return otherwise;
  const auto span = parse_duration(text);
  if (!span || *span < shortest_lifetime || *span > longest_lifetime)
    from.fail(member, "must be a duration from 1m to 365d, like 24h");
  return span.value_or(otherwise);
}

std::string state_of(const bootstrap_token& token, utc_time now) {
  if (token.revoked_at != utc_time{}) return "revoked";
  if (token.used >= token.uses) return "used up";
  return now >= token.expires_at ? "expired" : "open";
}

std::string token_members(const bootstrap_token& token) {
  return fmt::format(
    R"("id":{},"tenant":{},"labels":{},"hostname":{},"uses":{},"used":{},"made_at":{},"expires_at":{},)"
    R"("revoked_at":{},"author":{})",
    quote(token.id), quote(token.tenant), texts(token.labels), quote(token.hostname), token.uses, token.used,
    time_or_null(token.made_at), time_or_null(token.expires_at), time_or_null(token.revoked_at),
    quote(token.author));
}

std::string row_members(const node_row& row) {
  const auto& node = row.node;
  return fmt::format(
    R"("id":"{}","hostname":{},"tenant":{},"labels":{},"status":"{}","mesh_ip":"{}","bridge":{},"public_key":{},)"
    R"("key_generation":{},"endpoint":{},"nat_type":{},"binary":{{"version":{},"checksum":{},"verdict":"{}"}})",
    muster::to_string(node.id), quote(node.hostname), quote(node.tenant), texts(node.labels),
    muster::to_string(node.status), plexd::to_address(node.mesh_address), row.bridge, quote(node.public_key),
    node.key_generation, quote(node.endpoint), quote(row.nat_type), quote(row.binary_version),
    quote(row.binary_checksum), to_string(row.verdict));
}

}  // namespace

std::string to_string(binary_verdict verdict) {
  switch (verdict) {
    case binary_verdict::unreported: return "unreported";
    case binary_verdict::undeclared: return "undeclared";
    case binary_verdict::good: return "good";
    case binary_verdict::deviant: return "deviant";
  }
  return {};
}

make_token read_token_request(json::object_reader& from) {
  from.allow_only({"tenant", "labels", "hostname", "uses", "ttl", "author"});
  make_token out;
  out.tenant = from.text("tenant", name_bytes);
  if (out.tenant.empty()) out.tenant = "default";
  if (!from.failed() && !is_name(out.tenant))
    from.fail("tenant", "must be 1 to 64 letters, digits, '_', '-' or '.'");
  out.labels = read_labels(from);
  out.hostname = from.text("hostname", host_bytes);
  if (const auto uses = from.number("uses", 1, most_uses)) {
    out.uses = static_cast<uint32_t>(*uses);
    if (out.uses != *uses) from.fail("uses", "must be a whole number");
  }
  out.lifetime = read_span(from, "ttl", 24h);
  out.author = from.text("author", 256);
  return out;
}

declare_binary read_binary(json::object_reader& from) {
  from.allow_only({"checksums", "author"});
  declare_binary out;
  out.author = from.text("author", 256);
  const auto items = from.array("checksums", checksum_limit);
  if (!items && !from.failed()) from.fail("checksums", "is missing");
  for (size_t i = 0; items && i < items->size(); ++i) {
    std::string_view text;
    if ((*items)[i].get(text) == simdjson::SUCCESS && text.starts_with("sha256:")) text.remove_prefix(7);
    if (text.size() != 64 || text.find_first_not_of("0123456789abcdef") != std::string_view::npos)
      from.fail("checksums[" + std::to_string(i) + "]", "must be a SHA-256 in 64 lower-case hexadecimals");
    else out.checksums.emplace_back(text);
  }
  if (items && items->empty()) from.fail("checksums", "must not be empty: DELETE forgets a version");
  std::sort(out.checksums.begin(), out.checksums.end());
  out.checksums.erase(std::unique(out.checksums.begin(), out.checksums.end()), out.checksums.end());
  return out;
}

rotate_signing_key read_rotation(json::object_reader& from) {
  from.allow_only({"overlap", "author"});
  rotate_signing_key out;
  out.overlap = read_span(from, "overlap", 24h);
  out.author = from.text("author", 256);
  return out;
}

uint8_t read_directives(json::object_reader& from) {
  from.allow_only({"directives"});
  uint8_t out = 0;
  const auto items = from.array("directives", 8);
  for (size_t i = 0; items && i < items->size(); ++i) {
    std::string_view text;
    const bool is_text = (*items)[i].get(text) == simdjson::SUCCESS;
    if (is_text && text == "reconcile") out |= directive_reconcile;
    else if (is_text && text == "rotate_keys") out |= directive_rotate_keys;
    else from.fail("directives[" + std::to_string(i) + "]", "must be reconcile or rotate_keys");
  }
  if (out == 0) from.fail("directives", "is missing or empty");
  return out;
}

std::optional<std::map<std::string, std::string>> read_selector(std::string_view text) {
  std::map<std::string, std::string> out;
  while (!text.empty()) {
    const auto one = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), one.size() + 1));
    const auto equals = one.find('=');
    if (equals == std::string_view::npos || !is_name(one.substr(0, equals))) return std::nullopt;
    out[std::string{one.substr(0, equals)}] = one.substr(equals + 1);
  }
  return out;
}

std::string write_made_token(const token_made& made) {
  return fmt::format(R"({{"token":{},{}}})", quote(made.secret), token_members(made.token));
}

std::string write_tokens(const token_list& all, utc_time now) {
  return R"({"tokens":)"
         + list(all.tokens,
                [now](const bootstrap_token& token) {
                  return fmt::format(R"({{{},"state":"{}"}})", token_members(token), state_of(token, now));
                })
         + "}";
}

std::string write_nodes(const node_page& page) {
  return R"({"nodes":)" + list(page.nodes, [](const node_row& row) { return "{" + row_members(row) + "}"; })
         + R"(,"next_cursor":)" + cursor(raw(page.next)) + "}";
}

std::string write_node(const node_details& node, const agent_row& agent, const std::string& metrics) {
  return fmt::format(
    R"({{{},"last_seen":{},"registered_at":{},"enrolled_at":{},"metadata":{},"capabilities":{},"metrics":{}}})",
    row_members(node.row), time_or_null(agent.last_seen), time_or_null(agent.registered_at),
    time_or_null(agent.enrolled_at), texts(node.row.node.metadata),
    node.capabilities.empty() ? "null" : node.capabilities, metrics);
}

std::string write_binaries(const binary_list& all) {
  return R"({"binaries":)"
         + list(all.binaries,
                [](const known_binary& one) {
                  return fmt::format(R"({{"version":{},"checksums":{},"declared_at":{},"author":{}}})",
                                     quote(one.version),
                                     list(one.checksums, [](auto& text) { return quote(text); }),
                                     time_or_null(one.declared_at), quote(one.author));
                })
         + "}";
}

std::string write_keys(const signing_keys& keys) {
  return fmt::format(R"({{"current":{},"previous":{},"transition_expires":{}}})", quote(keys.current),
                     keys.previous.empty() ? "null" : quote(keys.previous),
                     time_or_null(keys.transition_expires));
}

}  // namespace muster::operator_api
