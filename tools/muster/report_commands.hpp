// Where lists of what a node has reported come from, and how they look.
#pragma once

#include <string>

#include "tools/muster/command_line.hpp"
#include "tools/muster/operator_api.hpp"
#include "tools/muster/views.hpp"

namespace muster::cli {

struct report_source {
  const list_view* view;
  std::string path;
};
report_source reports_of(const command_line& line, const operator_api& api);

}  // namespace muster::cli
