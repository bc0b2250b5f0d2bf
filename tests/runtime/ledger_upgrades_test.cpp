// Upgrades in the ledger: records, what a restart reads, forgetting.
#include "ledger_fixture.hpp"

#include "runtime/ledger/ledger.hpp"
#include "runtime/ledger/load_upgrades.hpp"
#include "runtime/ledger/upgrade_records.hpp"

using namespace muster;
using namespace muster::ledger_test;

namespace {

upgrade sample_upgrade(uint64_t number) {
  upgrade out;
  out.number = number;
  out.asked.version = "1.5.0";
  out.asked.tenant = "north \"1\"\n";
  out.asked.labels = {{"env", "prod"}};
  out.asked.stages = {100, 1000, policy_buckets};
  out.asked.every = 10min;
  out.asked.patience = 90s;
  out.asked.max_failed = 3;
  out.asked.checksums = {{"linux/amd64", std::string(64, 'a')}, {"linux/arm64", std::string(64, 'b')}};
  out.asked.author = "ann";
  out.asked.reason = "it \"leaks\"";
  out.status = rollout_status::halted;
  out.stage = 1;
  out.started_at = noon;
  out.stage_since = noon + 1min;
  out.served = 1234ms;
  out.ended_at = noon + 2min;
  out.outcome = "stage 2: web-1: it is not online";
  out.counts = {(uint64_t{1} << 40), 5, 6, 7};
  out.failures = {{agent_at(1, 2), "web-1", "it is \"away\"\n"}, {agent_at(2, 3), "", ""}};
  out.runs = {12, uint64_t{1} << 40};
  return out;
}

upgrade bare_upgrade(uint64_t number) {
  upgrade out;
  out.number = number;
  out.asked.version = "2";
  out.asked.stages = {policy_buckets};
  out.asked.every = 1ms;
  out.started_at = out.stage_since = noon;
  return out;
}

struct upgrade_ledger : actor_fixture {
  upgrade_ledger() {
    open();
    writer = spawn(ledger, data, ledger_options{});
  }
  void write(record_upgrade what) { must(ask<committed>(writer, std::move(what))); }
  void restart() {
    caf::anon_send_exit(writer, caf::exit_reason::user_shutdown);
    deliver();
    sched.clock().cancel_all();
    writer = nullptr;
    reopen();
    writer = spawn(ledger, data, ledger_options{});
  }

  ledger_actor writer;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(ledger_upgrades, upgrade_ledger)

BOOST_AUTO_TEST_CASE(upgrade_is_read_back) {
  for (const auto& what : {sample_upgrade(uint64_t{1} << 50), bare_upgrade(1)})
    BOOST_TEST((must(decode_upgrade({ledger_table::upgrades, what.number, encode(what)})) == what),
               encode(what));
  for (size_t i = 0; i < rollout_status_count; ++i) {
    auto what = sample_upgrade(1);
    what.status = static_cast<rollout_status>(i);
    BOOST_TEST((must(decode_upgrade({ledger_table::upgrades, 1, encode(what)})) == what));
  }
}

BOOST_AUTO_TEST_CASE(restart_reads_what_was_written_last) {
  write({bare_upgrade(1), {}, {sample_audit("upgrade.started", "1")}});
  write({bare_upgrade(2), {}, {}});
  auto halted = sample_upgrade(2);
  write({halted, {}, {}});
  write({bare_upgrade(3), {1}, {}});
  restart();
  const auto all = must(load_upgrades(*data)).upgrades;
  BOOST_TEST((all == std::vector{halted, bare_upgrade(3)}));
  BOOST_TEST(keys(ledger_table::audit).size() == 1u);
}

BOOST_AUTO_TEST_CASE(fresh_store_has_no_upgrades) { BOOST_TEST(must(load_upgrades(*data)).upgrades.empty()); }

BOOST_AUTO_TEST_CASE(unreadable_record_is_an_error_that_names_it) {
  const auto problem = [](std::string text, const std::string& from, const std::string& to) {
    text.replace(text.find(from), from.size(), to);
    const auto read = decode_upgrade({ledger_table::upgrades, 12, text});
    BOOST_REQUIRE(!read);
    return describe_store_error(read.error());
  };
  const auto text = encode(sample_upgrade(12));
  BOOST_TEST(problem(text, "halted", "lost").find("upgrades/12: 'status' can't be 'lost'")
             != std::string::npos);
  BOOST_TEST(problem(text, "\"stage\":1", "\"stage\":3").find("no such 'stage'") != std::string::npos);
  BOOST_TEST(problem(text, to_string(agent_at(1, 2)), "ag-1").find("'ag-1'") != std::string::npos);
  BOOST_TEST(problem(text, "\"v\":1", "\"v\":2").find("newer") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
