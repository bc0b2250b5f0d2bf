// Secrets by scope, then by name.
#include "actors/manager/secret_book.hpp"

#include <algorithm>

namespace muster {

namespace {

constexpr size_t longest_name = 128;
constexpr std::string_view name_characters =
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";

bool is_secret_name(const std::string& text) {
  return !text.empty() && text.size() <= longest_name && text != "." && text != ".."
         && text.find_first_not_of(name_characters) == text.npos;
}

}  // namespace

secret_book::secret_book(secret_limits limits, std::vector<stored_secret> restored) : limits_(limits) {
  for (auto& each : restored) put(std::move(each));
}

std::string secret_book::problem_of(const put_secret& request) const {
  if (!is_secret_name(request.name))
    return "the name of a secret is 1 to " + std::to_string(longest_name)
           + " letters, digits, '.', '_' and '-'";
  if (request.value.empty()) return "the value of a secret is not empty";
  if (request.value.size() > limits_.value_bytes)
    return "the value has " + std::to_string(request.value.size()) + " bytes; a secret has "
           + std::to_string(limits_.value_bytes) + " at most";
  if (size_ >= limits_.secrets && find(request.name, request.scope) == nullptr)
    return "there are " + std::to_string(size_) + " secrets, which is the most";
  return {};
}

const stored_secret* secret_book::find(const std::string& name, const state_scope& scope) const {
  const auto at = scopes_.find(scope);
  if (at == scopes_.end()) return nullptr;
  const auto found = at->second.find(name);
  return found == at->second.end() ? nullptr : &found->second;
}

const stored_secret* secret_book::find(const std::string& name, const state_holder& whom) const {
  const auto scopes = scopes_of(whom);
  for (auto scope = scopes.rbegin(); scope != scopes.rend(); ++scope)
    if (const auto* found = find(name, *scope); found != nullptr) return found->revoked ? nullptr : found;
  return nullptr;
}

void secret_book::put(stored_secret what) {
  auto name = what.name;
  if (scopes_[what.scope].insert_or_assign(std::move(name), std::move(what)).second) ++size_;
}

void secret_book::remove(const std::string& name, const state_scope& scope) {
  const auto at = scopes_.find(scope);
  if (at == scopes_.end()) return;
  size_ -= at->second.erase(name);
  if (at->second.empty()) scopes_.erase(at);
}

std::vector<secret_reference> secret_book::references_of(
  const state_holder& whom, const std::vector<secret_reference>& announced) const {
  std::map<std::string, const stored_secret*> topmost;
  for (const auto& scope : scopes_of(whom)) {
    const auto at = scopes_.find(scope);
    if (at == scopes_.end()) continue;
    for (const auto& [name, secret] : at->second) topmost[name] = &secret;
  }
  std::map<std::string, uint64_t> versions;
  for (const auto& [name, secret] : topmost)
    if (!secret->revoked) versions[name] = secret->version;
  for (const auto& each : announced) {
    const auto known = topmost.find(each.key);
    if (known != topmost.end() && known->second->revoked) continue;
    versions[each.key] = std::max(versions[each.key], each.version);
  }
  std::vector<secret_reference> out;
  for (const auto& [name, version] : versions) out.push_back({name, version});
  return out;
}

std::vector<stored_secret> secret_book::of_scope(const state_scope& scope) const {
  std::vector<stored_secret> out;
  if (const auto at = scopes_.find(scope); at != scopes_.end())
    for (const auto& [name, secret] : at->second) out.push_back(secret);
  return out;
}

std::vector<stored_secret> secret_book::list() const {
  std::vector<stored_secret> out;
  for (const auto& [scope, secrets] : scopes_)
    for (const auto& [name, secret] : secrets) {
      out.push_back(secret);
      out.back().sealed.clear();
    }
  std::stable_sort(out.begin(), out.end(),
                   [](const stored_secret& a, const stored_secret& b) { return a.name < b.name; });
  return out;
}

std::string secret_place(const std::string& name, uint64_t version) {
  return "secrets/" + name + "/" + std::to_string(version);
}

}  // namespace muster
