// One request after the other, with a limit on every wait.
#include "tools/muster-sim/stagehand.hpp"

#include "tools/muster-sim/json_lookup.hpp"
#include "tools/muster-sim/random.hpp"
#include "tools/muster-sim/scenario_text.hpp"

#include <fmt/format.h>

#include <poll.h>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <thread>

namespace muster::sim {

namespace {

constexpr uint32_t registries = 4;  // with a key each, which their sensors share
constexpr auto look_pause = 10ms;
constexpr auto restart_patience = 120s;
constexpr auto settling_time = 3s;  // until connections are back, and what was under way has failed

uint32_t last_of(const scenario& what, dialect speaks) {
  uint32_t all = 0, last = 0;
  for (const auto& part : what.fleet) {
    all += part.agents;
    if (part.speaks == speaks) last = all;
  }
  return last;
}

std::string make_keys(run_plan& plan, operator_client& manager) {
  for (uint32_t i = 0; i < registries; ++i) {
    const auto name = fmt::format("sim-{}", i);
    const auto made = manager.ask("POST", "/operator/v1/registries", fmt::format(R"({{"name":"{}"}})", name));
    if (!made.ok() && made.status != 409) return "cannot make a registry: " + made.what_went_wrong();
    const auto key = manager.ask("POST", "/operator/v1/sensor-keys",
                                 fmt::format(R"({{"registry":"{}","ttl":"24h","name":"muster-sim"}})", name));
    plan.sensor_keys.push_back(text_at(key.body, "/key"));
    if (!key.ok() || plan.sensor_keys.back().empty())
      return "cannot make a key for sensors: " + key.what_went_wrong();
  }
  return {};
}

std::string make_tokens(run_plan& plan, operator_client& manager, uint32_t last) {
  for (uint32_t first = 0; first < last; first += run_plan::nodes_per_token) {
    const auto made = manager.ask("POST", "/operator/v1/tokens",
                                  fmt::format(R"({{"uses":{},"ttl":"24h"}})", run_plan::nodes_per_token));
    plan.node_tokens.push_back(text_at(made.body, "/token"));
    if (!made.ok() || plan.node_tokens.back().empty())
      return "cannot make a token for nodes: " + made.what_went_wrong();
  }
  return {};
}

}  // namespace

std::string let_in(run_plan& plan, operator_client& manager) {
  std::string problem;
  if (last_of(plan.what, dialect::harborguard) > 0) problem = make_keys(plan, manager);
  const auto nodes = last_of(plan.what, dialect::plexd);
  if (problem.empty() && nodes > 0) problem = make_tokens(plan, manager, nodes);
  return problem;
}

stagehand::stagehand(const run_plan& plan, run_board& board, const endpoint& fleet, operator_address manager)
  : plan_(plan), board_(board), fleet_(fleet), manager_(std::move(manager)) {
  worker_ = std::jthread{[this](const std::stop_token& stop) { work(stop); }};
}

std::string stagehand::problem() const {
  const std::lock_guard lock{mutex_};
  return problem_;
}

// False if it is over before.
bool stagehand::wait_until(const std::stop_token& stop, time_point until) const {
  while (!stop.stop_requested()) {
    const auto left = until - clock::now();
    if (left <= 0ns) return true;
    std::this_thread::sleep_for(std::min<std::chrono::nanoseconds>(left, look_pause));
  }
  return false;
}

void stagehand::work(const std::stop_token& stop) {
  while (!board_.has_begun())
    if (!wait_until(stop, clock::now() + look_pause)) return;
  for (size_t i = 0; i < plan_.what.steps.size(); ++i) {
    const auto& step = plan_.what.steps[i];
    if (step.what != step_kind::push_policy && step.what != step_kind::restart_manager) continue;
    if (!wait_until(stop, board_.begun_at() + step.at)) return;
    const auto problem = act(step, i, stop);
    if (problem.empty()) continue;
    const std::lock_guard lock{mutex_};
    problem_ = fmt::format("{}: {}", text_of(step), problem);
    return;
  }
}

std::string stagehand::act(const step& what, size_t number, const std::stop_token& stop) {
  return what.what == step_kind::push_policy ? push_policy(number) : restart_manager(stop);
}

// Something that is new in each run, and harms nobody.
std::string stagehand::push_policy(size_t number) {
  const auto at = clock::now();
  const auto value =
    mix(static_cast<uint64_t>(std::chrono::system_clock::now().time_since_epoch().count()) + number);
  const auto reply =
    manager_.put("/operator/v1/policies/layers/fleet",
                 fmt::format(R"({{"blocklist":{{"hashes":["{:016x}{:016x}"]}}}})", value, mix(value)));
  const auto revision = number_at(reply.body, "/revision");
  if (!reply.ok() || revision == 0) return reply.what_went_wrong();
  board_.push(static_cast<uint32_t>(revision), at);
  return {};
}

namespace {

// A manager elsewhere may have the number of any process here.
bool is_manager(uint64_t process) {
  std::error_code unknown;
  const auto program = std::filesystem::read_symlink(fmt::format("/proc/{}/exe", process), unknown);
  return !unknown && program.filename().string().starts_with("musterd");
}

}  // namespace

std::string stagehand::restart_manager(const std::stop_token& stop) {
  const auto status = manager_.get("/operator/v1/status");
  const auto process = number_at(status.body, "/pid");
  const auto began = text_at(status.body, "/started_at");
  if (!status.ok()) return status.what_went_wrong();
  if (process == 0) return "its status does not tell its process id";
  if (!is_manager(process))
    return fmt::format(
      "process {} of this machine is no musterd: it can only be restarted from its own machine", process);
  if (kill(static_cast<pid_t>(process), SIGUSR2) != 0)
    return fmt::format("process {}: {}", process, std::strerror(errno));
  board_.restarting = true;
  const auto limit = clock::now() + restart_patience;
  while (clock::now() < limit) {
    if (!wait_until(stop, clock::now() + look_pause)) return {};
    const auto now = manager_.get("/operator/v1/status");
    if (now.ok() && text_at(now.body, "/started_at") != began && probe(fleet_, plan_.where).empty()) {
      wait_until(stop, clock::now() + settling_time);
      board_.restarting = false;
      return {};
    }
  }
  return fmt::format("it does not answer within {} s", restart_patience.count());
}

}  // namespace muster::sim
