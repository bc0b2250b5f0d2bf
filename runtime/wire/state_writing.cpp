// Desired state as JSON.
#include "runtime/json/tree.hpp"
#include "runtime/wire/state_document.hpp"
#include "runtime/wire/state_members.hpp"
#include "runtime/wire/timestamp.hpp"

#include <nlohmann/json.hpp>

namespace muster::state_json {

namespace {

using tree = nlohmann::ordered_json;

enum class form { layer, node };

class writer {
 public:
  explicit writer(form wanted) : form_(wanted) {}

  tree of(const auto& record) {
    writer inner{form_};
    name_members(inner, record);
    return std::move(inner.out_);
  }

  void operator()(const char* name, const std::string& text) {
    if (form_ == form::node || !text.empty()) out_[name] = text;
  }
  void operator()(const char* name, bool value) { out_[name] = value; }
  void operator()(const char* name, uint16_t value) { out_[name] = value; }
  void operator()(const char* name, uint64_t version) {
    if (form_ == form::node) out_[name] = version;
  }
  void operator()(const char* name, utc_time at) {
    if (at != utc_time{}) out_[name] = to_rfc3339(at);
  }
  void operator()(const char* name, rule_protocol protocol) {
    out_[name] = protocol == rule_protocol::tcp ? "tcp" : protocol == rule_protocol::udp ? "udp" : "";
  }
  void operator()(const char* name, rule_action action) {
    out_[name] = action == rule_action::allow ? "allow" : "deny";
  }
  void operator()(const char* name, const std::map<std::string, std::string>& texts) { out_[name] = texts; }
  template <class T>
  void operator()(const char* name, const std::vector<T>& list) {
    auto& into = out_[name] = tree::array();
    for (const auto& each : list)
      if constexpr (std::same_as<T, std::string>) into.push_back(each);
      else into.push_back(of(each));
  }
  template <class T>
  void operator()(const char* name, const caf::optional<T>& block) {
    if (block) out_[name] = of(*block);
  }
  void json(const char* name, const std::string& text) { out_[name] = tree::parse(text, nullptr, false); }

 private:
  form form_;
  tree out_ = tree::object();
};

// These members of it alone.
std::string write_part(const desired_state& what, std::initializer_list<const char*> members) {
  const auto all = writer{form::node}.of(what);
  auto part = tree::object();
  for (const auto* name : members) part[name] = all[name];
  return json::text_of(part);
}

}  // namespace

std::string write_layer(const desired_state& what) {
  const auto all = writer{form::layer}.of(what);
  auto said = tree::object();
  for (const auto& [name, value] : all.items())
    if (!value.empty()) said[name] = value;
  return json::text_of(said);
}

std::string write_node_state(const desired_state& what) { return json::text_of(writer{form::node}.of(what)); }

std::string write_entries(const desired_state& what) {
  desired_state entries;
  entries.metadata = what.metadata;
  entries.data = what.data;
  return write_part(entries, {"metadata", "data"});
}

std::string write_secret_refs(const desired_state& what) {
  desired_state secrets;
  secrets.secret_refs = what.secret_refs;
  return write_part(secrets, {"secret_refs"});
}

std::string write_peer(const mesh_peer& what) {
  auto out = writer{form::node}.of(what);
  out["peer_id"] = what.id;
  out.erase("psk");
  return json::text_of(out);
}

std::string write_session(const relay_session& what) { return json::text_of(writer{form::node}.of(what)); }

}  // namespace muster::state_json
