// Reads one request with Beast's parser, keeping only the header fields that
// routes look at: no field is allocated that nobody asks for.
#pragma once

#include "runtime/http/inflater.hpp"
#include "runtime/http/message.hpp"

#include <boost/beast/http/basic_parser.hpp>

#include <optional>

namespace muster::http {

struct parser_limits {
  uint32_t header_bytes = 16 * 1024;
  size_t body_bytes = 1 << 20;
  size_t inflate_ratio = 100;
};

// Bytes of bodies that one loop may hold at once.
class body_budget {
 public:
  explicit body_budget(size_t bytes) : left_(bytes) {}
  bool take(size_t bytes) {
    if (bytes > left_) return false;
    left_ -= bytes;
    return true;
  }
  void give_back(size_t bytes) { left_ += bytes; }

 private:
  size_t left_;
};

class request_parser : public boost::beast::http::basic_parser<true> {
 public:
  using error_code = boost::beast::error_code;

  request_parser(request& into, const parser_limits& limits, body_budget& budget);
  ~request_parser() override;

  bool expects_continue() const { return expects_continue_; }

  // Whether the body that the head announces may be this long.
  bool takes_body() const { return into_.content_length.value_or(0) <= body_bytes(); }

  // Tells HTTP's answer to an error of put(): 400, 413, 431, 503 or 505.
  static unsigned status_of(const error_code& failed);
  static std::string describe(const error_code& failed);

 private:
  using field = boost::beast::http::field;
  using text = boost::beast::string_view;

  void on_request_impl(verb method, text name, text target, int version, error_code& failed) override;
  void on_response_impl(int, text, int, error_code&) override {}
  void on_field_impl(field name, text name_text, text value, error_code& failed) override;
  void on_header_impl(error_code& failed) override;
  void on_body_init_impl(const boost::optional<uint64_t>& length, error_code& failed) override;
  size_t on_body_impl(text piece, error_code& failed) override;
  void on_chunk_header_impl(uint64_t, text, error_code&) override {}
  size_t on_chunk_body_impl(uint64_t, text piece, error_code& failed) override {
    return on_body_impl(piece, failed);
  }
  void on_finish_impl(error_code& failed) override;

  size_t body_bytes() const { return std::max(limits_.body_bytes, into_.body_limit); }
  void append(std::string_view piece, error_code& failed);
  void inflate(std::string_view piece, error_code& failed);

  request& into_;
  const parser_limits& limits_;
  body_budget& budget_;
  size_t reserved_ = 0;  // of the budget
  bool expects_continue_ = false;
  uint32_t hosts_ = 0;       // Host fields seen
  bool has_coding_ = false;  // a Transfer-Encoding field was seen
  inflate_verdict inflated_ = inflate_verdict::more;
  std::optional<inflater> inflater_;
};

enum class target_verdict : uint8_t { good, no_path, bad_encoding };

// Splits `target`, which must be of origin form, into path and query. Duplicate slashes
// of the path become one. Its percent-encoding is undone except for '/' and '%', so that
// segments stay apart; decode_segment() undoes these.
target_verdict split_target(std::string_view target, request& into);

}  // namespace muster::http
