// What the fleet listener serves under /v1/: the plexd dialect, its credentials and
// its admission. A node is known by its key alone; load is shed with 429 and 503,
// since a node that is told 401, 403 or 404 gives up.
#pragma once

#include "messages/node_reports.hpp"
#include "messages/steward.hpp"
#include "messages/work.hpp"
#include "runtime/crypto/tokens.hpp"
#include "runtime/http/router.hpp"
#include "runtime/ingress/ingress.hpp"
#include "runtime/wire/plexd.hpp"

#include <unordered_map>

namespace muster {

class plexd_door final : public http::service {
 public:
  explicit plexd_door(ingress& host);

  std::optional<http::response> admit(http::request& head) override;
  void serve(http::request& full, http::reply to) override;
  http::response problem(unsigned status, std::string_view detail) override;
  bool owns(const http::route* found) const { return router_.owns(found); }

 private:
  using outcome = std::optional<http::response>;

  outcome check_node(http::request& head);
  http::response problem(const caf::error& failed);
  // The caller's slot; answers 401 if it was removed while its body arrived.
  slot_table::entry* caller(const http::request& from, const http::reply& to);
  template <class Answer, class Handle, class Message, class Done>
  void ask(const Handle& whom, Message what, http::reply to, Done done);

  // plexd_door.cpp: what registers, beats and leaves
  void register_node(http::request& from, http::reply to);
  void welcome_node(const node_welcome& welcome, const http::reply& to);
  void take_heartbeat(http::request& from, http::reply to);
  void note_facts(agent_id id, const plexd::node_report& report);
  void deregister(http::request& from, http::reply to);
  void stream_events(const http::request& from, http::reply to);
  // plexd_state.cpp: what nodes shall be and have
  void show_state(const http::request& from, http::reply to);
  http::response state_answer(agent_id id, const node_state& state, const pending_actions& pending,
                              const std::string& known);
  void show_secret(const http::request& from, http::reply to);
  template <class News>
  void with_peers(News news, http::reply to, std::string (*write)(const std::vector<mesh_peer>&));
  // plexd_artifacts.cpp: programs that they fetch
  void send_artifact(const http::request& from, http::reply to);
  // plexd_reports.cpp: what they report
  using report_reader = reading<record_node_reports> (*)(std::string_view, agent_id, utc_time);
  void take_report(const http::request& from, const http::reply& to, report_reader how);
  void take_entries(const http::request& from, const http::reply& to);
  void take_tunnel(const http::request& from, const http::reply& to, bool ready);
  template <class Report>
  void keep(reading<Report> report, const http::reply& to, unsigned status);
  // plexd_routes.cpp: what nodes tell of themselves and of what they have seen
  void replace_key(http::request& from, http::reply to);
  void take_capabilities(http::request& from, http::reply to);
  void take_endpoint(http::request& from, http::reply to);
  void take_threats(http::request& from, http::reply to);
  void take_acknowledgement(http::request& from, http::reply to);
  void take_result(http::request& from, http::reply to);

  ingress& host_;
  http::router router_;
  token_hasher hasher_;
  std::unordered_map<uint64_t, size_t> facts_;  // what nodes said with their latest heartbeats, hashed
};

}  // namespace muster
