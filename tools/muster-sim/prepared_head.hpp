// The head of a request that differs by agent only in a few places: a copy and a few digits fill it.
#pragma once

#include "tools/muster-sim/credential.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

namespace muster::sim {

constexpr std::string_view json_head = "Content-Type: application/json\r\nContent-Length: ";

inline void append_number(std::string& out, uint64_t value) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

// After a head that ends with json_head.
inline void append_body(std::string& out, std::string_view body) {
  append_number(out, body.size());
  out.append("\r\n\r\n").append(body);
}

// `METHOD PATH HTTP/1.1`, `Host` and whatever else, with the agent's id in the path.
class head_with_id {
 public:
  head_with_id() = default;
  head_with_id(std::string_view before_id, std::string_view after_id) {
    text_.append(before_id).append("ag-");
    id_ = text_.size();
    text_.append(credential::id_digits, '0').append(after_id);
  }

  // Returns where the head begins in `out`.
  size_t append(std::string& out, uint64_t id) const {
    const auto start = out.size();
    out += text_;
    credential{id, {}}.write_id(out.data() + start + id_);
    return start;
  }

 private:
  std::string text_;
  size_t id_ = 0;
};

}  // namespace muster::sim
