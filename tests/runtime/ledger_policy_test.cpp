// Policy in the ledger: its records, its pages, its end, and ledgers from before it.
#include "ledger_fixture.hpp"

#include "runtime/ledger/archive.hpp"
#include "runtime/ledger/ledger.hpp"
#include "runtime/ledger/load_policy.hpp"
#include "runtime/ledger/policy_records.hpp"
#include "runtime/ledger/purge.hpp"

#include <lmdb.h>

using namespace muster;
using namespace muster::ledger_test;

namespace {

constexpr uint64_t huge = ~uint64_t{0} - 4;

// Every member has a value of its own that is not its default.
policy_document sample_document(const std::string& name) {
  policy_document what;
  what.auto_respond = 87.25;
  what.notify_and_wait = 1.0 / 3;
  what.blocklist = {{"192.0.2.1", "::1"}, {"10.0.0.0/8"}, {name + ".example"}, {"aa"}, {"kept too"}};
  what.allowlist = {{"192.0.2.2"}, {"fd00::/8"}, {"good.example"}, {"bb"}, {"sshd"}};
  what.monitors = {{"enabled", R"(["a"])"}, {"advanced", R"({"n":18446744073709551615})"}};
  what.alerting = {{"minimum_severity", "\"low\""}};
  what.response = {{"escalation", R"({"after":-9223372036854775808})"}};
  what.rules = {{"one", R"({"id":"one","condition":{"x":[null,true,1.5]}})"}, {"two", R"({"id":"two"})"}};
  return what;
}

stored_policy sample_layer(policy_layer layer, const std::string& name) {
  return {{layer, "north", name},
          sample_document(name),
          huge,
          noon + 1ms,
          "ann",
          "said \"so\"\n",
          {{2500, huge - 1}, {policy_buckets, 3}},
          sample_document("candidate"),
          2500};
}

policy_rollout sample_rollout(rollout_status status) {
  return {huge - 2,
          {policy_layer::label, "north", "env=prod"},
          {100, 2500, policy_buckets},
          90'061'001ms,
          {{gate_measure::stale_share, 0.1, false},
           {gate_measure::offline_share, 5, true},
           {gate_measure::silent_share, 1e-9, false},
           {gate_measure::pattern_share, 99.99, true},
           {gate_measure::error_share, 2, true}},
          status,
          2,
          noon - 1h,
          noon - 1min,
          12'345ms,
          noon,
          "bob",
          "why",
          "because"};
}

policy_state sample_state() {
  policy_state state;
  state.revision = huge;
  state.at = noon;
  for (auto layer :
       {policy_layer::fleet, policy_layer::organization, policy_layer::label, policy_layer::agent})
    state.layers.push_back(sample_layer(layer, "n" + to_string(layer)));
  state.layers.push_back({});
  state.layers.back().what = policy_document{};
  state.emergencies = {{pattern_id{huge},
                        "north",
                        "ip",
                        "192.0.2.1",
                        true,
                        {agent_at(1, 2), agent_at(3, 4)},
                        noon,
                        noon + 1h,
                        huge - 3,
                        "seen by 3",
                        sample_document("emergency")},
                       {}};
  for (auto status : {rollout_status::running, rollout_status::paused, rollout_status::completed,
                      rollout_status::halted, rollout_status::aborted})
    state.rollouts.push_back(sample_rollout(status));
  state.exceptions = {{{"north", "acme", {{"env", "prod"}, {"zone", "é"}}}, 2500, huge - 5}};
  state.specials = {{agent_at(5, 6), huge - 6}};
  state.revoked = {pattern_id{7}, pattern_id{huge - 7}};
  state.times = {{2, noon - 1h}, {huge - 6, noon}};
  return state;
}

policy_revision sample_revision(uint64_t number, const std::string& action = "write", utc_time at = noon) {
  return {number, at,    action,     policy_scope{policy_layer::organization, "north", "acme"},
          "ann",  "why", number - 1, sample_document("r" + std::to_string(number))};
}

record_policy sample_record(uint64_t number, const std::string& action = "write", utc_time at = noon) {
  policy_state state;
  state.revision = number;
  return {sample_revision(number, action, at),
          document<policy_state>{std::move(state)},
          {sample_audit("policy." + action, std::to_string(number), at)}};
}

struct policy_ledger : actor_fixture {
  policy_ledger() {
    open();
    start();
  }
  void start() {
    reader = spawn(archive, data, options);
    writer = spawn(ledger, data, ledger_options{});
  }
  void stop() {
    for (const auto& each : {caf::actor_cast<caf::actor>(reader), caf::actor_cast<caf::actor>(writer)})
      caf::anon_send_exit(each, caf::exit_reason::user_shutdown);
    deliver();
    sched.clock().cancel_all();
    reader = nullptr;
    writer = nullptr;
  }

  void write(const record_policy& what) { must(ask<committed>(writer, what)); }
  revision_page read(read_revisions wanted) { return must(ask<revision_page>(reader, wanted)); }
  std::string numbers(const revision_page& page) {
    std::string text;
    for (const auto& each : page.revisions) text += std::to_string(each.revision) + " ";
    return text;
  }

  archive_options options;
  archive_actor reader;
  ledger_actor writer;
};

std::string text_of(caf::error why) { return describe_store_error(why); }

}  // namespace

BOOST_AUTO_TEST_SUITE(policy_records)

BOOST_AUTO_TEST_CASE(state_with_a_value_in_every_member_is_read_back) {
  const auto state = sample_state();
  const auto json = encode(state);
  BOOST_TEST((must(decode_state({ledger_table::policy_state, 1, json})) == state), json);
  BOOST_TEST((must(decode_state({ledger_table::policy_state, 1, encode(policy_state{})})) == policy_state{}));
}

BOOST_AUTO_TEST_CASE(revision_with_and_without_its_optional_members_is_read_back) {
  const auto whole = sample_revision(huge);
  BOOST_TEST((must(decode_revision({ledger_table::policies, huge, encode(whole)})) == whole));
  policy_revision bare;
  BOOST_TEST((must(decode_revision({ledger_table::policies, 1, encode(bare)})) == bare));
  bare.scope = policy_scope{};
  bare.what = policy_document{};
  BOOST_TEST((must(decode_revision({ledger_table::policies, 1, encode(bare)})) == bare));
}

BOOST_AUTO_TEST_CASE(members_that_a_later_version_adds_are_ignored) {
  const auto read =
    must(decode_revision({ledger_table::policies, 4, R"({"v":1,"revision":4,"later":{"a":1}})"}));
  BOOST_TEST(read.revision == 4u);
}

BOOST_AUTO_TEST_CASE(document_beyond_todays_limits_stays_readable) {
  const auto read = must(
    decode_revision({ledger_table::policies, 4,
                     R"({"v":1,"what":{"thresholds":{"auto_respond":120},"blocklist":{"ips":["x"]}}})"}));
  BOOST_TEST(*read.what->auto_respond == 120);
  BOOST_TEST(read.what->blocklist.ips.front() == "x");
}

BOOST_AUTO_TEST_CASE(unreadable_record_is_an_error_that_names_it) {
  const auto why = [](std::string_view json) {
    auto read = decode_revision({ledger_table::policies, 12, json});
    BOOST_REQUIRE(!read);
    BOOST_TEST((read.error() == fleet_error::store_failed));
    return text_of(read.error());
  };
  BOOST_TEST(why(R"({"revision":1})") == "store_failed: policies/12: 'v' is missing");
  BOOST_TEST(why(R"({"v":2})") == "store_failed: policies/12: written by a newer Muster");
  BOOST_TEST(why(R"({"v":1,"scope":{"layer":"room"}})") == "store_failed: policies/12: 'room' is not known");
  BOOST_TEST(why(R"({"v":1,"scope":7})") == "store_failed: policies/12: not an object");
  for (const auto* bad : {"", "nonsense", "[]", R"({"v":1,"author":7})", R"({"v":1,"what":{"rules":[{}]}})"})
    BOOST_TEST(why(bad).starts_with("store_failed: policies/12: "), bad);
  auto state = decode_state({ledger_table::policy_state, 1, R"({"v":1,"revoked":["pt-1"]})"});
  BOOST_REQUIRE(!state);
  BOOST_TEST(text_of(state.error()) == "store_failed: policy_state/1: 'pt-1' is not known");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(policy_in_the_ledger, policy_ledger)

BOOST_AUTO_TEST_CASE(revision_state_and_audit_are_written_in_one_transaction_and_there_after_reopening) {
  BOOST_TEST((must(load_policy(*data)) == policy_state{}));
  record_policy what{
    sample_revision(2), document<policy_state>{sample_state()}, {sample_audit("policy.written", "x")}};
  write(what);
  BOOST_TEST(data->transactions() == 1u);
  stop();
  reopen();
  start();
  BOOST_TEST((must(load_policy(*data)) == sample_state()));
  BOOST_TEST((must(ask<policy_revision>(reader, read_revision{2})) == sample_revision(2)));
  BOOST_TEST(keys(ledger_table::audit).size() == 1u);
  write(sample_record(3));
  BOOST_TEST(must(load_policy(*data)).revision == 3u);
  BOOST_TEST((keys(ledger_table::policy_state) == std::vector<uint64_t>{policy_state_key}));
}

BOOST_AUTO_TEST_CASE(absent_revision_is_missing) {
  auto answer = ask<policy_revision>(reader, read_revision{9});
  BOOST_REQUIRE(!answer);
  BOOST_TEST((answer.error() == fleet_error::record_missing));
}

BOOST_AUTO_TEST_CASE(revisions_come_newest_first_in_pages_without_gap_or_overlap) {
  for (uint64_t number = 2; number <= 12; ++number) write(sample_record(number));
  for (uint32_t limit : {1u, 2u, 5u, 11u, 100u}) {
    std::string all;
    for (uint64_t before = 0;;) {
      const auto page = read({{}, "", before, limit});
      BOOST_TEST(page.revisions.size() <= limit);
      all += numbers(page);
      if (page.next == 0) break;
      before = page.next;
    }
    BOOST_TEST(all == "12 11 10 9 8 7 6 5 4 3 2 ", limit);
  }
}

BOOST_AUTO_TEST_CASE(revisions_are_filtered_by_scope_and_action) {
  write(sample_record(2, "write"));
  write(sample_record(3, "delete"));
  auto fleet = sample_record(4, "write");
  fleet.revision.scope = policy_scope{};
  write(fleet);
  auto nowhere = sample_record(5, "relabel");
  nowhere.revision.scope = caf::none;
  write(nowhere);
  const policy_scope acme{policy_layer::organization, "north", "acme"};
  BOOST_TEST(numbers(read({acme, "", 0, 100})) == "3 2 ");
  BOOST_TEST(numbers(read({policy_scope{}, "", 0, 100})) == "4 ");
  BOOST_TEST(numbers(read({{}, "write", 0, 100})) == "4 2 ");
  BOOST_TEST(numbers(read({acme, "write", 0, 100})) == "2 ");
  BOOST_TEST(numbers(read({{}, "", 4, 100})) == "3 2 ");
}

BOOST_AUTO_TEST_CASE(scan_that_finds_nothing_stops_at_its_limit_with_a_cursor) {
  options.scan_records = 3;
  reader = spawn(archive, data, options);
  for (uint64_t number = 2; number <= 9; ++number)
    write(sample_record(number, number == 2 ? "rare" : "write"));
  auto page = read({{}, "rare", 0, 100});
  BOOST_TEST(page.revisions.empty());
  BOOST_TEST(page.next == 7u);
  page = read({{}, "rare", 4, 100});
  BOOST_TEST(numbers(page) == "2 ");
  BOOST_TEST(page.next == 0u);
}

BOOST_AUTO_TEST_CASE(revisions_are_purged_after_ten_years_and_the_state_never) {
  const auto ten_years = 24h * 3650;
  write(sample_record(2, "write", noon - ten_years - 1ms));
  write(sample_record(3, "write", noon - ten_years));
  write(sample_record(4, "write", noon));
  BOOST_TEST(!must(purge_expired(*data, retention_limits{}, noon, 100)));
  BOOST_TEST((keys(ledger_table::policies) == std::vector<uint64_t>{3, 4}));
  BOOST_TEST(must(load_policy(*data)).revision == 4u);
}

BOOST_AUTO_TEST_CASE(unreadable_state_stops_the_start) {
  {
    write_transaction writing{*data};
    writing.put(ledger_table::policy_state, policy_state_key, "{}");
    BOOST_REQUIRE(!writing.commit());
  }
  auto loaded = load_policy(*data);
  BOOST_REQUIRE(!loaded);
  BOOST_TEST(text_of(loaded.error()) == "store_failed: policy_state/1: 'v' is missing");
}

// Removes tables as if an older program had made the ledger.
void drop(const std::filesystem::path& file, const std::vector<const char*>& tables) {
  MDB_env* environment = nullptr;
  MDB_txn* writing = nullptr;
  MDB_dbi table = 0;
  auto code = mdb_env_create(&environment) + mdb_env_set_maxdbs(environment, 16)
              + mdb_env_open(environment, file.parent_path().c_str(), 0, 0600)
              + mdb_txn_begin(environment, nullptr, 0, &writing);
  for (const auto* each : tables)
    code += mdb_dbi_open(writing, each, 0, &table) + mdb_drop(writing, table, 1);
  BOOST_REQUIRE(code + mdb_txn_commit(writing) == 0);
  mdb_env_close(environment);
}

BOOST_AUTO_TEST_CASE(ledger_of_an_older_build_opens_and_takes_policies) {
  must(ask<committed>(writer, record_agent{sample_agent(1, 1), {}}));
  stop();
  data.reset();
  drop(file(), {"policies", "policy_state"});
  for (int i = 0; i < 2; ++i) {
    open();
    BOOST_TEST((must(load_policy(*data)) == policy_state{}) == (i == 0));
    start();
    BOOST_TEST(numbers(read({})) == (i == 0 ? "" : "2 "));
    BOOST_TEST((must(ask<agent_record>(reader, read_agent{agent_at(1, 1)})) == sample_agent(1, 1)));
    if (i == 0) write(sample_record(2));
    stop();
    data.reset();
  }
}

BOOST_AUTO_TEST_CASE(ledger_without_a_table_that_every_one_has_is_refused) {
  stop();
  data.reset();
  drop(file(), {"standings"});
  auto opened = try_open();
  BOOST_REQUIRE(!opened);
  BOOST_TEST(text_of(opened.error()).find("standings") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
