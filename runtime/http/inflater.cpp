// Streaming gzip by zlib.
#include "runtime/http/inflater.hpp"

#include <algorithm>
#include <new>

namespace muster::http {

namespace {
constexpr int gzip_only = 16 + MAX_WBITS;
constexpr size_t step = 16 * 1024;
}  // namespace

inflater::inflater(inflate_limits limits) : limits_(limits) {
  if (inflateInit2(&stream_, gzip_only) != Z_OK) throw std::bad_alloc{};
}

inflater::~inflater() { inflateEnd(&stream_); }

inflate_verdict inflater::feed(std::string_view compressed, std::string& out) {
  stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(compressed.data()));
  stream_.avail_in = static_cast<uInt>(compressed.size());
  taken_ += compressed.size();
  while (stream_.avail_in > 0 || stream_.avail_out == 0) {
    if (ended_) {  // another member follows
      if (stream_.avail_in == 0) break;
      inflateReset(&stream_);
      ended_ = false;
    }
    const auto before = out.size();
    out.resize(before + step);
    stream_.next_out = reinterpret_cast<Bytef*>(out.data() + before);
    stream_.avail_out = static_cast<uInt>(step);
    const auto result = inflate(&stream_, Z_NO_FLUSH);
    out.resize(before + step - stream_.avail_out);
    if (out.size() > limits_.bytes) return inflate_verdict::too_large;
    if (out.size() > ratio_floor && out.size() / std::max<size_t>(taken_, 1) > limits_.ratio)
      return inflate_verdict::too_dense;
    if (result == Z_STREAM_END) ended_ = true;
    else if (result == Z_BUF_ERROR) break;
    else if (result != Z_OK) return inflate_verdict::corrupt;
  }
  return ended_ ? inflate_verdict::done : inflate_verdict::more;
}

}  // namespace muster::http
