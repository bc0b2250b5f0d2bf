// The operator API: runs of actions, as JSON both ways. docs/nodes.md shows them.
#pragma once

#include "messages/work.hpp"
#include "runtime/json/document.hpp"

#include <string>

namespace muster::operator_api {

// Body of POST /operator/v1/runs; problems are left in `from`.
start_run read_start_run(json::object_reader& from);

std::string write_runs(const run_page& page);
std::string write_run(const run_row& row);
std::string write_executions(const execution_page& page);
std::string write_execution(const execution_record& what, const execution_output& printed);

}  // namespace muster::operator_api
