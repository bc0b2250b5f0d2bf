// JSON in lines of bounded length, for streams whose readers take no longer ones.
#pragma once

#include <string>
#include <string_view>

namespace muster::json {

// Ends a line at the first place after `line_bytes` where JSON takes white space: the
// text means the same. A line is longer only by what stands up to the next such place.
std::string break_lines(std::string_view json, size_t line_bytes);

// Bytes of the longest line, without its end.
size_t longest_line(std::string_view text);

}  // namespace muster::json
