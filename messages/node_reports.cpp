// Names of kinds of reports.
#include "messages/node_reports.hpp"

#include <array>

namespace muster {

namespace {

constexpr std::array<const char*, report_kind_count> kind_names{"drift",      "metrics",  "logs",   "audit",
                                                                "violations", "recovery", "tunnels"};

}  // namespace

std::string to_string(report_kind kind) { return kind_names[static_cast<size_t>(kind)]; }

caf::optional<report_kind> parse_report_kind(const std::string& text) {
  for (size_t i = 0; i < kind_names.size(); ++i)
    if (text == kind_names[i]) return static_cast<report_kind>(i);
  return caf::none;
}

}  // namespace muster
