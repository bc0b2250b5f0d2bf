// What the fleet listener serves: the routes of the agents' dialects, their
// credentials and their admission. Decides who may speak; actors decide the rest.
#pragma once

#include "runtime/crypto/tokens.hpp"
#include "runtime/http/router.hpp"
#include "runtime/ingress/ingress.hpp"
#include "runtime/wire/panguard.hpp"

namespace muster {

class fleet_door final : public http::service {
 public:
  // `operators` also serves here what only operators may see, if given.
  explicit fleet_door(ingress& host, http::service* operators = nullptr);

  std::optional<http::response> admit(http::request& head) override;
  void serve(http::request& full, http::reply to) override;
  http::response problem(unsigned status, std::string_view detail) override;

 private:
  using outcome = std::optional<http::response>;

  outcome enter(http::request& head);
  outcome check_registration(http::request& head);
  outcome check_agent(http::request& head, bool named_in_path);
  slot_table::entry* caller(const http::request& from);
  panguard::pace pace_of(agent_id id, dialect speaks, utc_time at) const;
  http::response problem(const caf::error& failed);

  void register_agent(http::request& from, http::reply to);
  void take_heartbeat(http::request& from, http::reply to);
  void take_events(http::request& from, http::reply to);
  void deregister(http::request& from, http::reply to);
  void show_policy(const http::request& from, http::reply to);
  void stream_policy(const http::request& from, http::reply to);
  http::response show_health();

  ingress& host_;
  http::service* operators_;
  http::router router_;
  token_hasher hasher_;
  listening_time started_;
};

}  // namespace muster
