// One request, from bytes to fields.
#include "runtime/http/request_parser.hpp"

#include <simdjson.h>

#include <algorithm>
#include <boost/beast/http/error.hpp>
#include <boost/system/error_category.hpp>
#include <boost/url/pct_string_view.hpp>
#include <iterator>
#include <utility>

namespace muster::http {

namespace {

// What the parser finds wrong beyond HTTP's own grammar.
enum class body_error {
  inflate_corrupt = 1,
  inflate_too_large,
  inflate_too_dense,
  inflate_short,
  over_budget,
  bad_target,
  bad_encoding,
  bad_coding,
  bad_host
};

class body_error_category final : public boost::system::error_category {
 public:
  const char* name() const noexcept override { return "muster.http"; }
  std::string message(int code) const override {
    switch (static_cast<body_error>(code)) {
      case body_error::inflate_corrupt: return "the body is not valid gzip";
      case body_error::inflate_too_large: return "the inflated body is too large";
      case body_error::inflate_too_dense: return "the body inflates by more than the allowed ratio";
      case body_error::inflate_short: return "the gzip body ends too early";
      case body_error::over_budget: return "too many bodies are being received at once";
      case body_error::bad_target: return "the request target is not a valid path";
      case body_error::bad_encoding: return "the percent-encoding of the path is not valid";
      case body_error::bad_host: return "a request of HTTP/1.1 has exactly one Host field";
      case body_error::bad_coding: return "a Transfer-Encoding can only be chunked, once";
    }
    return "unknown";
  }
};

const body_error_category& category() {
  static const body_error_category instance;
  return instance;
}

request_parser::error_code make(body_error code) { return {static_cast<int>(code), category()}; }

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

// False if it is not validly encoded, or hides a null.
bool decode_all_but_separators(std::string& path) {
  if (!boost::urls::make_pct_string_view(path)) return false;
  std::string out;
  out.reserve(path.size());
  for (size_t i = 0; i < path.size(); ++i) {
    if (path[i] != '%') {
      out.push_back(path[i]);
      continue;
    }
    const auto escape = path.substr(i, 3);
    const auto decoded = boost::urls::make_pct_string_view(escape)->decode().front();
    if (decoded == '\0') return false;
    if (decoded == '/' || decoded == '%') out += escape;
    else out.push_back(decoded);
    i += 2;
  }
  path.swap(out);
  return true;
}

// Before query and fragment.
size_t path_length(std::string_view target) {
  return static_cast<size_t>(
    std::find_if(target.begin(), target.end(), [](char c) { return c == '?' || c == '#'; }) - target.begin());
}

constexpr size_t largest_body = 64u << 20;  // that any route takes

}  // namespace

target_verdict split_target(std::string_view target, request& into) {
  if (target.empty() || target.front() != '/') return target_verdict::no_path;
  const auto path = target.substr(0, path_length(target));
  if (path.size() < target.size() && target[path.size()] == '?') {
    auto query = target.substr(path.size() + 1);
    into.query = query.substr(0, query.find('#'));
  }
  const auto doubled = [](char a, char b) { return a == '/' && b == '/'; };
  if (std::adjacent_find(path.begin(), path.end(), doubled) == path.end()) into.path.append(path);
  else std::unique_copy(path.begin(), path.end(), std::back_inserter(into.path), doubled);
  if (path.find('%') == std::string_view::npos) return target_verdict::good;
  return decode_all_but_separators(into.path) ? target_verdict::good : target_verdict::bad_encoding;
}

request_parser::request_parser(request& into, const parser_limits& limits, body_budget& budget)
  : into_(into), limits_(limits), budget_(budget) {
  header_limit(limits.header_bytes);
  body_limit(std::max(limits.body_bytes, largest_body));  // of its route knows on_body_init_impl()
}

request_parser::~request_parser() { budget_.give_back(reserved_); }

void request_parser::on_request_impl(verb method, text, text target, int version, error_code& failed) {
  into_.method = method;
  into_.old_version = version < 11;
  if (target == "*" && method == verb::options) {
    into_.path = "*";
    return;
  }
  const auto verdict = split_target(view(target), into_);
  if (verdict == target_verdict::no_path) failed = make(body_error::bad_target);
  if (verdict == target_verdict::bad_encoding) failed = make(body_error::bad_encoding);
}

void request_parser::on_field_impl(field name, text name_text, text value, error_code& failed) {
  switch (name) {
    case field::authorization: into_.authorization = view(value); break;
    case field::content_type: into_.content_type = view(value); break;
    case field::content_encoding: into_.content_encoding = view(value); break;
    case field::if_none_match: into_.if_none_match = view(value); break;
    case field::if_match: into_.if_match = view(value); break;
    case field::host: ++hosts_; break;
    case field::expect: expects_continue_ = iequals(view(value), "100-continue"); break;
    case field::transfer_encoding:
      // Beast takes any other coding for no body at all, and its bytes for the next request.
      if (std::exchange(has_coding_, true) || !iequals(view(value), "chunked"))
        failed = make(body_error::bad_coding);
      break;
    default:  // Beast has no name for this one
      if (iequals(view(name_text), "Last-Event-ID")) into_.last_event_id = view(value);
      else if (iequals(view(name_text), "X-API-Key")) into_.api_key = view(value);
  }
}

void request_parser::on_header_impl(error_code& failed) {
  if (hosts_ > 1 || (hosts_ == 0 && !into_.old_version)) failed = make(body_error::bad_host);
  if (auto length = content_length()) into_.content_length = *length;
  into_.has_body = chunked() || into_.content_length.value_or(0) > 0;
}

void request_parser::on_body_init_impl(const boost::optional<uint64_t>& length, error_code& failed) {
  if (iequals(into_.content_encoding, "gzip"))
    inflater_.emplace(inflate_limits{body_bytes(), into_.any_density ? SIZE_MAX : limits_.inflate_ratio});
  // A long body takes its share as it comes: one that is only announced takes nobody's.
  const auto expected = std::min(static_cast<size_t>(length.value_or(0)), limits_.body_bytes);
  if (length.value_or(0) > body_bytes()) failed = boost::beast::http::error::body_limit;
  else if (!budget_.take(expected)) failed = make(body_error::over_budget);
  else reserved_ = expected;
  if (!failed && !inflater_) into_.body.reserve(expected + simdjson::SIMDJSON_PADDING);
}

size_t request_parser::on_body_impl(text piece, error_code& failed) {
  if (inflater_) inflate(view(piece), failed);
  else append(view(piece), failed);
  return piece.size();
}

void request_parser::append(std::string_view piece, error_code& failed) {
  const auto size = into_.body.size() + piece.size();
  if (size > body_bytes()) failed = boost::beast::http::error::body_limit;
  else if (size > reserved_ && !budget_.take(size - reserved_)) failed = make(body_error::over_budget);
  else {
    reserved_ = std::max(reserved_, size);
    into_.body.append(piece);
  }
}

void request_parser::inflate(std::string_view piece, error_code& failed) {
  inflated_ = inflater_->feed(piece, into_.body);
  if (inflated_ == inflate_verdict::corrupt) failed = make(body_error::inflate_corrupt);
  else if (inflated_ == inflate_verdict::too_large) failed = make(body_error::inflate_too_large);
  else if (inflated_ == inflate_verdict::too_dense) failed = make(body_error::inflate_too_dense);
  else if (into_.body.size() > reserved_) {
    if (budget_.take(into_.body.size() - reserved_)) reserved_ = into_.body.size();
    else failed = make(body_error::over_budget);
  }
}

void request_parser::on_finish_impl(error_code& failed) {
  if (inflater_ && into_.has_body && inflated_ != inflate_verdict::done)
    failed = make(body_error::inflate_short);
  into_.body.reserve(into_.body.size() + simdjson::SIMDJSON_PADDING);
}

unsigned request_parser::status_of(const error_code& failed) {
  using boost::beast::http::error;
  if (failed == error::header_limit || failed == error::buffer_overflow) return 431;
  if (failed == error::body_limit) return 413;
  if (failed == error::bad_version) return 505;
  if (failed == make(body_error::inflate_too_large) || failed == make(body_error::inflate_too_dense))
    return 413;
  if (failed == make(body_error::over_budget)) return 503;
  return 400;
}

std::string request_parser::describe(const error_code& failed) {
  using boost::beast::http::error;
  if (failed == error::header_limit || failed == error::buffer_overflow)
    return "the header fields are too large";
  if (failed == error::body_limit) return "the body is too large";
  if (failed.category() == category()) return failed.message();
  return "not a valid HTTP request: " + failed.message();
}

}  // namespace muster::http
