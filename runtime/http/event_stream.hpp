// Server-sent events as the WHATWG's HTML standard has them, for answers that go on.
#pragma once

#include "runtime/http/message.hpp"

namespace muster::http {

// One event, ended by its blank line. Empty `event` and `id` are left out; line
// breaks in them are dropped, since they would begin another field. Each line of
// `data` goes out as one: keep lines below 64 KiB, which is what clients read.
std::string sse_event(std::string_view event, std::string_view id, std::string_view data);

// What clients skip: keeps proxies awake, and finds peers that have gone.
std::string sse_comment(std::string_view text);

// An answer that is an event stream. Proxies are told to pass on each event at once.
response open_event_stream(std::function<void(std::shared_ptr<stream>)> opens);

}  // namespace muster::http
