// Opening, creating and checking the environment.
#include "runtime/ledger/store.hpp"

#include "runtime/ledger/store_check.hpp"
#include "runtime/ledger/store_errors.hpp"
#include "runtime/ledger/transactions.hpp"

#include <fcntl.h>
#include <lmdb.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>

namespace muster {

namespace {

namespace fs = std::filesystem;

// LMDB frees what a transaction replaced only for the second one after it, so its
// map is larger than what may be in use. It is address space until it is written.
constexpr uint64_t map_unit = 65536;  // a multiple of every page size
constexpr uint64_t map_slack = uint64_t{256} << 20;
uint64_t map_size(uint64_t store_bytes) {
  return (store_bytes + store_bytes / 16 + map_slack) / map_unit * map_unit;
}

constexpr uint64_t largest_spare = uint64_t{4}
                                   << 20;  // of disk, kept for purges; a sixteenth of a small store

caf::error make_private_directory(const fs::path& directory) {
  std::error_code failed;
  if (directory.has_parent_path()) fs::create_directories(directory.parent_path(), failed);
  if (mkdir(directory.c_str(), 0700) == 0 || (errno == EEXIST && fs::is_directory(directory, failed)))
    return {};
  return store_failure(errno, "create the directory " + directory.string());
}

caf::error sync_directory(const fs::path& directory) {
  auto file = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  auto code = file < 0 || fsync(file) != 0 ? errno : 0;
  if (file >= 0) close(file);
  return code == 0 ? caf::error{} : store_failure(code, "sync the directory " + directory.string());
}

caf::error write_empty_tables(MDB_env* into) {
  MDB_txn* writing = nullptr;
  MDB_dbi table = 0;
  auto version = std::to_string(schema_version);
  auto name = std::string{meta_number_names[static_cast<size_t>(meta_number::schema)]};
  MDB_val key{name.size(), name.data()};
  MDB_val value{version.size(), version.data()};
  auto code = mdb_txn_begin(into, nullptr, 0, &writing);
  if (code != 0) return store_failure(code, "create the ledger");
  for (const auto* each : ledger_table_names)
    if (code == 0) code = mdb_dbi_open(writing, each, MDB_CREATE, &table);
  if (code == 0) code = mdb_dbi_open(writing, "meta", MDB_CREATE, &table);
  if (code == 0) code = mdb_put(writing, table, &key, &value, 0);
  if (code == 0) code = mdb_txn_commit(writing);
  else mdb_txn_abort(writing);
  return code == 0 ? caf::error{} : store_failure(code, "create the ledger");
}

}  // namespace

void store::environment_closer::operator()(MDB_env* opened) const { mdb_env_close(opened); }

store::~store() = default;

caf::expected<store::environment> store::open_environment(const fs::path& directory, uint64_t store_bytes) {
  MDB_env* raw_environment = nullptr;
  auto code = mdb_env_create(&raw_environment);
  environment opened{raw_environment};
  if (code == 0) code = mdb_env_set_maxdbs(raw_environment, ledger_table_names.size() + 1);
  if (code == 0) code = mdb_env_set_mapsize(raw_environment, map_size(store_bytes));
  // A read transaction belongs to its object, since actors move between threads.
  if (code == 0) code = mdb_env_open(raw_environment, directory.c_str(), MDB_NOTLS, 0600);
  if (code != 0) return store_failure(code, "open the ledger " + directory.string());
  return opened;
}

caf::error store::open_table(const char* name, unsigned& handle) {
  MDB_txn* opening = nullptr;
  auto code = mdb_txn_begin(environment_.get(), nullptr, MDB_RDONLY, &opening);
  if (code == 0 && (code = mdb_dbi_open(opening, name, 0, &handle)) != 0) mdb_txn_abort(opening);
  else if (code == 0) code = mdb_txn_commit(opening);  // which keeps the handle
  return code == 0 ? caf::error{} : store_failure(code, std::string{"open the ledger's table "} + name);
}

caf::error store::make_later_tables() {
  for (auto later : later_tables) {
    const auto* name = ledger_table_names[static_cast<size_t>(later)];
    MDB_txn* making = nullptr;
    MDB_dbi table = 0;
    auto code = mdb_txn_begin(environment_.get(), nullptr, 0, &making);
    if (code == 0) code = mdb_dbi_open(making, name, 0, &table);
    if (code == MDB_NOTFOUND && (code = mdb_dbi_open(making, name, MDB_CREATE, &table)) == 0) {
      code = mdb_txn_commit(making);
      making = nullptr;
    }
    if (making != nullptr) mdb_txn_abort(making);
    if (code != 0) return store_failure(code, std::string{"make the ledger's table "} + name);
  }
  return {};
}

caf::error store::open_tables() {
  if (auto error = open_table("meta", meta_)) return error;
  read_transaction view{*this};
  auto schema = view.number(meta_number::schema);
  if (view.error()) return view.error();
  if (schema == 0) return store_failure("the ledger names no schema version: it is damaged");
  if (schema > schema_version)
    return store_failure("the ledger was written by a newer Muster: its schema is " + std::to_string(schema)
                         + ", this program knows up to " + std::to_string(schema_version));
  if (auto error = make_later_tables()) return error;
  for (size_t i = 0; i < tables_.size(); ++i)
    if (auto error = open_table(ledger_table_names[i], tables_[i])) return error;
  return {};
}

// Made under another name, so that a crash on the way leaves nothing that looks
// like a ledger that lost its contents.
caf::error store::create(const store_options& options) {
  const auto draft = options.directory / "ledger.new";
  std::error_code failed;
  fs::remove_all(draft, failed);
  if (auto error = make_private_directory(draft)) return error;
  {
    auto opened = open_environment(draft, options.store_bytes);
    if (!opened) return opened.error();
    if (auto error = write_empty_tables(opened->get())) return error;
  }
  if (auto error = sync_directory(draft)) return error;
  fs::rename(draft, options.directory / "ledger", failed);
  if (failed) return store_failure(failed.value(), "rename " + draft.string());
  return sync_directory(options.directory);
}

caf::expected<std::shared_ptr<store>> store::open(const store_options& options) {
  if (auto error = make_private_directory(options.directory)) return error;
  auto lock = data_lock::take(options.directory);
  if (!lock) return lock.error();
  const auto place = options.directory / "ledger";
  std::error_code failed;
  if (!fs::exists(place, failed))
    if (auto error = create(options)) return error;
  if (auto error = check_store_file(place / "data.mdb")) return error;
  auto opened = open_environment(place, options.store_bytes);
  if (!opened) return opened.error();
  std::shared_ptr<store> result{new store{std::move(*lock), std::move(*opened), options.store_bytes}};
  if (auto error = result->open_tables()) return error;
  return result;
}

bool store::reserve_disk(uint64_t used) {
  const auto spare = std::min(store_bytes_ / 16, largest_spare);
  const auto wanted = used + spare;
  if (wanted <= reserved_) return true;
  mdb_filehandle_t file = 0;
  mdb_env_get_fd(environment_.get(), &file);
  for (auto end : {wanted + spare, wanted}) {  // a step ahead if possible
    if (fallocate(file, FALLOC_FL_KEEP_SIZE, static_cast<off_t>(reserved_),
                  static_cast<off_t>(end - reserved_))
        == 0) {
      reserved_ = end;
      return true;
    }
    if (errno != ENOSPC && errno != EDQUOT) return true;  // a file system that can't; writing will tell
  }
  return false;
}

bool store::disk_is_full() const {
  mdb_filehandle_t file = 0;
  struct statvfs disk {};
  return mdb_env_get_fd(environment_.get(), &file) == 0 && fstatvfs(file, &disk) == 0
         && disk.f_bavail * disk.f_frsize < largest_spare;
}

uint64_t store::bytes() const { return read_transaction{*this}.used_bytes(); }

}  // namespace muster
