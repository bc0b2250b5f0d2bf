// The upgrader brings a new program to nodes, stage by stage. It looks at all of an
// upgrade's nodes every few seconds, one upgrade after the other, asks those whose turn it
// is by runs of an action, and goes on or halts. Each stage is durable before its nodes are
// asked; which of them were is what the dispatcher has recorded, so that a restart in any
// place asks nobody twice.
#pragma once

#include "actors/manager/restored_upgrades.hpp"
#include "actors/manager/upgrade_plan.hpp"
#include "actors/ports/calendar.hpp"
#include "actors/ports/journal.hpp"
#include "messages/interfaces.hpp"

#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <deque>
#include <functional>
#include <map>
#include <memory>

namespace muster {

struct upgrader_options {
  std::chrono::milliseconds check_interval = std::chrono::seconds{5};
  std::chrono::milliseconds request_timeout = std::chrono::seconds{30};  // for whoever knows nodes and runs
  std::chrono::milliseconds execution_timeout =
    std::chrono::minutes{10};   // of a node, from its acknowledgement
  uint32_t max_parallel = 500;  // nodes of a run that are asked at once
  size_t nodes_per_run = 5'000;
  uint32_t page = 1'000;  // of nodes, runs and executions
  size_t upgrades_at_once = 16;
  size_t kept_upgrades = 100;  // the oldest that are over go first
};

struct upgrader_ports {
  ledger_actor ledger;
  node_lister_actor nodes;
  run_keeper_actor runs;
  calendar utc_now;
  journal tell;
  notice_listener_actor notices = {};  // hears what was halted; may be none
};

struct upgrader_state {
  static inline const char* name = "muster.upgrader";

  explicit upgrader_state(upgrader_actor::pointer actor) : self(actor) {}
  upgrader_actor::behavior_type make_behavior(upgrader_options options, upgrader_ports ports,
                                              restored_upgrades restored);

  // upgrader.cpp
  caf::result<upgrade> start(start_upgrade& request);
  caf::result<upgrade> move(move_upgrade& request);
  upgrade_list list() const;
  caf::expected<upgrade> show(const show_upgrade& wanted) const;

  // upgrader_looks.cpp
  void check();

  upgrader_actor::pointer self;

 private:
  using promise = caf::typed_response_promise<upgrade>;
  struct starting {
    upgrade what;
    promise answer;
    std::map<std::string, std::string> without;  // a host of each platform without a checksum
    std::string rival;                           // why a node can't be asked now
    uint64_t nodes = 0;
  };

  // upgrader.cpp
  void in_turn(std::function<void()> change);
  void changed();
  void begin_start(const std::shared_ptr<starting>& fresh);
  void survey(const std::shared_ptr<starting>& fresh, agent_id after);
  void consider(const node_row& row, starting& into) const;
  void finish_start(const std::shared_ptr<starting>& fresh);
  void refuse(const std::shared_ptr<starting>& fresh, caf::error why);
  void move_now(const move_upgrade& request, promise answer);
  void write(upgrade next, audit_entry entry, std::function<void(const caf::error&)> done);
  std::vector<uint64_t> overdue(uint64_t with) const;
  void written(const upgrade& next, const std::vector<uint64_t>& forgotten);
  size_t count_under_way() const;

  // upgrader_looks.cpp
  struct look_progress {
    uint64_t number = 0;
    std::vector<uint64_t> runs;  // whose executions are still to be read
    bool over = true;            // all that were read of the last of them
    upgrade_look found;
    std::deque<start_run> orders;
  };
  void arm();
  void adopt_runs(uint64_t before);
  void adopt(const run_row& row);
  upgrade_plan* running(uint64_t number);
  void next_upgrade();
  void read_executions_from(uint64_t slot);
  void next_run();
  void read_nodes(agent_id after);
  void conclude();
  void advance_or_halt(const upgrade_plan& plan);
  void tell_of_halt(const upgrade& what);
  void order_next();
  void cancel(uint64_t run);
  void cancel_runs(const upgrade_plan& plan);

  upgrader_options options_;
  upgrader_ports ports_;
  std::map<uint64_t, upgrade_plan> plans_;
  uint64_t last_ = 0;

  std::deque<std::function<void()>> changes_;  // starts and moves, one after the other
  bool changing_ = false;

  bool adopted_ = false;  // the runs that there were before the start
  bool armed_ = false;
  bool looking_ = false;
  std::deque<uint64_t> round_;  // upgrades that are still to be looked at
  look_progress look_;
};

upgrader_actor::behavior_type upgrader(upgrader_actor::stateful_pointer<upgrader_state> self,
                                       upgrader_options options, upgrader_ports ports,
                                       restored_upgrades restored);

}  // namespace muster
