// The inside of a virtual manager: an actor system on the test scheduler and one
// event loop that is polled, taken down and put up again at restarts.
#pragma once

#include "runtime/http/listener.hpp"
#include "runtime/manager/manager.hpp"
#include "runtime/notify/parcel.hpp"
#include "tools/harness/call.hpp"
#include "tools/harness/virtual_manager.hpp"

#include <caf/actor_system.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/scoped_actor.hpp>

#include <map>
#include <random>

namespace muster::harness {

struct simulated_agent::state {
  std::string hostname;
  std::string organization;
  agent_id id{};
  std::string token;
  std::chrono::milliseconds interval{0};  // 0: does not beat by itself
  std::chrono::steady_clock::time_point next_beat{};
};

// What the manager needs of the outside, and what a restart keeps.
struct outside {
  std::shared_ptr<credential_source> credentials;
  std::shared_ptr<node_credentials> node_keys;
  std::shared_ptr<parcel_carrier> carrier;
};

// Everything that a process would lose when it ends.
class incarnation {
 public:
  incarnation(const options& with, const std::filesystem::path& directory,
              std::chrono::steady_clock::time_point now, utc_time epoch, const outside& with_it);
  ~incarnation();

  // Runs all that is ready, until nothing is.
  void settle(std::mt19937_64* order);
  // The next instant at which a timer of the manager is due, no later than `limit`.
  std::chrono::steady_clock::time_point next_timer(std::chrono::steady_clock::time_point limit) const;
  void set_time(std::chrono::steady_clock::time_point now) { scheduler_.clock().current_time = now; }
  std::chrono::steady_clock::time_point time() const { return scheduler_.clock().now(); }
  void close(std::mt19937_64* order);

  caf::actor_system& system() { return system_; }
  caf::scoped_actor& self() { return self_; }
  manager& inner() { return *manager_; }
  loop_host& host() { return *host_; }
  boost::asio::io_context& loop() { return loop_; }
  virtual_manager::addresses serve();

 private:
  system_configuration settings_ = system_configuration::on_virtual_time();
  caf::actor_system system_{settings_};
  caf::scheduler::test_coordinator& scheduler_;
  caf::scoped_actor self_{system_, true};
  boost::asio::io_context loop_{1};
  std::unique_ptr<manager> manager_;
  loop_host* host_ = nullptr;
  std::unique_ptr<http::listener> fleet_listener_;
  std::unique_ptr<http::listener> operator_listener_;
};

class virtual_manager::engine {
 public:
  explicit engine(options with);
  ~engine();

  void settle() { running_->settle(order()); }
  void advance(std::chrono::nanoseconds span);
  void pause(std::chrono::nanoseconds span);
  void restart(bool cleanly, std::chrono::nanoseconds away);
  answer ask(http::service& serves, const std::string& method, const std::string& target, std::string text,
             const request_options& with);
  event_stream follow(http::service& serves, const std::string& target, const request_options& with);
  request_options as_operator(request_options with);
  addresses serve();
  bool serve_for(std::chrono::milliseconds span, const std::function<bool()>& done);

  // Asks an actor and waits for what is ready to be handled.
  template <class T, class Handle, class Message>
  T query(const Handle& to, Message what) {
    std::optional<T> got;
    auto asked = running_->self()->request(to, caf::infinite, std::move(what));
    settle();
    asked.receive([&](T& x) { got = std::move(x); },
                  [&](caf::error& failed) { throw std::runtime_error{running_->system().render(failed)}; });
    return std::move(*got);
  }

  std::mt19937_64* order() { return with_.seed == 0 ? nullptr : &order_; }
  incarnation& running() { return *running_; }
  utc_time now() const;
  uint64_t seed() const { return with_.seed; }
  const std::vector<sent_message>& sent() const { return *sent_; }
  std::vector<std::shared_ptr<simulated_agent::state>>& simulated() { return simulated_; }
  std::function<void(simulated_agent::state&)> beat;  // set by the owner

 private:
  void await_answer(const call& pending);
  void drop_streams();
  void beat_due_agents();
  std::chrono::steady_clock::time_point next_event(std::chrono::steady_clock::time_point limit) const;

  options with_;
  bool temporary_ = false;
  std::mt19937_64 order_;
  std::shared_ptr<std::vector<sent_message>> sent_ = std::make_shared<std::vector<sent_message>>();
  outside outside_;
  std::chrono::steady_clock::time_point started_;
  std::unique_ptr<incarnation> running_;
  std::vector<std::shared_ptr<simulated_agent::state>> simulated_;
  std::vector<std::weak_ptr<event_stream::state>> followed_;
};

}  // namespace muster::harness
