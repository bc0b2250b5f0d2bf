// What is the same in every report's page.
#pragma once

#include <string_view>

namespace muster::sim {

extern const std::string_view page_style;
extern const std::string_view page_script;

}  // namespace muster::sim
