// What all bodies share, and which service gets which.
#include "runtime/notify/bodies.hpp"

#include "runtime/json/tree.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>

namespace muster {

namespace bodies {

namespace {

constexpr size_t named = 5;     // in a title
constexpr size_t written = 25;  // lines of a text

// "edge-3" of "Sensor lost connection: edge-3".
std::string name_in(const std::string& title) {
  const auto colon = title.find(": ");
  return colon == std::string::npos ? title : title.substr(colon + 2);
}

}  // namespace

std::string title_of(const delivery& what) {
  const auto& first = what.notices.front();
  const std::string mark = what.reminder ? "Still: " : "";
  if (what.count == 1) return mark + first.title;
  const auto same = [&](const notice& each) { return each.event == first.event; };
  if (!std::ranges::all_of(what.notices, same)) {
    std::array<uint64_t, notice_event_count> counts{};
    for (const auto& each : what.notices) ++counts[static_cast<size_t>(each.event)];
    std::string out;
    for (size_t i = 0; i < counts.size(); ++i)
      if (counts[i] > 0)
        out += (out.empty() ? "" : "; ") + std::string{kind_of(static_cast<notice_event>(i)).label} + ": "
               + std::to_string(counts[i]);
    return mark + out;
  }
  std::string out = mark + kind_of(first.event).label + ": ";
  const auto shown = std::min(named, what.notices.size());
  for (size_t i = 0; i < shown; ++i) out += (i > 0 ? ", " : "") + name_in(what.notices[i].title);
  return what.count > shown ? out + " and " + std::to_string(what.count - shown) + " more" : out;
}

std::string text_of(const delivery& what) {
  if (what.count == 1) return what.notices.front().text;
  std::string out;
  const auto shown = std::min(written, what.notices.size());
  for (size_t i = 0; i < shown; ++i) out += (i > 0 ? "\n" : "") + what.notices[i].text;
  return what.count > shown ? out + "\nAnd " + std::to_string(what.count - shown) + " more." : out;
}

std::string link_of(const notice& what, const letterhead& from) {
  return what.path.empty() || from.link_base.empty() ? "" : from.link_base + what.path;
}

std::string link_of(const delivery& what, const letterhead& from) {
  return what.count == 1 ? link_of(what.notices.front(), from) : from.link_base;
}

bool resolves(const delivery& what) {
  const auto ends = [](const notice& each) { return each.stage == notice_stage::resolves; };
  return what.open == 0 && std::ranges::any_of(what.notices, ends);
}

std::string incident_of(const delivery& what) {
  const auto happened = [](const notice& each) { return each.stage == notice_stage::happened; };
  const bool alone = what.open == 0 && std::ranges::all_of(what.notices, happened);
  return "muster/" + what.group + (alone ? "/" + delivery_name(what.id) : "");
}

std::string signature_of(const std::string& secret, const std::string& body) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(body.data()), body.size(), digest.data(), &size);
  static constexpr char hex[] = "0123456789abcdef";
  std::string out = "sha256=";
  for (unsigned i = 0; i < size; ++i) {
    out += hex[digest[i] >> 4];
    out += hex[digest[i] & 15];
  }
  return out;
}

}  // namespace bodies

namespace {

// Up to the path, as an Alertmanager's address is given.
bool has_path(const std::string& url) {
  const auto slash = url.find('/', url.find("://") + 3);
  return slash != std::string::npos && slash + 1 < url.size();
}

std::string without_slash(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url;
}

void take_alerts(parcel& out, const channel_settings& where, const delivery& what, const letterhead& from) {
  constexpr std::string_view path = "/api/v2/alerts";
  const bool pushes =
    where.format == "api" || (where.format.empty() && (!has_path(where.url) || where.url.ends_with(path)));
  if (!pushes) {
    out.body = json::text_of(bodies::alertmanager_webhook(where.name, what, from));
    return;
  }
  if (!where.url.ends_with(path)) out.url = without_slash(where.url) + std::string{path};
  out.body = json::text_of(bodies::alertmanager_alerts(what, from));
}

void take_opsgenie(parcel& out, const channel_settings& where, const delivery& what, const letterhead& from) {
  out.headers.push_back("Authorization: GenieKey " + where.secret);
  const auto base = without_slash(where.url.empty() ? "https://api.opsgenie.com/v2/alerts" : where.url);
  const bool ends = bodies::resolves(what);
  out.url = base;
  if (ends) {
    std::string alias;
    for (const char c : bodies::incident_of(what)) {
      constexpr char hex[] = "0123456789ABCDEF";
      const auto byte = static_cast<unsigned char>(c);
      const bool plain = std::isalnum(byte) != 0 || c == '-' || c == '_' || c == '.';
      if (plain) alias += c;
      else alias += {'%', hex[byte >> 4], hex[byte & 15]};
    }
    out.url = base + "/" + alias + "/close?identifierType=alias";
  }
  out.body = json::text_of(ends ? bodies::opsgenie_close(what) : bodies::opsgenie_alert(what, from));
}

void take_mail(parcel& out, const channel_settings& where, const delivery& what, const letterhead& from) {
  out.headers.clear();
  out.body = bodies::mail(where, what, from);
  out.from = where.from;
  out.recipients = recipients_of(where.to);
  out.user = where.user;
  out.password = where.secret;
  out.tls = where.tls;
}

}  // namespace

parcel compose(const channel_settings& where, const delivery& what, const letterhead& from) {
  parcel out;
  out.url = where.url;
  out.ca_file = where.ca_file;
  out.headers = {"Content-Type: application/json", "X-Muster-Delivery: " + delivery_name(what.id)};
  const bool hooked = where.type == channel_type::webhook;
  out.headers.push_back(hooked ? "User-Agent: HarborGuard-Webhook/1.0"
                               : "User-Agent: Muster/" MUSTER_VERSION);
  switch (where.type) {
    case channel_type::webhook:
      out.body = json::text_of(bodies::webhook(what, from));
      if (!where.secret.empty())
        out.headers.push_back("X-HarborGuard-Signature: " + bodies::signature_of(where.secret, out.body));
      break;
    case channel_type::slack: out.body = json::text_of(bodies::slack(what, from)); break;
    case channel_type::teams: out.body = json::text_of(bodies::teams(what, from)); break;
    case channel_type::pagerduty:
      if (out.url.empty()) out.url = "https://events.pagerduty.com/v2/enqueue";
      out.body = json::text_of(bodies::pagerduty(where.secret, what, from));
      break;
    case channel_type::opsgenie: take_opsgenie(out, where, what, from); break;
    case channel_type::alertmanager:
      if (!where.secret.empty()) out.headers.push_back("Authorization: Bearer " + where.secret);
      take_alerts(out, where, what, from);
      break;
    case channel_type::email: take_mail(out, where, what, from); break;
  }
  return out;
}

}  // namespace muster
