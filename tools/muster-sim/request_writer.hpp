// Writes what a Panguard agent sends, byte for byte after prepared heads: a heartbeat costs a copy and a few
// digits.
#pragma once

#include "tools/muster-sim/credential.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace muster::sim {

// Who an agent says it is. Only the name's prefix and the number decide, so that
// the next run is the same fleet.
struct simulated_host {
  std::string hostname;  // "sim-000042"
  std::string_view os;
  std::string_view arch;
  std::string address;  // in 10.0.0.0/8

  simulated_host(std::string_view prefix, uint32_t number);
};

// A threat that an agent claims to have seen.
struct sighting {
  uint64_t run = 0;          // tells the event ids of two runs apart
  uint64_t number = 0;       // of the event within the run
  uint64_t random = 0;       // what it is about
  std::string_view seen_at;  // RFC 3339
  std::string shows;         // members of `metadata`; empty: an address at random
};

// The body of a report with that one event.
std::string threat_report(const simulated_host& host, const sighting& seen);

class request_writer {
 public:
  // `authority` is for the Host field; `path_prefix` is "" or "/enroll/SECRET"; an empty token means none.
  request_writer(std::string_view authority, std::string_view path_prefix, std::string_view enrol_token);

  void registration(std::string& out, const simulated_host& host);
  // `more` are further members, each after a comma.
  void heartbeat(std::string& out, const credential& as, std::chrono::milliseconds uptime,
                 std::string_view more = {}) const;
  void event(std::string& out, const credential& as, const simulated_host& host, const sighting& seen);
  void departure(std::string& out, const credential& as) const;
  // For policy, unless it is of that version.
  void poll(std::string& out, const credential& as, uint32_t version) const;
  void stream(std::string& out, const credential& as, uint32_t version) const;

 private:
  // A head with gaps for id, token and whatever follows the last line.
  struct prepared {
    std::string text;
    size_t id = 0;       // in the path
    size_t subject = 0;  // in the token
    size_t secret = 0;
  };
  static prepared prepare(std::string_view method, std::string_view path_head, std::string_view path_tail,
                          std::string_view host_line, std::string_view last);
  static void append(std::string& out, const prepared& head, const credential& as);

  std::string registration_head_;
  prepared heartbeat_head_;
  prepared event_head_;
  prepared departure_head_;
  prepared poll_head_;
  prepared stream_head_;
  std::string body_;
};

}  // namespace muster::sim
