// Calendar time for records. Injected, since decisions never depend on it and
// tests run on a calendar of their own.
#pragma once

#include "messages/time.hpp"

#include <functional>

namespace muster {

using calendar = std::function<utc_time()>;

}  // namespace muster
