// The lock file of a data directory.
#include "runtime/ledger/data_lock.hpp"

#include "runtime/ledger/store_errors.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

namespace muster {

namespace {

std::string holder_of(int file) {
  std::array<char, 32> text{};
  auto size = pread(file, text.data(), text.size(), 0);
  std::string holder(text.data(), size > 0 ? static_cast<size_t>(size) : 0);
  holder.erase(holder.find_last_not_of("\n") + 1);
  return holder.empty() ? "another process" : "process " + holder;
}

}  // namespace

caf::expected<data_lock> data_lock::take(const std::filesystem::path& directory) {
  const auto path = directory / "musterd.lock";
  const auto doing = "lock " + path.string();
  data_lock lock{open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
  if (lock.file_ < 0) return store_failure(errno, doing);
  if (flock(lock.file_, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return store_failure(errno, doing);
    return store_failure("the data directory " + directory.string() + " is in use by "
                         + holder_of(lock.file_));
  }
  const auto pid = std::to_string(getpid()) + "\n";
  if (ftruncate(lock.file_, 0) != 0 || pwrite(lock.file_, pid.data(), pid.size(), 0) < 0)
    return store_failure(errno, doing);
  return lock;
}

data_lock::~data_lock() {
  if (file_ >= 0) close(file_);
}

}  // namespace muster
