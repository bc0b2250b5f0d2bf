// Names of scans, of registries and of what becomes of a scan.
#include "messages/scans.hpp"

#include <array>
#include <charconv>

namespace muster {

namespace {

constexpr std::array<const char*, scan_status_count> status_names{"queued", "claimed", "completed", "failed",
                                                                  "cancelled"};
constexpr std::array<const char*, 3> source_names{"docker", "registry", "tar"};
constexpr std::array<const char*, 3> outcome_names{"SUCCESS", "PARTIAL", "FAILED"};

template <class Value, size_t Count>
caf::optional<Value> find_name(const std::array<const char*, Count>& names, const std::string& text) {
  for (size_t i = 0; i < Count; ++i)
    if (text == names[i]) return static_cast<Value>(i);
  return caf::none;
}

// No sign, no zero in front, no more than 64 bits.
template <class Id>
std::optional<Id> parse_id(std::string_view prefix, std::string_view text) {
  if (!text.starts_with(prefix)) return std::nullopt;
  const auto digits = text.substr(prefix.size());
  if (digits.empty() || digits.front() == '0') return std::nullopt;
  uint64_t number = 0;
  const auto [end, bad] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (bad != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return Id{number};
}

}  // namespace

std::string to_string(scan_id id) { return "job-" + std::to_string(raw(id)); }
std::string to_string(registry_id id) { return "reg-" + std::to_string(raw(id)); }
std::optional<scan_id> parse_scan_id(std::string_view text) { return parse_id<scan_id>("job-", text); }
std::optional<registry_id> parse_registry_id(std::string_view text) {
  return parse_id<registry_id>("reg-", text);
}

std::string to_string(scan_status status) { return status_names[static_cast<size_t>(status)]; }
caf::optional<scan_status> parse_scan_status(const std::string& text) {
  return find_name<scan_status>(status_names, text);
}

std::string to_string(scan_source source) { return source_names[static_cast<size_t>(source)]; }
caf::optional<scan_source> parse_scan_source(const std::string& text) {
  return find_name<scan_source>(source_names, text);
}

std::string to_string(scan_outcome outcome) { return outcome_names[static_cast<size_t>(outcome)]; }
caf::optional<scan_outcome> parse_scan_outcome(const std::string& text) {
  return find_name<scan_outcome>(outcome_names, text);
}

}  // namespace muster
