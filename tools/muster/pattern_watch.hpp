// What happened to patterns between two looks at those that are open.
#pragma once

#include <boost/json/object.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace muster::cli {

enum class pattern_change {
  open,      // was there at the first look
  appeared,  // is new
  critical,  // has become so
  grew,      // has more agents
  ended,     // is no longer open; told with what was last known of it
};
std::string_view to_string(pattern_change what);

struct pattern_event {
  pattern_change what;
  boost::json::object pattern;
  std::uint64_t new_agents = 0;  // since the last look, where it grew
};

class pattern_watch {
 public:
  // `open` is every open pattern, as the API writes them.
  std::vector<pattern_event> look(const std::vector<boost::json::object>& open);

 private:
  std::map<std::string, boost::json::object> known_;
  bool has_looked_ = false;
};

}  // namespace muster::cli
