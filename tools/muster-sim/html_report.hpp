// A whole run as one page that needs nothing but a browser: tables in HTML, plots drawn from the JSON report
// that the page carries. The same run gives the same bytes.
#pragma once

#include "tools/muster-sim/run_report.hpp"

#include <string>
#include <string_view>

namespace muster::sim {

std::string html_report(const run_result& of);

// For text and attribute values.
std::string html_escaped(std::string_view text);

}  // namespace muster::sim
