// What a manager knows of runs when it starts: read from the store once and handed to
// the dispatcher at spawn.
#pragma once

#include "messages/work.hpp"

namespace muster {

struct restored_run {
  run_record run;
  std::vector<execution_record> executions;  // ascending by slot
};

struct restored_work {
  uint64_t last_run = 0;  // the highest number ever given
  std::vector<restored_run> runs;
};

}  // namespace muster
