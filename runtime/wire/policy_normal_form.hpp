// One way to write each value of a policy, so that lists can be united, compared and
// looked up in: addresses and ranges in their shortest form, names and hashes in lower case.
#pragma once

#include "messages/policy.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace muster::policy_json {

// How the thresholds are called where the document comes from.
struct threshold_names {
  std::string_view auto_respond = "auto_respond";
  std::string_view notify_and_wait = "notify_and_wait";
};

// IPv4 and IPv6, private and loopback too; nothing when it is no address.
std::optional<std::string> normal_address(std::string_view text);

// Sorts the lists and leaves each value once. The first problem with its path, or empty.
std::string normalise(policy_document& what, const threshold_names& names);

}  // namespace muster::policy_json
