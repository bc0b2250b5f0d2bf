// Which windows there are, which of them is idle longest and when the next one
// is due to end. Windows with an open pattern are kept in a line of their own.
#pragma once

#include "actors/manager/pattern_tracker.hpp"
#include "messages/interfaces.hpp"
#include "messages/ledger.hpp"

#include <map>
#include <memory>

namespace muster {

// What the correlator knows of one window.
struct tracked_window {
  using line = std::multimap<utc_time, std::shared_ptr<tracked_window>>;

  pattern_key key;
  correlation_window_actor actor;
  utc_time last_seen{};
  bool retired = false;
  pattern_id open{};               // zero for none
  uint64_t agents = 0;             // of the pattern
  uint64_t told = 0;               // how many of them listeners heard of
  uint64_t unlisted = 0;           // how many of them are only counted
  bool dirty = false;              // waits to be written
  std::vector<audit_entry> audit;  // that waits with it
  line::iterator place{};          // of window_table
};
using window_handle = std::shared_ptr<tracked_window>;

class window_table {
 public:
  // Windows stay for `late` longer than they are open.
  explicit window_table(std::chrono::milliseconds window = std::chrono::minutes{5},
                        std::chrono::milliseconds late = {})
    : window_(window), late_(late) {}

  // Null when there is none.
  window_handle find(const pattern_key& key) const;

  // Takes a window whose key is not in the table.
  void add(const window_handle& one);
  void remove(const window_handle& one);

  // It was seen; an earlier time than the last changes nothing.
  void touch(const window_handle& one, utc_time at);

  // It has an open pattern from now on.
  void opened(const window_handle& one, pattern_id id);

  // The first millisecond that is too late for a window last seen at `last_seen`.
  utc_time end_of(utc_time last_seen) const { return last_seen + window_ + std::chrono::milliseconds{1}; }

  // When the next window is to go if nothing comes.
  std::optional<utc_time> deadline() const;

  // One whose time is over, or null.
  window_handle due(utc_time now) const;

  // One to go when there are too many: without an open pattern if there is such. Null when empty.
  window_handle idle_longest() const;

  size_t size() const { return windows_.size(); }
  size_t with_pattern() const { return patterned_.size(); }

  template <class Visit>
  void for_each(Visit visit) const {
    for (const auto& [key, one] : windows_) visit(*one);
  }

 private:
  struct key_hash {
    size_t operator()(const pattern_key& key) const;
  };
  using line = tracked_window::line;

  line& line_of(const tracked_window& one) { return one.open == pattern_id{} ? plain_ : patterned_; }
  const line& nearer() const;

  std::chrono::milliseconds window_;
  std::chrono::milliseconds late_;
  std::unordered_map<pattern_key, window_handle, key_hash> windows_;
  line plain_;      // by the last sighting
  line patterned_;  // likewise, those with an open pattern
};

}  // namespace muster
