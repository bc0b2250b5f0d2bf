// What the ledger's tests share: a store in a directory that goes away, and sample records.
#pragma once

#include "runtime/ledger/store.hpp"
#include "runtime/ledger/store_errors.hpp"
#include "runtime/ledger/transactions.hpp"
#include "tests/support/virtual_time.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace muster::ledger_test {

using namespace std::chrono_literals;

constexpr utc_time noon{std::chrono::milliseconds{1'700'000'000'000}};

class temporary_directory {
 public:
  temporary_directory() {
    auto name = (std::filesystem::temp_directory_path() / "muster-ledger-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  temporary_directory(const temporary_directory&) = delete;
  ~temporary_directory() { std::filesystem::remove_all(path_); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// The value, or the end of the test with the error's text.
template <class T>
T must(caf::expected<T> result) {
  if (!result) BOOST_FAIL(describe_store_error(result.error()));
  return std::move(*result);
}

// A store that a test closes and opens again.
struct store_fixture {
  caf::expected<std::shared_ptr<store>> try_open() {
    return store::open({directory.path() / "data", store_bytes});
  }
  void open() { data = must(try_open()); }
  void reopen() {
    data.reset();
    open();
  }
  std::filesystem::path file() const { return directory.path() / "data" / "ledger" / "data.mdb"; }

  std::vector<uint64_t> keys(ledger_table of) {
    std::vector<uint64_t> found;
    read_transaction view{*data};
    record_cursor at{view, of};
    for (bool more = at.first(); more; more = at.next()) found.push_back(at.record().key);
    BOOST_TEST(!view.error());
    return found;
  }
  uint64_t number(meta_number of) { return read_transaction{*data}.number(of); }

  temporary_directory directory;
  uint64_t store_bytes = uint64_t{64} << 20;
  std::shared_ptr<store> data;
};

inline agent_id agent_at(uint32_t slot, uint32_t serial) { return make_agent_id(0, slot, serial); }

inline agent_record sample_agent(uint32_t slot, uint32_t serial) {
  agent_record record;
  record.id = agent_at(slot, serial);
  record.speaks = dialect::harborguard;
  record.tenant = "north";
  record.host = {
    "host-" + std::to_string(slot), "acme", "Debian 12", "x86_64", "1.4.2", "10.0.0.7", "0af3", "192.0.2.7"};
  record.labels = {{"role", "web"}, {"zone", "eu \"1\""}};
  record.tokens = {{0x0123456789abcdef, 1}, {2, 0xfedcba9876543210}, {}};
  record.registered_at = noon - 48h;
  record.enrolled_at = noon - 1h;
  return record;
}

inline audit_entry sample_audit(const std::string& action, const std::string& subject, utc_time at = noon) {
  return {at, "operator 127.0.0.1", action, subject, "said \"so\"\n"};
}

inline threat sample_threat(const std::string& event_id, const std::string& severity = "high") {
  return {event_id,
          severity,
          "process",
          "malicious",
          "blocked",
          87.5,
          R"({"id":")" + event_id + R"(","score":1.50,"huge":123456789012345678901,"tags":["a",{"b":null}]})",
          {}};
}

inline threat sample_threat_showing(const std::string& event_id, std::vector<sighting> sightings) {
  auto what = sample_threat(event_id);
  what.sightings = std::move(sightings);
  return what;
}

inline pattern sample_pattern(utc_time opened_at, const std::string& value = "203.0.113.9") {
  pattern what;
  what.id = make_pattern_id(opened_at, "north", "source_ip", value);
  what.tenant = "north";
  what.kind = "source_ip";
  what.value = value;
  what.critical = true;
  what.severity = "critical";
  what.opened_at = opened_at;
  what.first_seen = opened_at - 1min;
  what.last_seen = opened_at + 1min;
  what.ended_at = opened_at + 6min;
  what.sightings = 9;
  what.last_report = 77;
  what.agent_count = 2;
  what.trusted_count = 1;
  what.agents = {{agent_at(1, 1), opened_at - 1min, opened_at, 5, true},
                 {agent_at(2, 2), opened_at, opened_at + 1min, 4, false}};
  what.techniques = {"T1110 Brute \"Force\"", "T1021"};
  return what;
}

inline pattern open_pattern(utc_time opened_at, const std::string& value = "203.0.113.9") {
  auto what = sample_pattern(opened_at, value);
  what.ended_at = {};
  return what;
}

inline state_change sample_change(agent_id id, agent_status from, agent_status to, change_cause cause,
                                  uint64_t previous = 0, utc_time at = noon) {
  return {id, from, to, cause, at, at - 90s, previous};
}

// The base that is destroyed first ends the actors, which hold the store.
struct actor_fixture : store_fixture, test::virtual_time_fixture {};

}  // namespace muster::ledger_test
