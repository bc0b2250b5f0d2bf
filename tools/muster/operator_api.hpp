// The manager's operator API as calls: targets are built, answers checked, refusals thrown as failures.
#pragma once

#include <boost/json/object.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tools/muster/door_client.hpp"

namespace muster::cli {

using query_fields = std::vector<std::pair<std::string, std::string>>;

// `path` with its query; fields with an empty value are left out, the rest is percent-encoded.
std::string api_target(std::string_view path, const query_fields& query);
std::string percent_encoded(std::string_view text);  // all but unreserved characters

// "ag-" and 16 lower-case hexadecimal digits: what a manager calls an agent.
bool is_agent_id(std::string_view text);

// An answer both ways: to be read, and to be passed on byte for byte.
struct api_document {
  std::string text;
  boost::json::object value;
};

class operator_api {
 public:
  using transport = std::function<api_answer(const api_request&)>;
  explicit operator_api(transport ask) : ask_(std::move(ask)) {}

  api_document get(const std::string& target) const;
  // A change that the manager answers with a document.
  api_document write(const api_request& request) const;
  void change(const std::string& method, const std::string& target, const std::string& body = {}) const;

 private:
  api_answer ask(const api_request& request) const;

  transport ask_;
};

// The member as text: strings as they are, numbers and truth values as JSON, anything else empty.
std::string text_of(const boost::json::object& from, std::string_view name);
std::uint64_t count_of(const boost::json::object& from, std::string_view name);  // 0 when absent
bool truth_of(const boost::json::object& from, std::string_view name);
const boost::json::object& object_of(const boost::json::object& from,
                                     std::string_view name);  // empty if absent

}  // namespace muster::cli
