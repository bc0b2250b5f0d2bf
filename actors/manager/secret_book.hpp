// Knows every secret, sealed: which a node may have, in which version. A plain value,
// changed once the change is durable.
#pragma once

#include "actors/manager/state_book.hpp"

namespace muster {

struct secret_limits {
  size_t value_bytes = 64 * 1024;
  size_t secrets = 10'000;  // with those that were revoked
};

class secret_book {
 public:
  secret_book(secret_limits limits, std::vector<stored_secret> restored);

  // What is wrong with a secret to be put, or empty.
  std::string problem_of(const put_secret& request) const;

  const stored_secret* find(const std::string& name, const state_scope& scope) const;
  // The one that a node gets under this name: of the topmost scope that has it. None if that was revoked.
  const stored_secret* find(const std::string& name, const state_holder& whom) const;

  // Takes the place of the one with this name and scope.
  void put(stored_secret what);
  void remove(const std::string& name, const state_scope& scope);

  // All that a node may have, and those that its layers announce and that were not revoked, by name. The
  // later version counts.
  std::vector<secret_reference> references_of(const state_holder& whom,
                                              const std::vector<secret_reference>& announced) const;
  std::vector<stored_secret> of_scope(const state_scope& scope) const;
  std::vector<stored_secret> list() const;  // without what is sealed

 private:
  using by_name = std::map<std::string, stored_secret>;

  secret_limits limits_;
  std::map<state_scope, by_name> scopes_;
  size_t size_ = 0;
};

// Where the vault is told that they lie.
std::string secret_place(const std::string& name, uint64_t version);

}  // namespace muster
