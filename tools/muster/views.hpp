// How the API's rows look to people. Pure: rows and the console's style in, cells and lines out.
#pragma once

#include <boost/json/object.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/time.hpp"
#include "tools/muster/text_table.hpp"

namespace muster::cli {

struct view_style {
  utc_time now{};
  bool relative_times = false;
  bool colour = false;
};

// "12s ago" where times are relative, else the time as the manager wrote it.
std::string shown_time(std::string_view rfc3339, const view_style& style);

// Both the span and the time, for blocks where there is room.
std::string full_time(std::string_view rfc3339, const view_style& style);
table_cell time_cell(const boost::json::object& row, std::string_view name, const view_style& style);
tone tone_of_severity(std::string_view severity);
// Digits in groups; empty when the member is absent.
std::string shown_count(const boost::json::object& from, std::string_view name);

// The array's texts: "T1059, T1110"
std::string texts_in_words(const boost::json::object& from, std::string_view name);

// A list of the API: where its rows stand in the answer and how one becomes a line.
struct list_view {
  std::string member;
  std::string_view plural;
  std::vector<std::string> headings;
  std::function<table_row(const boost::json::object&, const view_style&)> row;
};
const list_view& agents_view();
const list_view& history_view();
const list_view& threats_view();
const list_view& audit_view();

// "web-1 (ag-0000000100000002, stale)"
std::string agent_in_words(const boost::json::object& agent);
// "rack=4, site=berlin", sorted by key
std::string labels_in_words(const boost::json::object& labels, std::string_view separator = ", ");

std::string agent_text(const boost::json::object& agent, const view_style& style);
std::string status_text(const boost::json::object& status, const view_style& style);

}  // namespace muster::cli
