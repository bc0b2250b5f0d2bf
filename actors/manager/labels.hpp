// Which labels an agent must have.
#pragma once

#include <algorithm>
#include <map>
#include <string>

namespace muster {

// All of them, with these values.
inline bool has_labels(const std::map<std::string, std::string>& labels,
                       const std::map<std::string, std::string>& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&labels](const auto& want) {
    const auto found = labels.find(want.first);
    return found != labels.end() && found->second == want.second;
  });
}

}  // namespace muster
