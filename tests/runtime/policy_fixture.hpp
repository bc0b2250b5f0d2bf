// What tests of policy documents share: reading that must succeed or must not, and a
// document in which nothing is absent.
#pragma once

#include "runtime/wire/policy_document.hpp"

#include <boost/test/unit_test.hpp>

namespace muster::policy_test {

inline policy_document good(std::string_view text) {
  auto read = policy_json::read_policy(text);
  BOOST_REQUIRE_MESSAGE(read.value, read.problem);
  return std::move(*read.value);
}

inline std::string problem(std::string_view text) {
  const auto read = policy_json::read_policy(text);
  BOOST_TEST(!read.value, text);
  return read.problem;
}

constexpr std::string_view everything = R"({
  "rules": [
    {"enabled": true, "description": "d", "severity": "high", "action": "alert", "condition": {"z": 1, "a": [2]},
     "type": "custom", "id": "first"},
    {"id": "second"}],
  "response": {"actions": ["block_ip", "kill_process"], "escalation": {"after_minutes": 5}},
  "alerting": {"channels": ["ops", "mail"], "minimum_severity": "medium"},
  "monitors": {"advanced": {"file_events": {"depth": 3}, "rate-limit": 12.5}, "enabled": ["network", "file"]},
  "allowlist": {"ips": ["10.0.0.1"], "cidrs": ["10.1.2.3/8"], "domains": ["Good.Example."],
    "hashes": ["D41D8CD98F00B204E9800998ECF8427E"], "processes": ["sshd", "backup"]},
  "blocklist": {"ips": ["2001:DB8:0::1", "192.0.2.7", "192.0.2.7", "::ffff:192.0.2.8"],
    "cidrs": ["2001:db8::ff/32", "198.51.100.77/24"], "domains": ["evil.example"],
    "hashes": ["E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855"]},
  "thresholds": {"notify_and_wait": 62.5, "auto_respond": 85}
})";

}  // namespace muster::policy_test
