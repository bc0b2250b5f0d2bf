// Where an actor tells people of something unusual. The manager writes it to its
// log; a test may listen.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace muster {

using journal = std::function<void(std::string_view event, const std::string& detail)>;

}  // namespace muster
