// Query parameters of the operator's routes.
#include "runtime/ingress/query_reader.hpp"

#include "messages/queries.hpp"
#include "runtime/config/units.hpp"
#include "runtime/wire/names.hpp"
#include "runtime/wire/timestamp.hpp"

#include <boost/url/parse_query.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace muster {

query_reader::query_reader(const http::request& from, std::initializer_list<std::string_view> known) {
  if (from.query.empty()) return;
  auto parsed = boost::urls::parse_query(from.query);
  if (!parsed) {
    problem_ = "the query is not validly encoded";
    return;
  }
  boost::urls::encoding_opts form;
  form.space_as_plus = true;
  for (auto entry : *parsed) {
    const auto name = entry.key.decode(form);
    if (std::find(known.begin(), known.end(), name) == known.end())
      problem_ = fmt::format("unknown query parameter '{}'", name);
    else if (std::any_of(values_.begin(), values_.end(), [&](const auto& v) { return v.first == name; }))
      problem_ = fmt::format("query parameter '{}' is given twice", name);
    if (!problem_.empty()) return;
    values_.emplace_back(name, entry.value.decode(form));
  }
}

void query_reader::fail(std::string_view name, std::string_view wanted) {
  if (problem_.empty()) problem_ = fmt::format("query parameter '{}' must be {}", name, wanted);
}

std::string query_reader::text(std::string_view name) const {
  for (const auto& [key, value] : values_)
    if (key == name) return value;
  return {};
}

uint32_t query_reader::limit() {
  const auto given = text("limit");
  if (given.empty()) return 100;
  const auto value = parse_whole_number(given);
  if (value && *value >= 1 && *value <= max_page) return static_cast<uint32_t>(*value);
  fail("limit", fmt::format("a whole number from 1 to {}", max_page));
  return 0;
}

uint64_t query_reader::cursor() {
  const auto given = text("cursor");
  if (given.empty()) return 0;
  const auto value = read_cursor(given);
  if (!value) fail("cursor", "a next_cursor that this manager gave out");
  return value.value_or(0);
}

bool query_reader::flag(std::string_view name) {
  const auto given = text(name);
  if (given != "" && given != "true" && given != "false") fail(name, "true or false");
  return given == "true";
}

caf::optional<agent_status> query_reader::status() {
  const auto given = text("status");
  auto value = parse_agent_status(given);
  if (!value && !given.empty()) fail("status", "online, stale, offline or departed");
  return value;
}

caf::optional<dialect> query_reader::speaks() {
  const auto given = text("dialect");
  auto value = parse_dialect(given);
  if (!value && !given.empty()) fail("dialect", "panguard, harborguard or plexd");
  return value;
}

caf::optional<agent_id> query_reader::agent() {
  const auto given = text("agent");
  if (given.empty()) return caf::none;
  auto value = parse_agent_id(given);
  if (value) return *value;
  fail("agent", "an agent's id");
  return caf::none;
}

utc_time query_reader::since() {
  const auto given = text("since");
  if (given.empty()) return {};
  auto value = parse_rfc3339(given);
  if (!value) fail("since", "an RFC 3339 time");
  return value.value_or(utc_time{});
}

caf::optional<registry_id> query_reader::registry() {
  const auto given = text("registry");
  if (given.empty()) return caf::none;
  const auto value = parse_registry_id(given);
  if (value) return *value;
  fail("registry", "a registry's id, like reg-1");
  return caf::none;
}

caf::optional<scan_status> query_reader::scan() {
  const auto given = text("status");
  auto value = parse_scan_status(given);
  if (!value && !given.empty()) fail("status", "queued, claimed, completed, failed or cancelled");
  return value;
}

}  // namespace muster
