// The main thread waits for signals and shows progress; each event loop has its own thread.
#include "tools/muster-sim/simulation.hpp"

#include "tools/muster-sim/engine.hpp"
#include "tools/muster-sim/html_report.hpp"
#include "tools/muster-sim/observer.hpp"
#include "tools/muster-sim/report.hpp"
#include "tools/muster-sim/rude_clients.hpp"
#include "tools/muster-sim/run_text.hpp"
#include "tools/muster-sim/scenario_text.hpp"
#include "tools/muster-sim/stagehand.hpp"
#include "tools/muster-sim/timeline.hpp"
#include "tools/muster-sim/verdict.hpp"

#include <fmt/format.h>

#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <deque>
#include <fstream>
#include <functional>
#include <thread>
#include <vector>

namespace muster::sim {

namespace {

constexpr int errors_status = 1;
constexpr int usage_status = 2;
constexpr int no_manager_status = 3;
constexpr rlim_t other_descriptors = 64;  // that are not connections of agents
constexpr long look_pause = 100'000'000;  // nanoseconds between two looks at the loops

// As many descriptors as the system lets us have.
rlim_t raise_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

uint64_t descriptors_of(const scenario& what) {
  double streams = 0;
  uint64_t rude = 0;
  for (const auto& part : what.fleet) streams += part.streams * part.agents;
  for (const auto& step : what.steps) rude += step.count;
  return static_cast<uint64_t>(streams) + rude + other_descriptors + what.threads * 4;
}

// Where each agent wants a connection of its own, as many as there can be. Says what is wrong, or nothing.
std::string fit_descriptors(scenario& what, rlim_t limit) {
  const auto others = descriptors_of(what);
  if (limit == RLIM_INFINITY || what.all_connections() + others <= limit) return {};
  if (!what.own_connections() || others + what.threads > limit)
    return fmt::format("--connections: {} need {} open files, and the system allows {} (ulimit -Hn)",
                       what.connections, what.connections + others, limit);
  what.connections_at_most = static_cast<uint32_t>(limit - others);
  return {};
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

// The loops of a run and what they share.
struct stage {
  const run_plan& plan;
  time_point start = clock::now();
  run_board board;
  std::deque<engine> loops;

  stage(const run_plan& of, const endpoint& to, uint64_t run)
    : plan(of), board(of.what.agents(), of.what.threads, start) {
    for (uint32_t i = 0; i < of.what.threads; ++i)
      loops.emplace_back(of, to, share{i, of.what.threads}, board, run);
  }

  reading read_all() const {
    reading sum;
    for (const auto& loop : loops) sum.merge(loop.last_reading());
    return sum;
  }

  // Until all loops have finished; a signal asks them to. `each_second` is shown how they do.
  void perform(const sigset_t& signals, const std::function<void(const reading&, time_point)>& each_second);
  outcome sum_up() const;
  bool was_interrupted() const {
    return std::ranges::any_of(loops, [](const auto& loop) { return loop.conducted().was_interrupted(); });
  }
};

void stage::perform(const sigset_t& signals,
                    const std::function<void(const reading&, time_point)>& each_second) {
  std::vector<std::jthread> threads;
  for (auto& loop : loops) threads.emplace_back([&loop] { loop.run(); });
  auto next = start + 1s + 100ms;  // after the loops have published
  constexpr timespec pause{0, look_pause};
  while (!std::ranges::all_of(loops, &engine::finished)) {
    if (sigtimedwait(&signals, nullptr, &pause) > 0)
      for (auto& loop : loops) loop.stop();
    const auto now = clock::now();
    if (now < next) continue;
    next += 1s;
    each_second(read_all(), now);
  }
}

outcome stage::sum_up() const {
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

// Seconds to complain about, with the status that says so.
struct trouble {
  int status = 0;
  std::string text;
};

// Looks whether the run can be at all, and where the manager is.
std::optional<endpoint> find_fleet(run_plan& plan, trouble& why) {
  if (const auto problem = fit_descriptors(plan.what, raise_limit()); !problem.empty()) {
    why = {usage_status, problem};
    return std::nullopt;
  }
  std::string problem;
  auto to = resolve(plan.where, problem);
  if (!to) {
    why = {no_manager_status, "--target: " + problem};
  } else if (plan.what.source_addresses > 0 && !to->is_loopback()) {
    why = {usage_status, "--source-addresses: only for a target in 127.0.0.0/8"};
  } else if (problem = probe(*to, plan.where); !problem.empty()) {
    why = {no_manager_status, fmt::format("no manager answers at {}: {}. Start one, or name another with "
                                          "--target.",
                                          plan.where.url(), problem)};
  }
  return why.status == 0 ? to : std::nullopt;
}

uint64_t this_run() {
  return static_cast<uint64_t>(std::chrono::system_clock::now().time_since_epoch().count());
}

int conclude(const options& wanted, const outcome& what) {
  const auto text = wanted.json ? json_report(wanted, what) : text_report(wanted, what);
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
  if (what.registered == 0 && what.total.given_up > 0)
    return complain(errors_status, "the manager refused every agent: " + what.total.first_refusal);
  return wanted.expect_no_errors && what.total.errors() > 0 ? errors_status : 0;
}

std::vector<mark> marks_of(const scenario& what, const run_board& board) {
  std::vector<mark> out;
  if (!board.has_begun()) return out;
  const std::chrono::duration<double> begun{board.begun_at() - board.record.start()};
  for (const auto& step : what.steps)
    out.push_back({(begun + std::chrono::duration<double>(step.at)).count(), text_of(step)});
  return out;
}

// The step that began last.
const mark* last_of(const std::vector<mark>& marks, double second) {
  const auto after = std::ranges::upper_bound(marks, second, {}, &mark::second);
  return after == marks.begin() ? nullptr : &*std::prev(after);
}

std::string write_file(const std::string& path, const std::string& text) {
  if (path.empty()) return {};
  std::ofstream file{path, std::ios::binary};
  file << text;
  file.close();
  return file ? std::string{} : fmt::format("{}: cannot be written", path);
}

int conclude(const scenario_run& wanted, const run_result& what) {
  const auto json = run_json(what);
  std::fputs(wanted.json ? (json + "\n").c_str() : run_text(what).c_str(), stdout);
  std::fflush(stdout);
  auto problem = write_file(wanted.report_file, json);
  if (problem.empty() && !wanted.html_file.empty()) problem = write_file(wanted.html_file, html_report(what));
  if (!problem.empty()) return complain(usage_status, problem);
  if (what.what.registered == 0 && what.what.total.given_up > 0)
    return complain(errors_status, "the manager refused every agent: " + what.what.total.first_refusal);
  if (!what.problem.empty()) return complain(errors_status, what.problem);
  return what.held() ? 0 : errors_status;
}

driven_figures driven_of(const outcome& what, const timeline& line) {
  driven_figures out;
  out.turned_away = what.total.turned_away;
  if (what.total.policy.count() == 0) return out;
  out.policy_within_ms = std::chrono::duration<double, std::milli>(what.total.policy.max()).count();
  out.policy_reached = line.samples.empty() ? 0 : line.samples.back().policy_reached;
  return out;
}

// The run itself, with all who have a hand in it. Returns what went wrong, or nothing.
std::string play(const scenario_run& wanted, const endpoint& to, const sigset_t& signals, run_result& into) {
  stage all{wanted.plan, to, this_run()};
  observer watching{wanted.plan.what, all.board.record, wanted.manager};
  if (auto problem = watching.begin(); !problem.empty()) return problem;
  stagehand hand{wanted.plan, all.board, to, wanted.manager};
  rude_clients rude{wanted.plan.what, all.board, to};
  progress shown;
  reading before;
  all.board.may_depart = false;  // who departs is no more judged
  all.perform(signals, [&](const reading& now, time_point at) {
    if (all.board.may_depart) return;
    if (into.line.marks.empty()) into.line.marks = marks_of(wanted.plan.what, all.board);
    auto next = sample_of(now, before, at - all.start);
    const auto seen = watching.look();
    seen.add_to(next);
    shown.show(next, now.agents, last_of(into.line.marks, next.second));
    into.line.samples.push_back(std::move(next));
    before = now;
    if (!before.is_over) return;
    into.seen = watching.end();
    all.board.may_depart = true;
  });
  if (!all.board.may_depart) into.seen = watching.end();
  shown.end();
  into.what = all.sum_up();
  if (auto problem = hand.problem(); !problem.empty()) return problem;
  if (all.was_interrupted()) return "interrupted before its end";
  return into.seen.has_heard_news ? "" : "the manager's news could not be heard: " + into.seen.news_problem;
}

}  // namespace

int simulate(const options& wanted) {
  auto plan = plan_of(wanted);
  trouble why;
  const auto to = find_fleet(plan, why);
  if (!to) return complain(why.status, why.text);
  const auto signals = blocked_signals();
  stage all{plan, *to, this_run()};
  progress shown;
  reading before;
  all.perform(signals, [&](const reading& now, time_point at) {
    shown.show(sample_of(now, before, at - all.start), now.agents);
    before = now;
  });
  shown.end();
  return conclude(wanted, all.sum_up());
}

int simulate(scenario_run wanted) {
  auto& plan = wanted.plan;
  trouble why;
  const auto to = find_fleet(plan, why);
  if (!to) return complain(why.status, why.text);
  const auto signals = blocked_signals();
  {
    operator_client manager{wanted.manager};
    if (const auto problem = let_in(plan, manager); !problem.empty())
      return complain(no_manager_status, problem);
  }
  run_result result;
  result.of = plan.what;
  result.target = plan.where.url();
  result.problem = play(wanted, *to, signals, result);
  result.verdict =
    judge(plan.what, figures_of(result.what, result.seen, driven_of(result.what, result.line)));
  return conclude(wanted, result);
}

}  // namespace muster::sim
