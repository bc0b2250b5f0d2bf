// What goes out over the network, and whoever carries it.
#pragma once

#include "messages/channels.hpp"

#include <functional>
#include <string>
#include <vector>

namespace muster {

// One request over HTTP, or one mail.
struct parcel {
  std::string url;
  std::string body;                  // of a mail: headers and all
  std::vector<std::string> headers;  // "Name: value"; of HTTP only
  std::string from;                  // of a mail, as are those below
  std::vector<std::string> recipients;
  std::string user;
  std::string password;
  std::string tls;      // as in channel_settings
  std::string ca_file;  // also of HTTP

  bool is_mail() const { return !recipients.empty(); }
};

class parcel_carrier {
 public:
  virtual ~parcel_carrier() = default;
  // Calls `done` once, from any thread, unless it ends before. May itself be called by any thread.
  virtual void carry(parcel what, std::function<void(delivery_outcome)> done) = 0;
};

}  // namespace muster
