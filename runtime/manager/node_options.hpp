// From the configuration to what nodes and their events are set to.
#pragma once

#include "actors/manager/event_log.hpp"
#include "actors/manager/registrar.hpp"
#include "runtime/config/configuration.hpp"

namespace muster {

registrar_options registrar_options_of(const configuration& from);
event_log_options event_log_options_of(const configuration& from);

}  // namespace muster
