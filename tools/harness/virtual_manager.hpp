// A whole manager inside a test: the same actors, ledger and HTTP routes as
// musterd, but on virtual time and on the caller's thread. Nothing happens
// between calls; a day passes in as long as its work takes.
//
//   muster::harness::virtual_manager manager;
//   auto agent = manager.enrol("web-1");
//   agent.beat_every(30s);
//   manager.advance(10min);
//   assert(manager.status(agent.id()) == muster::agent_status::online);
//
// Not safe to use from several threads. docs/harness.md has complete examples.
#pragma once

#include "messages/queries.hpp"
#include "runtime/config/configuration.hpp"
#include "tools/harness/event_stream.hpp"

#include <boost/json/value.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace muster::harness {

struct options {
  // What musterd reads from its file. Addresses and data_dir are not used.
  configuration settings;
  // Draws the order in which actors handle what is ready. The same seed gives the
  // same run; 0 keeps the order of arrival.
  uint64_t seed = 0;
  // Where the store lives. Empty: a temporary directory that ends with the manager.
  std::filesystem::path data_dir;
  // What the calendar shows at the start.
  utc_time start = utc_time{std::chrono::hours{24 * 365 * 56}};
};

struct answer {
  unsigned status = 0;  // 0: the manager gave none within limits.answer_time
  std::string body;
  std::string headers;  // "Name: value" lines, without those that only a socket needs
  std::string content_type;

  // The body as JSON; throws boost::system::system_error if it is none.
  boost::json::value json() const;
};

struct request_options {
  std::string token;          // sent as bearer; empty for none
  std::string if_none_match;  // empty for none
  std::string content_type = "application/json";
  std::string if_match = {};
  std::string last_event_id = {};
};

// A notification as a channel has sent it: its receiver answers 200 at once.
struct sent_message {
  std::string url;
  std::string body;
  std::vector<std::string> headers;  // "Name: value"; none of a mail
};

class virtual_manager;

// One agent that speaks the Panguard dialect to the manager of a test. A copy
// stands for the same agent.
class simulated_agent {
 public:
  agent_id id() const;
  const std::string& token() const;
  const std::string& hostname() const;

  answer beat(std::string body = "{}");
  answer report(std::string body);
  answer leave();
  // Registers again, as a real agent does whenever it starts. Takes the new token.
  answer register_again();
  // Beats by itself while time advances, first after one interval.
  void beat_every(std::chrono::milliseconds interval);
  void fall_silent();

 private:
  friend class virtual_manager;
  struct state;
  simulated_agent(virtual_manager* manager, std::shared_ptr<state> inner);

  virtual_manager* manager_;
  std::shared_ptr<state> state_;
};

class virtual_manager {
 public:
  explicit virtual_manager(options with = {});
  ~virtual_manager();
  virtual_manager(const virtual_manager&) = delete;
  virtual_manager& operator=(const virtual_manager&) = delete;

  // Registers a host; throws std::runtime_error unless the manager lets it in.
  simulated_agent enrol(const std::string& hostname, const std::string& organization = {});

  // One request on the fleet listener, without a socket. If its answer has to
  // wait for a timer of the manager, time advances until then.
  answer request(const std::string& method, const std::string& target, std::string body = {},
                 const request_options& with = {});
  // The same on the operator listener, with the operator's token.
  answer operate(const std::string& method, const std::string& target, std::string body = {},
                 const request_options& with = {});

  // Opens an event stream on the fleet listener and collects what arrives while time
  // advances. A stream that is refused has the refusal's status and text.
  event_stream open_stream(const std::string& target, const request_options& with = {});
  // The same on the operator listener, with the operator's token.
  event_stream open_operator_stream(const std::string& target, const request_options& with = {});

  // Lets time pass, timer by timer.
  void advance(std::chrono::nanoseconds span);
  // Time passes while the manager can't hear, as if its process had been stopped.
  void pause(std::chrono::nanoseconds span);
  // Stops cleanly and starts again on the same store; `away` passes in between.
  void restart(std::chrono::nanoseconds away = {});
  // The same without a clean stop: what was not committed is lost.
  void crash(std::chrono::nanoseconds away = {});

  // Questions. Each lets the manager handle what is ready, but no time pass.
  agent_status status(agent_id id);  // throws std::out_of_range for an unknown id
  agent_details details(agent_id id);
  std::vector<agent_row> agents(list_agents filter = {});
  std::vector<state_change> history(agent_id id);  // oldest first
  std::vector<threat_row> threats(read_threats filter = {});
  std::vector<audit_entry> audit(read_audit filter = {});  // newest first
  fleet_counts counts();
  // What channels of options::settings.notifications have sent, the oldest first.
  std::vector<sent_message> sent() const;
  utc_time now() const;
  uint64_t seed() const;

  struct addresses {
    std::string fleet;  // "127.0.0.1:40123"
    std::string operators;
    std::string operator_token;
  };
  // Opens real loopback ports, for agents under test that speak HTTP. They are
  // served while advance() or serve_for() runs, and only then.
  addresses serve();
  // Serves for a span of real time, or until `done`; virtual time stands still.
  // Returns whether `done` came true.
  bool serve_for(
    std::chrono::milliseconds span, const std::function<bool()>& done = [] { return false; });

 private:
  friend class simulated_agent;
  class engine;
  std::unique_ptr<engine> engine_;
};

}  // namespace muster::harness
