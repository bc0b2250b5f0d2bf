// What the tests of compressed bodies share: packing, and text that packs badly.
#pragma once

#include <zlib.h>

#include <random>
#include <stdexcept>
#include <string>

namespace muster::test {

// gzip unless `window_bits` asks zlib for another format.
inline std::string gzip(std::string text, int window_bits = 16 + MAX_WBITS) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::runtime_error{"deflateInit2"};
  std::string out(deflateBound(&stream, text.size()) + 32, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(text.data());
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const auto result = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  if (result != Z_STREAM_END) throw std::runtime_error{"deflate"};
  return out;
}

// The same for each size in every run.
inline std::string random_text(size_t size) {
  std::mt19937 random{42};
  std::string text(size, ' ');
  for (auto& c : text) c = static_cast<char>(' ' + random() % 90);
  return text;
}

}  // namespace muster::test
