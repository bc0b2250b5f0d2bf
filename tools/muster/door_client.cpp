// Asynchronous inside, since Beast's synchronous calls know no timeout: each step starts one operation and
// runs the loop until it is over. A generic socket makes TCP and unix sockets one case.
#include "tools/muster/door_client.hpp"

#include <fmt/format.h>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <chrono>
#include <utility>

#include "tools/muster/failure.hpp"

namespace muster::cli {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using generic_protocol = asio::generic::stream_protocol;

namespace {

constexpr std::chrono::seconds connect_time(5);
constexpr std::chrono::seconds answer_time(30);
// A full page of threats holds a thousand events, each as large as its agent made it.
constexpr std::uint64_t longest_answer = 512ull << 20;

struct broken_door {
  std::string reason;
  bool closed_before_answer = false;
};

std::string reason_of(const error_code& error) {
  if (error == asio::error::connection_refused) return "connection refused";
  if (error == boost::system::errc::no_such_file_or_directory) return "no such socket";
  if (error == boost::system::errc::permission_denied) return "permission denied";
  if (error == beast::error::timeout) return "no answer in time";
  if (error == http::error::end_of_stream || error == http::error::partial_message)
    return "it closed the connection";
  if (error.category() == http::make_error_code(http::error::end_of_stream).category()) {
    return fmt::format("it does not speak HTTP: {}", error.message());
  }
  return error.message();
}

std::vector<generic_protocol::endpoint> endpoints_of(asio::io_context& loop,
                                                     const operator_address& address) {
  std::vector<generic_protocol::endpoint> endpoints;
  if (address.is_socket()) {
    try {
      endpoints.emplace_back(asio::local::stream_protocol::endpoint(address.socket_path));
    } catch (const boost::system::system_error&) {
      throw broken_door{"the path is too long for a socket"};
    }
    return endpoints;
  }
  error_code error;
  asio::ip::tcp::resolver resolver(loop);
  for (const auto& each : resolver.resolve(address.host, std::to_string(address.port), error)) {
    endpoints.emplace_back(each.endpoint());
  }
  if (error) throw broken_door{fmt::format("no such host: {}", error.message())};
  return endpoints;
}

}  // namespace

// One open connection.
class door_client::connection {
 public:
  explicit connection(const operator_address& address)
    : stream_(loop_),
      host_(address.is_socket() ? "localhost" : to_string(address).substr(sizeof("http://") - 1)) {
    error_code error;
    for (const auto& endpoint : endpoints_of(loop_, address)) {
      error =
        finish(connect_time, [&](auto handler) { stream_.async_connect(endpoint, std::move(handler)); });
      if (!error) return;
      stream_.close();
    }
    throw broken_door{reason_of(error)};
  }

  std::pair<unsigned, std::string> ask(const api_request& request, const std::string& token) {
    http::request<http::string_body> message(http::string_to_verb(request.method), request.target, 11);
    message.set(http::field::host, host_);
    message.set(http::field::user_agent, "muster/" MUSTER_VERSION);
    message.set(http::field::accept, "application/json, application/problem+json");
    if (!token.empty()) message.set(http::field::authorization, "Bearer " + token);
    if (!request.body.empty()) message.set(http::field::content_type, "application/json");
    for (const auto& [name, value] : request.headers) message.set(name, value);
    message.body() = request.body;
    message.prepare_payload();

    const auto unsent =
      finish(answer_time, [&](auto h) { http::async_write(stream_, message, std::move(h)); });
    // Who does not want all of it has answered why before it closed.
    http::response_parser<http::string_body> answer;
    answer.body_limit(longest_answer);
    const auto error = finish(
      answer_time, [&](auto handler) { http::async_read(stream_, buffer_, answer, std::move(handler)); });
    if (error) throw broken_door{reason_of(unsent ? unsent : error), unsent || !answer.got_some()};
    is_open_ = !unsent && answer.get().keep_alive();
    return {answer.get().result_int(), std::move(answer.get().body())};
  }

  bool is_open() const { return is_open_; }

 private:
  template <class Start>
  error_code finish(std::chrono::seconds limit, Start start) {
    error_code result;
    stream_.expires_after(limit);
    start([&](error_code error, auto...) { result = error; });
    loop_.restart();
    loop_.run();
    return result;
  }

  asio::io_context loop_{1};
  beast::basic_stream<generic_protocol> stream_;
  beast::flat_buffer buffer_;
  std::string host_;
  bool is_open_ = true;
};

door_client::door_client(std::vector<operator_door> doors) : doors_(std::move(doors)) {}
door_client::~door_client() = default;

// Stays with the door that opened once.
void door_client::open() {
  std::vector<silent_place> tried;
  for (; chosen_ < doors_.size(); ++chosen_) {
    try {
      connection_ = std::make_unique<connection>(doors_[chosen_].address);
      doors_ = {doors_[chosen_]};
      chosen_ = 0;
      return;
    } catch (const broken_door& broken) {
      tried.push_back({to_string(doors_[chosen_].address), broken.reason});
    }
  }
  chosen_ = 0;
  throw no_manager(tried);
}

api_answer door_client::ask(const api_request& request) {
  // A connection that stayed idle may have been closed meanwhile; then a new one gets a chance.
  const bool is_used = connection_ && connection_->is_open();
  if (!is_used) open();
  const auto& door = doors_.front();
  try {
    auto [status, body] = connection_->ask(request, door.token);
    return {status, std::move(body), to_string(door.address), door.token_source, door.token_note};
  } catch (const broken_door& broken) {
    connection_.reset();
    if (is_used && broken.closed_before_answer) return ask(request);
    throw no_manager({{to_string(door.address), broken.reason}});
  }
}

}  // namespace muster::cli
