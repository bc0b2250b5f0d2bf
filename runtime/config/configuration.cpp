// What the configuration derives from its surroundings: user, environment, number of cores.
#include "runtime/config/configuration.hpp"

#include <unistd.h>

#include <algorithm>
#include <string_view>
#include <thread>

namespace muster {

using namespace std::chrono_literals;

// Where these come from: each product's own manager waits this long for its agents (see
// docs/configuration.md).
std::map<std::string, liveness_profile_options> default_liveness_profiles() {
  return {{"panguard", {30s, 90s, std::nullopt}},
          {"harborguard", {30s, std::nullopt, 120s}},
          {"plexd", {30s, 90s, 300s}}};
}

std::filesystem::path default_data_dir(const std::map<std::string, std::string>& environment, bool is_root) {
  if (is_root) return "/var/lib/muster";
  // The XDG specification says to ignore what is not absolute; the same is wise for HOME.
  const auto directory = [&](const char* name) -> std::filesystem::path {
    const auto found = environment.find(name);
    return found != environment.end() && found->second.starts_with('/') ? found->second : "";
  };
  if (const auto state = directory("XDG_STATE_HOME"); !state.empty()) return state / "muster";
  if (const auto home = directory("HOME"); !home.empty()) return home / ".local/state/muster";
  return {};
}

std::filesystem::path operator_socket_path(const configuration& from) {
  return from.operator_socket.empty() ? from.data_dir / "operator.sock"
                                      : std::filesystem::path(from.operator_socket);
}

unsigned threads_or_default(unsigned configured) {
  return configured != 0 ? configured : std::max(1u, std::thread::hardware_concurrency() / 2);
}

std::map<std::string, std::string> process_environment() {
  std::map<std::string, std::string> variables;
  for (char** entry = ::environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const auto equals = text.find('=');
    if (equals != std::string_view::npos) variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

}  // namespace muster
