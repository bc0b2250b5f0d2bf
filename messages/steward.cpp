// How scopes are written.
#include "messages/steward.hpp"

namespace muster {

std::string to_string(const state_scope& scope) {
  switch (scope.level) {
    case state_level::tenant: return "tenant";
    case state_level::label: return "label:" + scope.name;
    case state_level::node: return "node:" + scope.name;
  }
  return {};
}

}  // namespace muster
