// What the operator listener serves: /operator/v1, metrics, probes, and what a
// dialect offers to its operators. Wants the operator's token, except from the
// owner's unix socket.
#pragma once

#include "messages/node_reports.hpp"
#include "messages/upgrades.hpp"
#include "runtime/http/router.hpp"
#include "runtime/ingress/ingress.hpp"
#include "runtime/ingress/operator_board.hpp"
#include "runtime/ingress/operator_routes.hpp"

namespace muster {

struct operator_context {
  std::shared_ptr<operator_board> board;
};

class operator_door final : public http::service {
 public:
  operator_door(ingress& host, operator_context context);

  std::optional<http::response> admit(http::request& head) override;
  void serve(http::request& full, http::reply to) override;
  http::response problem(unsigned status, std::string_view detail) override;

 private:
  http::response problem(const caf::error& failed);
  // Answers with `body`, or 304 if the caller has just that already.
  static void answer(const http::reply& to, const std::string& known, std::string body);

  void show_status(http::reply to);
  void list(const http::request& from, http::reply to);
  void show(const http::request& from, http::reply to);
  void remove(const http::request& from, http::reply to);
  void label(const http::request& from, http::reply to);
  void history(const http::request& from, http::reply to);
  void audit(const http::request& from, http::reply to);
  void threats(const http::request& from, http::reply to);
  void metrics(http::reply to);
  void ready(http::reply to);
  void panguard_list(const http::request& from, http::reply to);
  void panguard_show(const http::request& from, http::reply to);

  // pattern_routes.cpp
  void patterns(const http::request& from, http::reply to);
  void pattern_of(const http::request& from, http::reply to);
  void pattern_sightings(const http::request& from, http::reply to);
  void panguard_threats(const http::request& from, http::reply to);
  void panguard_summary(const http::request& from, http::reply to);
  void panguard_overview(http::reply to);
  // policy_routes.cpp
  void serve_policy(operator_route which, const http::request& from, http::reply to);
  void policies(const http::request& from, http::reply to);
  void policy_status(const http::request& from, http::reply to);
  void policy_effective(const http::request& from, http::reply to);
  void policy_history(const http::request& from, http::reply to);
  void policy_revision_of(const http::request& from, http::reply to);
  void policy_layer_of(const http::request& from, http::reply to);
  void policy_write(const http::request& from, http::reply to, bool removes);
  void policy_rollback(const http::request& from, http::reply to);
  void write_layer(write_policy request, http::reply to);
  void emergencies(const http::request& from, http::reply to);
  void revoke(const http::request& from, http::reply to);
  void panguard_policy(http::reply to);
  void panguard_policy_write(const http::request& from, http::reply to);
  // rollout_routes.cpp
  void rollouts(http::reply to);
  void rollout_of(const http::request& from, http::reply to);
  void rollout_start(const http::request& from, http::reply to);
  void rollout_move_of(const http::request& from, http::reply to);
  // run_routes.cpp
  void runs(const http::request& from, http::reply to);
  void run_of(const http::request& from, http::reply to);
  void run_start(const http::request& from, http::reply to);
  void run_cancel(const http::request& from, http::reply to);
  void executions(const http::request& from, http::reply to);
  void execution_of(const http::request& from, http::reply to);
  // state_routes.cpp
  void serve_state(operator_route which, const http::request& from, http::reply to);
  void state_history_of(const http::request& from, http::reply to);
  void state_layer_of(const http::request& from, http::reply to);
  void state_write(const http::request& from, http::reply to, bool removes);
  void node_state_of(const http::request& from, http::reply to);
  void secret_put(const http::request& from, http::reply to);
  void secret_revoke(const http::request& from, http::reply to);
  template <class Change>
  void send_state_change(Change request, http::reply to);
  void preview_state(const write_state& request, http::reply to);
  // report_routes.cpp
  void node_reports(const http::request& from, http::reply to);
  void node_values(const http::request& from, http::reply to, value_kind kind);
  // upgrade_routes.cpp
  void upgrades(const http::request& from, http::reply to);
  void upgrade_of(const http::request& from, http::reply to);
  void start_upgrade_of(start_upgrade request, const http::reply& to);
  void upgrade_start(const http::request& from, http::reply to);
  void upgrade_move_of(const http::request& from, http::reply to);
  // notification_routes.cpp
  void serve_notifications(operator_route which, const http::request& from, http::reply to);
  void channel_of(const http::request& from, http::reply to);
  void channel_create(const http::request& from, http::reply to);
  void notice_routes_write(const http::request& from, http::reply to);
  void silence_create(const http::request& from, http::reply to);
  void deliveries(const http::request& from, http::reply to);

  // artifact_routes.cpp
  void serve_artifacts(operator_route which, const http::request& from, http::reply to);
  void artifact_store(const http::request& from, http::reply to);
  void artifact_seal(const http::request& from, http::reply to);
  // scan_routes.cpp
  void serve_scans(operator_route which, const http::request& from, http::reply to);
  void registry_of(const http::request& from, http::reply to);
  void registry_make(const http::request& from, http::reply to);
  void registry_remove(const http::request& from, http::reply to);
  void sensor_key_make(const http::request& from, http::reply to);
  void sensor_key_revoke(const http::request& from, http::reply to);
  void sensors(const http::request& from, http::reply to);
  void sensor_of(const http::request& from, http::reply to);
  void sensor_remove(const http::request& from, http::reply to);
  void sensor_bind(const http::request& from, http::reply to);
  void scans(const http::request& from, http::reply to);
  void scan_of(const http::request& from, http::reply to);
  void scan_make(const http::request& from, http::reply to);
  void scan_cancel(const http::request& from, http::reply to);
  void scan_findings_of(const http::request& from, http::reply to);
  template <class Done>
  void with_sensor(std::string id, http::reply to, Done done);
  // schedule_routes.cpp
  void serve_schedules(operator_route which, const http::request& from, http::reply to);
  void schedules(const http::request& from, http::reply to);
  void schedule_of(const http::request& from, http::reply to);
  void schedule_make(const http::request& from, http::reply to);
  void schedule_move_of(const http::request& from, http::reply to);
  void schedule_remove(const http::request& from, http::reply to);
  // node_routes.cpp
  void serve_nodes(operator_route which, const http::request& from, http::reply to);
  void token_make(const http::request& from, http::reply to);
  void nodes(const http::request& from, http::reply to);
  void node(const http::request& from, http::reply to);
  void node_directives(const http::request& from, http::reply to);
  void binary_declare(const http::request& from, http::reply to);
  void signing_rotation(const http::request& from, http::reply to);

  // operator_asking.hpp
  template <class Answer, class Handle, class Message>
  void pass_on(const Handle& whom, Message what, http::reply to, std::string known,
               std::string (*write)(const Answer&));
  template <class Answer, class Handle, class Message, class Done>
  void ask(const Handle& whom, Message what, http::reply to, Done done);
  template <class Answer, class Handle, class Message, class Done>
  void change(const Handle& whom, Message what, http::reply to, Done done);
  template <class Handle, class Message>
  void change(const Handle& whom, Message what, http::reply to);
  void with_overview(http::reply to, std::function<void(const policy_overview&)> done);
  // Whom a change is recorded under, unless the operator said so.
  static std::string author(std::string given, const http::request& from);
  // The body as an object, or nothing after it was answered what is wrong with it.
  std::optional<json::object_reader> body_of(const http::request& from, const http::reply& to);
  // Takes over which revision of a layer If-Match and If-None-Match expect, or answers what is wrong.
  bool read_expected(const http::request& from, const http::reply& to, caf::optional<uint64_t>& into);
  template <class Done>
  void with_details(const http::request& from, http::reply to, Done done);

  ingress& host_;
  std::shared_ptr<operator_board> board_;
  http::router router_;
};

}  // namespace muster
