// Names of platforms.
#include "messages/upgrades.hpp"

namespace muster {

std::string platform_of(const std::map<std::string, std::string>& metadata) {
  const auto os = metadata.find("os");
  const auto arch = metadata.find("arch");
  if (os == metadata.end() || arch == metadata.end() || os->second.empty() || arch->second.empty()) return {};
  return os->second + "/" + arch->second;
}

}  // namespace muster
