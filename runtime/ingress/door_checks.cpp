// What every door checks of a request's head.
#include "runtime/ingress/door_checks.hpp"

#include <boost/algorithm/string/predicate.hpp>
#include <boost/algorithm/string/trim.hpp>

#include <algorithm>

namespace muster {

using boost::algorithm::iequals;

std::string wrong_media(const http::request& head, std::initializer_list<std::string_view> types,
                        bool or_none) {
  const auto& coding = head.content_encoding;
  if (!coding.empty() && !iequals(coding, "gzip") && !iequals(coding, "identity"))
    return "Content-Encoding must be gzip or absent";
  const bool sends = head.method == http::verb::post || head.method == http::verb::put;
  if (!sends || !head.has_body) return {};
  const auto type = boost::algorithm::trim_copy(head.content_type.substr(0, head.content_type.find(';')));
  if (type.empty() && or_none) return {};
  if (std::any_of(types.begin(), types.end(), [&type](auto known) { return iequals(type, known); }))
    return {};
  return "Content-Type must be " + std::string{*types.begin()};
}

uint32_t seconds_to_wait(ingress& host, const http::request& head) {
  const auto which = static_cast<lane>(head.matched->lane);
  if (host.lanes().admits(which, host.now())) return 0;
  const auto who = raw(head.caller) != 0 ? raw(head.caller) : std::hash<std::string>{}(head.peer);
  return host.lanes().retry_after(which, who);
}

}  // namespace muster
