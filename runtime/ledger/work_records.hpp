// JSON of the records of runs, of their executions and of what those printed.
#pragma once

#include "messages/work.hpp"
#include "runtime/ledger/ledger_tables.hpp"

#include <caf/expected.hpp>

namespace muster {

// A run's number is in the key.
std::string encode(const run_record& what);
std::string encode(const execution_record& what);
std::string encode(const execution_output& what);

// An invalid record is store_failed with a context that names table and key.
caf::expected<run_record> decode_run(const stored_record& record);
caf::expected<execution_record> decode_execution(const stored_record& record);
caf::expected<execution_output> decode_output(const stored_record& record);

}  // namespace muster
