// Looks at three header fields and skips the others.
#include "tools/muster-sim/answer_parser.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace muster::sim {

namespace {

constexpr std::string_view version = "HTTP/1.";
constexpr std::string_view head_end = "\r\n\r\n";
constexpr size_t status_at = 9;     // "HTTP/1.1 200"
constexpr size_t status_line = 12;  // as short as it can be
constexpr std::chrono::seconds longest_retry = std::chrono::hours{1};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

// `name` in lower case.
bool is_named(std::string_view field, std::string_view name) {
  return std::ranges::equal(field, name, {}, lower);
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::optional<uint64_t> number(std::string_view text) {
  uint64_t value = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, bad] = std::from_chars(text.data(), end, value);
  if (text.empty() || bad != std::errc{} || stop != end) return std::nullopt;
  return value;
}

struct header {
  answer read;
  std::optional<uint64_t> length;

  bool take_status(std::string_view line);
  bool take_field(std::string_view line);
};

bool header::take_status(std::string_view line) {
  if (line.size() < status_line || !line.starts_with(version) || line[status_at - 1] != ' ') return false;
  if (line.size() > status_line && line[status_line] != ' ') return false;
  const auto status = number(line.substr(status_at, 3));
  if (!status || *status < 100 || *status > 599) return false;
  read.status = static_cast<unsigned>(*status);
  read.keep_alive = line[version.size()] != '0';
  return true;
}

bool header::take_field(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == 0 || colon == std::string_view::npos) return false;
  const auto name = line.substr(0, colon);
  const auto value = trimmed(line.substr(colon + 1));
  if (is_named(name, "content-length")) {
    const auto said = number(value);
    if (!said || *said > longest_answer_body || (length && *length != *said)) return false;
    length = said;
  } else if (is_named(name, "retry-after")) {
    const auto seconds = number(value).value_or(0);  // a date counts as nothing said
    read.retry_after = std::chrono::seconds{std::min(seconds, static_cast<uint64_t>(longest_retry.count()))};
  } else if (is_named(name, "connection")) {
    if (is_named(value, "close")) read.keep_alive = false;
    else if (is_named(value, "keep-alive")) read.keep_alive = true;
  } else if (is_named(name, "transfer-encoding")) {
    return false;
  }
  return true;
}

// Whether what came so far can be the start of an answer: tells garbage at once, not after its 16th KiB.
parse_result incomplete_head(std::string_view from) {
  const auto start = from.substr(0, version.size());
  const bool possible = version.starts_with(start) && from.size() <= longest_answer_head;
  return {possible ? parse_state::incomplete : parse_state::malformed, 0, {}};
}

}  // namespace

parse_result parse_answer(std::string_view from) {
  const auto end = from.substr(0, longest_answer_head).find(head_end);
  if (end == std::string_view::npos) return incomplete_head(from);
  constexpr parse_result malformed{parse_state::malformed, 0, {}};
  header head;
  auto rest = from.substr(0, end);
  auto next_line = [&rest] {
    const auto stop = std::min(rest.find("\r\n"), rest.size());
    const auto line = rest.substr(0, stop);
    rest.remove_prefix(std::min(stop + 2, rest.size()));
    return line;
  };
  if (!head.take_status(next_line())) return malformed;
  while (!rest.empty())
    if (!head.take_field(next_line())) return malformed;
  const auto status = head.read.status;
  const bool bodiless = status < 200 || status == 204 || status == 304;
  // Without a length the body lasts until the connection ends. Nothing here needs such a body.
  if (!bodiless && !head.length && head.read.keep_alive) return malformed;
  const auto body_at = end + head_end.size();
  const auto length = bodiless ? 0 : static_cast<size_t>(head.length.value_or(0));
  if (from.size() - body_at < length) return {parse_state::incomplete, 0, {}};
  head.read.body = from.substr(body_at, length);
  return {parse_state::complete, body_at + length, head.read};
}

}  // namespace muster::sim
