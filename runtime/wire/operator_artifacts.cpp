// JSON of the operator API about programs that nodes fetch.
#include "runtime/wire/operator_artifacts.hpp"

#include "runtime/wire/operator_json.hpp"

#include <fmt/format.h>

namespace muster::operator_api {

using json::quote;

std::string write_artifact(const artifact& what) {
  return fmt::format(
    R"({{"version":{},"os":{},"arch":{},"bytes":{},"sha256":{},"signature":{},"author":{},"sealed_at":{}}})",
    quote(what.name.version), quote(what.name.os), quote(what.name.arch), what.bytes, quote(what.sha256),
    quote(what.signature), quote(what.author), quote(to_rfc3339(what.sealed_at)));
}

std::string write_artifacts(const artifact_list& all) {
  return R"({"artifacts":)" + list(all.artifacts, write_artifact) + "}";
}

}  // namespace muster::operator_api
