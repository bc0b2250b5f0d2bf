// Records that are read as trees: those of which there are few, or that are read once.
#pragma once

#include "messages/time.hpp"
#include "runtime/json/tree.hpp"
#include "runtime/ledger/ledger_tables.hpp"
#include "runtime/ledger/store_errors.hpp"

#include <caf/expected.hpp>

#include <string>

namespace muster {

constexpr uint64_t tree_record_version = 1;  // the member "v"

// Thrown by what reads a tree, and caught by decode_tree().
struct invalid_record {
  std::string what;
};

using json_tree = nlohmann::json;

// Members that are absent stand for values that are empty.
template <class T>
void add_member(json_tree& into, const char* name, const T& value) {
  if (value != T{}) into[name] = value;
}
inline void add_member(json_tree& into, const char* name, utc_time value) {
  add_member(into, name, value.time_since_epoch().count());
}
inline utc_time read_time(const json_tree& from, const char* name) {
  return utc_time{std::chrono::milliseconds{from.value(name, int64_t{0})}};
}
inline std::chrono::milliseconds read_span(const json_tree& from, const char* name) {
  return std::chrono::milliseconds{from.value(name, int64_t{0})};
}
template <class T>
void take_member(const json_tree& from, const char* name, T& into) {
  into = from.value(name, T{});
}
inline void take_member(const json_tree& from, const char* name, utc_time& into) {
  into = read_time(from, name);
}

// A member that is one of a few words.
template <class Value, class Parse>
Value read_word(const json_tree& from, const char* name, Parse parse) {
  const auto& text = from.at(name).get_ref<const std::string&>();
  if (const auto value = parse(text)) return *value;
  throw invalid_record{std::string{"'"} + name + "' can't be '" + text + "'"};
}

// What `read` makes of the record's tree, or a store_failed that names table and key.
template <class T, class Read>
caf::expected<T> decode_tree(const stored_record& record, Read read) {
  const auto refuse = [&record](const std::string& why) {
    return store_failure(ledger_table_names[static_cast<size_t>(record.from)]
                         + ("/" + std::to_string(record.key)) + ": " + why);
  };
  try {
    const auto tree = nlohmann::json::parse(record.json);
    const auto version = tree.value("v", uint64_t{0});
    if (version == 0) return refuse("'v' is missing");
    if (version > tree_record_version) return refuse("written by a newer Muster");
    return read(tree);
  } catch (const nlohmann::json::exception& invalid) {
    return refuse(invalid.what());
  } catch (const invalid_record& invalid) {
    return refuse(invalid.what);
  }
}

}  // namespace muster
