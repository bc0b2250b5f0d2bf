// Whether a tree is what a JSON Schema (draft 7) asks for; when not, where and why,
// in words for the person who wrote it.
#pragma once

#include "runtime/json/tree.hpp"

#include <memory>

namespace muster::json {

// Understands for its words what our schemas are made of: types, properties,
// patternProperties, additionalProperties: false, items, "#/definitions/…", limits, enum.
class schema {
 public:
  explicit schema(std::string_view text);  // part of the program, so it must be valid
  schema(const schema&) = delete;
  ~schema();

  // Empty when there is none, else "$.path: what". Any number of threads may ask.
  std::string problem_of(const nlohmann::json& tree) const;

 private:
  struct compiled;

  std::unique_ptr<const compiled> compiled_;
};

}  // namespace muster::json
