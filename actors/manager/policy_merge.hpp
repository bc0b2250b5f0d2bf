// How layers of policy become one document. Later layers win where they speak;
// lists are united, and what the allowlist names comes off the blocklist.
#pragma once

#include "messages/policy.hpp"

namespace muster {

// What every agent has until somebody writes a policy.
policy_document built_in_policy();

// The layers from below to above, each over the ones before it. The topmost `emergencies` of them raise
// thresholds and never lower them.
policy_document merge_policies(const std::vector<const policy_document*>& layers, size_t emergencies = 0);

}  // namespace muster
