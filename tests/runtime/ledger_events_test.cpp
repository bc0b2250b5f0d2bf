// Events and signing keys in the ledger: records, trimming, what a restart reads.
#include "ledger_fixture.hpp"

#include "runtime/ledger/event_records.hpp"
#include "runtime/ledger/ledger.hpp"
#include "runtime/ledger/load_events.hpp"

#include <algorithm>

using namespace muster;
using namespace muster::ledger_test;

namespace {

logged_event sample_event(uint32_t stream, uint64_t sequence) {
  return {stream,
          stream == 0 ? "north" : "south \"s\"",
          sequence,
          noon + 7ms,
          {"peer_added",
           R"({"b": 1.50,"a":"<é> \" \u2028",  "n":123456789012345678901})",
           {audience_kind::only, {agent_at(1, 1), agent_at(2, 2)}}}};
}

record_events sample_record(uint32_t stream, std::vector<uint64_t> sequences) {
  record_events out;
  for (auto each : sequences) out.events.emplace_back(sample_event(stream, each));
  return out;
}

sealed_signing_keys sample_keys() { return {4'294'967'295u, "sealed/one+=", "sealed two", noon + 24h}; }

struct event_ledger : actor_fixture {
  event_ledger() {
    open();
    start();
  }
  void start() { writer = spawn(ledger, data, ledger_options{}); }
  void restart() {
    caf::anon_send_exit(writer, caf::exit_reason::user_shutdown);
    deliver();
    sched.clock().cancel_all();
    writer = nullptr;
    reopen();
    start();
  }
  uint64_t write(record_events what) { return must(ask<committed>(writer, std::move(what))).number; }
  std::string loaded() {
    std::string text;
    for (const auto& each : must(load_events(*data)).events)
      text += std::to_string(each->stream) + "/" + std::to_string(each->sequence) + " ";
    return text;
  }

  ledger_actor writer;
};

std::string text_of(const caf::error& why) { return describe_store_error(why); }

}  // namespace

BOOST_AUTO_TEST_SUITE(event_records)

BOOST_AUTO_TEST_CASE(event_is_read_back_byte_for_byte) {
  const auto whole = sample_event(16'777'215, (uint64_t{1} << 40) - 1);
  const auto key = event_key(whole.stream, whole.sequence);
  BOOST_TEST((must(decode_event({ledger_table::events, key, encode(whole)})) == whole), encode(whole));
  for (auto kind : {audience_kind::everyone, audience_kind::except}) {
    logged_event bare{1, "", 1, {}, {"x", "", {kind, {}}}};
    if (kind == audience_kind::except) bare.what.audience.ids = {agent_at(9, 9)};
    BOOST_TEST((must(decode_event({ledger_table::events, event_key(1, 1), encode(bare)})) == bare));
  }
}

BOOST_AUTO_TEST_CASE(event_for_an_empty_audience_stays_for_nobody) {
  const logged_event nobody{0, "t", 1, {}, {"x", "", {audience_kind::only, {}}}};
  BOOST_TEST((must(decode_event({ledger_table::events, 1, encode(nobody)})) == nobody));
}

BOOST_AUTO_TEST_CASE(keys_are_read_back) {
  for (const auto& keys : {sample_keys(), sealed_signing_keys{1, "only", "", {}}})
    BOOST_TEST((must(decode_signing_keys({ledger_table::signing_keys, 1, encode(keys)})) == keys));
}

BOOST_AUTO_TEST_CASE(unreadable_event_is_an_error_that_names_it) {
  const auto why = [](std::string_view json) {
    const auto read = decode_event({ledger_table::events, 12, json});
    BOOST_REQUIRE(!read);
    BOOST_TEST((read.error() == fleet_error::store_failed));
    return text_of(read.error());
  };
  BOOST_TEST(why(R"({"type":"x"})") == "store_failed: events/12: 'v' is missing");
  BOOST_TEST(why(R"({"v":2})") == "store_failed: events/12: written by a newer Muster");
  BOOST_TEST(why(R"({"v":1,"tenant":"t","type":"x","only":["ag-1"]})")
             == "store_failed: events/12: 'ag-1' is not known");
  BOOST_TEST(why(R"({"v":1,"tenant":"t","type":"x","only":["ag-0000000200000001","ag-0000000100000001"]})")
             == "store_failed: events/12: the audience is not ascending");
  for (const auto* bad : {"", "nonsense", "[]", "{\"v\":1}", R"({"v":1,"tenant":"t","type":7})"})
    BOOST_TEST(why(bad).starts_with("store_failed: events/12: "), bad);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(events_in_the_ledger, event_ledger)

BOOST_AUTO_TEST_CASE(nothing_is_loaded_before_the_first_start) {
  const auto nothing = must(load_events(*data));
  BOOST_TEST(nothing.events.empty());
  BOOST_TEST((nothing.sealed == sealed_signing_keys{}));
}

BOOST_AUTO_TEST_CASE(events_of_each_stream_are_there_in_order_after_reopening) {
  BOOST_TEST(write(sample_record(1, {1})) == 1u);
  BOOST_TEST(write(sample_record(0, {1, 2, 4})) == 4u);
  BOOST_TEST(write(sample_record(1, {300})) == 300u);
  auto rotation = sample_record(0, {5});
  rotation.keys = sample_keys();
  rotation.audit = {sample_audit("signing_key.rotated", "signing_key")};
  const auto before = data->transactions();
  write(rotation);
  BOOST_TEST(data->transactions() == before + 1);
  restart();
  const auto restored = must(load_events(*data));
  BOOST_TEST(loaded() == "0/1 0/2 0/4 0/5 1/1 1/300 ");
  BOOST_TEST((*restored.events[2] == sample_event(0, 4)));
  BOOST_TEST((restored.sealed == sample_keys()));
  BOOST_TEST(keys(ledger_table::audit).size() == 1u);
}

BOOST_AUTO_TEST_CASE(trimming_deletes_the_oldest_of_its_stream_alone) {
  write(sample_record(0, {1, 2, 3}));
  write(sample_record(1, {1, 2, 3}));
  write(sample_record(2, {1}));
  auto next = sample_record(1, {4});
  next.trims = {{1, 3}};
  write(next);
  BOOST_TEST(loaded() == "0/1 0/2 0/3 1/3 1/4 2/1 ");
}

BOOST_AUTO_TEST_CASE(a_lower_limit_takes_effect_in_steps) {
  std::vector<uint64_t> many(2'500);
  for (size_t i = 0; i < many.size(); ++i) many[i] = i + 1;
  write(sample_record(0, many));
  record_events trim;
  trim.trims = {{0, 2'500}};
  for (const size_t left : {1'500u, 500u, 1u, 1u}) {
    write(trim);
    BOOST_TEST(keys(ledger_table::events).size() == left);
  }
}

BOOST_AUTO_TEST_CASE(unreadable_record_stops_the_start) {
  {
    write_transaction writing{*data};
    writing.put(ledger_table::signing_keys, signing_keys_key, "{}");
    BOOST_REQUIRE(!writing.commit());
  }
  const auto loaded = load_events(*data);
  BOOST_REQUIRE(!loaded);
  BOOST_TEST(text_of(loaded.error()) == "store_failed: signing_keys/1: 'v' is missing");
}

BOOST_AUTO_TEST_SUITE_END()
