// A whole run as one JSON document. The same run gives the same bytes.
#pragma once

#include "tools/muster-sim/timeline.hpp"
#include "tools/muster-sim/verdict.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace muster::sim {

struct run_result {
  scenario of;
  std::string target;
  outcome what;
  observation seen;
  timeline line;
  std::vector<judgement> verdict;
  std::string problem;  // why the figures are not of the whole scenario; "" if they are

  bool held() const { return problem.empty() && all_held(verdict); }
};

std::string_view name_of(request_kind kind);
std::string_view name_of(dialect speaks);

std::string run_json(const run_result& of);

}  // namespace muster::sim
