// The store: opening, locking, damage and lack of space.
#include "ledger_fixture.hpp"

#include "messages/ids.hpp"

#include <lmdb.h>
#include <unistd.h>

using namespace muster;
using namespace muster::ledger_test;

namespace {

struct store_suite : store_fixture {
  store_suite() { open(); }

  // Enough records, small and large, for a tree with branches.
  void fill(uint64_t records) {
    write_transaction writing{*data};
    for (uint64_t key = 1; key <= records; ++key)
      writing.append(ledger_table::threats, key,
                     "{\"v\":1,\"pad\":\"" + std::string(key % 10 == 0 ? 9000 : 300, 'x') + "\"}");
    BOOST_REQUIRE(!writing.commit());
  }

  std::string refusal() {
    auto opened = try_open();
    BOOST_REQUIRE(!opened);
    BOOST_TEST((opened.error() == fleet_error::store_failed));
    return describe_store_error(opened.error());
  }

  void overwrite(uint64_t offset, size_t size) {
    std::fstream out{file(), std::ios::in | std::ios::out | std::ios::binary};
    out.seekp(static_cast<std::streamoff>(offset));
    for (size_t i = 0; i < size; ++i) out.put(static_cast<char>(i * 37 + 11));
  }

  std::string contents() {
    std::ifstream in{file(), std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
  }
};

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

BOOST_FIXTURE_TEST_SUITE(ledger_store, store_suite)

BOOST_AUTO_TEST_CASE(new_directory_is_private_and_holds_an_empty_store) {
  auto mode = std::filesystem::status(directory.path() / "data").permissions();
  BOOST_TEST((mode == std::filesystem::perms::owner_all));
  BOOST_TEST(number(meta_number::schema) == schema_version);
  BOOST_TEST(keys(ledger_table::agents).empty());
}

BOOST_AUTO_TEST_CASE(committed_records_are_there_after_reopening) {
  {
    write_transaction writing{*data};
    writing.put(ledger_table::agents, 7, "seven");
    writing.put(ledger_table::agents, uint64_t{1} << 60, "far");
    writing.set(meta_number::last_serial, 99);
    BOOST_REQUIRE(!writing.commit());
  }
  reopen();
  BOOST_TEST((keys(ledger_table::agents) == std::vector<uint64_t>{7, uint64_t{1} << 60}));
  BOOST_TEST(number(meta_number::last_serial) == 99u);
  read_transaction view{*data};
  BOOST_REQUIRE(view.get(ledger_table::agents, 7).has_value());
  BOOST_TEST(view.get(ledger_table::agents, 7)->json == "seven");
  BOOST_TEST(!view.get(ledger_table::agents, 8));
}

BOOST_AUTO_TEST_CASE(transaction_that_is_not_committed_leaves_nothing) {
  {
    write_transaction writing{*data};
    writing.put(ledger_table::agents, 7, "seven");
  }
  BOOST_TEST(keys(ledger_table::agents).empty());
  BOOST_TEST(data->transactions() == 0u);
}

BOOST_AUTO_TEST_CASE(appending_works_for_earlier_keys_and_replaces_what_is_there) {
  fill(10);
  {
    write_transaction writing{*data};
    writing.remove(ledger_table::threats, 3);
    writing.append(ledger_table::threats, 3, "late");
    BOOST_TEST(!writing.commit());
  }
  {
    write_transaction writing{*data};
    writing.append(ledger_table::threats, 3, "again");
    BOOST_TEST(!writing.commit());
  }
  read_transaction view{*data};
  BOOST_TEST(view.get(ledger_table::threats, 3)->json == "again");
  BOOST_TEST(view.count(ledger_table::threats) == 10u);
}

BOOST_AUTO_TEST_CASE(cursor_finds_neighbours_of_absent_keys) {
  {
    write_transaction writing{*data};
    for (uint64_t key : {10, 20, 30}) writing.append(ledger_table::audit, key, "x");
    BOOST_REQUIRE(!writing.commit());
  }
  read_transaction view{*data};
  record_cursor at{view, ledger_table::audit};
  BOOST_TEST((at.seek(11) && at.record().key == 20));
  BOOST_TEST((at.before(20) && at.record().key == 10));
  BOOST_TEST((at.before(31) && at.record().key == 30));
  BOOST_TEST((at.before(0) && at.record().key == 30));
  BOOST_TEST(!at.before(10));
  BOOST_TEST(!at.seek(31));
}

BOOST_AUTO_TEST_CASE(second_opener_is_told_who_holds_the_directory) {
  auto text = refusal();
  BOOST_TEST(has(text, "in use by process " + std::to_string(getpid())), text);
  BOOST_TEST(has(text, (directory.path() / "data").string()), text);
  data.reset();
  open();
}

BOOST_AUTO_TEST_CASE(garbage_in_the_header_is_refused_and_left_alone) {
  fill(100);
  data.reset();
  for (uint64_t page : {0, 4096}) {
    auto before = contents();
    overwrite(page, 200);
    auto damaged = contents();
    BOOST_TEST(has(refusal(), "header is unreadable"));
    BOOST_TEST((contents() == damaged));
    std::ofstream{file(), std::ios::binary} << before;
  }
  open();
}

BOOST_AUTO_TEST_CASE(file_that_is_no_store_at_all_is_refused) {
  data.reset();
  for (const std::string text : {"", "hello", "#!/bin/sh\n"}) {
    std::ofstream{file(), std::ios::binary} << text;
    BOOST_TEST(has(refusal(), "damaged or not a ledger"));
    BOOST_TEST(contents() == text);
  }
}

BOOST_AUTO_TEST_CASE(missing_file_is_refused_rather_than_started_anew) {
  data.reset();
  std::filesystem::remove(file());
  BOOST_TEST(has(refusal(), "data.mdb"));
}

BOOST_AUTO_TEST_CASE(truncated_file_is_refused_at_any_length) {
  fill(2000);
  data.reset();
  auto whole = contents();
  for (auto pages = whole.size() / 4096 - 1; pages > 0; pages -= std::min(pages, size_t{7})) {
    std::filesystem::resize_file(file(), pages * 4096);
    BOOST_TEST(!try_open());
    BOOST_TEST(std::filesystem::file_size(file()) == pages * 4096);
  }
  std::ofstream{file(), std::ios::binary} << whole;
  std::filesystem::resize_file(file(), whole.size() / 2);
  BOOST_TEST(has(refusal(), "is truncated"));
  std::ofstream{file(), std::ios::binary} << whole;
  open();
  BOOST_TEST(keys(ledger_table::threats).size() == 2000u);
}

// LMDB speaks of pages that it took and gave up in one transaction but never wrote.
BOOST_AUTO_TEST_CASE(file_that_ends_before_unused_pages_is_sound) {
  fill(2000);
  for (uint64_t round = 0; round < 4;
       ++round) {  // only a transaction that reuses pages leaves some unwritten
    write_transaction writing{*data};
    writing.set(meta_number::last_serial, round);
    BOOST_REQUIRE(!writing.commit());
  }
  {
    write_transaction writing{*data};
    writing.put(ledger_table::agents, 1, std::string(16u << 20, 'x'));
    writing.remove(ledger_table::agents, 1);
    writing.put(ledger_table::agents, 2, "small");
    BOOST_REQUIRE(!writing.commit());
  }
  data.reset();
  BOOST_REQUIRE(std::filesystem::file_size(file()) < 16u << 20);
  open();
  BOOST_TEST(keys(ledger_table::threats).size() == 2000u);
  data.reset();
  std::filesystem::resize_file(file(), std::filesystem::file_size(file()) - 4096);
  BOOST_TEST(has(refusal(), "is truncated"));
}

BOOST_AUTO_TEST_CASE(newer_schema_is_refused) {
  {
    write_transaction writing{*data};
    writing.set(meta_number::schema, schema_version + 1);
    BOOST_REQUIRE(!writing.commit());
  }
  data.reset();
  auto text = refusal();
  BOOST_TEST(has(text, "newer Muster"), text);
  BOOST_TEST(has(text, std::to_string(schema_version + 1)), text);
}

// As a program left it that knew fewer tables.
BOOST_AUTO_TEST_CASE(store_without_a_later_table_gets_it_and_keeps_the_rest) {
  fill(100);
  data.reset();
  auto drop = [this](const char* name) {
    MDB_env* opened = nullptr;
    MDB_txn* writing = nullptr;
    MDB_dbi table = 0;
    BOOST_REQUIRE(mdb_env_create(&opened) == 0);
    mdb_env_set_maxdbs(opened, 8);
    BOOST_REQUIRE(mdb_env_open(opened, file().parent_path().c_str(), 0, 0600) == 0);
    BOOST_REQUIRE(mdb_txn_begin(opened, nullptr, 0, &writing) == 0);
    BOOST_REQUIRE(mdb_dbi_open(writing, name, 0, &table) == 0);
    BOOST_REQUIRE(mdb_drop(writing, table, 1) == 0);
    BOOST_REQUIRE(mdb_txn_commit(writing) == 0);
    mdb_env_close(opened);
  };
  drop("patterns");
  open();
  BOOST_TEST(keys(ledger_table::threats).size() == 100u);
  BOOST_TEST(keys(ledger_table::patterns).empty());
  BOOST_TEST(number(meta_number::schema) == schema_version);
  {
    write_transaction writing{*data};
    writing.put(ledger_table::patterns, 7, "seven");
    BOOST_REQUIRE(!writing.commit());
  }
  reopen();
  BOOST_TEST((keys(ledger_table::patterns) == std::vector<uint64_t>{7}));
  data.reset();
  drop("audit");
  BOOST_TEST(has(refusal(), "audit"));
}

BOOST_AUTO_TEST_CASE(interrupted_creation_is_started_again) {
  data.reset();
  std::filesystem::rename(directory.path() / "data" / "ledger", directory.path() / "data" / "ledger.new");
  std::filesystem::resize_file(directory.path() / "data" / "ledger.new" / "data.mdb", 100);
  open();
  BOOST_TEST(number(meta_number::schema) == schema_version);
}

BOOST_AUTO_TEST_CASE(full_store_keeps_what_it_has_and_works_on) {
  data.reset();
  std::filesystem::remove_all(directory.path() / "data");
  store_bytes = 1u << 20;
  open();
  uint64_t stored = 0;
  caf::error failure;
  while (!failure && stored < 1'000) {
    write_transaction writing{*data};
    writing.append(ledger_table::audit, stored + 1, std::string(20'000, 'x'));
    failure = writing.commit();
    if (!failure) ++stored;
  }
  BOOST_TEST((failure == fleet_error::store_full));
  BOOST_TEST(stored > 40u);
  BOOST_TEST(keys(ledger_table::audit).size() == stored);
  reopen();
  BOOST_TEST(keys(ledger_table::audit).size() == stored);
}

BOOST_AUTO_TEST_CASE(store_above_a_lowered_limit_shrinks_but_does_not_grow) {
  fill(2000);
  store_bytes = 1u << 16;
  reopen();
  auto write = [this](uint64_t key, bool add) {
    write_transaction writing{*data};
    if (add) writing.put(ledger_table::threats, key, std::string(9000, 'x'));
    else writing.remove(ledger_table::threats, key);
    return writing.commit();
  };
  BOOST_TEST((write(3000, true) == fleet_error::store_full));
  BOOST_TEST(!write(10, false));
  BOOST_TEST(keys(ledger_table::threats).size() == 1999u);
  BOOST_TEST(data->bytes() > store_bytes);
}

BOOST_AUTO_TEST_SUITE_END()
