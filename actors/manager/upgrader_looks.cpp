// The upgrader's timer, and what it does each time: executions and nodes are read page by
// page, then the plan says what is to be done.
#include "actors/manager/notices.hpp"
#include "actors/manager/upgrader.hpp"
#include "messages/errors.hpp"
#include "messages/type_ids.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <charconv>
#include <optional>

namespace muster {

namespace {

constexpr std::string_view author_start = "upgrade ";

// By whom its runs were started, so that they are found again.
std::string run_author(uint64_t upgrade) { return std::string{author_start} + std::to_string(upgrade); }

std::optional<uint64_t> upgrade_of(std::string_view author) {
  if (!author.starts_with(author_start)) return std::nullopt;
  uint64_t number = 0;
  const auto* end = author.data() + author.size();
  const auto [at, bad] = std::from_chars(author.data() + author_start.size(), end, number);
  if (bad != std::errc{} || at != end) return std::nullopt;
  return number;
}

bool is(const caf::error& failed, fleet_error code) {
  return failed.category() == caf::atom("fleet") && failed.code() == static_cast<uint8_t>(code);
}

}  // namespace

// The one place that arms the timer, and only while there is something to look at.
void upgrader_state::arm() {
  const bool runs = std::any_of(plans_.begin(), plans_.end(), [](const auto& each) {
    return each.second.what().status == rollout_status::running;
  });
  if (armed_ || looking_ || (adopted_ && !runs)) return;
  armed_ = true;
  self->delayed_send(self, options_.check_interval, upgrade_check_due{});
}

void upgrader_state::check() {
  looking_ = true;
  if (!adopted_) return adopt_runs(0);
  for (const auto& [number, plan] : plans_)
    if (running(number) != nullptr) round_.push_back(number);
  next_upgrade();
}

// --- after a restart ---------------------------------------------------------------

// Which runs there are already is what the dispatcher says, the newest first.
void upgrader_state::adopt_runs(uint64_t before) {
  self
    ->request(ports_.runs, options_.request_timeout, list_runs{false, upgrade_action, before, options_.page})
    .then(
      [this](const run_page& page) {
        for (const auto& row : page.runs) adopt(row);
        if (page.next != 0) return adopt_runs(page.next);
        adopted_ = true;
        check();
      },
      [this](caf::error&) {  // nobody is asked before this is known
        looking_ = false;
        arm();
      });
}

void upgrader_state::adopt(const run_row& row) {
  const auto number = upgrade_of(row.run.author);
  if (!number) return;
  const auto found = plans_.find(*number);
  if (found == plans_.end() || found->second.what().status == rollout_status::completed) return;
  if (under_way(found->second.what().status)) found->second.adopt(row.run.number);
  else if (row.run.ended_at == utc_time{}) cancel(row.run.number);
}

// --- looking -----------------------------------------------------------------------

// None if it is not, for then nobody is to be asked.
upgrade_plan* upgrader_state::running(uint64_t number) {
  const auto found = plans_.find(number);
  if (found == plans_.end() || found->second.what().status != rollout_status::running) return nullptr;
  return &found->second;
}

void upgrader_state::next_upgrade() {
  if (round_.empty()) {
    looking_ = false;
    return arm();
  }
  look_ = {};
  look_.number = round_.front();
  round_.pop_front();
  const auto* plan = running(look_.number);
  if (plan == nullptr) return next_upgrade();
  look_.runs.assign(plan->open_runs().begin(), plan->open_runs().end());
  next_run();
}

void upgrader_state::next_run() {
  look_.over = true;
  if (look_.runs.empty()) read_nodes(agent_id{});
  else read_executions_from(0);
}

void upgrader_state::read_executions_from(uint64_t slot) {
  const auto run = look_.runs.back();
  const auto done = [this] {
    look_.runs.pop_back();
    next_run();
  };
  self->request(ports_.runs, options_.request_timeout, read_executions{run, caf::none, slot, options_.page})
    .then(
      [this, done, run](const execution_page& page) {
        auto* plan = running(look_.number);
        if (plan == nullptr) return next_upgrade();
        for (const auto& each : page.executions) look_.over = plan->note(each) && look_.over;
        if (page.next != 0) return read_executions_from(page.next);
        if (look_.over) plan->close(run);
        done();
      },
      [this, done, run](caf::error& failed) {
        auto* plan = running(look_.number);
        if (plan == nullptr || !is(failed, fleet_error::run_unknown)) return next_upgrade();
        plan->lose(run);
        done();
      });
}

void upgrader_state::read_nodes(agent_id after) {
  auto* plan = running(look_.number);
  if (plan == nullptr) return next_upgrade();
  const auto& asked = plan->what().asked;
  list_nodes wanted{asked.tenant, asked.labels, caf::none, caf::none, false, after, options_.page};
  self->request(ports_.nodes, options_.request_timeout, std::move(wanted))
    .then(
      [this](const node_page& page) {
        auto* looked_at = running(look_.number);
        if (looked_at == nullptr) return next_upgrade();
        for (const auto& row : page.nodes) looked_at->judge(row, ports_.utc_now(), look_.found);
        if (page.next != agent_id{}) read_nodes(page.next);
        else conclude();
      },
      [this](caf::error&) { next_upgrade(); });
}

// --- acting ------------------------------------------------------------------------

void upgrader_state::conclude() {
  auto* plan = running(look_.number);
  if (plan == nullptr) return next_upgrade();
  plan->conclude(ports_.utc_now(), look_.found);
  if (changing_) return next_upgrade();  // an operator may be ending it: look again then
  if (look_.found.move) return advance_or_halt(*plan);
  const auto& asked = plan->what().asked;
  for (const auto& [platform, nodes] : look_.found.to_ask)
    for (size_t from = 0; from < nodes.size(); from += options_.nodes_per_run) {
      const auto until = std::min(nodes.size(), from + options_.nodes_per_run);
      start_run order;
      order.action = upgrade_action;
      order.parameters = {{"version", asked.version}, {"checksum", asked.checksums.at(platform)}};
      order.nodes.assign(nodes.begin() + static_cast<std::ptrdiff_t>(from),
                         nodes.begin() + static_cast<std::ptrdiff_t>(until));
      order.timeout = options_.execution_timeout;
      order.max_parallel = options_.max_parallel;
      order.author = run_author(look_.number);
      look_.orders.push_back(std::move(order));
    }
  order_next();
}

void upgrader_state::advance_or_halt(const upgrade_plan& plan) {
  const auto now = ports_.utc_now();
  const auto& what = plan.what();
  const auto move = *look_.found.move;
  auto next = moved(what, move, look_.found.reason, now);
  if (!next) return next_upgrade();
  const bool ends = next->status == rollout_status::completed;
  audit_entry entry{now, "manager",
                    ends                         ? "upgrade.completed"
                    : move == rollout_move::halt ? "upgrade.halted"
                                                 : "upgrade.advanced",
                    std::to_string(what.number), look_.found.reason};
  in_turn([this, next = std::move(*next), entry = std::move(entry)] {
    write(next, entry, [this, next](const caf::error& failed) {
      if (failed) ports_.tell("upgrade_not_moved", self->system().render(failed));
      else if (next.status == rollout_status::halted) tell_of_halt(next);
      next_upgrade();
    });
  });
}

void upgrader_state::tell_of_halt(const upgrade& what) {
  ports_.tell("upgrade_halted", std::to_string(what.number) + ": " + what.outcome);
  if (!ports_.notices) return;
  self->send(ports_.notices, halt_notice("upgrade", std::to_string(what.number),
                                         what.asked.tenant.value_or(""), what.outcome, ports_.utc_now()));
}

// One after the other, as long as nobody has paused it.
void upgrader_state::order_next() {
  if (look_.orders.empty() || running(look_.number) == nullptr) return next_upgrade();
  auto order = std::move(look_.orders.front());
  look_.orders.pop_front();
  auto nodes = order.nodes;
  self->request(ports_.runs, caf::infinite, std::move(order))
    .then(
      [this, nodes = std::move(nodes)](const run_row& row) {
        if (const auto found = plans_.find(look_.number); found != plans_.end()) {
          found->second.ask(row.run.number, nodes);
          if (!under_way(found->second.what().status)) cancel(row.run.number);
        }
        order_next();
      },
      [this](caf::error& failed) {
        auto* plan = running(look_.number);
        if (plan != nullptr && is(failed, fleet_error::run_refused))
          plan->note_refusal(self->system().render(failed));
        next_upgrade();
      });
}

void upgrader_state::cancel_runs(const upgrade_plan& plan) {
  for (const auto run : plan.open_runs()) cancel(run);
}

void upgrader_state::cancel(uint64_t run) {
  self->request(ports_.runs, caf::infinite, cancel_run{run, "manager"})
    .then([](const run_row&) {},
          [this, run](caf::error& failed) {
            if (!is(failed, fleet_error::run_unknown))
              ports_.tell("upgrade_run_not_cancelled",
                          std::to_string(run) + ": " + self->system().render(failed));
          });
}

}  // namespace muster
