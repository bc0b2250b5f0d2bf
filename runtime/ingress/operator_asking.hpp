// How the operator's routes ask an actor and pass its answer on. For the files
// that implement operator_door only.
#pragma once

#include "messages/type_ids.hpp"
#include "runtime/ingress/operator_door.hpp"

#include <caf/all.hpp>

#include <chrono>

namespace muster {

constexpr std::chrono::seconds operator_patience{10};  // for an actor to answer an operator

// Gives the actor's answer to `done`; a failure is answered as such.
template <class Answer, class Handle, class Message, class Done>
void operator_door::ask(const Handle& whom, Message what, http::reply to, Done done) {
  host_.self()
    .request(whom, operator_patience, std::move(what))
    .then([done = std::move(done)](const Answer& found) mutable { done(found); },
          [this, to](caf::error& failed) { to(problem(failed)); });
}

// Like ask(), but without a timeout: it happens, whether or not it is waited for.
template <class Answer, class Handle, class Message, class Done>
void operator_door::change(const Handle& whom, Message what, http::reply to, Done done) {
  host_.self()
    .request(whom, caf::infinite, std::move(what))
    .then([done = std::move(done)](const Answer& made) mutable { done(made); },
          [this, to](caf::error& failed) { to(problem(failed)); });
}

// The same for what answers nothing but that it is on disk.
template <class Handle, class Message>
void operator_door::change(const Handle& whom, Message what, http::reply to) {
  change<committed>(whom, std::move(what), to, [to](const committed&) { to({204, {}, {}, {}, false}); });
}

// Answers with what `write` makes of the actor's answer, or 304 if the caller's `known` tag names just that.
template <class Answer, class Handle, class Message>
void operator_door::pass_on(const Handle& whom, Message what, http::reply to, std::string known,
                            std::string (*write)(const Answer&)) {
  ask<Answer>(whom, std::move(what), to, [to, known = std::move(known), write](const Answer& found) {
    answer(to, known, write(found));
  });
}

}  // namespace muster
