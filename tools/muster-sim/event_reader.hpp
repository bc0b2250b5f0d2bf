// Takes server-sent events apart, however the bytes are cut.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace muster::sim {

struct server_event {
  std::string name;  // "" for unnamed ones
  std::string id;    // "" if it has none
  std::string data;  // lines of more than one are joined by \n
};

class event_reader {
 public:
  static constexpr size_t longest_line = 1024 * 1024;

  // False when a line is longer than that; what follows is not to be trusted then.
  bool feed(std::string_view bytes, const std::function<void(const server_event&)>& take);

 private:
  void line(std::string_view text, const std::function<void(const server_event&)>& take);

  std::string rest_;  // the beginning of a line
  server_event event_;
  bool has_data_ = false;
};

}  // namespace muster::sim
