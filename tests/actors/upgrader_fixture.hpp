// An upgrader among fakes: nodes that are as a test says, and a dispatcher whose runs it
// brings to an end.
#pragma once

#include "actors/manager/upgrader.hpp"
#include "tests/actors/fakes.hpp"

#include <boost/test/unit_test.hpp>

#include <map>

namespace muster::test {

struct lister_book {
  answer_desk<node_page> desk;
  std::vector<list_nodes> asked;
  std::map<agent_id, node_row> nodes;
};
inline node_lister_actor::behavior_type fake_lister(node_lister_actor::pointer self,
                                                    std::shared_ptr<lister_book> book) {
  return {[=](const list_nodes& x) {
    book->asked.push_back(x);
    node_page page;
    for (auto at = book->nodes.upper_bound(x.after); at != book->nodes.end(); ++at) {
      if (page.nodes.size() == x.limit) {
        page.next = page.nodes.back().node.id;
        break;
      }
      page.nodes.push_back(at->second);
    }
    return book->desk(self, std::move(page));
  }};
}

// What a fake dispatcher was asked, refused requests left out.
struct runs_book {
  answer_desk<run_row> desk;       // of start_run
  std::vector<start_run> started;  // run n is at n - 1
  std::vector<uint64_t> cancelled;
  size_t lists = 0;
  std::map<uint64_t, std::vector<execution_record>> executions;  // by run, ascending by slot

  run_row row(uint64_t number) const {
    run_row out;
    out.run.number = number;
    out.run.action = started[number - 1].action;
    out.run.author = started[number - 1].author;
    const auto& all = executions.at(number);
    if (std::all_of(all.begin(), all.end(), [](const auto& each) { return is_over(each.status); }))
      out.run.ended_at = noon;
    return out;
  }
};
inline run_keeper_actor::behavior_type fake_run_keeper(run_keeper_actor::pointer self,
                                                       std::shared_ptr<runs_book> book) {
  return {
    [=](const start_run& x) -> caf::result<run_row> {
      if (book->desk.refusals > 0) return book->desk(self, run_row{});
      book->started.push_back(x);
      const auto number = book->started.size();
      auto& all = book->executions[number];
      for (const auto node : x.nodes) {
        all.emplace_back();
        all.back().run = number;
        all.back().node = node;
      }
      std::sort(all.begin(), all.end(),
                [](const auto& a, const auto& b) { return slot_of(a.node) < slot_of(b.node); });
      return book->desk(self, book->row(number));
    },
    [=](const cancel_run& x) {
      book->cancelled.push_back(x.number);
      return book->row(x.number);
    },
    [=](const list_runs& x) {
      ++book->lists;
      run_page page;
      auto number = x.before == 0 ? book->started.size() : x.before - 1;
      for (; number > 0 && page.runs.size() < x.limit; --number) page.runs.push_back(book->row(number));
      if (number > 0) page.next = number + 1;
      return page;
    },
    [=](const read_executions& x) -> caf::result<execution_page> {
      const auto found = book->executions.find(x.run);
      if (found == book->executions.end()) return caf::make_error(fleet_error::run_unknown);
      execution_page page;
      for (const auto& each : found->second) {
        if (slot_of(each.node) < x.from) continue;
        if (page.executions.size() == x.limit) {
          page.next = slot_of(each.node);
          break;
        }
        page.executions.push_back(each);
      }
      return page;
    },
  };
}

struct upgrader_fixture : virtual_time_fixture {
  std::shared_ptr<ledger_book> book = std::make_shared<ledger_book>();
  std::shared_ptr<lister_book> nodes = std::make_shared<lister_book>();
  std::shared_ptr<runs_book> runs = std::make_shared<runs_book>();
  std::vector<std::string> journal_lines;
  std::chrono::steady_clock::time_point started = sched.clock().now();
  ledger_actor ledger = spawn(fake_ledger, book);
  node_lister_actor lister = spawn(fake_lister, nodes);
  run_keeper_actor keeper = spawn(fake_run_keeper, runs);
  upgrader_options options;
  upgrader_actor subject;

  const std::string good = std::string(64, 'a');
  const std::string old = std::string(64, 'b');

  utc_time utc_now() const {
    return noon + std::chrono::floor<std::chrono::milliseconds>(sched.clock().now() - started);
  }
  void start_upgrader(restored_upgrades restored = {}) {
    upgrader_ports ports{ledger, lister, keeper, [this] { return utc_now(); },
                         [this](std::string_view event, const std::string& detail) {
                           journal_lines.push_back(std::string{event} + " " + detail);
                         }};
    subject = spawn(upgrader, options, std::move(ports), std::move(restored));
    deliver();
  }
  // With what the ledger has of the last state of everything.
  void restart() {
    std::map<uint64_t, upgrade> last;
    for (const auto& each : book->upgrades) {
      last[each.what.number] = each.what;
      for (const auto number : each.forgotten) last.erase(number);
    }
    caf::anon_send_exit(subject, caf::exit_reason::user_shutdown);
    deliver();
    sched.clock().cancel_all();
    restored_upgrades restored;
    for (auto& [number, what] : last) restored.upgrades.push_back(std::move(what));
    start_upgrader(std::move(restored));
  }

  // The next node whose bucket is from `from` up to, but not with, `to`.
  agent_id add_node(uint32_t from = 0, uint32_t to = policy_buckets, const std::string& arch = "amd64") {
    for (;; ++next_slot_) {
      const auto id = make_agent_id(0, next_slot_, next_slot_ + 1);
      if (policy_bucket(id) < from || policy_bucket(id) >= to) continue;
      node_row row;
      row.node.id = id;
      row.node.tenant = "north";
      row.node.hostname = "web-" + std::to_string(next_slot_);
      row.node.metadata = {{"os", "linux"}, {"arch", arch}};
      row.binary_checksum = old;
      nodes->nodes.emplace(id, std::move(row));
      ++next_slot_;
      return id;
    }
  }
  std::string host(agent_id id) const { return nodes->nodes.at(id).node.hostname; }
  void set_status(agent_id id, agent_status status) { nodes->nodes.at(id).node.status = status; }

  start_upgrade wanted() const {
    start_upgrade out;
    out.version = "1.5.0";
    out.stages = {1000, 5000, policy_buckets};
    out.every = 1min;
    out.checksums = {{"linux/amd64", good}};
    out.author = "ann";
    return out;
  }
  template <class T>
  T must(caf::expected<T> value) {
    if (!value) BOOST_FAIL(sys.render(value.error()));
    return std::move(*value);
  }
  uint64_t begin_upgrade(const start_upgrade& what) { return must(ask<upgrade>(subject, what)).number; }
  upgrade shown(uint64_t number) { return must(ask<upgrade>(subject, show_upgrade{number})); }
  std::string status(uint64_t number) { return to_string(shown(number).status); }
  caf::expected<upgrade> move(uint64_t number, rollout_move what, const std::string& why = "") {
    return ask<upgrade>(subject, move_upgrade{number, what, "bob", why});
  }
  std::string refusal(const caf::expected<upgrade>& answer) {
    return answer ? "none" : sys.render(answer.error());
  }

  // The execution on this node, in the last run that has one, ends so.
  void finish(agent_id id, execution_status how = execution_status::succeeded, const std::string& why = "") {
    for (auto run = runs->executions.rbegin(); run != runs->executions.rend(); ++run)
      for (auto& each : run->second)
        if (each.node == id) {
          each.status = how;
          each.reason = why;
          each.finished_at = utc_now();
          return;
        }
    BOOST_FAIL("nobody asked " + to_string(id));
  }
  // It did as it was asked, and came back.
  void obey(agent_id id) {
    finish(id);
    nodes->nodes.at(id).binary_checksum = good;
  }
  // Whom it was asked of since the last time.
  std::vector<agent_id> asked() {
    std::vector<agent_id> out;
    for (; seen_ < runs->started.size(); ++seen_)
      out.insert(out.end(), runs->started[seen_].nodes.begin(), runs->started[seen_].nodes.end());
    std::sort(out.begin(), out.end());
    return out;
  }

 private:
  uint32_t next_slot_ = 0;
  size_t seen_ = 0;
};

}  // namespace muster::test
