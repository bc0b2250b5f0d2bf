// What the disk and LMDB take for enrolments: writes the records of a manager's ledger anew, in groups.
//
//   grouped_writes LEDGER TARGET GROUP
//
// Reads the tables `agents` and `audit` of the environment LEDGER, whose manager must have ended, and puts
// them into a new environment in the folder TARGET, GROUP agents with their audit entries in each
// transaction, synced like the ledger's own. Prints JSON: enrolments, bytes, transactions, seconds,
// per_second.
#include <lmdb.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

namespace {

using record = std::pair<std::string, std::string>;
using records = std::vector<record>;

constexpr size_t map_bytes = size_t{64} << 30;  // address space; what is written is small
constexpr const char* names[] = {"agents", "audit"};

void check(int code, const char* doing) {
  if (code == 0) return;
  std::fprintf(stderr, "grouped_writes: %s: %s\n", doing, mdb_strerror(code));
  std::exit(1);
}

MDB_env* open(const char* folder, unsigned flags) {
  MDB_env* opened = nullptr;
  check(mdb_env_create(&opened), "make an environment");
  check(mdb_env_set_maxdbs(opened, 64), "allow tables");
  check(mdb_env_set_mapsize(opened, map_bytes), "set the map's size");
  check(mdb_env_open(opened, folder, flags | MDB_NOTLS, 0600), folder);
  return opened;
}

std::string text(const MDB_val& of) { return {static_cast<const char*>(of.mv_data), of.mv_size}; }
MDB_val value(std::string& of) { return {of.size(), of.data()}; }

records read(MDB_env* from, const char* table) {
  MDB_txn* reading = nullptr;
  MDB_dbi handle = 0;
  MDB_cursor* at = nullptr;
  check(mdb_txn_begin(from, nullptr, MDB_RDONLY, &reading), "read");
  check(mdb_dbi_open(reading, table, 0, &handle), table);
  check(mdb_cursor_open(reading, handle, &at), table);
  records out;
  MDB_val key{};
  MDB_val data{};
  while (mdb_cursor_get(at, &key, &data, MDB_NEXT) == 0) out.emplace_back(text(key), text(data));
  mdb_cursor_close(at);
  mdb_txn_abort(reading);
  return out;
}

class writer {
 public:
  explicit writer(const char* folder) : target_(open(folder, 0)) {
    MDB_txn* making = nullptr;
    check(mdb_txn_begin(target_, nullptr, 0, &making), "make tables");
    for (size_t i = 0; i < 2; ++i) check(mdb_dbi_open(making, names[i], MDB_CREATE, &tables_[i]), names[i]);
    check(mdb_txn_commit(making), "make tables");
  }
  writer(const writer&) = delete;
  writer& operator=(const writer&) = delete;
  ~writer() { mdb_env_close(target_); }

  void write(std::vector<records>& all, size_t begin, size_t end) {
    MDB_txn* writing = nullptr;
    check(mdb_txn_begin(target_, nullptr, 0, &writing), "begin");
    for (auto i = begin; i < end; ++i)
      for (size_t table = 0; table < 2; ++table) {
        if (i >= all[table].size()) continue;
        auto key = value(all[table][i].first);
        auto data = value(all[table][i].second);
        check(mdb_put(writing, tables_[table], &key, &data, 0), "write");
        bytes_ += key.mv_size + data.mv_size;
      }
    check(mdb_txn_commit(writing), "commit");
  }

  size_t bytes() const { return bytes_; }

 private:
  MDB_env* target_;
  MDB_dbi tables_[2]{};
  size_t bytes_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  const size_t group = argc == 4 ? std::strtoul(argv[3], nullptr, 10) : 0;
  if (group == 0) {
    std::fprintf(stderr, "usage: grouped_writes LEDGER TARGET GROUP\n");
    return 2;
  }
  auto* ledger = open(argv[1], MDB_RDONLY);
  std::vector<records> all{read(ledger, names[0]), read(ledger, names[1])};
  mdb_env_close(ledger);

  writer target{argv[2]};
  const auto enrolments = all[0].size();
  const auto start = std::chrono::steady_clock::now();
  for (size_t begin = 0; begin < enrolments; begin += group)
    target.write(all, begin, std::min(begin + group, enrolments));
  const auto seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  std::printf(R"({"enrolments":%zu,"bytes":%zu,"transactions":%zu,"seconds":%.3f,"per_second":%.1f})"
              "\n",
              enrolments, target.bytes(), (enrolments + group - 1) / group, seconds,
              static_cast<double>(enrolments) / seconds);
}
