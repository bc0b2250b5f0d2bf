// Nodes and bootstrap tokens as JSON: what is empty is left out.
#include "runtime/ledger/node_records.hpp"

#include "runtime/ledger/tree_record.hpp"

#include <cinttypes>
#include <cstdio>

namespace muster {

namespace {

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

}  // namespace

std::string encode(const node_facts& what) {
  json_tree out{{"v", tree_record_version}, {"id", to_string(what.id)}, {"key", hex_of(what.key)}};
  add_member(out, "public_key", what.public_key);
  add_member(out, "mesh_address", what.mesh_address);
  add_member(out, "bridge", what.bridge);
  add_member(out, "sealed_key", what.sealed_key);
  add_member(out, "metadata", what.metadata);
  add_member(out, "capabilities", what.capabilities);
  add_member(out, "actions", what.actions);
  add_member(out, "binary_version", what.binary_version);
  add_member(out, "binary_checksum", what.binary_checksum);
  add_member(out, "endpoint", what.endpoint);
  add_member(out, "nat_type", what.nat_type);
  add_member(out, "key_generation", what.key_generation);
  if (!what.enrolled_with.empty()) out["enrolled_with"] = hex_of(what.enrolled_with);
  add_member(out, "enrolled_at", what.enrolled_at);
  return json::text_of(out);
}

std::string encode(const left_address& what) {
  json_tree out{{"v", tree_record_version}, {"tenant", what.tenant}, {"address", what.address}};
  add_member(out, "left_at", what.left_at);
  return json::text_of(out);
}

std::string encode(const bootstrap_token& what) {
  json_tree out{{"v", tree_record_version}, {"id", what.id}, {"digest", hex_of(what.digest)}};
  add_member(out, "tenant", what.tenant);
  add_member(out, "labels", what.labels);
  add_member(out, "hostname", what.hostname);
  add_member(out, "uses", what.uses);
  add_member(out, "used", what.used);
  add_member(out, "made_at", what.made_at);
  add_member(out, "expires_at", what.expires_at);
  add_member(out, "revoked_at", what.revoked_at);
  add_member(out, "author", what.author);
  return json::text_of(out);
}

std::string encode(const std::vector<known_binary>& what) {
  auto all = json_tree::array();
  for (const auto& one : what) {
    json_tree out{{"version", one.version}, {"checksums", one.checksums}};
    add_member(out, "declared_at", one.declared_at);
    add_member(out, "author", one.author);
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
    take_member(from, "public_key", out.public_key);
    take_member(from, "mesh_address", out.mesh_address);
    take_member(from, "bridge", out.bridge);
    take_member(from, "sealed_key", out.sealed_key);
    take_member(from, "metadata", out.metadata);
    take_member(from, "capabilities", out.capabilities);
    take_member(from, "actions", out.actions);
    take_member(from, "binary_version", out.binary_version);
    take_member(from, "binary_checksum", out.binary_checksum);
    take_member(from, "endpoint", out.endpoint);
    take_member(from, "nat_type", out.nat_type);
    take_member(from, "key_generation", out.key_generation);
    if (from.contains("enrolled_with")) out.enrolled_with = digest_in(from, "enrolled_with");
    out.enrolled_at = read_time(from, "enrolled_at");
    return out;
  });
}

caf::expected<left_address> decode_address(const stored_record& record) {
  return decode_tree<left_address>(record, [](const json_tree& from) {
    return left_address{from.at("tenant"), from.at("address"), read_time(from, "left_at")};
  });
}

caf::expected<bootstrap_token> decode_token(const stored_record& record) {
  return decode_tree<bootstrap_token>(record, [](const json_tree& from) {
    bootstrap_token out;
    take_member(from, "id", out.id);
    out.digest = digest_in(from, "digest");
    take_member(from, "tenant", out.tenant);
    take_member(from, "labels", out.labels);
    take_member(from, "hostname", out.hostname);
    take_member(from, "uses", out.uses);
    take_member(from, "used", out.used);
    out.made_at = read_time(from, "made_at");
    out.expires_at = read_time(from, "expires_at");
    out.revoked_at = read_time(from, "revoked_at");
    take_member(from, "author", out.author);
    return out;
  });
}

caf::expected<std::vector<known_binary>> decode_binaries(const stored_record& record) {
  return decode_tree<std::vector<known_binary>>(record, [](const json_tree& from) {
    std::vector<known_binary> all;
    for (const auto& one : from.at("binaries")) {
      known_binary out;
      take_member(one, "version", out.version);
      take_member(one, "checksums", out.checksums);
      out.declared_at = read_time(one, "declared_at");
      take_member(one, "author", out.author);
      all.push_back(std::move(out));
    }
    return all;
  });
}

}  // namespace muster
