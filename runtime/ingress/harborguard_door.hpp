// What the fleet listener serves to HarborGuard sensors: their dialect, their keys, their
// admission. A key is a registry's or a tenant's and says nothing of which sensor shows it:
// that is in the request, or is the sensor that spoke last on the connection.
#pragma once

#include "messages/scan_work.hpp"
#include "runtime/crypto/tokens.hpp"
#include "runtime/http/router.hpp"
#include "runtime/ingress/ingress.hpp"

#include <functional>
#include <unordered_map>

namespace muster {

class harborguard_door final : public http::service {
 public:
  explicit harborguard_door(ingress& host);

  std::optional<http::response> admit(http::request& head) override;
  void serve(http::request& full, http::reply to) override;
  http::response problem(unsigned status, std::string_view detail) override;
  bool owns(const http::route* found) const { return router_.owns(found); }

 private:
  using outcome = std::optional<http::response>;
  using with_agent = std::function<void(agent_id)>;

  outcome check_key(http::request& head);
  http::response problem(const caf::error& failed);
  template <class Answer, class Handle, class Message, class Done>
  void ask(const Handle& whom, Message what, http::reply to, Done done);

  void register_sensor_of(http::request& from, http::reply to);
  void take_heartbeat(http::request& from, http::reply to);
  void offer_work(http::request& from, http::reply to);
  void take_status(http::request& from, http::reply to);
  void take_result(http::request& from, http::reply to);
  // Calls `then` with its agent, which it gets if it has none; answers if the key is not its own.
  void identify(const http::request& from, const std::string& id, const http::reply& to, with_agent then);
  // Any request is a sign of life.
  void note_life(agent_id agent, const std::string& peer, const heartbeat_report& report);
  // Who spoke last on this connection, which others may share; 0 if nobody has.
  agent_id speaker(const std::string& peer) const;

  ingress& host_;
  http::router router_;
  token_hasher hasher_;
  std::unordered_map<std::string, agent_id> speakers_;  // by peer address and port
};

}  // namespace muster
