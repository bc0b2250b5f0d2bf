// Which addresses deliveries may go to. Judged on the address that is connected to, since a
// name may resolve to anything, and to something else a moment later.
#pragma once

#include <string>

struct sockaddr;

namespace muster {

// Whether it lies outside the public internet: loopback, private, link-local, multicast,
// reserved, or an IPv6 address that stands for such an IPv4 one. Other families are private.
bool is_private(const sockaddr& address);

std::string text_of(const sockaddr& address);

}  // namespace muster
