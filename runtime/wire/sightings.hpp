// Finds in a reported event what other hosts may see too, under the names that
// agents, ECS and OCSF give it. docs/wire/panguard.md has the table of names.
#pragma once

#include "actors/manager/network_address.hpp"
#include "messages/threats.hpp"
#include "runtime/json/document.hpp"

#include <map>

namespace muster {

struct sighting_options {
  // Kind to JSON pointer (RFC 6901) into the event, for what operators know of
  // their events. One that begins with /event or /verdict and finds nothing in
  // the event is tried on the reported item.
  std::map<std::string, std::string> pointers;
  std::vector<network_range> ignored_ranges;  // source addresses that are no sightings
};

// Looks into the event, into its objects "metadata", "raw" and "details", beside
// the event in its item, and in the verdict (for techniques only), one level deep
// each. A value of another type than expected is no sighting, never an error.
// May be shared by threads.
class sighting_reader {
 public:
  static constexpr size_t most = 64;  // of one event

  sighting_reader() = default;
  explicit sighting_reader(sighting_options options) : options_(std::move(options)) {}

  // `item` is one reported item: {event,verdict}, {threat} or an event by itself.
  // Each kind and value once: first the operator's kinds in the order of their
  // names, then addresses, hashes and techniques in the order of the event.
  std::vector<sighting> read(const json::element& item) const;

 private:
  sighting_options options_;
};

}  // namespace muster
