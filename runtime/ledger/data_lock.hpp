// Keeps a data directory to one process: an flock on musterd.lock, which the
// system lets go when the process ends, however it ends.
#pragma once

#include <caf/expected.hpp>

#include <filesystem>
#include <utility>

namespace muster {

class data_lock {
 public:
  // Fails with store_failed, naming the holder's process id, when it is taken.
  static caf::expected<data_lock> take(const std::filesystem::path& directory);

  data_lock(data_lock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
  data_lock& operator=(data_lock&&) = delete;
  ~data_lock();

 private:
  explicit data_lock(int file) : file_(file) {}

  int file_;
};

}  // namespace muster
