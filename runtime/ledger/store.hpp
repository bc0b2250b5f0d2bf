// The LMDB environment of a manager: one file under `<data directory>/ledger/`,
// kept to one process by a lock. May be shared by threads: any number read while
// one writes, each in a transaction of its own (transactions.hpp).
#pragma once

#include "runtime/ledger/data_lock.hpp"
#include "runtime/ledger/ledger_tables.hpp"

#include <atomic>
#include <memory>

struct MDB_env;

namespace muster {

struct store_options {
  std::filesystem::path directory;            // made with mode 0700 when absent
  uint64_t store_bytes = uint64_t{16} << 30;  // limits.store_bytes: of pages in use
};

class store {
 public:
  // A fresh directory gets an empty store. Fails with store_failed and a text for
  // people when the directory is in use, when the file is damaged, truncated or
  // of a newer schema (and leaves it as it is). Never starts empty over remains.
  static caf::expected<std::shared_ptr<store>> open(const store_options& options);

  store(const store&) = delete;
  store& operator=(const store&) = delete;
  ~store();

  uint64_t bytes() const;  // of pages in use, which is what limits.store_bytes limits

  // Write transactions synced since it was opened; those without a write don't count.
  uint64_t transactions() const { return transactions_.load(std::memory_order_relaxed); }

 private:
  friend class transaction;
  friend class write_transaction;
  friend class record_cursor;

  struct environment_closer {
    void operator()(MDB_env* environment) const;
  };
  using environment = std::unique_ptr<MDB_env, environment_closer>;

  store(data_lock lock, environment opened, uint64_t store_bytes)
    : lock_(std::move(lock)), environment_(std::move(opened)), store_bytes_(store_bytes) {}
  static caf::expected<environment> open_environment(const std::filesystem::path& directory,
                                                     uint64_t store_bytes);
  static caf::error create(const store_options& options);
  // Whether the disk has room for `used` bytes and leaves some for a purge, which
  // needs new pages before it frees old ones. For the one write transaction only.
  bool reserve_disk(uint64_t used);
  bool disk_is_full() const;
  caf::error open_table(const char* name, unsigned& handle);
  caf::error open_tables();
  caf::error make_later_tables();

  data_lock lock_;  // outlives the environment
  environment environment_;
  uint64_t store_bytes_;
  uint64_t reserved_ = 0;  // bytes from the file's start that surely have blocks on the disk
  unsigned meta_ = 0;
  std::array<unsigned, ledger_table_names.size()> tables_{};
  std::atomic<uint64_t> transactions_{0};
};

}  // namespace muster
