// Words for how registries and sensors are.
#include "messages/sensors.hpp"

#include <array>

namespace muster {

namespace {

constexpr std::array<std::string_view, registry_status_count> registry_words{"PENDING", "CONNECTED", "ERROR"};
constexpr std::array<std::string_view, 3> sensor_words{"online", "scanning", "offline"};

}  // namespace

std::string to_string(registry_status status) {
  return std::string{registry_words[static_cast<size_t>(status)]};
}

caf::optional<registry_status> parse_registry_status(const std::string& text) {
  for (size_t i = 0; i < registry_words.size(); ++i)
    if (text == registry_words[i]) return static_cast<registry_status>(i);
  return caf::none;
}

std::string to_string(sensor_status status) { return std::string{sensor_words[static_cast<size_t>(status)]}; }

}  // namespace muster
