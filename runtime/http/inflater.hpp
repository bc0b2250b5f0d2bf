// Inflates a gzip body as it arrives, so that a small body cannot become a huge
// one: the limits hold at every step.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace muster::http {

struct inflate_limits {
  size_t bytes = 1 << 20;  // of inflated text
  size_t ratio = 100;      // inflated to compressed, looked at beyond `ratio_floor`
};
constexpr size_t ratio_floor = 64 * 1024;

enum class inflate_verdict : uint8_t { more, done, corrupt, too_large, too_dense };

class inflater {
 public:
  explicit inflater(inflate_limits limits);
  ~inflater();
  inflater(const inflater&) = delete;
  inflater& operator=(const inflater&) = delete;

  // Appends what `compressed` inflates to. Several gzip members in a row are one body.
  inflate_verdict feed(std::string_view compressed, std::string& out);

 private:
  inflate_limits limits_;
  z_stream stream_{};
  size_t taken_ = 0;
  bool ended_ = false;
};

}  // namespace muster::http
