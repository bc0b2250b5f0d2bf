// The operator API: programs that nodes fetch.
#pragma once

#include "messages/artifacts.hpp"

#include <string>

namespace muster::operator_api {

std::string write_artifact(const artifact& what);
std::string write_artifacts(const artifact_list& list);

}  // namespace muster::operator_api
