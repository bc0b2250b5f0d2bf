// The meeting of CAF's mailboxes with Asio's event loop.
#include "runtime/loop/loop_actor.hpp"

#include <boost/asio/post.hpp>

#include <caf/all.hpp>
#include <caf/detail/sync_request_bouncer.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

namespace muster {

namespace {
// The loop actor whose turn this thread is in: it drains its mailbox before the
// turn ends, so a letter from within needs no wake-up.
thread_local loop_actor* in_turn = nullptr;
}  // namespace

void loop_unit::exec_later(caf::resumable* job) {
  if (where_ == woken_run::on_loop) woken_.push_back(job);
  else system().scheduler().enqueue(job);
}

void loop_unit::run_round() {
  round_.swap(woken_);
  for (auto* job : round_) {
    if (job->resume(this, messages_per_turn) == caf::resumable::resume_later) woken_.push_back(job);
    else caf::intrusive_ptr_release(job);
  }
  round_.clear();
}

loop_actor::loop_actor(caf::actor_config& config, boost::asio::io_context& loop, woken_run where)
  : extended_base(config), loop_(loop), unit_(&config.host->system(), where) {
  context(&unit_);  // the spawning unit in `config` does not outlive the spawn
}

void loop_actor::enqueue(caf::mailbox_element_ptr letter, caf::execution_unit*) {
  {
    std::lock_guard guard{lock_};
    if (closed_) {
      bounce(*letter);
      return;
    }
    inbox_.push_back(std::move(letter));
    if (turn_pending_ || in_turn == this) return;
    turn_pending_ = true;
  }
  post_turn();
}

void loop_actor::enqueue(caf::strong_actor_ptr from, caf::message_id id, caf::message content,
                         caf::execution_unit* unit) {
  enqueue(caf::make_mailbox_element(std::move(from), id, {}, std::move(content)), unit);
}

void loop_actor::launch(caf::execution_unit*, bool, bool hide) {
  if (!hide) register_at_system();
}

void loop_actor::run_woken() {
  if (in_turn == this) return;  // the turn that is under way goes on with what was woken
  auto* outer = std::exchange(in_turn, this);
  int rounds = 0;
  do {
    unit_.run_round();
  } while ((deliver() || !unit_.idle()) && ++rounds < rounds_per_turn);
  in_turn = outer;
  if (rounds == rounds_per_turn) run_woken_soon();
}

// Handles what has arrived. False if nothing had.
bool loop_actor::deliver() {
  {
    std::lock_guard guard{lock_};
    if (inbox_.empty()) return false;
    batch_.swap(inbox_);
  }
  for (auto& letter : batch_) {
    if (getf(is_terminated_flag)) bounce(*letter);
    else activate(&unit_, *letter);
  }
  batch_.clear();
  if (getf(is_terminated_flag)) close();
  return true;
}

bool loop_actor::run_woken_soon() {
  std::lock_guard guard{lock_};
  if (turn_pending_) return false;
  turn_pending_ = true;
  post_turn();
  return true;
}

void loop_actor::post_turn() {
  boost::asio::post(loop_, [this, alive = caf::strong_actor_ptr{ctrl()}] {
    {
      std::lock_guard guard{lock_};
      turn_pending_ = false;
    }
    run_woken();
  });
}

void loop_actor::close() {
  std::lock_guard guard{lock_};
  closed_ = true;
  for (auto& letter : inbox_) bounce(*letter);
  inbox_.clear();
}

void loop_actor::bounce(const caf::mailbox_element& letter) {
  caf::detail::sync_request_bouncer{caf::error{caf::exit_reason::unknown}}(letter);
}

loop_actor_handle spawn_on_loop(caf::actor_system& system, boost::asio::io_context& loop, woken_run where) {
  caf::scoped_execution_unit unit{&system};
  caf::actor_config config{&unit};
  auto alive = caf::make_actor<loop_actor, caf::actor>(system.next_actor_id(), system.node(), &system, config,
                                                       loop, where);
  auto* self = static_cast<loop_actor*>(caf::actor_cast<caf::abstract_actor*>(alive));
  return {alive, *self};
}

}  // namespace muster
