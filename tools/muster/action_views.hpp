// How runs of actions and their executions look to people.
#pragma once

#include <boost/json/object.hpp>

#include <string>

#include "tools/muster/views.hpp"

namespace muster::cli {

const list_view& runs_view();
const list_view& executions_view();
std::string run_text(const boost::json::object& run, const view_style& style);

// "3 succeeded, 1 failed"
std::string counts_in_words(const boost::json::object& run);

}  // namespace muster::cli
