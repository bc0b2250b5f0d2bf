// Speaks with the manager's operator listener, over TCP or a unix socket. Blocks, with a limit on every wait;
// each object belongs to one thread.
#pragma once

#include "tools/muster-sim/event_reader.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace muster::sim {

struct operator_address {
  std::string socket_path;  // or else host and port
  std::string host = "127.0.0.1";
  std::string port = "8081";
  std::string token;  // empty: none is sent
};

// Takes `http://HOST[:PORT]` and `unix:/PATH`, as the manager's own command line does. Says in plain words
// what is wrong, or nothing.
std::string parse_operator(std::string_view text, operator_address& into);

struct operator_reply {
  unsigned status = 0;  // 0: none came, and `problem` says why
  std::string body;
  std::string problem;

  bool ok() const { return status >= 200 && status < 300; }
  std::string what_went_wrong() const;  // "503: {...}", "connection refused"
};

class operator_client {
 public:
  explicit operator_client(operator_address to);
  ~operator_client();
  operator_client(const operator_client&) = delete;
  operator_client& operator=(const operator_client&) = delete;

  // A connection that the manager closed meanwhile is opened anew, once.
  operator_reply ask(std::string_view method, std::string_view target, std::string body = {},
                     std::chrono::milliseconds patience = std::chrono::seconds{10});
  operator_reply get(std::string_view target) { return ask("GET", target); }
  operator_reply put(std::string_view target, std::string body) {
    return ask("PUT", target, std::move(body));
  }

 private:
  class connection;
  operator_address to_;
  std::unique_ptr<connection> connection_;
};

// News as the manager tells them (docs/wire/panguard.md, "Dashboards"): no replay, and it ends when its
// reader is too slow.
class news_stream {
 public:
  static constexpr std::chrono::seconds longest_silence{65};  // it sends a comment every 30 s

  explicit news_stream(const operator_address& to);  // opens it; see problem()
  ~news_stream();
  news_stream(const news_stream&) = delete;
  news_stream& operator=(const news_stream&) = delete;

  bool is_open() const;
  std::string problem() const;  // why it is not open

  // Hands over what came until `patience` is over. False when the stream has ended.
  bool read(std::chrono::milliseconds patience, const std::function<void(const server_event&)>& take);

 private:
  class connection;
  std::unique_ptr<connection> connection_;
  std::string problem_;
};

}  // namespace muster::sim
