// Pieces of JSON that answers of the operator API share. For the files that write them only.
#pragma once

#include "runtime/json/document.hpp"
#include "runtime/wire/names.hpp"
#include "runtime/wire/timestamp.hpp"

#include <map>
#include <string>
#include <vector>

namespace muster::operator_api {

inline std::string time_or_null(utc_time at) {
  return at == utc_time{} ? "null" : json::quote(to_rfc3339(at));
}

inline std::string text_or_null(const std::string& text) { return text.empty() ? "null" : json::quote(text); }

// Where a list goes on; null at its end.
inline std::string cursor(uint64_t next) { return next == 0 ? "null" : json::quote(write_cursor(next)); }

inline std::string texts(const std::map<std::string, std::string>& all) {
  std::string out = "{";
  for (const auto& [name, text] : all) {
    if (out.size() > 1) out += ',';
    out += json::quote(name) + ":" + json::quote(text);
  }
  return out + "}";
}

// What `write` makes of each, in brackets.
template <class Range, class Write>
std::string list(const Range& range, Write write) {
  std::string out = "[";
  for (const auto& each : range) {
    if (out.size() > 1) out += ',';
    out += write(each);
  }
  return out + "]";
}

inline std::string text_list(const std::vector<std::string>& all) {
  return list(all, [](const std::string& text) { return json::quote(text); });
}

}  // namespace muster::operator_api
