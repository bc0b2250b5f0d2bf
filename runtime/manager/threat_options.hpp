// From the configuration to what correlation and policy are set to.
#pragma once

#include "actors/manager/correlator.hpp"
#include "actors/manager/policy.hpp"
#include "runtime/config/configuration.hpp"
#include "runtime/wire/sightings.hpp"

namespace muster {

correlator_options correlator_options_of(const configuration& from);
policy_options policy_options_of(const configuration& from);
std::shared_ptr<const sighting_reader> sighting_reader_of(const configuration& from);

}  // namespace muster
