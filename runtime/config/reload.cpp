// What SIGHUP changes and what has to wait for a restart; the table says which is which.
#include <set>

#include "runtime/config/setting.hpp"

namespace muster {

std::vector<std::string> settings_needing_restart(const configuration& before, const configuration& after) {
  std::vector<std::string> keys;
  std::set<std::string> seen;
  // Both sides' places: a profile may have come or gone.
  for (const auto* side : {&before, &after}) {
    for (const auto& [found, key, name] : setting_places(*side)) {
      if (found->reloads || !seen.insert(key).second) continue;
      const bool same = found->entries != nullptr ? found->entries(before) == found->entries(after)
                                                  : found->text(before, name) == found->text(after, name);
      if (!same) keys.push_back(key);
    }
  }
  return keys;
}

configuration with_reloadable(const configuration& running, const configuration& fresh) {
  auto merged = running;
  for (const auto& each : settings()) {
    if (each.reloads) each.copy(merged, fresh);
  }
  return merged;
}

}  // namespace muster
