// How rollouts look to people.
#pragma once

#include <boost/json/object.hpp>

#include <string>

#include "tools/muster/views.hpp"

namespace muster::cli {

const list_view& rollouts_view();
// Cells that an upgrade of nodes has, too: "2 of 4 (10%)", how it goes.
std::string stage_in_words(const boost::json::object& rollout);
table_cell rollout_status_cell(const boost::json::object& rollout);
// A number of seconds: "10m"
std::string span_in_words(const boost::json::object& from, std::string_view name);
std::string rollout_text(const boost::json::object& rollout, const view_style& style);

}  // namespace muster::cli
