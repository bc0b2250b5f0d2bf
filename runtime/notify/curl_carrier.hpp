// Carries parcels by libcurl, all of them on one thread of its own. Neither redirects nor
// proxies of the environment are followed, and nothing but HTTP and SMTP is spoken.
#pragma once

#include "runtime/notify/parcel.hpp"

#include <memory>

namespace muster {

struct carrier_options {
  std::chrono::milliseconds timeout = std::chrono::seconds{10};  // of one parcel, with everything
  bool allow_private_destinations = false;
  size_t at_once = 64;  // more wait
};

class curl_carrier : public parcel_carrier {
 public:
  explicit curl_carrier(carrier_options options);
  ~curl_carrier() override;  // what is under way is not answered any more

  void carry(parcel what, std::function<void(delivery_outcome)> done) override;

 private:
  class engine;
  std::unique_ptr<engine> engine_;
};

}  // namespace muster
