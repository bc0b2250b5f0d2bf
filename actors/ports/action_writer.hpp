// How nodes are told of work: the payloads of the events that do.
#pragma once

#include <chrono>
#include <map>
#include <string>

namespace muster {

struct action_order {
  std::string execution;
  const std::string& action;
  const std::map<std::string, std::string>& parameters;
  std::chrono::milliseconds timeout;
  const std::string& checksum;  // of a hook
  const std::string& author;
};

class action_writer {
 public:
  virtual ~action_writer() = default;

  virtual std::string request(const action_order& what) const = 0;
  virtual std::string cancellation(const std::string& execution) const = 0;

  // Empty if every node will be able to read the request, else what is wrong.
  virtual std::string problem_of(const action_order& what) const = 0;
};

}  // namespace muster
