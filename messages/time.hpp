// The two times of the manager. Listening time decides who is alive; calendar
// time is for people and records and decides nothing.
#pragma once

#include <chrono>

namespace muster {

// Time during which the manager could hear, since its start: monotonic time
// minus every span in which it could not. Differences alone mean something.
using listening_time = std::chrono::nanoseconds;

// Calendar time in milliseconds, as stored and shown (RFC 3339, UTC).
using utc_time = std::chrono::time_point<std::chrono::system_clock, std::chrono::milliseconds>;

}  // namespace muster
