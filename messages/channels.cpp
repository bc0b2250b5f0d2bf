// What channels are called, and which settings make sense.
#include "messages/channels.hpp"

#include <algorithm>
#include <array>

namespace muster {

namespace {

constexpr std::array<const char*, channel_type_count> type_names{
  "webhook", "slack", "pagerduty", "email", "teams", "opsgenie", "alertmanager"};

constexpr size_t longest_name = 64;
constexpr size_t longest_text = 4'096;

bool is_name(std::string_view text) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.";
  return !text.empty() && text.size() <= longest_name
         && text.find_first_not_of(letters) == std::string_view::npos;
}

bool is_printable(std::string_view text) {
  return text.size() <= longest_text
         && std::ranges::none_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

bool begins_with_one_of(std::string_view text, std::initializer_list<std::string_view> schemes) {
  return std::ranges::any_of(schemes, [&](auto each) { return text.starts_with(each); });
}

std::string problem_of_url(const channel_settings& what) {
  if (what.url.empty()) {
    const bool has_own = what.type == channel_type::pagerduty || what.type == channel_type::opsgenie;
    return has_own ? "" : "url: is missing";
  }
  if (what.url.find(' ') != std::string::npos) return "url: must not have spaces";
  if (what.type == channel_type::email)
    return begins_with_one_of(what.url, {"smtp://", "smtps://"}) ? ""
                                                                 : "url: must begin with smtp:// or smtps://";
  return begins_with_one_of(what.url, {"http://", "https://"}) ? ""
                                                               : "url: must begin with http:// or https://";
}

// The least that a mail server will look at; it judges addresses better than we could.
bool is_address(std::string_view text) {
  const auto at = text.find('@');
  return at != std::string_view::npos && at > 0 && at + 1 < text.size()
         && text.find_first_of(" <>,;\"") == std::string_view::npos;
}

std::string problem_of_mail(const channel_settings& what) {
  if (what.type != channel_type::email) {
    const bool none = what.from.empty() && what.to.empty() && what.user.empty() && what.tls.empty();
    return none ? "" : "type: from, to, user and tls are for email only";
  }
  if (!is_address(what.from)) return "from: must be a mail address";
  const auto to = recipients_of(what.to);
  if (to.empty()) return "to: is missing";
  for (const auto& each : to)
    if (!is_address(each)) return "to: must be mail addresses, separated by commas";
  if (!what.tls.empty() && what.tls != "required" && what.tls != "none")
    return "tls: must be required or none";
  if (what.user.empty() != what.secret.empty()) return "user: must be given with secret, and only then";
  return {};
}

}  // namespace

std::string to_string(channel_type type) { return type_names[static_cast<size_t>(type)]; }

caf::optional<channel_type> parse_channel_type(std::string_view text) {
  const auto found = std::ranges::find(type_names, text);
  if (found == type_names.end()) return caf::none;
  return static_cast<channel_type>(found - type_names.begin());
}

std::vector<std::string> recipients_of(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    auto one = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    if (!one.empty()) out.emplace_back(one);
  }
  return out;
}

std::string problem_of(const channel_settings& what) {
  if (!is_name(what.name)) return "name: must be 1 to 64 letters, digits, '_', '-' or '.'";
  const std::array texts{&what.url, &what.secret, &what.user, &what.from, &what.to, &what.ca_file};
  for (const auto* each : texts)
    if (!is_printable(*each)) return "name: a value is too long or has control characters";
  if (auto problem = problem_of_url(what); !problem.empty()) return problem;
  if (auto problem = problem_of_mail(what); !problem.empty()) return problem;
  const bool keyed = what.type == channel_type::pagerduty || what.type == channel_type::opsgenie;
  if (keyed && what.secret.empty()) return "secret: is missing: the key that the service gave";
  const bool formatted = what.format.empty() || what.format == "webhook" || what.format == "api";
  if (!formatted || (!what.format.empty() && what.type != channel_type::alertmanager))
    return "format: is for alertmanager only, webhook or api";
  return {};
}

std::string masked_url(const std::string& url) {
  const auto scheme = url.find("://");
  if (scheme == std::string::npos) return {};
  const auto end = std::min(url.find_first_of("/?#", scheme + 3), url.size());
  auto host = url.substr(scheme + 3, end - scheme - 3);
  if (const auto at = host.rfind('@'); at != std::string::npos) host = host.substr(at + 1);
  const bool more = end + 1 < url.size();
  return url.substr(0, scheme + 3) + host + (more ? "/***" : "");
}

}  // namespace muster
