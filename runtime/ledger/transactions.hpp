// Transactions on the store and the cursor over a table. A failure sticks: what
// follows does nothing and finds nothing, and error() or commit() tells the first
// one, so that callers need to ask only once. Keep them short: a reader that
// stays open keeps all pages that were freed since from being used again.
#pragma once

#include "runtime/ledger/ledger_tables.hpp"

#include <caf/error.hpp>

#include <optional>
#include <string>

struct MDB_cursor;
struct MDB_txn;

namespace muster {

class store;

class transaction {
 public:
  transaction(const transaction&) = delete;
  transaction& operator=(const transaction&) = delete;

  // Nothing when there is no such record.
  std::optional<stored_record> get(ledger_table from, uint64_t key);
  uint64_t number(meta_number name);
  uint64_t count(ledger_table of);
  uint64_t used_bytes();  // of pages in use

  const caf::error& error() const { return error_; }

 protected:
  transaction(const store& where, unsigned flags);
  ~transaction();

  bool failed() const { return txn_ == nullptr || error_; }
  bool check(int code, const std::string& doing);

  const store& store_;
  MDB_txn* txn_ = nullptr;

 private:
  friend class record_cursor;

  caf::error error_;
};

class read_transaction : public transaction {
 public:
  explicit read_transaction(const store& where);
};

// Aborts unless committed. LMDB lets one exist at a time and the next one wait.
class write_transaction : public transaction {
 public:
  explicit write_transaction(store& where);

  void put(ledger_table into, uint64_t key, std::string_view json);
  // As put(), faster when the key is the greatest so far.
  void append(ledger_table into, uint64_t key, std::string_view json);
  void remove(ledger_table from, uint64_t key);
  void set(meta_number name, uint64_t value);

  size_t bytes() const { return bytes_; }  // of JSON put so far

  // Returns after the disk has it. Ends the transaction, also when it fails, as it
  // does with store_full when it takes more than limits.store_bytes and added to that.
  caf::error commit();

 private:
  store& target_;
  uint64_t used_before_;
  size_t bytes_ = 0;
  bool written_ = false;
};

// Walks one table. A move returns whether it arrived at a record; false is also
// what a failure gives, so ask the transaction for its error() after the walk.
// Must end before the transaction does; after its commit it can't be moved.
class record_cursor {
 public:
  record_cursor(transaction& view, ledger_table over);
  record_cursor(const record_cursor&) = delete;
  record_cursor& operator=(const record_cursor&) = delete;
  ~record_cursor();

  bool first();
  bool last();
  bool next();
  bool previous();
  bool seek(uint64_t key);    // at `key` or the first after it
  bool before(uint64_t key);  // the last before `key`; 0 means the last of all

  const stored_record& record() const { return record_; }

 private:
  bool move(int operation, uint64_t key = 0);

  transaction& view_;
  MDB_cursor* cursor_ = nullptr;
  stored_record record_;
};

}  // namespace muster
