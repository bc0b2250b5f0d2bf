// Records out of JSON: simdjson's dom validates everything once; only the text of
// an event, which must come back as it was, is cut out with its on-demand reader.
#include "runtime/ledger/record_decoder.hpp"

#include "actors/manager/event_ring.hpp"
#include "runtime/ledger/store_errors.hpp"

#include <simdjson.h>

#include <charconv>
#include <optional>

namespace muster {

namespace {

namespace dom = simdjson::dom;

constexpr uint64_t record_version = 1;

// Thrown and caught in this file only: a record has many members, any of which may be wrong.
struct invalid_record {
  std::string what;
};

std::string quoted(const char* key) { return '\'' + std::string{key} + '\''; }

utc_time to_time(int64_t milliseconds) { return utc_time{std::chrono::milliseconds{milliseconds}}; }

agent_id to_agent_id(std::string_view text) {
  if (auto id = parse_agent_id(text)) return *id;
  throw invalid_record{"'" + std::string{text} + "' is no agent id"};
}

token_digest to_digest(std::string_view hex) {
  token_digest digest;
  if (hex.empty()) return digest;
  auto half = [hex](size_t from, uint64_t& into) {
    const auto* begin = hex.data() + from;
    auto [end, bad] = std::from_chars(begin, begin + 16, into, 16);
    return bad == std::errc{} && end == begin + 16;
  };
  if (hex.size() != 32 || !half(0, digest.high) || !half(16, digest.low))
    throw invalid_record{"a token digest isn't 32 hexadecimal digits"};
  return digest;
}

std::string place_of(const stored_record& record) {
  auto key = record.from == ledger_table::agents     ? to_string(agent_id{record.key})
             : record.from == ledger_table::patterns ? to_string(pattern_id{record.key})
                                                     : std::to_string(record.key);
  return ledger_table_names[static_cast<size_t>(record.from)] + ("/" + key);
}

}  // namespace

// One JSON object. What is optional has a default; the rest throws when missing.
class members {
 public:
  explicit members(dom::element from) {
    if (from.get(object_) != simdjson::SUCCESS) throw invalid_record{"not an object"};
  }
  explicit members(dom::object from) : object_(from) {}

  std::string_view text(const char* key) const { return get<std::string_view>(key, {}); }
  std::string string(const char* key) const { return std::string{text(key)}; }
  uint64_t number(const char* key) const { return get<uint64_t>(key, 0); }
  bool flag(const char* key) const { return get<bool>(key, false); }
  utc_time time(const char* key) const { return to_time(get<int64_t>(key, 0)); }
  utc_time required_time(const char* key) const { return to_time(required<int64_t>(key)); }
  agent_id id(const char* key) const { return to_agent_id(required<std::string_view>(key)); }
  dom::array list(const char* key) const { return required<dom::array>(key); }
  std::optional<dom::array> list_if_any(const char* key) const {
    dom::array value;
    return find(key, value) ? std::optional{value} : std::nullopt;
  }
  std::optional<dom::object> object(const char* key) const {
    dom::object value;
    return find(key, value) ? std::optional{value} : std::nullopt;
  }

  template <class Enum>
  Enum word(const char* key, caf::optional<Enum> (*parse)(const std::string&)) const {
    auto value = std::string{required<std::string_view>(key)};
    if (auto parsed = parse(value)) return *parsed;
    throw invalid_record{quoted(key) + " can't be '" + value + "'"};
  }

  caf::optional<double> fraction(const char* key) const {
    double value = 0;
    return find(key, value) ? caf::optional<double>{value} : caf::none;
  }

 private:
  template <class T>
  bool find(const char* key, T& into) const {
    dom::element value;
    if (object_.at_key(key).get(value) != simdjson::SUCCESS) return false;
    if (value.get(into) != simdjson::SUCCESS) throw invalid_record{quoted(key) + " has the wrong type"};
    return true;
  }
  template <class T>
  T get(const char* key, T missing) const {
    find(key, missing);
    return missing;
  }
  template <class T>
  T required(const char* key) const {
    T value;
    if (!find(key, value)) throw invalid_record{quoted(key) + " is missing"};
    return value;
  }

  dom::object object_;
};

namespace {

host_facts to_host(const members& host) {
  return {host.string("hostname"),   host.string("organization"), host.string("os"),
          host.string("arch"),       host.string("version"),      host.string("address"),
          host.string("machine_id"), host.string("seen_from")};
}

std::map<std::string, std::string> to_labels(dom::object object) {
  std::map<std::string, std::string> labels;
  for (auto [key, value] : object) {
    std::string_view text;
    if (value.get(text) != simdjson::SUCCESS) throw invalid_record{"'labels' has the wrong type"};
    labels.emplace_hint(labels.end(), key, text);
  }
  return labels;
}

agent_record to_agent(const members& record) {
  agent_record agent;
  agent.id = record.id("id");
  agent.speaks = record.word("dialect", parse_dialect);
  agent.tenant = record.string("tenant");
  if (auto host = record.object("host")) agent.host = to_host(members{*host});
  if (auto labels = record.object("labels")) agent.labels = to_labels(*labels);
  agent.tokens = {to_digest(record.text("token")), to_digest(record.text("token_issued")),
                  to_digest(record.text("token_superseded"))};
  agent.registered_at = record.time("registered_at");
  agent.enrolled_at = record.time("enrolled_at");
  agent.enrolled_openly = record.flag("enrolled_openly");
  return agent;
}

state_change to_change(const members& change, agent_id id) {
  return {id,
          change.word("from", parse_agent_status),
          change.word("to", parse_agent_status),
          change.word("cause", parse_change_cause),
          change.required_time("at"),
          change.time("last_seen"),
          change.number("previous")};
}

// The values of a short list, in order.
class list_reader {
 public:
  list_reader(dom::element from, const char* what) : what_(what) {
    if (from.get(list_) != simdjson::SUCCESS) throw invalid_record{what_ + " isn't a list"};
    at_ = list_.begin();
  }
  bool done() const { return !(at_ != list_.end()); }
  template <class T>
  void next(T& into) {
    if (done() || (*at_).get(into) != simdjson::SUCCESS) throw invalid_record{what_ + " is incomplete"};
    ++at_;
  }
  void next(std::string& into) {
    std::string_view text;
    next(text);
    into = text;
  }
  void next(agent_id& into) {
    std::string_view text;
    next(text);
    into = to_agent_id(text);
  }
  void next(utc_time& into) {
    int64_t milliseconds = 0;
    next(milliseconds);
    into = to_time(milliseconds);
  }

 private:
  std::string what_;
  dom::array list_;
  dom::array::iterator at_;
};

agent_standing to_standing(dom::element element) {
  list_reader list{element, "a standing"};
  uint64_t status = 0;
  agent_standing standing;
  list.next(standing.id);
  list.next(status);
  list.next(standing.last_seen);
  list.next(standing.changed_at);
  list.next(standing.last_change);
  if (!list.done()) list.next(standing.policy_acknowledged);
  if (status >= agent_status_count) throw invalid_record{"a standing has an unknown status"};
  standing.status = static_cast<agent_status>(status);
  return standing;
}

sighting to_sighting(dom::element element) {
  list_reader list{element, "a sighting"};
  sighting seen;
  list.next(seen.kind);
  list.next(seen.value);
  if (!list.done()) list.next(seen.name);
  return seen;
}

threat to_threat(const members& what) {
  threat out{what.string("event_id"),   what.string("severity"),
             what.string("category"),   what.string("conclusion"),
             what.string("action"),     what.fraction("confidence"),
             what.string("event_text"), {}};
  if (auto sightings = what.list_if_any("sightings"))
    for (auto element : *sightings) out.sightings.push_back(to_sighting(element));
  return out;
}

threat_report to_judgements(const members& record) {
  threat_report report{record.id("reporter"), record.required_time("at"), {}};
  for (auto element : record.list("threats")) report.threats.push_back(to_threat(members{element}));
  return report;
}

pattern_agent to_pattern_agent(dom::element element) {
  list_reader list{element, "an agent of a pattern"};
  pattern_agent agent;
  list.next(agent.id);
  list.next(agent.first_seen);
  list.next(agent.last_seen);
  list.next(agent.sightings);
  list.next(agent.trusted);
  return agent;
}

pattern to_pattern(const members& record) {
  pattern what;
  auto id = parse_pattern_id(record.text("id"));
  if (!id) throw invalid_record{"'id' is missing or no pattern id"};
  what.id = *id;
  what.tenant = record.string("tenant");
  what.kind = record.string("kind");
  what.value = record.string("value");
  what.critical = record.flag("critical");
  what.severity = record.string("severity");
  what.opened_at = record.required_time("at");
  what.first_seen = record.time("first_seen");
  what.last_seen = record.time("last_seen");
  what.ended_at = record.time("ended_at");
  what.sightings = record.number("sightings");
  what.last_report = record.number("last_report");
  what.agent_count = record.number("agent_count");
  what.trusted_count = record.number("trusted_count");
  for (auto element : record.list("agents")) what.agents.push_back(to_pattern_agent(element));
  for (auto element : record.list("techniques")) {
    std::string_view text;
    if (element.get(text) != simdjson::SUCCESS) throw invalid_record{"'techniques' has the wrong type"};
    what.techniques.emplace_back(text);
  }
  return what;
}

std::string_view raw_text(simdjson::ondemand::value value) {
  switch (value.type().value()) {
    case simdjson::ondemand::json_type::object:
      return simdjson::ondemand::object{value.get_object()}.raw_json();
    case simdjson::ondemand::json_type::array: return simdjson::ondemand::array{value.get_array()}.raw_json();
    default: return value.raw_json_token();
  }
}

}  // namespace

struct record_decoder::parsers {
  dom::parser validating;
  simdjson::ondemand::parser cutting;
};

record_decoder::record_decoder() : parsers_(std::make_unique<parsers>()) {}
record_decoder::~record_decoder() = default;

template <class Read>
auto record_decoder::decode(const stored_record& record, Read read)
  -> caf::expected<std::invoke_result_t<Read, const members&>> {
  try {
    dom::element root;
    auto failed = parsers_->validating.parse(record.json.data(), record.json.size()).get(root);
    if (failed != simdjson::SUCCESS) throw invalid_record{simdjson::error_message(failed)};
    const members top{root};
    auto version = top.number("v");
    if (version == 0) throw invalid_record{"'v' is missing"};
    if (version > record_version) throw invalid_record{"written by a newer Muster"};
    return read(top);
  } catch (const invalid_record& invalid) {
    return store_failure(place_of(record) + ": " + invalid.what);
  } catch (const simdjson::simdjson_error& invalid) {
    return store_failure(place_of(record) + ": " + invalid.what());
  }
}

caf::expected<agent_record> record_decoder::agent(const stored_record& record) {
  return decode(record, to_agent);
}

caf::expected<reporter_facts> record_decoder::reporter(const stored_record& agent) {
  return decode(agent, [](const members& top) {
    auto host = top.object("host");
    return reporter_facts{host ? members{*host}.string("hostname") : std::string{}, top.string("tenant"),
                          top.flag("enrolled_openly")};
  });
}

caf::expected<std::vector<state_change>> record_decoder::changes(const stored_record& record) {
  return decode(record, [](const members& top) {
    std::vector<state_change> changes;
    for (auto element : top.list("changes")) {
      const members change{element};
      changes.push_back(to_change(change, change.id("id")));
    }
    return changes;
  });
}

caf::expected<std::vector<state_change>> record_decoder::changes_of(agent_id id,
                                                                    const stored_record& record) {
  return decode(record, [wanted = to_string(id), id](const members& top) {
    std::vector<state_change> changes;
    for (auto element : top.list("changes"))
      if (const members change{element}; change.text("id") == wanted)
        changes.push_back(to_change(change, id));
    return changes;
  });
}

caf::expected<audit_entry> record_decoder::audit(const stored_record& record) {
  return decode(record, [](const members& top) {
    return audit_entry{top.required_time("at"), top.string("actor"), top.string("action"),
                       top.string("subject"), top.string("detail")};
  });
}

caf::expected<threat_report> record_decoder::threats(const stored_record& record) {
  return decode(record, [&](const members& top) {
    auto report = to_judgements(top);
    const simdjson::padded_string copy{record.json};
    auto document = parsers_->cutting.iterate(copy);
    auto what = report.threats.begin();
    for (auto element : document["threats"].get_array()) {
      simdjson::ondemand::value event;
      if (element["event"].get(event) == simdjson::SUCCESS) what->event = raw_text(event);
      ++what;
    }
    return report;
  });
}

caf::expected<threat_report> record_decoder::judgements(const stored_record& threats) {
  return decode(threats, to_judgements);
}

caf::expected<reported_events> record_decoder::events(const stored_record& threats) {
  return decode(threats, [](const members& top) {
    reported_events report{top.id("reporter"), top.required_time("at"), {}};
    for (auto element : top.list("threats"))
      if (auto id = members{element}.text("event_id"); !id.empty())
        report.fingerprints.push_back(event_fingerprint(id));
    return report;
  });
}

caf::expected<std::vector<agent_standing>> record_decoder::standings(const stored_record& record) {
  return decode(record, [](const members& top) {
    std::vector<agent_standing> standings;
    standings.reserve(standings_per_block);
    for (auto element : top.list("standings")) standings.push_back(to_standing(element));
    return standings;
  });
}

caf::expected<pattern> record_decoder::patterns(const stored_record& record) {
  return decode(record, to_pattern);
}

caf::expected<bool> record_decoder::is_open(const stored_record& pattern) {
  return decode(pattern, [](const members& top) { return top.time("ended_at") == utc_time{}; });
}

caf::expected<utc_time> record_decoder::time_of(const stored_record& record) {
  return decode(record, [](const members& top) { return top.required_time("at"); });
}

}  // namespace muster
