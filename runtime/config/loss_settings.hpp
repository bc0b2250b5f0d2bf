// Settings of what follows when agents fall silent: disruptions and flapping.
#pragma once

#include "runtime/config/setting.hpp"

#include <optional>
#include <string>
#include <vector>

namespace muster {

std::vector<setting> loss_settings();

// A share from 0.05 to 1, of at most four decimals.
std::optional<double> parse_share(const std::string& text);

}  // namespace muster
