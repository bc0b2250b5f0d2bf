// Names of executions and of what becomes of them.
#include "messages/work.hpp"

#include <array>
#include <charconv>
#include <cstdio>

namespace muster {

namespace {

constexpr std::array<const char*, execution_status_count> status_names{
  "queued", "sent", "running", "succeeded", "failed", "timed_out", "cancelled", "expired"};

template <class Number>
bool read_hex(std::string_view text, Number& into) {
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), into, 16);
  return bad == std::errc{} && end == text.data() + text.size();
}

}  // namespace

std::string to_string(execution_status status) { return status_names[static_cast<size_t>(status)]; }

caf::optional<execution_status> parse_execution_status(const std::string& text) {
  for (size_t i = 0; i < status_names.size(); ++i)
    if (text == status_names[i]) return static_cast<execution_status>(i);
  return caf::none;
}

std::string execution_name(uint64_t run, agent_id node) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "x-%llx-%x", static_cast<unsigned long long>(run), slot_of(node));
  return text.data();
}

std::optional<execution_place> parse_execution_name(std::string_view text) {
  if (!text.starts_with("x-")) return std::nullopt;
  const auto dash = text.find('-', 2);
  execution_place out;
  if (dash == text.npos || !read_hex(text.substr(2, dash - 2), out.run)
      || !read_hex(text.substr(dash + 1), out.slot))
    return std::nullopt;
  if (execution_name(out.run, make_agent_id(0, out.slot, 0)) != text) return std::nullopt;
  return out;
}

}  // namespace muster
