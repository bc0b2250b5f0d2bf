// Executions that count as sent when the manager starts.
#include "runtime/manager/unsent_work.hpp"

#include "runtime/wire/plexd_work.hpp"

#include <boost/test/unit_test.hpp>

using namespace muster;

namespace {

execution_record execution(uint32_t slot, execution_status status) {
  execution_record out;
  out.run = 7;
  out.node = make_agent_id(0, slot, slot + 1);
  out.status = status;
  return out;
}

document<logged_event> logged(const std::string& type, const std::string& payload) {
  return document{logged_event{0, "north", 1, {}, {type, payload, {}}}};
}

restored_work three_sent() {
  restored_work out;
  out.runs.push_back({{},
                      {execution(1, execution_status::sent), execution(2, execution_status::sent),
                       execution(3, execution_status::running)}});
  return out;
}

std::vector<execution_status> statuses(const restored_work& of) {
  std::vector<execution_status> out;
  for (const auto& each : of.runs[0].executions) out.push_back(each.status);
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(unsent_work)

BOOST_AUTO_TEST_CASE(what_the_log_does_not_have_is_sent_again) {
  auto work = three_sent();
  const action_order order{execution_name(7, make_agent_id(0, 2, 3)), "backup", {}, {}, {}, {}};
  return_unsent(work,
                {logged("peer_added", "{}"), logged("action_request", plexd::work_writer{}.request(order))});
  BOOST_TEST((statuses(work)
              == std::vector{execution_status::queued, execution_status::sent, execution_status::running}));
}

BOOST_AUTO_TEST_CASE(a_request_counts_only_as_one) {
  auto work = three_sent();
  const auto named = R"({"execution_id":")" + execution_name(7, make_agent_id(0, 2, 3)) + R"("})";
  return_unsent(work, {logged("action_cancelled", named), logged("action_request", "[]")});
  BOOST_TEST((statuses(work)
              == std::vector{execution_status::queued, execution_status::queued, execution_status::running}));
}

BOOST_AUTO_TEST_SUITE_END()
