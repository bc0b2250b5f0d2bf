// JSON documents and their differences as people read them.
#pragma once

#include <boost/json/value.hpp>

#include <string>

#include "tools/muster/text_table.hpp"

namespace muster::cli {

// Indented by two spaces, members in their order, harmless to a terminal; ends with a line end.
std::string indented_json(const boost::json::value& value);

// An RFC 6902 patch, one operation a line: `replace /mode "enforce"`. Nothing for what is not a patch.
std::string patch_text(const boost::json::value& patch, bool colour);

}  // namespace muster::cli
