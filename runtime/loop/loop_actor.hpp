// An actor that runs on an Asio event loop instead of on CAF's scheduler.
//
// Its mailbox is drained by the thread that runs the io_context, so a handler
// may touch that thread's sockets without a lock, and a socket's completion
// handler may call request().then() on it as if it were inside the actor.
// Actors that it wakes run on the same thread too, which saves the wake-up of
// another thread per message; call run_woken() after sending from outside a
// handler. Once terminated it bounces requests as CAF's own actors do.
#pragma once

#include <boost/asio/io_context.hpp>

#include <caf/behavior.hpp>
#include <caf/extend.hpp>
#include <caf/mixin/behavior_changer.hpp>
#include <caf/mixin/requester.hpp>
#include <caf/mixin/sender.hpp>
#include <caf/mixin/subscriber.hpp>
#include <caf/scheduled_actor.hpp>

#include <mutex>
#include <vector>

namespace muster {
class loop_actor;
}

namespace caf {
template <>
class behavior_type_of<muster::loop_actor> {
 public:
  using type = behavior;
};
}  // namespace caf

namespace muster {

// Where actors run that a loop wakes: on the loop's own thread, or, for a
// manager on virtual time, in the order that the test's scheduler draws.
enum class woken_run : uint8_t { on_loop, on_scheduler };

// A run queue of one thread: what this thread's actors wake, this thread runs.
class loop_unit : public caf::execution_unit {
 public:
  loop_unit(caf::actor_system* system, woken_run where) : caf::execution_unit(system), where_(where) {}

  void exec_later(caf::resumable* job) override;
  bool idle() const { return woken_.empty(); }

  // Runs what is ready now; jobs woken meanwhile wait for the next round.
  void run_round();

 private:
  static constexpr size_t messages_per_turn = 32;
  woken_run where_;
  std::vector<caf::resumable*> woken_;
  std::vector<caf::resumable*> round_;
};

class loop_actor
  : public caf::extend<caf::scheduled_actor, loop_actor>::with<
      caf::mixin::sender, caf::mixin::requester, caf::mixin::subscriber, caf::mixin::behavior_changer> {
 public:
  using signatures = caf::none_t;
  using behavior_type = caf::behavior;

  loop_actor(caf::actor_config& config, boost::asio::io_context& loop, woken_run where);

  // Called from any thread. One wake-up of the loop serves a whole batch.
  void enqueue(caf::mailbox_element_ptr letter, caf::execution_unit*) override;
  void enqueue(caf::strong_actor_ptr from, caf::message_id id, caf::message content,
               caf::execution_unit* unit) override;
  void launch(caf::execution_unit*, bool, bool hide) override;

  // On the loop's thread: lets woken actors run, answers included, until quiet.
  void run_woken();
  // The same once everything that is ready on the loop now was handled. False if that was due already.
  bool run_woken_soon();

  boost::asio::io_context& loop() { return loop_; }

 private:
  static constexpr int rounds_per_turn = 32;

  bool deliver();
  void post_turn();
  void close();
  static void bounce(const caf::mailbox_element& letter);

  boost::asio::io_context& loop_;
  loop_unit unit_;
  std::vector<caf::mailbox_element_ptr> batch_;
  std::mutex lock_;
  std::vector<caf::mailbox_element_ptr> inbox_;  // guarded by lock_
  bool turn_pending_ = false;                    // guarded by lock_
  bool closed_ = false;                          // guarded by lock_
};

// A loop actor with the handle that keeps it alive.
struct loop_actor_handle {
  caf::actor alive;
  loop_actor& self;
};

// Spawns a loop actor. Call before the loop runs, or on the loop's thread.
loop_actor_handle spawn_on_loop(caf::actor_system& system, boost::asio::io_context& loop,
                                woken_run where = woken_run::on_loop);

}  // namespace muster
