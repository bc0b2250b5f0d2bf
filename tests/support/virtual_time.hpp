// A Boost.Test fixture that runs an actor system on virtual time: nothing
// happens unless the test delivers messages or advances the clock.
#pragma once

#include "messages/errors.hpp"
#include "messages/type_ids.hpp"

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

namespace muster::test {

using namespace std::chrono_literals;

struct virtual_time_config : caf::actor_system_config {
  virtual_time_config();
};

class virtual_time_fixture {
 public:
  // Time point zero means "no timeout" inside CAF, so start later.
  virtual_time_fixture() { sched.clock().current_time += 1h; }
  virtual_time_fixture(const virtual_time_fixture&) = delete;
  virtual_time_fixture& operator=(const virtual_time_fixture&) = delete;

  // An actor system waits for its actors, and a pending timer keeps its actor
  // alive; under the test scheduler nobody else would ever let go of it.
  ~virtual_time_fixture() {
    for (auto& actor : spawned_) caf::anon_send_exit(actor, caf::exit_reason::kill);
    spawned_.clear();
    deliver();
    sched.clock().cancel_all();
    deliver();
  }

  template <class... Ts>
  auto spawn(Ts&&... xs) {
    auto handle = sys.spawn(std::forward<Ts>(xs)...);
    ends_with_test(handle);
    return handle;
  }

  template <class Actor, class... Ts>
  auto spawn(Ts&&... xs) {
    auto handle = sys.spawn<Actor>(std::forward<Ts>(xs)...);
    ends_with_test(handle);
    return handle;
  }

  // For what an actor under test has spawned by itself.
  template <class Handle>
  void ends_with_test(const Handle& handle) {
    if (handle) spawned_.push_back(caf::actor_cast<caf::actor>(handle));
  }

  // Runs every message that is ready now; timers stay pending.
  size_t deliver() {
    size_t count = 0;
    while (sched.try_run_once()) ++count;
    return count;
  }

  // Moves the clock from one due timer to the next, so that a handler sees
  // exactly the instant its timer was armed for, and re-armed timers fire too.
  void advance(std::chrono::nanoseconds span) {
    deliver();
    const auto end = sched.clock().now() + span;
    for (;;) {
      const auto& timers = sched.clock().schedule();
      const bool due = !timers.empty() && timers.begin()->first <= end;
      const auto next = due ? timers.begin()->first : end;
      sched.advance_time(std::max(next - sched.clock().now(), std::chrono::nanoseconds{0}));
      deliver();
      if (!due) return;
    }
  }

  size_t pending_timers() { return sched.clock().schedule().size(); }

  // Asks without waiting: call the result once the answer must be there.
  template <class Answer, class Handle, class Request>
  std::function<caf::expected<Answer>()> request(const Handle& to, Request what) {
    return [handle = self->request(to, caf::infinite, std::move(what))]() mutable {
      caf::expected<Answer> answer{caf::error{caf::sec::runtime_error}};
      handle.receive([&](Answer& x) { answer = std::move(x); },
                     [&](caf::error& e) { answer = std::move(e); });
      return answer;
    };
  }

  // Asks, runs the system until it is quiet, and takes the answer.
  template <class Answer, class Handle, class Request>
  caf::expected<Answer> ask(const Handle& to, Request what) {
    auto answer = request<Answer>(to, std::move(what));
    deliver();
    return answer();
  }

  template <class Handle, class... Ts>
  void tell(const Handle& to, Ts&&... xs) {
    caf::anon_send(to, std::forward<Ts>(xs)...);
    deliver();
  }

  // True once an answer to the test has arrived and was not taken yet.
  bool answered() { return self->has_next_message(); }

 private:
  virtual_time_config config_;

 public:
  caf::actor_system sys{config_};
  caf::scoped_actor self{sys, true};
  caf::scheduler::test_coordinator& sched = dynamic_cast<caf::scheduler::test_coordinator&>(sys.scheduler());

 private:
  std::vector<caf::actor> spawned_;
};

}  // namespace muster::test
