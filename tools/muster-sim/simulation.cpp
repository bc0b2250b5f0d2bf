// The main thread waits for signals and shows progress; each event loop has its own thread.
#include "tools/muster-sim/simulation.hpp"

#include "tools/muster-sim/engine.hpp"
#include "tools/muster-sim/report.hpp"

#include <fmt/format.h>

#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <deque>
#include <thread>
#include <vector>

namespace muster::sim {

namespace {

constexpr int errors_status = 1;
constexpr int usage_status = 2;
constexpr int no_manager_status = 3;
constexpr rlim_t other_descriptors = 32;  // that are not connections of agents
constexpr long look_pause = 100'000'000;  // nanoseconds between two looks at the loops

// As many descriptors as the system lets us have. Says what is wrong, or nothing.
std::string raise_limit(const options& wanted) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  const auto needed = wanted.connections + other_descriptors + wanted.threads;
  if (limit.rlim_cur == RLIM_INFINITY || needed <= limit.rlim_cur) return {};
  return fmt::format("--connections: {} need {} open files, and the system allows {} (ulimit -Hn)",
                     wanted.connections, needed, limit.rlim_cur);
}

int complain(int status, std::string_view what) {
  fmt::print(stderr, "muster-sim: {}\n", what);
  return status;
}

sigset_t blocked_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  return set;
}

using engines = std::deque<engine>;

reading read_all(const engines& loops) {
  reading sum;
  for (const auto& loop : loops) sum.merge(loop.last_reading());
  return sum;
}

// Until all loops have finished; a signal asks them to.
void attend(engines& loops, const sigset_t& signals, time_point start) {
  progress shown{start};
  auto next_line = start + 1s + 100ms;  // after the loops have published
  constexpr timespec pause{0, look_pause};
  while (!std::ranges::all_of(loops, &engine::finished)) {
    if (sigtimedwait(&signals, nullptr, &pause) > 0)
      for (auto& loop : loops) loop.stop();
    const auto now = clock::now();
    if (now < next_line) continue;
    next_line += 1s;
    shown.show(read_all(loops), now);
  }
  shown.end();
}

outcome sum_up(const engines& loops, time_point start) {
  outcome sum;
  sum.elapsed = clock::now() - start;
  sum.steady = std::chrono::nanoseconds::max();
  for (const auto& loop : loops) {
    const auto& part = loop.conducted();
    sum.registered += part.registered_at_end();
    sum.steady = std::min(sum.steady, part.steady_time());
    sum.total.merge(part.total());
  }
  return sum;
}

int conclude(const options& wanted, const outcome& what) {
  const auto text = wanted.json ? json_report(wanted, what) : text_report(wanted, what);
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
  if (what.registered == 0 && what.total.given_up > 0)
    return complain(errors_status, "the manager refused every agent: " + what.total.first_refusal);
  return wanted.expect_no_errors && what.total.errors() > 0 ? errors_status : 0;
}

}  // namespace

int simulate(options wanted) {
  if (const auto problem = raise_limit(wanted); !problem.empty()) return complain(usage_status, problem);
  std::string problem;
  const auto to = resolve(wanted.where, problem);
  if (!to) return complain(no_manager_status, "--target: " + problem);
  if (wanted.source_addresses > 0 && !to->is_loopback())
    return complain(usage_status, "--source-addresses: only for a target in 127.0.0.0/8");
  if (problem = probe(*to, wanted.where); !problem.empty())
    return complain(no_manager_status,
                    fmt::format("no manager answers at {}: {}. Start one, or name another with "
                                "--target.",
                                wanted.where.url(), problem));
  const auto signals = blocked_signals();
  const auto start = clock::now();
  const auto run = static_cast<uint64_t>(std::chrono::system_clock::now().time_since_epoch().count());
  engines loops;
  for (uint32_t i = 0; i < wanted.threads; ++i)
    loops.emplace_back(wanted, *to, share{i, wanted.threads}, start, run);
  {
    std::vector<std::jthread> threads;
    for (auto& loop : loops) threads.emplace_back([&loop] { loop.run(); });
    attend(loops, signals, start);
  }
  return conclude(wanted, sum_up(loops, start));
}

}  // namespace muster::sim
