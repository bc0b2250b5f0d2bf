// How the plexd door asks actors.
#pragma once

#include "messages/type_ids.hpp"
#include "runtime/ingress/plexd_door.hpp"

#include <caf/all.hpp>

namespace muster {

// Without a timeout, since a session gives up by itself and timers outlive answers.
template <class Answer, class Handle, class Message, class Done>
void plexd_door::ask(const Handle& whom, Message what, http::reply to, Done done) {
  host_.self()
    .request(whom, caf::infinite, std::move(what))
    .then([to, done](Answer& answer) { to(done(answer)); },
          [this, to](caf::error& failed) { to(problem(failed)); });
}

}  // namespace muster
