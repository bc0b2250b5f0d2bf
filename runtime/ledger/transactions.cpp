// Transactions and cursors over LMDB.
#include "runtime/ledger/transactions.hpp"

#include "runtime/ledger/store.hpp"
#include "runtime/ledger/store_errors.hpp"

#include <lmdb.h>

#include <cerrno>
#include <charconv>
#include <vector>

namespace muster {

namespace {

constexpr size_t position(ledger_table table) { return static_cast<size_t>(table); }
std::string name(ledger_table table) { return ledger_table_names[position(table)]; }

MDB_val value(std::string_view text) {
  return {text.size(), const_cast<char*>(text.data())};  // LMDB reads it only
}
MDB_val key_of(meta_number of) { return value(meta_number_names[static_cast<size_t>(of)]); }

class key_bytes {
 public:
  explicit key_bytes(uint64_t key) {
    for (size_t i = bytes_.size(); i-- > 0; key >>= 8) bytes_[i] = static_cast<unsigned char>(key);
  }
  MDB_val val() { return {bytes_.size(), bytes_.data()}; }

  static uint64_t number(const MDB_val& key) {
    uint64_t number = 0;
    for (size_t i = 0; i < key.mv_size; ++i)
      number = number << 8 | static_cast<const unsigned char*>(key.mv_data)[i];
    return number;
  }

 private:
  std::array<unsigned char, 8> bytes_{};
};

std::string_view text(const MDB_val& of) { return {static_cast<const char*>(of.mv_data), of.mv_size}; }

}  // namespace

transaction::transaction(const store& where, unsigned flags) : store_(where) {
  check(mdb_txn_begin(where.environment_.get(), nullptr, flags, &txn_), "begin a transaction");
}

transaction::~transaction() {
  if (txn_ != nullptr) mdb_txn_abort(txn_);
}

bool transaction::check(int code, const std::string& doing) {
  if (code != 0 && !error_) error_ = store_failure(code, doing);
  return code == 0;
}

std::optional<stored_record> transaction::get(ledger_table from, uint64_t key) {
  if (failed()) return std::nullopt;
  key_bytes bytes{key};
  auto wanted = bytes.val();
  MDB_val found{};
  auto code = mdb_get(txn_, store_.tables_[position(from)], &wanted, &found);
  if (code == MDB_NOTFOUND || !check(code, "read the table " + name(from))) return std::nullopt;
  return stored_record{from, key, text(found)};
}

uint64_t transaction::number(meta_number of) {
  if (failed()) return 0;
  auto wanted = key_of(of);
  MDB_val found{};
  auto code = mdb_get(txn_, store_.meta_, &wanted, &found);
  if (code == MDB_NOTFOUND || !check(code, "read the table meta")) return 0;
  uint64_t result = 0;
  auto digits = text(found);
  auto [end, bad] = std::from_chars(digits.data(), digits.data() + digits.size(), result);
  if (bad == std::errc{} && end == digits.data() + digits.size()) return result;
  error_ =
    store_failure(std::string{"meta/"} + meta_number_names[static_cast<size_t>(of)] + ": not a number");
  return 0;
}

uint64_t transaction::count(ledger_table of) {
  MDB_stat stat{};
  if (!failed()) check(mdb_stat(txn_, store_.tables_[position(of)], &stat), "count the table " + name(of));
  return stat.ms_entries;
}

uint64_t transaction::used_bytes() {
  constexpr MDB_dbi free_pages = 0, named_tables = 1;  // LMDB's own
  std::vector<MDB_dbi> tables{free_pages, named_tables, store_.meta_};
  tables.insert(tables.end(), store_.tables_.begin(), store_.tables_.end());
  uint64_t bytes = 0;
  for (auto table : tables) {
    MDB_stat stat{};
    if (failed() || !check(mdb_stat(txn_, table, &stat), "measure the ledger")) return 0;
    bytes += stat.ms_psize * (stat.ms_branch_pages + stat.ms_leaf_pages + stat.ms_overflow_pages);
  }
  return bytes;
}

read_transaction::read_transaction(const store& where) : transaction(where, MDB_RDONLY) {}

write_transaction::write_transaction(store& where)
  : transaction(where, 0), target_(where), used_before_(used_bytes()) {}

void write_transaction::put(ledger_table into, uint64_t key, std::string_view json) {
  if (failed()) return;
  key_bytes bytes{key};
  auto at = bytes.val();
  auto data = value(json);
  check(mdb_put(txn_, store_.tables_[position(into)], &at, &data, 0), "write to the table " + name(into));
  bytes_ += json.size();
  written_ = true;
}

void write_transaction::append(ledger_table into, uint64_t key, std::string_view json) {
  if (failed()) return;
  key_bytes bytes{key};
  auto at = bytes.val();
  auto data = value(json);
  auto code = mdb_put(txn_, store_.tables_[position(into)], &at, &data, MDB_APPEND);
  if (code == MDB_KEYEXIST)  // not the greatest: slower; or written again after a doubtful failure
    code = mdb_put(txn_, store_.tables_[position(into)], &at, &data, 0);
  check(code, "append " + std::to_string(key) + " to the table " + name(into));
  bytes_ += json.size();
  written_ = true;
}

void write_transaction::remove(ledger_table from, uint64_t key) {
  if (failed()) return;
  key_bytes bytes{key};
  auto at = bytes.val();
  auto code = mdb_del(txn_, store_.tables_[position(from)], &at, nullptr);
  if (code == MDB_NOTFOUND) return;
  check(code, "delete from the table " + name(from));
  written_ = true;
}

void write_transaction::set(meta_number of, uint64_t number) {
  if (failed()) return;
  auto at = key_of(of);
  auto digits = std::to_string(number);
  auto data = value(digits);
  check(mdb_put(txn_, store_.meta_, &at, &data, 0), "write to the table meta");
  written_ = true;
}

caf::error write_transaction::commit() {
  if (auto used = used_bytes(); used > used_before_) {
    if (used > store_.store_bytes_) check(MDB_MAP_FULL, "write more than limits.store_bytes");
    else if (!target_.reserve_disk(used + bytes_))  // what was replaced is not free at once
      check(ENOSPC, "commit");
  }
  if (failed()) {
    if (txn_ != nullptr) mdb_txn_abort(std::exchange(txn_, nullptr));
    return error();
  }
  auto code = mdb_txn_commit(std::exchange(txn_, nullptr));
  if (code == EIO && store_.disk_is_full()) code = ENOSPC;  // LMDB's word for a write that came out short
  if (check(code, "commit") && written_) target_.transactions_.fetch_add(1, std::memory_order_relaxed);
  return error();
}

record_cursor::record_cursor(transaction& view, ledger_table over) : view_(view), record_{over, 0, {}} {
  if (!view.failed())
    view.check(mdb_cursor_open(view.txn_, view.store_.tables_[position(over)], &cursor_),
               "read the table " + name(over));
}

// A write transaction that ends frees its cursors itself.
record_cursor::~record_cursor() {
  if (cursor_ != nullptr && view_.txn_ != nullptr) mdb_cursor_close(cursor_);
}

bool record_cursor::move(int operation, uint64_t key) {
  if (cursor_ == nullptr || view_.failed()) return false;
  key_bytes bytes{key};
  auto at = bytes.val();
  MDB_val data{};
  auto code = mdb_cursor_get(cursor_, &at, &data, static_cast<MDB_cursor_op>(operation));
  if (code == MDB_NOTFOUND || !view_.check(code, "read the table " + name(record_.from))) return false;
  record_.key = key_bytes::number(at);
  record_.json = text(data);
  return true;
}

bool record_cursor::first() { return move(MDB_FIRST); }
bool record_cursor::last() { return move(MDB_LAST); }
bool record_cursor::next() { return move(MDB_NEXT); }
bool record_cursor::previous() { return move(MDB_PREV); }
bool record_cursor::seek(uint64_t key) { return move(MDB_SET_RANGE, key); }
bool record_cursor::before(uint64_t key) {
  if (key == 0) return last();
  return seek(key) ? previous() : last();
}

}  // namespace muster
