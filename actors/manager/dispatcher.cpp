// The dispatcher: runs begin, nodes answer. What it writes is in dispatcher_writes.cpp.
#include "actors/manager/dispatcher.hpp"

#include "messages/errors.hpp"
#include "messages/type_ids.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <set>

namespace muster {

namespace {

constexpr size_t longest_action = 128;
constexpr size_t longest_parameter = 64;
constexpr std::string_view cut_mark = "\n...[truncated]";

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_action(const std::string& text) {
  return !text.empty() && text.size() <= longest_action && std::all_of(text.begin(), text.end(), [](char c) {
    return is_letter(c) || is_digit(c) || c == '.' || c == '_' || c == '-';
  });
}

bool is_parameter(const std::string& text) {
  return !text.empty() && text.size() <= longest_parameter && !is_digit(text.front())
         && std::all_of(text.begin(), text.end(),
                        [](char c) { return is_letter(c) || is_digit(c) || c == '_'; });
}

// Not within a character.
void cut(std::string& text, size_t bytes) {
  if (text.size() <= bytes) return;
  if (text.size() <= bytes + cut_mark.size() && text.ends_with(cut_mark)) return;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) --bytes;
  text.resize(bytes);
  text += cut_mark;
}

caf::error refused(std::string why) { return caf::make_error(fleet_error::run_refused, std::move(why)); }

execution_record execution_for(const selected_node& node, uint64_t run, utc_time at) {
  execution_record out;
  out.run = run;
  out.node = node.id;
  out.tenant = node.tenant;
  out.hostname = node.hostname;
  out.checksum = node.checksum;
  if (node.offers) return out;
  out.status = execution_status::failed;
  out.reason = "the node does not offer this action";
  out.finished_at = at;
  return out;
}

}  // namespace

dispatcher_actor::behavior_type dispatcher_state::make_behavior(dispatcher_options options,
                                                                dispatcher_ports ports,
                                                                restored_work restored) {
  options_ = std::move(options);
  ports_ = std::move(ports);
  last_run_ = restored.last_run;
  for (auto& each : restored.runs)
    adopt(action_run{std::move(each.run), std::move(each.executions), options_.runs, now()});
  self->delayed_send(self, options_.purge_interval, run_purge_due{});
  write();
  return {
    [this](start_run& request) { return start(request); },
    [this](const cancel_run& request) { return cancel(request); },
    [this](const list_runs& wanted) { return list(wanted); },
    [this](const read_run& wanted) { return run_of(wanted); },
    [this](const read_executions& wanted) { return executions(wanted); },
    [this](const read_execution& wanted) { return execution(wanted); },
    [this](const execution_acknowledged& news) { return acknowledge(news); },
    [this](execution_finished& news) { return finish(news); },
    [this](const pending_actions_of& wanted) { return pending(wanted); },
    [this](const agent_forgotten& gone) { forget(gone); },
    [this](execution_due) { expire(); },
    [this](work_write_due) {
      retry_pending_ = false;
      write();
    },
    [this](run_purge_due) { purge(); },
  };
}

void dispatcher_state::adopt(action_run&& what) {
  executions_ += what.executions().size();
  const auto number = what.record().number;
  auto& run = runs_.try_emplace(number, std::move(what)).first->second;
  if (!run.over()) under_way_.insert(number);
  move_on(run);
}

// --- beginning ---------------------------------------------------------------

std::string dispatcher_state::problem_of(const start_run& request) const {
  if (!is_action(request.action)) return "'action' must be 1 to 128 letters, digits, dots, '_' and '-'";
  if (request.parameters.size() > options_.parameters)
    return "'parameters' must not have more than " + std::to_string(options_.parameters);
  size_t bytes = 0;
  for (const auto& [key, value] : request.parameters) {
    if (!is_parameter(key))
      return "'parameters': a name must be 1 to 64 letters, digits and '_', and not begin with a digit";
    bytes += key.size() + value.size();
  }
  if (bytes > options_.parameter_bytes)
    return "'parameters' must not have more than " + std::to_string(options_.parameter_bytes)
           + " bytes in all";
  if (request.timeout < options_.shortest_timeout || request.timeout > options_.longest_timeout)
    return "'timeout' must be from 1s to 10m";
  if (request.max_parallel == 0 || request.max_parallel > options_.max_parallel)
    return "'max_parallel' must be from 1 to " + std::to_string(options_.max_parallel);
  if (request.nodes.size() > options_.nodes_per_run)
    return "'nodes' must not have more than " + std::to_string(options_.nodes_per_run);
  return ports_.writer->problem_of(
    {"x", request.action, request.parameters, request.timeout, {}, request.author});
}

std::string dispatcher_state::problem_of(const start_run& request, const node_selection& found) const {
  if (found.nodes.size() > options_.nodes_per_run)
    return "the selector matches " + std::to_string(found.nodes.size()) + " nodes, and a run has at most "
           + std::to_string(options_.nodes_per_run);
  std::set<agent_id> known;
  for (const auto& each : found.nodes) known.insert(each.id);
  for (const auto id : request.nodes)
    if (!known.contains(id))
      return "'nodes': " + to_string(id) + " is no node, or not among those that are selected";
  return found.nodes.empty() ? "no node matches the selector" : "";
}

caf::result<run_row> dispatcher_state::start(start_run& request) {
  auto& named = request.nodes;
  std::sort(named.begin(), named.end());
  named.erase(std::unique(named.begin(), named.end()), named.end());
  if (auto problem = problem_of(request); !problem.empty()) return refused(std::move(problem));
  if (under_way_.size() + starting_ >= options_.runs_at_once) return caf::make_error(fleet_error::runs_full);
  ++starting_;
  auto promise = self->make_response_promise<run_row>();
  select_nodes wanted{request.tenant, request.labels, request.nodes, request.action};
  self->request(ports_.nodes, options_.nodes_patience, std::move(wanted))
    .then([this, promise, request = std::move(request)](
            node_selection& found) mutable { begin_run(request, found, promise); },
          [this, promise](caf::error& failed) mutable {
            --starting_;
            promise.deliver(std::move(failed));
          });
  return promise;
}

void dispatcher_state::begin_run(start_run& request, node_selection& found,
                                 caf::typed_response_promise<run_row> promise) {
  auto fail = [this, promise](caf::error why) mutable {
    --starting_;
    promise.deliver(std::move(why));
  };
  if (auto problem = problem_of(request, found); !problem.empty()) return fail(refused(std::move(problem)));
  make_room(found.nodes.size());
  if (executions_ + found.nodes.size() > options_.kept_executions)
    return fail(caf::make_error(fleet_error::runs_full));
  const auto when = now();
  run_record what{++last_run_,
                  std::move(request.action),
                  std::move(request.parameters),
                  request.tenant.value_or(""),
                  std::move(request.labels),
                  request.timeout,
                  request.max_parallel,
                  std::move(request.author),
                  when.at,
                  {},
                  {}};
  std::vector<execution_record> executions;
  for (const auto& node : found.nodes) executions.push_back(execution_for(node, what.number, when.at));
  std::sort(executions.begin(), executions.end(),
            [](const auto& a, const auto& b) { return slot_of(a.node) < slot_of(b.node); });
  auto run = std::make_shared<action_run>(std::move(what), std::move(executions), options_.runs, when);
  const auto& record = run->record();
  record_work all{{record},
                  run->executions(),
                  {},
                  {{when.at, record.author, "run.started", std::to_string(record.number), record.action}}};
  self->request(ports_.ledger, caf::infinite, std::move(all))
    .then(
      [this, run, promise](const committed&) mutable {
        --starting_;
        promise.deliver(run->row());
        adopt(std::move(*run));
        write();
      },
      [fail](caf::error& failed) mutable { fail(std::move(failed)); });
}

// --- on the way --------------------------------------------------------------

action_order dispatcher_state::order_of(const action_run& run, const execution_record& what) const {
  const auto& of = run.record();
  return {
    execution_name(what.run, what.node), of.action, of.parameters, of.timeout, what.checksum, of.author};
}

// After everything that may have changed a run.
void dispatcher_state::move_on(action_run& run) {
  const auto number = run.record().number;
  for (const auto& each : run.send(now()))
    next_.events.push_back(
      {{number, slot_of(each.node)},
       true,
       each.tenant,
       {"action_request", ports_.writer->request(order_of(run, each)), {audience_kind::only, {each.node}}}});
  if (run.has_changes()) changed_.insert(number);
  if (run.over()) under_way_.erase(number);
  arm();
}

// CAF can't take a timer back, so that one that is too early is only passed over.
void dispatcher_state::arm() {
  std::optional<work_time::monotonic> earliest;
  for (const auto number : under_way_)
    if (const auto due = runs_.at(number).next_deadline(); due && (!earliest || *due < *earliest))
      earliest = due;
  if (!earliest || (armed_ && *armed_ <= *earliest)) return;
  armed_ = earliest;
  self->scheduled_send(self, *earliest, execution_due{});
}

void dispatcher_state::expire() {
  if (!armed_ || self->clock().now() < *armed_) return;
  armed_.reset();
  for (const auto number : std::set<uint64_t>{under_way_}) {
    auto& run = runs_.at(number);
    run.expire(now());
    move_on(run);
  }
  write();
}

caf::result<run_row> dispatcher_state::cancel(const cancel_run& request) {
  const auto found = runs_.find(request.number);
  if (found == runs_.end()) return caf::make_error(fleet_error::run_unknown);
  auto& run = found->second;
  if (!run.over())
    audit_.push_back({ports_.utc_now(), request.author, "run.cancelled", std::to_string(request.number),
                      run.record().action});
  for (const auto& each : run.cancel(now()))
    next_.events.push_back({{each.run, slot_of(each.node)},
                            false,
                            each.tenant,
                            {"action_cancelled",
                             ports_.writer->cancellation(execution_name(each.run, each.node)),
                             {audience_kind::only, {each.node}}}});
  auto promise = self->make_response_promise<run_row>();
  next_.answers.push_back([promise, row = run.row()](const caf::error& failed) mutable {
    if (failed) promise.deliver(failed);
    else promise.deliver(row);
  });
  move_on(run);
  write();
  return promise;
}

void dispatcher_state::forget(const agent_forgotten& gone) {
  for (const auto number : std::set<uint64_t>{under_way_}) {
    auto& run = runs_.at(number);
    const auto* what = run.of(slot_of(gone.id));
    if (what == nullptr || what->node != gone.id) continue;
    run.fail(slot_of(gone.id), "the node was removed", now());
    move_on(run);
  }
  write();
}

// --- answers -----------------------------------------------------------------

caf::expected<dispatcher_state::run_map::iterator> dispatcher_state::run_with(const std::string& execution,
                                                                              agent_id node, uint32_t& slot) {
  const auto place = parse_execution_name(execution);
  const auto run = place ? runs_.find(place->run) : runs_.end();
  const auto* what = run == runs_.end() ? nullptr : run->second.of(place->slot);
  if (what == nullptr) return caf::make_error(fleet_error::execution_unknown);
  if (what->node != node) return caf::make_error(fleet_error::execution_foreign);
  slot = place->slot;
  return run;
}

caf::result<committed> dispatcher_state::acknowledge(const execution_acknowledged& news) {
  uint32_t slot = 0;
  const auto run = run_with(news.id, news.node, slot);
  if (!run) return run.error();
  (*run)->second.acknowledge(slot, news.accepted, news.reason, now());
  move_on((*run)->second);
  return when_written();
}

caf::result<committed> dispatcher_state::finish(execution_finished& news) {
  uint32_t slot = 0;
  const auto run = run_with(news.id, news.node, slot);
  if (!run) return run.error();
  const execution_key key{(*run)->first, slot};
  if ((*run)->second.finish(slot, news, now()) || lost_outputs_.erase(key) > 0) {
    cut(news.out, options_.output_bytes);
    cut(news.err, options_.output_bytes);
    if (!news.out.empty() || !news.err.empty())
      outputs_[key] = {key.first, news.node, std::move(news.out), std::move(news.err)};
  }
  move_on((*run)->second);
  return when_written();
}

dispatcher_actor::behavior_type dispatcher(dispatcher_actor::stateful_pointer<dispatcher_state> self,
                                           dispatcher_options options, dispatcher_ports ports,
                                           restored_work restored) {
  return self->state.make_behavior(std::move(options), std::move(ports), std::move(restored));
}

}  // namespace muster
