// Gathers notices, so that twenty things that happen at once are one message. Everything
// that a route takes of one tenant and family is a group: it waits a while for what belongs
// together, then keeps a distance between its messages, and reminds of what lasts. What is
// silenced stays unsaid; if it still lasts when the silence ends, it is told then.
#pragma once

#include "messages/notifications.hpp"

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace muster {

// Indices of the routes that take it, in their order.
std::vector<size_t> routes_for(const std::vector<notice_route>& routes, const notice& what);

struct notice_group_limits {
  size_t listed = 100;      // notices in one message; more are only counted
  size_t waiting = 1'000;   // of one group; more are only counted, and forgotten by a restart
  size_t lasting = 10'000;  // of one group; more are told, but there is no reminder of them
};

// What is to be told now, and what became of notices by that. Notices go by numbers of the caller's.
struct group_message {
  std::string group;
  std::vector<std::string> channels;
  std::vector<notice> notices;  // none if there is nothing to tell
  uint64_t count = 0;
  uint64_t open = 0;
  notice_severity severity = notice_severity::info;
  bool reminder = false;
  std::vector<uint64_t> told;  // they last, and were told
  std::vector<uint64_t> over;  // nothing more will become of them
  uint64_t silenced = 0;
};

class notice_groups {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  // Until when it is silenced, nothing if it is not.
  using silenced_until = std::function<std::optional<time_point>(const notice&)>;

  explicit notice_groups(notice_group_limits limits = {}) : limits_(limits) {}

  struct added {
    bool held = false;           // until it is in `told` or `over` of a message, or `over` of another notice
    std::vector<uint64_t> over;  // what it ended
  };
  added add(uint64_t number, const notice& what, const notice_route& by, time_point now);

  // It was told at that time, and lasts.
  void resume(uint64_t number, const notice& what, const notice_route& by, time_point told_at);

  std::optional<time_point> next_due() const;
  std::vector<group_message> take_due(time_point now, const silenced_until& silenced);

  // A silence has come to an end before its time.
  void look_again(time_point now);

  size_t waiting() const;
  size_t lasting() const;

 private:
  struct fresh_notice {
    uint64_t number;
    notice what;
    notice_severity severity;  // of what it resolves, else its own
  };
  enum class standing { waits, silenced, told };
  struct lasting_notice {
    uint64_t number;
    notice what;
    standing how;
  };
  struct group {
    notice_route route;
    std::deque<fresh_notice> fresh;
    uint64_t uncounted = 0;  // fresh ones beyond the limit
    notice_severity uncounted_severity = notice_severity::info;
    std::map<std::string, lasting_notice> lasting;  // by key
    std::optional<time_point> sent;                 // the last message
    std::optional<time_point> due;
  };

  group& group_of(const notice& what, const notice_route& by);
  group_message take(const std::string& name, group& from, time_point now, const silenced_until& silenced);
  void tell_fresh(group& from, const silenced_until& silenced, group_message& into);
  void tell_unsilenced(group& from, const silenced_until& silenced, group_message& into);
  void remind(group& from, const silenced_until& silenced, group_message& into);
  void list(const notice& what, notice_severity severity, group_message& into) const;
  void arm_again(group& of, time_point now, const silenced_until& silenced) const;

  notice_group_limits limits_;
  std::map<std::string, group> groups_;
};

}  // namespace muster
