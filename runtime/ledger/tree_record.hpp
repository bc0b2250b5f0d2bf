// Records that are read as trees: those of which there are few, or that are read once.
#pragma once

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
