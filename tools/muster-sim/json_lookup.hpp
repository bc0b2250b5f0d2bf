// Single values out of a JSON text, by their JSON pointer.
#pragma once

#include <boost/json.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace muster::sim {

template <class Read>
auto look_up(std::string_view text, std::string_view pointer, Read read) {
  boost::system::error_code bad;
  const auto document = boost::json::parse({text.data(), text.size()}, bad);
  const boost::json::value* found =
    bad ? nullptr : document.find_pointer({pointer.data(), pointer.size()}, bad);
  return read(found);
}

// "" where no text stands.
inline std::string text_at(std::string_view text, std::string_view pointer) {
  return look_up(text, pointer, [](const boost::json::value* found) {
    return found != nullptr && found->is_string() ? std::string{found->get_string().c_str()} : std::string{};
  });
}

// 0 where no number above it stands.
inline uint64_t number_at(std::string_view text, std::string_view pointer) {
  return look_up(text, pointer, [](const boost::json::value* found) {
    return found != nullptr && found->is_int64() && found->get_int64() > 0
             ? static_cast<uint64_t>(found->get_int64())
             : uint64_t{0};
  });
}

}  // namespace muster::sim
