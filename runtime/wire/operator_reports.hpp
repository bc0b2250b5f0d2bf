// The operator API: what nodes have reported.
#pragma once

#include "messages/node_reports.hpp"

#include <string>

namespace muster::operator_api {

std::string write_node_reports(const node_report_page& page);
std::string write_node_entries(const node_value_page& page);
std::string write_node_metrics(const node_value_page& page);
std::string write_metric_list(const node_value_page& page);  // the array alone

}  // namespace muster::operator_api
