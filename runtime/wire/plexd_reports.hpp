// What nodes of the plexd dialect report, in every form that they write it. Members that
// are absent, null or zero mean the same; members that are not known are kept.
#pragma once

#include "messages/node_reports.hpp"
#include "runtime/wire/reading.hpp"

#include <string_view>

namespace muster::plexd {

// Each reads the body of the node's request, received `now`. A report is taken whole or
// not at all; a time in it that is more than 10 minutes ahead is a problem, too.
using report_reading = reading<record_node_reports>;

report_reading read_drift(std::string_view body, agent_id node, utc_time now);
report_reading read_violation(std::string_view body, agent_id node, utc_time now);
report_reading read_recovery(std::string_view body, agent_id node, utc_time now);
report_reading read_metrics(std::string_view body, agent_id node, utc_time now);  // an array
report_reading read_logs(std::string_view body, agent_id node, utc_time now);     // an array, or a line each
report_reading read_audit(std::string_view body, agent_id node, utc_time now);    // the same
report_reading read_tunnel_ready(std::string_view body, agent_id node, std::string_view session,
                                 utc_time now);
report_reading read_tunnel_closed(std::string_view body, agent_id node, std::string_view session,
                                  utc_time now);

// POST …/report: the node's upstream state. Of several entries with a key the last counts.
reading<record_node_entries> read_entries(std::string_view body, agent_id node, utc_time now);

}  // namespace muster::plexd
