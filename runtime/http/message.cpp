// Requests and responses, apart from how they travel.
#include "runtime/http/message.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/url/parse_query.hpp>

namespace muster::http {

// By Beast, since others ask the locale for each letter.
bool iequals(std::string_view a, std::string_view b) {
  return boost::beast::iequals({a.data(), a.size()}, {b.data(), b.size()});
}

void request::clear() {
  method = verb::unknown;
  for (auto* text : {&path, &query, &authorization, &content_type, &content_encoding, &if_none_match,
                     &if_match, &last_event_id, &api_key, &body, &tenant})
    text->clear();
  content_length.reset();
  has_body = false;
  matched = nullptr;
  body_limit = 0;
  any_density = false;
  key = 0;
  caller = {};
}

std::optional<std::string> request::parameter(std::string_view name) const {
  if (query.empty()) return std::nullopt;
  auto parsed = boost::urls::parse_query(query);
  if (!parsed) return std::nullopt;
  for (auto entry : *parsed)
    if (entry.key.decode() == name) return entry.value.decode();
  return std::nullopt;
}

response answer_with(std::string body, unsigned status) {
  response words;
  words.status = status;
  words.body = std::move(body);
  return words;
}

response& response::with(std::string_view name, std::string_view value) & {
  headers.append(name).append(": ").append(value).append("\r\n");
  return *this;
}

bool names_tag(std::string_view field, std::string_view tag) {
  while (!field.empty()) {
    auto one = field.substr(0, field.find(','));
    field.remove_prefix(std::min(field.size(), one.size() + 1));
    one.remove_prefix(std::min(one.size(), one.find_first_not_of(" \t")));
    one = one.substr(0, one.find_last_not_of(" \t") + 1);
    if (one.starts_with("W/")) one.remove_prefix(2);
    if (one == tag || one == "*") return true;
  }
  return false;
}

std::string_view reason_phrase(unsigned status) {
  return boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status));
}

}  // namespace muster::http
