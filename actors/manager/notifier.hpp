// The notifier tells people. It is given notices, decides by routes and silences who is
// told and when, and gives each channel its messages. What waits, what lasts and what is
// not delivered yet is in the ledger, so that a restart loses none of it; a message may come
// twice after a restart, which its id shows.
#pragma once

#include "actors/manager/channel.hpp"
#include "actors/manager/notice_groups.hpp"
#include "actors/manager/restored_notifications.hpp"
#include "actors/ports/journal.hpp"
#include "actors/ports/vault.hpp"

#include <caf/typed_response_promise.hpp>

#include <deque>
#include <memory>
#include <set>

namespace muster {

struct notifier_options {
  std::vector<channel_settings> channels;  // of the configuration file
  std::vector<notice_route> routes;        // the same
  notice_group_limits groups;
  channel_options channel;
  size_t kept_attempts = 200;  // of each channel
  size_t kept_ids = 10'000;    // of notices, by which repeats are dropped
  size_t most_channels = 100;
  size_t most_routes = 200;
  size_t most_silences = 1'000;
  std::chrono::milliseconds patience = std::chrono::seconds{15};  // for a test message
};

struct notifier_ports {
  ledger_actor ledger;
  courier_actor courier;
  std::shared_ptr<const vault> secrets;
  calendar utc_now;
  journal tell;
};

struct notifier_state {
  static inline const char* name = "muster.notifier";

  explicit notifier_state(notifier_actor::pointer actor) : self(actor) {}
  notifier_actor::behavior_type make_behavior(notifier_options options, notifier_ports ports,
                                              restored_notifications restored);

  // notifier.cpp
  void hear(notice& what);
  void note_attempt(delivery_attempted& news);
  void tell_due(uint64_t turn);

  // notifier_reload.cpp
  void configure(configure_notifications& fresh);

  // notifier_changes.cpp
  channel_list list() const;
  caf::result<channel_row> create(create_channel& request);
  caf::result<committed> remove(const delete_channel& request);
  caf::result<delivery_outcome> try_out(const test_channel& request);
  route_list routes() const;
  caf::result<route_list> write(write_routes& request);
  silence_list list_all_silences();
  caf::result<silence> create(create_silence& request);
  caf::result<committed> remove(const delete_silence& request);
  delivery_list deliveries(const list_deliveries& wanted) const;
  notification_counts count();

  notifier_actor::pointer self;

 private:
  using time_point = notice_groups::time_point;
  struct known_channel {
    uint64_t number = 0;  // 0: of the configuration file
    document<channel_settings> settings;
    channel_actor actor;
    uint64_t delivered = 0;
    uint64_t failed = 0;
    uint64_t given_up = 0;
    std::deque<delivery_row> attempts;  // the newest first
  };
  struct held_notice {
    notice what;
    utc_time told_at{};
    size_t groups = 0;  // that hold it
    size_t untold = 0;  // of these
  };

  // notifier.cpp
  void restore(restored_notifications& from);
  void add_channel(uint64_t number, channel_settings what);
  void resume(const kept_notice& what);
  bool is_repeat(const std::string& id);
  bool place(uint64_t number, held_notice& what, record_notifications& into);
  void drop(const std::vector<uint64_t>& numbers, record_notifications& into);
  void settle(const group_message& from, record_notifications& into);
  void deliver(const group_message& from, record_notifications& into);
  void send_out(const std::vector<delivery>& all);
  void log(known_channel& into, const delivery& what, std::string status, const delivery_outcome& how);
  void write_down(record_notifications what);
  void arm();
  uint64_t fresh_id();
  void gather_routes();
  notice_groups::silenced_until silencer();

  // notifier_reload.cpp
  void shadow(uint64_t number, channel_settings what);
  void set_channel(uint64_t number, const channel_settings& what);
  void leave_configuration(const std::string& called, record_notifications& into);
  void end_made(const std::string& called, uint64_t number);
  void end_actor(known_channel& of);

  // notifier_changes.cpp
  channel_row row_of(const std::string& called, const known_channel& from) const;
  std::string problem_of_routes(const std::vector<notice_route>& all) const;
  void end_channel(const std::string& called);
  void reroute();
  void drop_expired_silences();
  template <class Answer>
  caf::result<Answer> change(record_notifications what, std::function<Answer()> done,
                             std::function<void()> undo);

  notifier_options options_;
  notifier_ports ports_;
  std::map<std::string, known_channel> channels_;
  // Of operators, while the configuration file has one of their name.
  std::map<std::string, std::pair<uint64_t, channel_settings>> shadowed_;
  std::vector<notice_route> written_;
  std::vector<notice_route> routes_;  // in force: both kinds, or one that takes everything
  std::map<uint64_t, silence> silences_;
  notice_groups groups_;
  std::map<uint64_t, held_notice> held_;  // by number
  std::map<uint64_t, delivery> pending_;
  std::deque<std::string> ids_;  // of the last notices that came with one
  std::set<std::string> known_ids_;
  uint64_t last_notice_ = 0;
  uint64_t last_channel_ = 0;
  uint64_t last_silence_ = 0;
  uint64_t last_id_ = 0;
  uint64_t turn_ = 0;
  std::optional<time_point> armed_for_;
  notification_counts counts_;  // only what is counted since start
};

notifier_actor::behavior_type notifier(notifier_actor::stateful_pointer<notifier_state> self,
                                       notifier_options options, notifier_ports ports,
                                       restored_notifications restored);

}  // namespace muster
