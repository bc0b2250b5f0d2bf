// A policy document as a tree of JSON and back, without any judgement: for what has
// been judged already, like the ledger's records.
#pragma once

#include "messages/policy.hpp"

#include <nlohmann/json.hpp>

namespace muster::policy_json {

nlohmann::ordered_json to_tree(const policy_document& what);

// Throws nlohmann::json::exception unless the tree has the schema's form.
policy_document from_tree(const nlohmann::json& tree);

// A rule with its members in the schema's order, and its text: always the same for the same rule.
nlohmann::ordered_json rule_tree(const nlohmann::json& rule);
std::string rule_body(const nlohmann::json& rule);

// Whole numbers without a fraction.
nlohmann::ordered_json number_tree(double value);

// JSON out of a document; null should it be none.
nlohmann::ordered_json embedded(const std::string& json);

}  // namespace muster::policy_json
