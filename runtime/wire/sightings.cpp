// Names and shapes of events; what a value means once found is decided by
// actors/manager/indicator.hpp.
#include "runtime/wire/sightings.hpp"

#include "actors/manager/indicator.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <initializer_list>
#include <unordered_map>

namespace muster {

namespace {

using json::element;
using simdjson::dom::array;
using simdjson::dom::object;

constexpr size_t longest_list = 64;  // elements of one array that are looked at
constexpr int deepest = 4;           // levels of techniques in techniques

std::string_view text_of(element value) {
  std::string_view text;
  return value.get(text) == simdjson::SUCCESS ? text : std::string_view{};
}

// Visits a value, or the elements of an array.
template <class Visit>
void each(element value, Visit visit) {
  array list;
  if (value.get(list) != simdjson::SUCCESS) return visit(value);
  size_t seen = 0;
  for (auto one : list) {
    if (seen++ == longest_list) return;
    visit(one);
  }
}

// Absent and null are the same.
std::optional<element> member_of(object in, std::string_view name) {
  element value;
  if (in.at_key(name).get(value) != simdjson::SUCCESS || value.is_null()) return std::nullopt;
  return value;
}

std::optional<element> first_of(object in, std::initializer_list<std::string_view> names) {
  for (auto name : names)
    if (auto value = member_of(in, name)) return value;
  return std::nullopt;
}

std::optional<object> object_in(object in, const char* name) {
  object inner;
  return in.at_key(name).get(inner) == simdjson::SUCCESS ? std::optional{inner} : std::nullopt;
}

// What a member of an event says, by its name.
enum class meaning : uint8_t {
  address,
  hash,
  technique,
  dotted_technique,  // of ECS, its name beside it
  endpoint,          // an object with an address
  file,              // an object with hashes
  ecs_threat,
  attacks,  // of OCSF, as are the next two
  finding,  // an object with attacks
  evidences,
  place,  // an object that is searched as the event is
};

const std::unordered_map<std::string_view, meaning>& meanings() {
  using enum meaning;
  static const std::unordered_map<std::string_view, meaning> known{
    {"sourceIP", address},
    {"sourceIp", address},
    {"remoteAddress", address},
    {"src_ip", address},
    {"source_ip", address},
    {"attacker_ip", address},
    {"client_ip", address},
    {"source.ip", address},
    {"client.ip", address},
    {"src_endpoint.ip", address},
    {"source", endpoint},
    {"client", endpoint},
    {"src_endpoint", endpoint},
    {"sha256", hash},
    {"sha1", hash},
    {"md5", hash},
    {"sha512", hash},
    {"fileHash", hash},
    {"hash", hash},
    {"malwareHash", hash},
    {"file.hash.md5", hash},
    {"file.hash.sha1", hash},
    {"file.hash.sha256", hash},
    {"file.hash.sha384", hash},
    {"file.hash.sha512", hash},
    {"file", file},
    {"mitreTechnique", technique},
    {"mitre_technique", technique},
    {"technique", technique},
    {"techniqueId", technique},
    {"technique_id", technique},
    {"mitre", technique},
    {"threat.technique.id", dotted_technique},
    {"threat.technique.subtechnique.id", dotted_technique},
    {"threat", ecs_threat},
    {"attacks", attacks},
    {"finding_info", finding},
    {"evidences", evidences},
    {"metadata", place},
    {"raw", place},
    {"details", place},
  };
  return known;
}

// A number or a truth as JSON writes it.
std::string scalar_text(element value) {
  std::array<char, 32> digits{};
  auto write = [&](auto number) {
    auto [end, bad] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
    return std::string{digits.data(), end};
  };
  int64_t whole = 0;
  uint64_t large = 0;
  double fraction = 0;
  bool truth = false;
  if (value.get(whole) == simdjson::SUCCESS) return write(whole);
  if (value.get(large) == simdjson::SUCCESS) return write(large);
  if (value.get(fraction) == simdjson::SUCCESS) return write(fraction);
  if (value.get(truth) == simdjson::SUCCESS) return truth ? "true" : "false";
  return std::string{text_of(value)};
}

// Gathers what one item shows.
class collector {
 public:
  explicit collector(const sighting_options& options) : options_(options) {}

  void look_into(object in, bool with_places);
  void technique_members(object in);
  void custom(object event, object item);
  std::vector<sighting> take();

 private:
  static void add(std::vector<sighting>& to, const char* kind, std::string value, std::string_view name = {});
  void address(element value);
  void hash(element value);
  void hash_members(object in);
  void file(object in);
  void technique(std::string_view text, std::string_view name);
  void techniques(element value, int depth = 0);
  void technique_object(object in, int depth);
  void techniques_named(element ids, std::optional<element> of_names);
  void evidence(element value);
  void endpoint(element value);
  void member(object in, std::string_view name, element value, meaning means, bool with_places);

  const sighting_options& options_;
  std::vector<sighting> custom_, addresses_, hashes_, techniques_;
};

void collector::add(std::vector<sighting>& to, const char* kind, std::string value, std::string_view name) {
  auto known = std::find_if(to.begin(), to.end(), [&](const sighting& x) { return x.value == value; });
  if (known != to.end()) {
    if (known->name.empty()) known->name = name;
  } else if (to.size() < sighting_reader::most) {
    to.push_back({kind, std::move(value), std::string{name}});
  }
}

void collector::address(element value) {
  each(value, [this](element one) {
    auto normal = normal_source_ip(text_of(one));
    if (!normal) return;
    const auto parsed = parse_network_address(*normal);
    for (const auto& range : options_.ignored_ranges)
      if (range.contains(*parsed)) return;
    add(addresses_, "source_ip", std::move(*normal));
  });
}

// A text, or an object: with a member for each algorithm, or OCSF's {algorithm,value}.
void collector::hash(element value) {
  each(value, [this](element one) {
    object of;
    if (one.get(of) == simdjson::SUCCESS) return hash_members(of);
    if (auto normal = normal_file_hash(text_of(one))) add(hashes_, "file_hash", std::move(*normal));
  });
}

void collector::hash_members(object in) {
  for (const auto* name : {"md5", "sha1", "sha256", "sha384", "sha512", "value"})
    if (auto value = member_of(in, name))
      if (auto normal = normal_file_hash(text_of(*value))) add(hashes_, "file_hash", std::move(*normal));
}

void collector::file(object in) {
  hash_members(in);
  for (const auto* name : {"hash", "hashes"})
    if (auto value = member_of(in, name)) hash(*value);
}

void collector::endpoint(element value) {
  object of;
  if (value.get(of) != simdjson::SUCCESS) return;
  if (auto ip = member_of(of, "ip")) address(*ip);
}

// "T1110", or with its name: "T1110 Brute Force", "T1110: Brute Force", "T1110 - Brute Force".
void collector::technique(std::string_view text, std::string_view name) {
  auto id = normal_technique(text);
  if (!id) {
    const auto end = std::min(text.find(' '), text.size());
    auto head = text.substr(0, end);
    if (head.ends_with(':')) head.remove_suffix(1);
    id = normal_technique(head);
    if (!id) return;
    const auto rest = text.substr(end);
    if (name.empty()) name = rest.substr(std::min(rest.find_first_not_of(" -:"), rest.size()));
  }
  auto parent = parent_technique(*id);
  const auto whole = *id == parent;
  add(techniques_, "attack_technique", std::move(*id), normal_custom(name).value_or(""));
  if (!whole) add(techniques_, "attack_technique", std::move(parent));
}

// Names belong to ids when there are as many.
void collector::techniques_named(element ids, std::optional<element> of_names) {
  std::vector<std::string_view> texts, titles;
  each(ids, [&](element one) { texts.push_back(text_of(one)); });
  if (of_names) each(*of_names, [&](element one) { titles.push_back(text_of(one)); });
  for (size_t i = 0; i < texts.size(); ++i)
    technique(texts[i], titles.size() == texts.size() ? titles[i] : std::string_view{});
}

void collector::techniques(element value, int depth) {
  each(value, [this, depth](element one) {
    object of;
    if (one.get(of) == simdjson::SUCCESS) technique_object(of, depth);
    else technique(text_of(one), {});
  });
}

// {id|uid,name,subtechnique}, or an object with such objects or with ids in it.
void collector::technique_object(object in, int depth) {
  if (depth == deepest) return;
  const auto inner = first_of(in, {"technique", "techniques"});
  const auto ids = first_of(in, {"id", "uid", "techniqueId", "technique_id"});
  auto titles = first_of(in, {"name", "techniqueName", "technique_name"});
  if (ids) techniques_named(*ids, titles ? titles : inner);
  if (inner) techniques(*inner, depth + 1);
  if (auto sub = first_of(in, {"subtechnique", "sub_technique"})) techniques(*sub, depth + 1);
}

void collector::evidence(element value) {
  each(value, [this](element one) {
    object of;
    if (one.get(of) != simdjson::SUCCESS) return;
    if (auto source = member_of(of, "src_endpoint")) endpoint(*source);
    if (auto touched = object_in(of, "file")) file(*touched);
  });
}

void collector::member(object in, std::string_view name, element value, meaning means, bool with_places) {
  object inner;
  const auto is_object = value.get(inner) == simdjson::SUCCESS;
  switch (means) {
    case meaning::address: return address(value);
    case meaning::hash: return hash(value);
    case meaning::endpoint: return endpoint(value);
    case meaning::evidences: return evidence(value);
    case meaning::attacks: return techniques(value);
    case meaning::technique: return techniques(value);
    case meaning::dotted_technique:
      return techniques_named(value, member_of(in, std::string{name.substr(0, name.size() - 2)} + "name"));
    case meaning::finding:
      if (auto found = is_object ? member_of(inner, "attacks") : std::nullopt) techniques(*found);
      return;
    case meaning::ecs_threat:
      if (auto of = is_object ? member_of(inner, "technique") : std::nullopt) techniques(*of);
      return;
    case meaning::file:
      if (is_object) file(inner);
      return;
    case meaning::place:
      if (is_object && with_places) look_into(inner, false);
      return;
  }
}

void collector::look_into(object in, bool with_places) {
  const auto& known = meanings();
  for (auto field : in)
    if (auto found = known.find(field.key); found != known.end())
      member(in, field.key, field.value, found->second, with_places);
}

void collector::technique_members(object in) {
  const auto& known = meanings();
  for (auto field : in)
    if (auto found = known.find(field.key); found != known.end() && found->second == meaning::technique)
      member(in, field.key, field.value, found->second, false);
}

bool points_beside_event(std::string_view pointer) {
  for (std::string_view start : {"/event", "/verdict"})
    if (pointer.starts_with(start) && (pointer.size() == start.size() || pointer[start.size()] == '/'))
      return true;
  return false;
}

void collector::custom(object event, object item) {
  for (const auto& [kind, pointer] : options_.pointers) {
    element value;
    if (event.at_pointer(pointer).get(value) != simdjson::SUCCESS
        && (!points_beside_event(pointer) || item.at_pointer(pointer).get(value) != simdjson::SUCCESS))
      continue;
    if (auto normal = normal_custom(scalar_text(value)); normal && custom_.size() < sighting_reader::most)
      custom_.push_back({kind, std::move(*normal), {}});
  }
}

std::vector<sighting> collector::take() {
  auto all = std::move(custom_);
  for (auto* each : {&addresses_, &hashes_, &techniques_})
    for (auto& one : *each)
      if (all.size() < sighting_reader::most) all.push_back(std::move(one));
  return all;
}

}  // namespace

std::vector<sighting> sighting_reader::read(const json::element& item) const {
  object whole;
  if (item.get(whole) != simdjson::SUCCESS) return {};
  auto threat = object_in(whole, "threat");
  while (threat && object_in(*threat, "event")) {  // the pair in the seed's envelope
    whole = *threat;
    threat = object_in(whole, "threat");
  }
  const auto inner = object_in(whole, "event");
  const auto event = inner ? *inner : threat.value_or(whole);
  collector found{options_};
  found.custom(event, whole);
  found.look_into(event, true);
  if (inner || threat) found.look_into(whole, false);
  if (auto verdict = object_in(whole, "verdict")) found.technique_members(*verdict);
  return found.take();
}

}  // namespace muster
