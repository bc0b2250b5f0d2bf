// Asynchronous inside, since synchronous calls know no timeout: each step starts one operation and runs the
// loop until it is over. A generic socket makes TCP and unix sockets one case.
#include "tools/muster-sim/operator_client.hpp"

#include "tools/muster-sim/target.hpp"

#include <fmt/format.h>
#include <boost/asio/connect.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <array>
#include <limits>
#include <vector>

namespace muster::sim {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using protocol = asio::generic::stream_protocol;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds connect_patience{5'000};
constexpr std::string_view socket_scheme = "unix:";
constexpr std::string_view news_target = "/api/events/stream";

std::string reason_of(const error_code& error) {
  if (error == asio::error::operation_aborted) return "no answer in time";
  if (error == asio::error::connection_refused) return "connection refused";
  if (error == boost::system::errc::no_such_file_or_directory) return "no such socket";
  if (error == http::error::end_of_stream || error == http::error::partial_message)
    return "it closed the connection";
  return error.message();
}

// A loop with one socket, and how to wait for it.
struct line {
  asio::io_context loop{1};
  protocol::socket socket{loop};
  boost::beast::flat_buffer buffer;

  error_code open(const operator_address& to) {
    error_code error;
    std::vector<protocol::endpoint> places;
    if (!to.socket_path.empty()) {
      places.emplace_back(asio::local::stream_protocol::endpoint(to.socket_path));
    } else {
      asio::ip::tcp::resolver resolver{loop};
      for (const auto& each : resolver.resolve(to.host, to.port, error)) places.emplace_back(each.endpoint());
    }
    for (const auto& place : places) {
      error = finish(connect_patience, [&](auto done) { socket.async_connect(place, std::move(done)); });
      if (!error) return error;
      error_code ignored;
      socket.close(ignored);
    }
    return error;
  }

  template <class Start>
  error_code finish(milliseconds limit, Start start) {
    error_code result = asio::error::would_block;
    start([&](error_code error, auto&&...) { result = error; });
    loop.restart();
    loop.run_for(limit);
    if (result == asio::error::would_block) {
      error_code ignored;
      socket.close(ignored);
      loop.run();
    }
    return result;
  }
};

http::request<http::string_body> request_to(const operator_address& to, std::string_view method,
                                            std::string_view target, std::string body) {
  http::request<http::string_body> out(http::string_to_verb(method), target, 11);
  out.set(http::field::host, to.socket_path.empty() ? to.host + ":" + to.port : "localhost");
  out.set(http::field::user_agent, "muster-sim");
  if (!to.token.empty()) out.set(http::field::authorization, "Bearer " + to.token);
  if (!body.empty()) out.set(http::field::content_type, "application/json");
  out.body() = std::move(body);
  out.prepare_payload();
  return out;
}

}  // namespace

std::string parse_operator(std::string_view text, operator_address& into) {
  if (text.starts_with(socket_scheme)) {
    into.socket_path = text.substr(socket_scheme.size());
    if (into.socket_path.empty()) return "the path of the socket is missing";
    return into.socket_path.size() < 108 ? "" : "the path is too long for a socket";
  }
  target parsed;
  if (const auto problem = parse_target(text, parsed); !problem.empty())
    return problem + "; it is http://HOST:PORT or unix:/PATH";
  if (!parsed.path.empty()) return "a path may not follow the port";
  into = {"", parsed.host, parsed.port, into.token};
  return {};
}

std::string operator_reply::what_went_wrong() const {
  return status == 0 ? problem : fmt::format("{}: {}", status, body);
}

class operator_client::connection {
 public:
  explicit connection(const operator_address& to) : failed_(line_.open(to)) {}

  // Sets `again` when it may have been closed while it was idle.
  operator_reply ask(const http::request<http::string_body>& what, milliseconds patience, bool& again) {
    if (failed_) return {0, {}, reason_of(failed_)};
    const auto unsent =
      line_.finish(patience, [&](auto done) { http::async_write(line_.socket, what, std::move(done)); });
    http::response_parser<http::string_body> answer;
    answer.body_limit(boost::none);
    failed_ = unsent ? unsent : line_.finish(patience, [&](auto done) {
      http::async_read(line_.socket, line_.buffer, answer, std::move(done));
    });
    again = failed_ && failed_ != asio::error::operation_aborted && !answer.got_some();
    if (failed_) return {0, {}, reason_of(failed_)};
    is_kept_ = answer.get().keep_alive();
    return {answer.get().result_int(), std::move(answer.get().body()), {}};
  }

  bool is_kept() const { return !failed_ && is_kept_; }

 private:
  line line_;
  error_code failed_;
  bool is_kept_ = true;
};

operator_client::operator_client(operator_address to) : to_(std::move(to)) {}
operator_client::~operator_client() = default;

operator_reply operator_client::ask(std::string_view method, std::string_view target, std::string body,
                                    milliseconds patience) {
  const auto what = request_to(to_, method, target, std::move(body));
  bool is_used = connection_ && connection_->is_kept();
  for (;;) {
    if (!is_used) connection_ = std::make_unique<connection>(to_);
    bool again = false;
    auto reply = connection_->ask(what, patience, again);
    if (!again || !is_used) return reply;
    is_used = false;
  }
}

class news_stream::connection {
 public:
  std::string open(const operator_address& to) {
    if (const auto error = line_.open(to)) return reason_of(error);
    const auto what = request_to(to, "GET", news_target, {});
    if (const auto error = line_.finish(
          connect_patience, [&](auto done) { http::async_write(line_.socket, what, std::move(done)); }))
      return reason_of(error);
    parser_.body_limit(boost::none);
    if (const auto error = line_.finish(connect_patience, [&](auto done) {
          http::async_read_header(line_.socket, line_.buffer, parser_, std::move(done));
        }))
      return reason_of(error);
    const auto status = parser_.get().result_int();
    is_open_ = status == 200;
    heard_ = std::chrono::steady_clock::now();
    return is_open_ ? "" : fmt::format("it answered {}", status);
  }

  bool is_open() const { return is_open_; }

  bool read(milliseconds patience, const std::function<void(const server_event&)>& take) {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (is_open_ && std::chrono::steady_clock::now() < until) {
      if (!is_reading_) start_read();
      line_.loop.restart();
      line_.loop.run_one_until(until);
      if (!is_reading_) hand_over(take);
    }
    if (std::chrono::steady_clock::now() - heard_ > longest_silence) is_open_ = false;
    return is_open_;
  }

 private:
  void start_read() {
    is_reading_ = true;
    parser_.get().body().data = bytes_.data();
    parser_.get().body().size = bytes_.size();
    http::async_read_some(line_.socket, line_.buffer, parser_, [this](error_code error, size_t) {
      is_reading_ = false;
      failed_ = error == http::error::need_buffer ? error_code{} : error;
    });
  }

  void hand_over(const std::function<void(const server_event&)>& take) {
    const auto got = bytes_.size() - parser_.get().body().size;
    heard_ = std::chrono::steady_clock::now();
    is_open_ = reader_.feed({bytes_.data(), got}, take) && !failed_ && !parser_.is_done();
  }

  line line_;
  http::response_parser<http::buffer_body> parser_;
  std::array<char, 64 * 1024> bytes_;
  event_reader reader_;
  error_code failed_;
  bool is_open_ = false;
  bool is_reading_ = false;
  std::chrono::steady_clock::time_point heard_;
};

news_stream::news_stream(const operator_address& to) : connection_(std::make_unique<connection>()) {
  problem_ = connection_->open(to);
}
news_stream::~news_stream() = default;

bool news_stream::is_open() const { return connection_->is_open(); }
std::string news_stream::problem() const { return problem_; }

bool news_stream::read(milliseconds patience, const std::function<void(const server_event&)>& take) {
  return connection_->read(patience, take);
}

}  // namespace muster::sim
