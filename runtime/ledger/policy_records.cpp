// Each struct's members are named once, for the writer and for the reader.
#include "runtime/ledger/policy_records.hpp"

#include "runtime/ledger/tree_record.hpp"
#include "runtime/wire/policy_tree.hpp"

#include <concepts>

namespace muster {

namespace {

using json_tree = nlohmann::json;

template <class T, class U>
concept is = std::same_as<std::remove_const_t<T>, U>;

void name_members(auto& f, is<policy_scope> auto& x) {
  f("layer", x.layer), f("tenant", x.tenant), f("name", x.name);
}
void name_members(auto& f, is<policy_mark> auto& x) { f("bound", x.bound), f("revision", x.revision); }
void name_members(auto& f, is<stored_policy> auto& x) {
  f("scope", x.scope), f("what", x.what), f("revision", x.revision), f("at", x.at), f("author", x.author);
  f("reason", x.reason), f("marks", x.marks), f("candidate", x.candidate), f("reach", x.reach);
}
void name_members(auto& f, is<emergency> auto& x) {
  f("cause", x.cause), f("tenant", x.tenant), f("kind", x.kind), f("value", x.value), f("wide", x.wide);
  f("agents", x.agents), f("published_at", x.published_at), f("expires_at", x.expires_at);
  f("revision", x.revision), f("reason", x.reason), f("what", x.what);
}
void name_members(auto& f, is<rollout_gate> auto& x) {
  f("measure", x.measure), f("limit_percent", x.limit_percent), f("over_rest", x.over_rest);
}
void name_members(auto& f, is<policy_rollout> auto& x) {
  f("id", x.id), f("scope", x.scope), f("stages", x.stages), f("every", x.every), f("gates", x.gates);
  f("status", x.status), f("stage", x.stage), f("started_at", x.started_at), f("stage_since", x.stage_since);
  f("served", x.served), f("ended_at", x.ended_at), f("author", x.author), f("reason", x.reason);
  f("outcome", x.outcome);
}
void name_members(auto& f, is<policy_profile> auto& x) {
  f("tenant", x.tenant), f("organization", x.organization), f("labels", x.labels);
}
void name_members(auto& f, is<policy_exception> auto& x) {
  f("profile", x.profile), f("bound", x.bound), f("version", x.version);
}
void name_members(auto& f, is<special_version> auto& x) { f("id", x.id), f("version", x.version); }
void name_members(auto& f, is<revision_time> auto& x) { f("revision", x.revision), f("at", x.at); }
void name_members(auto& f, is<policy_state> auto& x) {
  f("revision", x.revision), f("at", x.at), f("layers", x.layers), f("emergencies", x.emergencies);
  f("rollouts", x.rollouts), f("exceptions", x.exceptions), f("specials", x.specials);
  f("revoked", x.revoked), f("times", x.times);
}
void name_members(auto& f, is<policy_revision> auto& x) {
  f("revision", x.revision), f("at", x.at), f("action", x.action), f("scope", x.scope), f("author", x.author);
  f("reason", x.reason), f("previous", x.previous), f("what", x.what);
}

struct any_visitor {
  template <class T>
  void operator()(const char*, T&) {}
};
template <class T>
concept record = requires(any_visitor f, T& x) {
  name_members(f, x);
};

template <class T>
concept word = std::is_enum_v<T>;

template <class T>
concept plain = std::is_arithmetic_v<T> || is<T, std::string> || is<T, std::map<std::string, std::string>>;

// --- writing: empty texts and lists, and what is absent, are left out ---

json_tree written(const plain auto& value) { return value; }
json_tree written(utc_time value) { return value.time_since_epoch().count(); }
json_tree written(std::chrono::milliseconds value) { return value.count(); }
json_tree written(word auto value) { return to_string(value); }
json_tree written(const policy_document& value) { return policy_json::to_tree(value); }
json_tree written(const record auto& value);
template <class T>
json_tree written(const std::vector<T>& values) {
  auto list = json_tree::array();
  for (const auto& each : values) list.push_back(written(each));
  return list;
}

class member_writer {
 public:
  template <class T>
  void operator()(const char* name, const T& value) {
    if constexpr (requires { value.empty(); }) {
      if (value.empty()) return;
    }
    into_[name] = written(value);
  }
  template <class T>
  void operator()(const char* name, const caf::optional<T>& value) {
    if (value) into_[name] = written(*value);
  }
  json_tree take() { return std::move(into_); }

 private:
  json_tree into_ = json_tree::object();
};

json_tree written(const record auto& value) {
  member_writer writer;
  name_members(writer, value);
  return writer.take();
}

// --- reading: what is absent keeps its default ---

void read(const json_tree& from, plain auto& into) { from.get_to(into); }
void read(const json_tree& from, utc_time& into) {
  into = utc_time{std::chrono::milliseconds{from.get<int64_t>()}};
}
void read(const json_tree& from, std::chrono::milliseconds& into) {
  into = std::chrono::milliseconds{from.get<int64_t>()};
}
void read(const json_tree& from, policy_document& into) { into = policy_json::from_tree(from); }

template <class Parsed>
void read_word(const json_tree& from, auto& into, Parsed (*parse)(const std::string&)) {
  const auto& text = from.get_ref<const std::string&>();
  const auto parsed = parse(text);
  if (!parsed) throw invalid_record{"'" + text + "' is not known"};
  into = *parsed;
}
void read(const json_tree& from, policy_layer& into) { read_word(from, into, parse_policy_layer); }
void read(const json_tree& from, rollout_status& into) { read_word(from, into, parse_rollout_status); }
void read(const json_tree& from, gate_measure& into) { read_word(from, into, parse_gate_measure); }
void read(const json_tree& from, agent_id& into) {
  read_word<std::optional<agent_id>>(from, into,
                                     [](const std::string& text) { return parse_agent_id(text); });
}
void read(const json_tree& from, pattern_id& into) {
  read_word<std::optional<pattern_id>>(from, into,
                                       [](const std::string& text) { return parse_pattern_id(text); });
}
void read(const json_tree& from, record auto& into);
template <class T>
void read(const json_tree& from, std::vector<T>& into) {
  into.clear();
  for (const auto& each : from) read(each, into.emplace_back());
}

class member_reader {
 public:
  explicit member_reader(const json_tree& from) : from_(from) {}

  template <class T>
  void operator()(const char* name, T& into) {
    if (const auto* value = find(name)) read(*value, into);
  }
  template <class T>
  void operator()(const char* name, caf::optional<T>& into) {
    const auto* value = find(name);
    if (value == nullptr) return;
    into = T{};
    read(*value, *into);
  }

 private:
  const json_tree* find(const char* name) const {
    const auto found = from_.find(name);
    return found == from_.end() || found->is_null() ? nullptr : &*found;
  }

  const json_tree& from_;
};

void read(const json_tree& from, record auto& into) {
  if (!from.is_object()) throw invalid_record{"not an object"};
  member_reader reader{from};
  name_members(reader, into);
}

// --- whole records ---

std::string encoded(const record auto& what) {
  auto tree = written(what);
  tree["v"] = tree_record_version;
  return json::text_of(tree);
}

template <record T>
caf::expected<T> decoded(const stored_record& from) {
  return decode_tree<T>(from, [](const json_tree& tree) {
    T what;
    read(tree, what);
    return what;
  });
}

}  // namespace

std::string encode(const policy_revision& what) { return encoded(what); }
std::string encode(const policy_state& what) { return encoded(what); }

caf::expected<policy_revision> decode_revision(const stored_record& record) {
  return decoded<policy_revision>(record);
}
caf::expected<policy_state> decode_state(const stored_record& record) {
  return decoded<policy_state>(record);
}

}  // namespace muster
