// The layout of LMDB's files, data version 1: written by every 0.9.
#include "runtime/ledger/store_check.hpp"

#include "runtime/ledger/store_errors.hpp"

#include <fcntl.h>
#include <lmdb.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

namespace muster {

namespace {

static_assert(MDB_VERSION_MAJOR == 0 && MDB_VERSION_MINOR == 9);

constexpr uint32_t magic = 0xBEEFC0DE;
constexpr uint32_t data_version = 1;
constexpr uint64_t largest_walked_bytes = uint64_t{1} << 30;  // a third of a second
constexpr uint64_t no_page = ~uint64_t{0};
constexpr size_t page_header = 16;  // number 8, padding 2, flags 2, lower 2, upper 2
constexpr size_t node_header = 8;   // low 2, high 2, flags 2, key size 2
constexpr uint16_t branch_page = 1, leaf_page = 2, overflow_page = 4, meta_page = 8;
constexpr uint16_t big_node = 1, table_node = 2;
constexpr size_t table_root = 40;  // where a table's description names its root page

struct file_meta {
  uint32_t page_size;
  uint64_t free_root;
  uint64_t main_root;
  uint64_t last_page;
  uint64_t transaction;
};

class page_file {
 public:
  explicit page_file(const char* path) : file_(open(path, O_RDONLY | O_CLOEXEC)) {
    struct stat about {};
    if (file_ < 0 || fstat(file_, &about) != 0) error_ = errno;
    size_ = static_cast<uint64_t>(about.st_size);
  }
  page_file(const page_file&) = delete;
  ~page_file() {
    if (file_ >= 0) close(file_);
  }
  int error() const { return error_; }
  uint64_t size() const { return size_; }

  bool read(uint64_t offset, std::vector<unsigned char>& into) const {
    return pread(file_, into.data(), into.size(), static_cast<off_t>(offset))
           == static_cast<ssize_t>(into.size());
  }

 private:
  int file_;
  int error_ = 0;
  uint64_t size_ = 0;
};

// A number at a place in a page; nothing beyond the page's end is ever read.
template <class T>
T at(const std::vector<unsigned char>& page, size_t offset) {
  T value{};
  if (offset + sizeof(T) <= page.size()) std::memcpy(&value, page.data() + offset, sizeof(T));
  return value;
}

std::optional<file_meta> read_meta(const page_file& file, uint64_t offset) {
  std::vector<unsigned char> page(page_header + 136);
  if (!file.read(offset, page)) return std::nullopt;
  if ((at<uint16_t>(page, 10) & meta_page) == 0 || at<uint32_t>(page, 16) != magic) return std::nullopt;
  file_meta meta{at<uint32_t>(page, 40), at<uint64_t>(page, 80), at<uint64_t>(page, 128),
                 at<uint64_t>(page, 136), at<uint64_t>(page, 144)};
  auto sound = std::has_single_bit(meta.page_size) && meta.page_size >= 512 && meta.page_size <= 65536;
  if (!sound || at<uint32_t>(page, 20) != data_version) return std::nullopt;
  return meta;
}

// Visits every page that the trees use.
class tree_walk {
 public:
  tree_walk(const page_file& file, const file_meta& meta)
    : file_(file), page_size_(meta.page_size), pages_(file.size() / meta.page_size) {}

  bool sound(uint64_t root, int depth = 0) {
    if (root == no_page) return true;
    if (root >= pages_ || depth > 32 || visited_++ > pages_) return false;
    std::vector<unsigned char> page(page_size_);
    if (!file_.read(root * page_size_, page) || at<uint64_t>(page, 0) != root) return false;
    auto flags = at<uint16_t>(page, 10);
    if ((flags & (branch_page | leaf_page)) == 0) return false;
    auto end = size_t{at<uint16_t>(page, 12)};
    if (end < page_header || end > page_size_) return false;
    for (auto place = page_header; place < end; place += 2)
      if (!sound_node(page, at<uint16_t>(page, place), (flags & branch_page) != 0, depth)) return false;
    return true;
  }

 private:
  bool sound_node(const std::vector<unsigned char>& page, size_t node, bool branch, int depth) {
    auto low = uint64_t{at<uint16_t>(page, node)} | uint64_t{at<uint16_t>(page, node + 2)} << 16;
    auto flags = at<uint16_t>(page, node + 4);
    if (branch) return sound(low | uint64_t{flags} << 32, depth + 1);
    auto data = node + node_header + at<uint16_t>(page, node + 6);
    if ((flags & table_node) != 0) return sound(at<uint64_t>(page, data + table_root), depth + 1);
    if ((flags & big_node) == 0) return true;
    auto first = at<uint64_t>(page, data);
    auto count = (page_header + low + page_size_ - 1) / page_size_;
    std::vector<unsigned char> head(page_header);
    return first < pages_ && count <= pages_ - first && file_.read(first * page_size_, head)
           && at<uint64_t>(head, 0) == first && (at<uint16_t>(head, 10) & overflow_page) != 0;
  }

  const page_file& file_;
  size_t page_size_;
  uint64_t pages_;
  uint64_t visited_ = 0;
};

}  // namespace

caf::error check_store_file(const std::filesystem::path& path) {
  const page_file file{path.c_str()};
  if (file.error() != 0) return store_failure(file.error(), "read " + path.string());
  auto first = read_meta(file, 0);
  auto second = first ? read_meta(file, first->page_size) : std::nullopt;
  if (!first || !second || first->page_size != second->page_size)
    return store_failure(path.string() + " is damaged or not a ledger: its header is unreadable");
  const auto& newest = first->transaction < second->transaction ? *second : *first;
  auto pages = file.size() / newest.page_size;
  const bool whole = newest.last_page < pages;
  if (whole && file.size() > largest_walked_bytes) return {};
  tree_walk walk{file, newest};
  if (walk.sound(newest.free_root) && walk.sound(newest.main_root)) return {};
  if (whole) return store_failure(path.string() + " is damaged: a page in use is not what it should be");
  return store_failure(path.string() + " is truncated: it has " + std::to_string(pages) + " pages and needs "
                       + std::to_string(newest.last_page + 1));
}

}  // namespace muster
