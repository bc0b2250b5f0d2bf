// The two forms a log line can have; apart from log.hpp so that the configuration can name it alone.
#pragma once

namespace muster {

enum class log_format { text, json };

}  // namespace muster
