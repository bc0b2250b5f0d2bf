// Writes what a plexd node sends. Its key has 32 characters and no id in it.
#pragma once

#include "tools/muster-sim/credential.hpp"
#include "tools/muster-sim/prepared_head.hpp"
#include "tools/muster-sim/request_writer.hpp"

#include <string>
#include <string_view>

namespace muster::sim {

class node_writer {
 public:
  node_writer(std::string_view authority, std::string_view path_prefix);

  // The public key follows from `random`; nobody has the private one.
  void registration(std::string& out, std::string_view token, const simulated_host& host,
                    uint64_t random) const;
  void heartbeat(std::string& out, const credential& as, std::string_view body = "{}") const;
  void pull(std::string& out, const credential& as) const;
  void event(std::string& out, const credential& as, const simulated_host& host, const sighting& seen) const;
  void departure(std::string& out, const credential& as) const;
  void stream(std::string& out, const credential& as, std::string_view last_event) const;

 private:
  static void append(std::string& out, const head_with_id& head, const credential& as);

  std::string registration_head_;
  head_with_id heartbeat_head_;
  head_with_id pull_head_;
  head_with_id event_head_;
  head_with_id departure_head_;
  head_with_id stream_head_;
};

}  // namespace muster::sim
