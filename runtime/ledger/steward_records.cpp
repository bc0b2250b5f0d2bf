// Few and written seldom, so trees do.
#include "runtime/ledger/steward_records.hpp"

#include "runtime/ledger/tree_record.hpp"

#include <algorithm>
#include <array>

namespace muster {

namespace {

constexpr std::array<const char*, 3> level_names{"tenant", "label", "node"};

json_tree scope_tree(const state_scope& scope) {
  return {
    {"level", level_names[static_cast<size_t>(scope.level)]}, {"tenant", scope.tenant}, {"name", scope.name}};
}

state_scope read_scope(const json_tree& record) {
  const auto& from = record.at("scope");
  const auto& level = from.at("level").get_ref<const std::string&>();
  const auto found = std::find(level_names.begin(), level_names.end(), level);
  if (found == level_names.end()) throw invalid_record{"'" + level + "' is not known"};
  return {static_cast<state_level>(found - level_names.begin()), from.at("tenant"), from.at("name")};
}

int64_t milliseconds_of(utc_time at) { return at.time_since_epoch().count(); }
utc_time time_of(const json_tree& value) { return utc_time{std::chrono::milliseconds{value.get<int64_t>()}}; }

// What all three have.
json_tree record_of(const state_scope& scope, utc_time at, const state_author& by) {
  return {{"v", tree_record_version},
          {"scope", scope_tree(scope)},
          {"at", milliseconds_of(at)},
          {"author", by.name},
          {"reason", by.reason}};
}
template <class T>
void read_common(const json_tree& from, T& into) {
  into.scope = read_scope(from);
  into.at = time_of(from.at("at"));
  into.by = {from.at("author"), from.at("reason")};
}

}  // namespace

std::string encode(const sealed_layer& what) {
  auto out = record_of(what.layer.scope, what.layer.at, what.layer.by);
  out["revision"] = what.layer.revision;
  auto& versions = out["versions"] = json_tree::object();
  for (const auto& [entry, version] : what.layer.versions)
    versions[entry] = json_tree::array({version.revision, milliseconds_of(version.at)});
  out["sealed"] = what.sealed;
  return json::text_of(out);
}

std::string encode(const state_revision& what) {
  auto out = record_of(what.scope, what.at, what.by);
  out["action"] = what.action;
  if (!what.secret.empty()) out["secret"] = what.secret;
  return json::text_of(out);
}

std::string encode(const stored_secret& what) {
  auto out = record_of(what.scope, what.at, what.by);
  out["name"] = what.name;
  out["version"] = what.version;
  if (what.revoked) out["revoked"] = true;
  else out["sealed"] = what.sealed;
  return json::text_of(out);
}

caf::expected<sealed_layer> decode_layer(const stored_record& record) {
  return decode_tree<sealed_layer>(record, [&record](const json_tree& from) {
    sealed_layer out;
    out.layer.number = record.key;
    read_common(from, out.layer);
    out.layer.revision = from.at("revision");
    for (const auto& [entry, version] : from.at("versions").items())
      out.layer.versions[entry] = {version.at(0), time_of(version.at(1))};
    out.sealed = from.at("sealed");
    return out;
  });
}

caf::expected<state_revision> decode_state_revision(const stored_record& record) {
  return decode_tree<state_revision>(record, [&record](const json_tree& from) {
    state_revision out;
    out.revision = record.key;
    read_common(from, out);
    out.action = from.at("action");
    out.secret = from.value("secret", "");
    return out;
  });
}

caf::expected<stored_secret> decode_secret(const stored_record& record) {
  return decode_tree<stored_secret>(record, [&record](const json_tree& from) {
    stored_secret out;
    out.number = record.key;
    read_common(from, out);
    out.name = from.at("name");
    out.version = from.at("version");
    out.revoked = from.value("revoked", false);
    out.sealed = from.value("sealed", "");
    return out;
  });
}

}  // namespace muster
