// Answers come from whoever holds the address, so that nothing in them is taken for granted.
#include "tools/muster/operator_api.hpp"

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <iterator>

#include "tools/muster/failure.hpp"

namespace muster::cli {
namespace {

// Events are as deeply nested as their agents made them, which the manager limits to 1024.
constexpr std::size_t deepest_nesting = 1100;

bool is_unreserved(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.'
         || c == '_' || c == '~';
}

}  // namespace

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (is_unreserved(c)) {
      out += c;
    } else {
      fmt::format_to(std::back_inserter(out), "%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

std::string api_target(std::string_view path, const query_fields& query) {
  std::string target(path);
  char separator = '?';
  for (const auto& [name, value] : query) {
    if (value.empty()) continue;
    target += separator + percent_encoded(name) + '=' + percent_encoded(value);
    separator = '&';
  }
  return target;
}

bool is_agent_id(std::string_view text) {
  return text.size() == 19 && text.starts_with("ag-")
         && text.find_first_not_of("0123456789abcdef", 3) == std::string_view::npos;
}

api_answer operator_api::ask(const api_request& request) const {
  auto answer = ask_(request);
  if (answer.status < 200 || answer.status > 299) {
    throw refused({answer.address, answer.status, answer.body, answer.token_source, answer.token_note});
  }
  return answer;
}

api_document operator_api::get(const std::string& target) const { return write({"GET", target, {}, {}}); }

api_document operator_api::write(const api_request& request) const {
  auto answer = ask(request);
  boost::json::parse_options options;
  options.max_depth = deepest_nesting;
  boost::json::error_code error;
  auto value = boost::json::parse(answer.body, error, {}, options);
  if (error || !value.is_object()) throw not_a_manager(answer.address, "something that is not a JSON object");
  return {std::move(answer.body), std::move(value.get_object())};
}

void operator_api::change(const std::string& method, const std::string& target,
                          const std::string& body) const {
  ask({method, target, body, {}});
}

std::string text_of(const boost::json::object& from, std::string_view name) {
  const auto* member = from.if_contains(name);
  if (member == nullptr) return {};
  if (member->is_string()) return std::string(member->get_string());
  if (member->is_double()) return fmt::format("{}", member->get_double());
  return member->is_number() || member->is_bool() ? boost::json::serialize(*member) : std::string();
}

std::uint64_t count_of(const boost::json::object& from, std::string_view name) {
  const auto* member = from.if_contains(name);
  if (member == nullptr) return 0;
  if (member->is_uint64()) return member->get_uint64();
  if (member->is_int64()) return static_cast<std::uint64_t>(std::max<std::int64_t>(member->get_int64(), 0));
  if (member->is_double() && member->get_double() > 0 && member->get_double() < 1e18) {
    return static_cast<std::uint64_t>(member->get_double());
  }
  return 0;
}

bool truth_of(const boost::json::object& from, std::string_view name) {
  const auto* member = from.if_contains(name);
  return member != nullptr && member->is_bool() && member->get_bool();
}

const boost::json::object& object_of(const boost::json::object& from, std::string_view name) {
  static const boost::json::object none;
  const auto* member = from.if_contains(name);
  return member != nullptr && member->is_object() ? member->get_object() : none;
}

}  // namespace muster::cli
