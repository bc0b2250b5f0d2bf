// What the operator listener serves: /operator/v1, metrics, probes, and what a
// dialect offers to its operators. Wants the operator's token, except from the
// owner's unix socket.
#pragma once

#include "runtime/http/router.hpp"
#include "runtime/ingress/ingress.hpp"
#include "runtime/ingress/operator_board.hpp"

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

  template <class Done>
  void with_details(const http::request& from, http::reply to, Done done);

  ingress& host_;
  std::shared_ptr<operator_board> board_;
  http::router router_;
};

}  // namespace muster
