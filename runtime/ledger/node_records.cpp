// Nodes and bootstrap tokens as JSON: what is empty is left out.
#include "runtime/ledger/node_records.hpp"

#include "runtime/ledger/tree_record.hpp"

#include <cinttypes>
#include <cstdio>

namespace muster {

namespace {

using json_tree = nlohmann::json;

std::string hex_of(const token_digest& digest) {
  std::array<char, 33> hex{};
  std::snprintf(hex.data(), hex.size(), "%016" PRIx64 "%016" PRIx64, digest.high, digest.low);
  return {hex.data(), 32};
}

token_digest digest_in(const json_tree& from, const char* name) {
  const auto& text = from.at(name).get_ref<const std::string&>();
  token_digest digest;
  int used = 0;
  if (text.size() != 32
      || std::sscanf(text.c_str(), "%16" SCNx64 "%16" SCNx64 "%n", &digest.high, &digest.low, &used) != 2
      || used != 32)
    throw invalid_record{std::string{"'"} + name + "' is no digest"};
  return digest;
}

utc_time time_in(const json_tree& from, const char* name) {
  return utc_time{std::chrono::milliseconds{from.value(name, int64_t{0})}};
}

template <class T>
void add(json_tree& into, const char* name, const T& value) {
  if (value != T{}) into[name] = value;
}
void add(json_tree& into, const char* name, utc_time value) {
  add(into, name, value.time_since_epoch().count());
}

template <class T>
void take(const json_tree& from, const char* name, T& into) {
  into = from.value(name, T{});
}

}  // namespace

std::string encode(const node_facts& what) {
  json_tree out{{"v", tree_record_version}, {"id", to_string(what.id)}, {"key", hex_of(what.key)}};
  add(out, "public_key", what.public_key);
  add(out, "mesh_address", what.mesh_address);
  add(out, "bridge", what.bridge);
  add(out, "sealed_key", what.sealed_key);
  add(out, "metadata", what.metadata);
  add(out, "capabilities", what.capabilities);
  add(out, "actions", what.actions);
  add(out, "binary_version", what.binary_version);
  add(out, "binary_checksum", what.binary_checksum);
  add(out, "endpoint", what.endpoint);
  add(out, "nat_type", what.nat_type);
  add(out, "key_generation", what.key_generation);
  if (!what.enrolled_with.empty()) out["enrolled_with"] = hex_of(what.enrolled_with);
  add(out, "enrolled_at", what.enrolled_at);
  return json::text_of(out);
}

std::string encode(const left_address& what) {
  json_tree out{{"v", tree_record_version}, {"tenant", what.tenant}, {"address", what.address}};
  add(out, "left_at", what.left_at);
  return json::text_of(out);
}

std::string encode(const bootstrap_token& what) {
  json_tree out{{"v", tree_record_version}, {"id", what.id}, {"digest", hex_of(what.digest)}};
  add(out, "tenant", what.tenant);
  add(out, "labels", what.labels);
  add(out, "hostname", what.hostname);
  add(out, "uses", what.uses);
  add(out, "used", what.used);
  add(out, "made_at", what.made_at);
  add(out, "expires_at", what.expires_at);
  add(out, "revoked_at", what.revoked_at);
  add(out, "author", what.author);
  return json::text_of(out);
}

std::string encode(const std::vector<known_binary>& what) {
  auto all = json_tree::array();
  for (const auto& one : what) {
    json_tree out{{"version", one.version}, {"checksums", one.checksums}};
    add(out, "declared_at", one.declared_at);
    add(out, "author", one.author);
    all.push_back(std::move(out));
  }
  return json::text_of(json_tree{{"v", tree_record_version}, {"binaries", std::move(all)}});
}

caf::expected<node_facts> decode_node(const stored_record& record) {
  return decode_tree<node_facts>(record, [](const json_tree& from) {
    node_facts out;
    const auto id = parse_agent_id(from.at("id").get_ref<const std::string&>());
    if (!id) throw invalid_record{"'id' is no agent's id"};
    out.id = *id;
    out.key = digest_in(from, "key");
    take(from, "public_key", out.public_key);
    take(from, "mesh_address", out.mesh_address);
    take(from, "bridge", out.bridge);
    take(from, "sealed_key", out.sealed_key);
    take(from, "metadata", out.metadata);
    take(from, "capabilities", out.capabilities);
    take(from, "actions", out.actions);
    take(from, "binary_version", out.binary_version);
    take(from, "binary_checksum", out.binary_checksum);
    take(from, "endpoint", out.endpoint);
    take(from, "nat_type", out.nat_type);
    take(from, "key_generation", out.key_generation);
    if (from.contains("enrolled_with")) out.enrolled_with = digest_in(from, "enrolled_with");
    out.enrolled_at = time_in(from, "enrolled_at");
    return out;
  });
}

caf::expected<left_address> decode_address(const stored_record& record) {
  return decode_tree<left_address>(record, [](const json_tree& from) {
    return left_address{from.at("tenant"), from.at("address"), time_in(from, "left_at")};
  });
}

caf::expected<bootstrap_token> decode_token(const stored_record& record) {
  return decode_tree<bootstrap_token>(record, [](const json_tree& from) {
    bootstrap_token out;
    take(from, "id", out.id);
    out.digest = digest_in(from, "digest");
    take(from, "tenant", out.tenant);
    take(from, "labels", out.labels);
    take(from, "hostname", out.hostname);
    take(from, "uses", out.uses);
    take(from, "used", out.used);
    out.made_at = time_in(from, "made_at");
    out.expires_at = time_in(from, "expires_at");
    out.revoked_at = time_in(from, "revoked_at");
    take(from, "author", out.author);
    return out;
  });
}

caf::expected<std::vector<known_binary>> decode_binaries(const stored_record& record) {
  return decode_tree<std::vector<known_binary>>(record, [](const json_tree& from) {
    std::vector<known_binary> all;
    for (const auto& one : from.at("binaries")) {
      known_binary out;
      take(one, "version", out.version);
      take(one, "checksums", out.checksums);
      out.declared_at = time_in(one, "declared_at");
      take(one, "author", out.author);
      all.push_back(std::move(out));
    }
    return all;
  });
}

}  // namespace muster
