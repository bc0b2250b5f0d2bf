// An HTTP request as routes see it and the response they give, whether they came
// over a socket or, in the test harness, from the test itself.
#pragma once

#include "messages/ids.hpp"

#include <boost/beast/http/verb.hpp>

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace muster::http {

using boost::beast::http::verb;

struct route;

// Whether ASCII letters differ in case only.
bool iequals(std::string_view a, std::string_view b);

// Strings are kept and used again from request to request of a connection.
struct request {
  verb method = verb::unknown;
  std::string path;   // as split_target() leaves it, until a route is found
  std::string query;  // without '?', still encoded
  std::string authorization;
  std::string content_type;
  std::string content_encoding;
  std::string if_none_match;
  std::string if_match;
  std::string last_event_id;  // of the event stream that this one goes on with
  std::string api_key;        // of X-API-Key
  std::string body;           // inflated; its capacity leaves the padding that simdjson reads
  std::string peer;           // "127.0.0.1:4711", or "unix"
  std::optional<uint64_t> content_length;
  bool has_body = false;
  bool old_version = false;   // HTTP/1.0
  bool trusted_peer = false;  // came over the owner's unix socket: needs no token

  // Set by the router and by the check of credentials.
  const route* matched = nullptr;
  std::array<std::string_view, 3> parameters;  // decoded; point into `path`
  size_t body_limit = 0;                       // bytes that this request may have beyond what all may
  bool any_density = false;                    // its sender is known: only the limit of bytes counts
  agent_id caller{};                           // the agent whose token was shown
  uint64_t key = 0;                            // of sensors: number of the one that was shown
  std::string tenant;                          // of the enrolment secret that was shown

  // Makes it ready for the next request; keeps allocations.
  void clear();
  // The value of a query parameter, decoded; nothing if it is absent.
  std::optional<std::string> parameter(std::string_view name) const;
};

// Bytes that may wait in one stream for a peer that does not read. What is sent while more
// wait ends it; a single piece may be larger.
constexpr size_t stream_backlog = 256 * 1024;

// The sending end of an answer that goes on. Use on the loop only. It does not keep
// the connection open, and says so when asked: nobody is called when the peer goes.
class stream {
 public:
  virtual ~stream() = default;
  // Appends bytes, which streams may share; they are not copied. False if the stream
  // has ended, or ends with this since more than stream_backlog bytes wait already.
  virtual bool send(std::shared_ptr<const std::string> bytes) = 0;
  // Bytes that the kernel has not taken yet.
  virtual size_t backlog() const = 0;
  // Whether send() can still succeed.
  virtual bool open() const = 0;
  // Closes the connection once all that was sent is out.
  virtual void end() = 0;
};

struct response {
  unsigned status = 200;
  std::string body;
  std::string_view content_type = "application/json";  // has static storage
  std::string headers;                                 // more of them, each ended by CRLF
  bool close = false;                                  // the connection ends with this
  // If set, the body is what this gives, piece by piece as the peer takes it, until it gives
  // none; `length` bytes in all. The connection ends with it.
  std::function<std::shared_ptr<const std::string>()> pulls = {};
  uint64_t length = 0;
  // If set, the body goes on after `body` and ends with the connection. Called once
  // the head is on its way; not called for HEAD, nor when the peer has gone.
  std::function<void(std::shared_ptr<stream>)> opens = {};

  response& with(std::string_view name, std::string_view value) &;
  response&& with(std::string_view name, std::string_view value) && {
    return std::move(this->with(name, value));
  }
};

// An answer with a JSON body.
response answer_with(std::string body, unsigned status = 200);

// One request under way. Answered at most once; what comes late is dropped.
class exchange {
 public:
  virtual ~exchange() = default;
  virtual void answer(uint32_t number, response&& with) = 0;
  virtual void park(uint32_t number, uint32_t seconds) = 0;
};

// Where the answer to one request goes. Cheap to copy; use on the loop only.
class reply {
 public:
  reply(std::shared_ptr<exchange> to, uint32_t number) : to_(std::move(to)), number_(number) {}
  void operator()(response&& with) const { to_->answer(number_, std::move(with)); }
  // The answer may take this long, and the request does not count as in flight: its
  // peer knows that it waits for something to happen.
  void park(uint32_t seconds) const { to_->park(number_, seconds); }

 private:
  std::shared_ptr<exchange> to_;
  uint32_t number_;
};

// What a listener serves. Runs on one loop.
class service {
 public:
  virtual ~service() = default;
  // Looks at the head alone; an answer refuses the request before its body is read.
  virtual std::optional<response> admit(request& head) = 0;
  // Handles the complete request and answers now or later.
  virtual void serve(request& full, reply to) = 0;
  // Words a failure of HTTP itself in the form that this listener's clients read.
  virtual response problem(unsigned status, std::string_view detail) = 0;
};

// True if an If-None-Match field names `tag` (with its quotes), or any.
bool names_tag(std::string_view field, std::string_view tag);

std::string_view reason_phrase(unsigned status);

}  // namespace muster::http
