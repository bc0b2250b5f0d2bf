// The plexd dialect: what nodes report for operators to look at.
#include "runtime/wire/plexd_reports.hpp"

#include "runtime/ingress/plexd_asking.hpp"

namespace muster {

void plexd_door::take_report(const http::request& from, const http::reply& to, report_reader how) {
  keep(how(from.body, from.caller, host_.utc_now()), to, 202);
}

void plexd_door::take_entries(const http::request& from, const http::reply& to) {
  keep(plexd::read_entries(from.body, from.caller, host_.utc_now()), to, 202);
}

void plexd_door::take_tunnel(const http::request& from, const http::reply& to, bool ready) {
  const auto how = ready ? plexd::read_tunnel_ready : plexd::read_tunnel_closed;
  keep(how(from.body, from.caller, from.parameters[1], host_.utc_now()), to, 200);
}

template <class Report>
void plexd_door::keep(reading<Report> report, const http::reply& to, unsigned status) {
  if (!report.value) return to(problem(400, report.problem));
  ask<committed>(host_.ports().ledger, std::move(*report.value), to,
                 [status](const committed&) { return http::answer_with("{}", status); });
}

}  // namespace muster
