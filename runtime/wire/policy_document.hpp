// Policy documents as operators and Panguard's API clients write them, and as agents
// read them. docs/policy.md explains the format, policy.schema.json defines it.
#pragma once

#include "messages/policy.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace muster::policy_json {

// What was read, or what is wrong with it: "$.blocklist.ips[3]: '1.2.3' is not an IP address".
template <class T>
struct reading {
  std::optional<T> value;
  std::string problem;
};

// JSON Schema, draft 7, of what operators write and of what POST /api/policy takes.
std::string_view policy_schema();
std::string_view panguard_policy_schema();

// Checks everything that an operator can get wrong and brings values into their normal form.
reading<policy_document> read_policy(std::string_view text);

// The same document in the same form, members in the schema's order, empty sections
// left out. What read_policy() gave is read back as it was.
std::string write_policy(const policy_document& what);

// RFC 6902, from what write_policy() writes of one to what it writes of the other.
std::string write_diff(const policy_document& before, const policy_document& after);

// Members of the dialect's policy object, without braces, policyId, version and updatedAt.
// What is on the blocklist and the thresholds are there as rules too, which is what
// Panguard's agents understand; rules that are not enabled are left out.
std::string panguard_members(const policy_document& effective);

// Body of the dialect's POST /api/policy. Rules that the document has a place of its own
// for (block_ip, alert_threshold, auto_respond) go there, the others stay rules.
reading<policy_document> read_panguard_policy(std::string_view text);

}  // namespace muster::policy_json
