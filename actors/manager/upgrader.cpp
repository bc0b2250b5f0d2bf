// The upgrader: what operators start and move. How it looks at nodes is in upgrader_looks.cpp.
#include "actors/manager/upgrader.hpp"

#include "messages/errors.hpp"
#include "messages/type_ids.hpp"

#include <caf/all.hpp>

#include <algorithm>

namespace muster {

namespace {

constexpr size_t named_platforms = 5;

const char* action_of(rollout_move move) {
  switch (move) {
    case rollout_move::advance: return "upgrade.advanced";
    case rollout_move::pause: return "upgrade.paused";
    case rollout_move::resume: return "upgrade.resumed";
    case rollout_move::halt: return "upgrade.halted";
    case rollout_move::abort: return "upgrade.aborted";
  }
  return "upgrade.moved";
}

caf::error conflict(std::string why) {
  return caf::make_error(fleet_error::upgrade_conflict, std::move(why));
}

std::string without_checksum(const std::map<std::string, std::string>& hosts) {
  std::string out = "no checksum is known for";
  size_t left = named_platforms;
  for (const auto& [platform, host] : hosts) {
    if (left-- == 0) return out + " and others";
    out += (left + 1 == named_platforms ? " " : ", ")
           + (platform.empty() ? "nodes without a platform" : platform) + " (as of " + host + ")";
  }
  return out;
}

}  // namespace

upgrader_actor::behavior_type upgrader_state::make_behavior(upgrader_options options, upgrader_ports ports,
                                                            restored_upgrades restored) {
  options_ = options;
  ports_ = std::move(ports);
  for (auto& each : restored.upgrades) {
    last_ = std::max(last_, each.number);
    const auto number = each.number;
    plans_.try_emplace(number, std::move(each));
  }
  adopted_ = plans_.empty();
  if (!adopted_) self->send(self, upgrade_check_due{});
  armed_ = !adopted_;
  return {
    [this](start_upgrade& request) { return start(request); },
    [this](list_upgrades) { return list(); },
    [this](const show_upgrade& wanted) { return show(wanted); },
    [this](move_upgrade& request) { return move(request); },
    [this](upgrade_check_due) {
      armed_ = false;
      check();
    },
  };
}

upgrade_list upgrader_state::list() const {
  upgrade_list out;
  for (auto at = plans_.rbegin(); at != plans_.rend(); ++at) out.upgrades.push_back(at->second.what());
  return out;
}

caf::expected<upgrade> upgrader_state::show(const show_upgrade& wanted) const {
  const auto found = plans_.find(wanted.number);
  if (found == plans_.end()) return caf::make_error(fleet_error::upgrade_unknown);
  return found->second.what();
}

// --- one change after the other ------------------------------------------------

void upgrader_state::in_turn(std::function<void()> change) {
  changes_.push_back(std::move(change));
  if (!changing_) changed();
}

// The change before is over: the next one may begin.
void upgrader_state::changed() {
  changing_ = !changes_.empty();
  if (!changing_) return;
  auto next = std::move(changes_.front());
  changes_.pop_front();
  next();
}

void upgrader_state::write(upgrade next, audit_entry entry, std::function<void(const caf::error&)> done) {
  auto forgotten = overdue(next.number);
  record_upgrade record{next, forgotten, {std::move(entry)}};
  self->request(ports_.ledger, caf::infinite, std::move(record))
    .then(
      [this, next = std::move(next), forgotten = std::move(forgotten), done](const committed&) {
        written(next, forgotten);
        done({});
        changed();
      },
      [this, done](caf::error& failed) {
        done(failed);
        changed();
      });
}

// Those that are over and too many once this one is kept, too.
std::vector<uint64_t> upgrader_state::overdue(uint64_t with) const {
  std::vector<uint64_t> out;
  const auto all = plans_.size() + (plans_.count(with) == 0 ? 1 : 0);
  for (const auto& [number, plan] : plans_) {
    if (all - out.size() <= options_.kept_upgrades) break;
    if (!under_way(plan.what().status)) out.push_back(number);
  }
  return out;
}

void upgrader_state::written(const upgrade& next, const std::vector<uint64_t>& forgotten) {
  for (const auto number : forgotten) plans_.erase(number);
  const auto [at, fresh] = plans_.try_emplace(next.number, next);
  if (!fresh) at->second.become(next);
  const auto status = at->second.what().status;
  if (status == rollout_status::halted || status == rollout_status::aborted) cancel_runs(at->second);
  arm();
}

size_t upgrader_state::count_under_way() const {
  return static_cast<size_t>(std::count_if(
    plans_.begin(), plans_.end(), [](const auto& each) { return under_way(each.second.what().status); }));
}

// --- starting --------------------------------------------------------------------

caf::result<upgrade> upgrader_state::start(start_upgrade& request) {
  if (auto problem = problem_of(request); !problem.empty())
    return caf::make_error(fleet_error::upgrade_refused, std::move(problem));
  auto fresh = std::make_shared<starting>();
  fresh->what.asked = std::move(request);
  fresh->answer = self->make_response_promise<upgrade>();
  in_turn([this, fresh] { begin_start(fresh); });
  return fresh->answer;
}

void upgrader_state::begin_start(const std::shared_ptr<starting>& fresh) {
  if (count_under_way() >= options_.upgrades_at_once)
    return refuse(fresh, caf::make_error(fleet_error::upgrades_full));
  survey(fresh, agent_id{});
}

void upgrader_state::refuse(const std::shared_ptr<starting>& fresh, caf::error why) {
  fresh->answer.deliver(std::move(why));
  changed();
}

// All nodes that it would be for.
void upgrader_state::survey(const std::shared_ptr<starting>& fresh, agent_id after) {
  const auto& asked = fresh->what.asked;
  list_nodes wanted{asked.tenant, asked.labels, caf::none, caf::none, false, after, options_.page};
  self->request(ports_.nodes, options_.request_timeout, std::move(wanted))
    .then(
      [this, fresh](const node_page& page) {
        for (const auto& row : page.nodes) consider(row, *fresh);
        if (page.next != agent_id{}) survey(fresh, page.next);
        else finish_start(fresh);
      },
      [this, fresh](caf::error& failed) { refuse(fresh, std::move(failed)); });
}

void upgrader_state::consider(const node_row& row, starting& into) const {
  if (!is_meant(into.what.asked, row.node)) return;
  ++into.nodes;
  auto platform = platform_of(row.node.metadata);
  if (into.what.asked.checksums.count(platform) == 0)
    into.without.try_emplace(std::move(platform), row.node.hostname);
  if (!into.rival.empty()) return;
  for (const auto& [number, plan] : plans_)
    if (under_way(plan.what().status) && is_meant(plan.what().asked, row.node))
      into.rival = row.node.hostname + " is one of the nodes of upgrade " + std::to_string(number)
                   + ", which is under way";
}

void upgrader_state::finish_start(const std::shared_ptr<starting>& fresh) {
  if (fresh->nodes == 0) return refuse(fresh, conflict("no node matches the selector"));
  if (!fresh->without.empty()) return refuse(fresh, conflict(without_checksum(fresh->without)));
  if (!fresh->rival.empty()) return refuse(fresh, conflict(fresh->rival));
  auto& what = fresh->what;
  what.number = last_ + 1;
  what.started_at = what.stage_since = ports_.utc_now();
  what.counts = {fresh->nodes, 0, fresh->nodes, 0};
  audit_entry entry{what.started_at, what.asked.author, "upgrade.started", std::to_string(what.number),
                    what.asked.version};
  write(what, std::move(entry), [this, fresh](const caf::error& failed) {
    if (failed) {
      fresh->answer.deliver(failed);
      return;
    }
    last_ = fresh->what.number;
    fresh->answer.deliver(fresh->what);
  });
}

// --- moving ----------------------------------------------------------------------

caf::result<upgrade> upgrader_state::move(move_upgrade& request) {
  auto answer = self->make_response_promise<upgrade>();
  in_turn([this, request = std::move(request), answer] { move_now(request, answer); });
  return answer;
}

void upgrader_state::move_now(const move_upgrade& request, promise answer) {
  auto fail = [this, answer](caf::error why) mutable {
    answer.deliver(std::move(why));
    changed();
  };
  const auto found = plans_.find(request.number);
  if (found == plans_.end()) return fail(caf::make_error(fleet_error::upgrade_unknown));
  const auto now = ports_.utc_now();
  auto next = moved(found->second.what(), request.move, request.reason, now);
  if (!next) return fail(next.error());
  audit_entry entry{now, request.author, action_of(request.move), std::to_string(request.number),
                    request.reason};
  write(*next, std::move(entry), [this, answer, number = request.number](const caf::error& failed) mutable {
    if (failed) answer.deliver(failed);
    else answer.deliver(plans_.at(number).what());
  });
}

upgrader_actor::behavior_type upgrader(upgrader_actor::stateful_pointer<upgrader_state> self,
                                       upgrader_options options, upgrader_ports ports,
                                       restored_upgrades restored) {
  return self->state.make_behavior(options, std::move(ports), std::move(restored));
}

}  // namespace muster
