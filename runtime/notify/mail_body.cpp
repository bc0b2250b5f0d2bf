// A mail with a plain and an HTML part. Both are in base64, so that no line is too long and
// no server has to know UTF-8; so are headers that need it.
#include "runtime/crypto/base64.hpp"
#include "runtime/notify/bodies.hpp"

#include <algorithm>
#include <cstdio>

namespace muster::bodies {

namespace {

constexpr size_t line_bytes = 76;
constexpr size_t word_bytes = 42;  // of a header, so that in base64 it fits a line

std::string lines_of(const std::string& base64) {
  std::string out;
  for (size_t at = 0; at < base64.size(); at += line_bytes) out += base64.substr(at, line_bytes) + "\r\n";
  return out;
}

// RFC 2047, in words that end between characters. Line ends would end the header.
std::string header_text(std::string text) {
  std::ranges::replace_if(
    text, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  if (std::ranges::all_of(text, [](unsigned char c) { return c < 0x80; }) && text.size() < 900) return text;
  std::string out;
  for (size_t at = 0; at < text.size();) {
    auto end = std::min(at + word_bytes, text.size());
    while (end < text.size() && end > at + 1 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    out += (out.empty() ? "" : "\r\n ") + ("=?UTF-8?B?" + to_base64(text.substr(at, end - at)) + "?=");
    at = end;
  }
  return out;
}

std::string html_text(const std::string& text) {
  std::string out;
  for (const char c : text) switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\n': out += "<br>\n"; break;
      default: out += c;
    }
  return out;
}

// RFC 5322, in UTC.
std::string mail_date(utc_time at) {
  static constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{std::chrono::floor<std::chrono::seconds>(at - day)};
  char out[48];
  std::snprintf(out, sizeof out, "%s, %02u %s %04d %02d:%02d:%02d +0000",
                days[std::chrono::weekday{day}.c_encoding()], static_cast<unsigned>(date.day()),
                months[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()));
  return out;
}

std::string html_of(const delivery& what, const letterhead& from) {
  const auto link = link_of(what, from);
  auto title = "<b>" + html_text(title_of(what)) + "</b>";
  if (!link.empty()) title = "<a href=\"" + html_text(link) + "\">" + title + "</a>";
  std::string out = "<html><body><p>" + title + "</p>\n<p>" + html_text(text_of(what)) + "</p>\n<table>\n";
  const auto row = [&out](const std::string& name, const std::string& value) {
    out += "<tr><td>" + html_text(name) + "</td><td>" + html_text(value) + "</td></tr>\n";
  };
  row("Severity", to_string(what.severity));
  if (what.count == 1)
    for (const auto& [name, text] : what.notices.front().fields) row(name, text);
  return out + "</table></body></html>\n";
}

std::string part(const char* type, const std::string& text) {
  return std::string{"Content-Type: "} + type + "; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
         + lines_of(to_base64(text));
}

}  // namespace

std::string mail(const channel_settings& where, const delivery& what, const letterhead& from) {
  const auto name = delivery_name(what.id);
  const auto border = "muster-" + name;
  std::string to;
  for (const auto& each : recipients_of(where.to)) to += (to.empty() ? "" : ", ") + each;
  const auto prefix = from.subject_prefix.empty() ? "" : from.subject_prefix + " ";
  const auto link = link_of(what, from);
  const auto plain =
    title_of(what) + "\n\n" + text_of(what) + "\n" + (link.empty() ? "" : "\n" + link + "\n");
  return "From: " + where.from + "\r\nTo: " + to + "\r\nSubject: " + header_text(prefix + title_of(what))
         + "\r\nDate: " + mail_date(what.at) + "\r\nMessage-ID: <" + name + "@"
         + where.from.substr(where.from.find('@') + 1)
         + ">\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
           "Content-Type: multipart/alternative; boundary=\""
         + border + "\"\r\n\r\n--" + border + "\r\n" + part("text/plain", plain) + "--" + border + "\r\n"
         + part("text/html", html_of(what, from)) + "--" + border + "--\r\n";
}

}  // namespace muster::bodies
