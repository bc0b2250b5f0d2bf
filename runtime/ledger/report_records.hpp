// JSON of the records of what nodes report. Items are kept as text, as they came.
#pragma once

#include "messages/node_reports.hpp"
#include "runtime/ledger/ledger_tables.hpp"

#include <caf/expected.hpp>

namespace muster {

// A report's key is its node's slot (24 bits), its kind (4) and its number (36), from 1.
constexpr uint64_t report_key(uint32_t slot, report_kind kind, uint64_t number) {
  return uint64_t{slot} << 40 | uint64_t{static_cast<uint8_t>(kind)} << 36 | number;
}
constexpr uint64_t number_of_report(uint64_t key) { return key & ((uint64_t{1} << 36) - 1); }
// The first key behind all reports of this one's node and kind.
constexpr uint64_t report_ring_end(uint64_t key) { return ((key >> 36) + 1) << 36; }

// A value's key is its node's slot (24 bits), its kind (1) and a hash of its name (39).
constexpr uint64_t value_key(uint32_t slot, value_kind kind, uint64_t hash) {
  return uint64_t{slot} << 40 | uint64_t{static_cast<uint8_t>(kind)} << 39
         | (hash & ((uint64_t{1} << 39) - 1));
}
constexpr uint64_t value_end(uint32_t slot, value_kind kind) {
  return value_key(slot, kind, 0) + (uint64_t{1} << 39);
}

// All values of a node whose names have the same hash: one, nearly always.
struct value_bucket {
  agent_id id{};
  std::vector<node_value> values;

  bool operator==(const value_bucket&) const = default;
};

// A report's number is in the key.
std::string encode(const record_node_reports& what);
std::string encode(const value_bucket& what);

// An invalid record is store_failed with a context that names table and key.
caf::expected<node_report> decode_report(const stored_record& record);
caf::expected<value_bucket> decode_values(const stored_record& record);

// When a report came, without reading the rest of it. Zero for what is no report.
utc_time time_of_report(std::string_view json);

}  // namespace muster
