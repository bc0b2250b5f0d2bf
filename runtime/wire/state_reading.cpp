// JSON, then the schema, then what no schema can say (state_normal_form.cpp).
#include "runtime/json/schema.hpp"
#include "runtime/json/tree.hpp"
#include "runtime/wire/state_document.hpp"
#include "runtime/wire/state_members.hpp"
#include "runtime/wire/state_normal_form.hpp"
#include "runtime/wire/timestamp.hpp"

namespace muster::state_json {

namespace {

using tree = nlohmann::json;

// Reads what the schema has let through; members that are absent keep their defaults.
class reader {
 public:
  explicit reader(const tree& from) : from_(from) {}

  template <class T>
  static T read(const tree& from) {
    T out;
    reader members{from};
    name_members(members, out);
    return out;
  }

  void operator()(const char* name, auto& into) {
    if (const auto found = from_.find(name); found != from_.end()) take(*found, into);
  }
  void json(const char* name, std::string& into) { into = json::text_of(from_.at(name)); }

 private:
  static void take(const tree& value, std::string& into) { value.get_to(into); }
  static void take(const tree& value, bool& into) { value.get_to(into); }
  static void take(const tree& value, uint16_t& into) { into = value.get<uint16_t>(); }
  static void take(const tree& value, uint64_t& into) { into = value.get<uint64_t>(); }
  static void take(const tree& value, utc_time& into) {
    into = parse_rfc3339(value.get_ref<const std::string&>()).value_or(utc_time{});
  }
  static void take(const tree& value, rule_protocol& into) {
    into = value == "tcp" ? rule_protocol::tcp : value == "udp" ? rule_protocol::udp : rule_protocol::any;
  }
  static void take(const tree& value, rule_action& into) {
    into = value == "deny" ? rule_action::deny : rule_action::allow;
  }
  static void take(const tree& value, std::map<std::string, std::string>& into) { value.get_to(into); }
  template <class T>
  static void take(const tree& list, std::vector<T>& into) {
    for (const auto& each : list)
      if constexpr (std::same_as<T, std::string>) into.push_back(each.get<std::string>());
      else into.push_back(read<T>(each));
  }
  template <class T>
  static void take(const tree& value, caf::optional<T>& into) {
    into = read<T>(value);
  }

  const tree& from_;
};

}  // namespace

reading read_state(std::string_view text) {
  static const json::schema rules{state_schema()};
  const auto written = json::read_tree(text);
  if (!written.value) return {std::nullopt, written.problem};
  if (auto problem = rules.problem_of(*written.value); !problem.empty())
    return {std::nullopt, std::move(problem)};
  auto what = reader::read<desired_state>(*written.value);
  if (auto problem = normalise(what); !problem.empty()) return {std::nullopt, std::move(problem)};
  return {std::move(what), {}};
}

}  // namespace muster::state_json
