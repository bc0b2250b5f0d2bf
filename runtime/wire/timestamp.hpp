// RFC 3339 times with milliseconds, as every answer writes them.
#pragma once

#include "messages/time.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace muster {

// "2026-11-21T23:59:59.123Z"; "" for the epoch, which stands for never.
std::string to_rfc3339(utc_time at);
// Takes any RFC 3339 time with seconds and an offset; nothing if it is not one.
std::optional<utc_time> parse_rfc3339(std::string_view text);
// "Sun, 06 Nov 1994 08:49:37 GMT", for the Date field.
std::string to_http_date(utc_time at);

}  // namespace muster
