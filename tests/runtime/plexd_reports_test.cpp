// What nodes report, in every form that is taken, and what is said of the others.
#include "runtime/wire/plexd_reports.hpp"

#include "runtime/wire/timestamp.hpp"
#include "tests/runtime/json_text.hpp"

using namespace muster;
using namespace std::chrono_literals;
using muster::test::strict;

namespace {

constexpr agent_id node = make_agent_id(0, 3, 4);
const utc_time now = *parse_rfc3339("2026-01-02T12:00:00Z");
const std::string zero_time = R"("0001-01-01T00:00:00Z")";
const std::string in_time = R"("2026-01-02T12:10:00.000Z")";
const std::string ahead = R"("2026-01-02T12:10:00.001Z")";

using reader = plexd::report_reading (*)(std::string_view, agent_id, utc_time);

record_node_reports must(plexd::report_reading read) {
  BOOST_REQUIRE_MESSAGE(read.value, read.problem);
  BOOST_TEST((read.value->id == node));
  BOOST_TEST((read.value->at == now));
  return std::move(*read.value);
}
std::string items(reader read, const std::string& body) {
  std::string out;
  for (const auto& each : must(read(body, node, now)).items) out += each + " ";
  return out;
}
std::string problem(reader read, const std::string& body) {
  const auto out = read(body, node, now);
  BOOST_TEST(!out.value.has_value());
  return out.problem;
}
std::string many(size_t count, const std::string& item) {
  std::string out = "[";
  for (size_t i = 0; i < count; ++i) out += (i > 0 ? "," : "") + item;
  return out + "]";
}
plexd::report_reading ready(std::string_view body, agent_id of, utc_time at) {
  return plexd::read_tunnel_ready(body, of, "s\"1", at);
}
plexd::report_reading closed(std::string_view body, agent_id of, utc_time at) {
  return plexd::read_tunnel_closed(body, of, "s1", at);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(plexd_reports)

// --- what all have in common -------------------------------------------------

BOOST_AUTO_TEST_CASE(empty_objects_and_zero_times_are_reports) {
  for (const auto read :
       {reader{plexd::read_drift}, reader{plexd::read_violation}, reader{plexd::read_recovery}}) {
    BOOST_TEST(items(read, "{}") == "{} ");
    BOOST_TEST(items(read, R"({"timestamp":)" + zero_time + "}") == R"({"timestamp":)" + zero_time + "} ");
    BOOST_TEST(items(read, R"({"timestamp":null})") == R"({"timestamp":null} )");
    BOOST_TEST(items(read, R"({"timestamp":""})") == R"({"timestamp":""} )");
  }
  for (const auto read : {reader{plexd::read_metrics}, reader{plexd::read_logs}, reader{plexd::read_audit}}) {
    BOOST_TEST(items(read, "[]") == "");
    BOOST_TEST(items(read, "[{}, {}]") == "{} {} ");
    BOOST_TEST(items(read, R"([{"timestamp":)" + zero_time + "}]") == R"({"timestamp":)" + zero_time + "} ");
  }
}

BOOST_AUTO_TEST_CASE(times_may_be_ten_minutes_ahead_and_no_more) {
  for (const auto read : {reader{plexd::read_drift}, reader{plexd::read_violation},
                          reader{plexd::read_recovery}, reader{ready}, reader{closed}}) {
    must(read(R"({"timestamp":)" + in_time + "}", node, now));
    BOOST_TEST(problem(read, R"({"timestamp":)" + ahead + "}")
               == "$.timestamp: is more than 10 minutes ahead of the manager's clock");
    BOOST_TEST(problem(read, R"({"timestamp":"soon"})") == "$.timestamp: must be an RFC 3339 time");
    BOOST_TEST(problem(read, R"({"timestamp":7})") == "$.timestamp: expected a string, got a number");
  }
  for (const auto read : {reader{plexd::read_metrics}, reader{plexd::read_logs}, reader{plexd::read_audit}}) {
    must(read(R"([{"timestamp":)" + in_time + "}]", node, now));
    BOOST_TEST(problem(read, R"([{},{"timestamp":)" + ahead + "}]")
               == "$[1].timestamp: is more than 10 minutes ahead of the manager's clock");
  }
}

BOOST_AUTO_TEST_CASE(what_is_not_json_or_of_another_kind_is_refused) {
  for (const auto read : {reader{plexd::read_drift}, reader{plexd::read_violation},
                          reader{plexd::read_recovery}, reader{ready}, reader{closed}}) {
    BOOST_TEST(problem(read, "") == "$: not valid JSON");
    BOOST_TEST(problem(read, R"({"a":)") == "$: not valid JSON");
    BOOST_TEST(problem(read, "[]") == "$: expected an object, got an array");
  }
  BOOST_TEST(problem(plexd::read_metrics, "{}") == "$: expected an array, got an object");
  BOOST_TEST(problem(plexd::read_metrics, "") == "$: not valid JSON");
  for (const auto read : {reader{plexd::read_metrics}, reader{plexd::read_logs}, reader{plexd::read_audit}}) {
    BOOST_TEST(problem(read, "[{}") == "$: not valid JSON");
    BOOST_TEST(problem(read, "[{},7]") == "$[1]: expected an object, got a number");
  }
}

BOOST_AUTO_TEST_CASE(there_are_only_so_many_items_in_a_request) {
  const auto bounded = [](reader read, size_t limit) {
    BOOST_TEST(must(read(many(limit, "{}"), node, now)).items.size() == limit);
    BOOST_TEST(problem(read, many(limit + 1, "{}")) == "$: more than " + std::to_string(limit) + " items");
  };
  bounded(plexd::read_metrics, 1'000);
  bounded(plexd::read_logs, 2'000);
  bounded(plexd::read_audit, 5'000);
}

BOOST_AUTO_TEST_CASE(members_that_are_not_known_are_kept) {
  BOOST_TEST(items(plexd::read_drift, R"({ "more" : {"a":[1, 2.5, -1, "\n"]} })")
             == R"({"more":{"a":[1,2.5,-1,"\n"]}} )");
}

// --- each kind ---------------------------------------------------------------

BOOST_AUTO_TEST_CASE(drift_is_read) {
  const std::string body =
    R"({"timestamp":"2026-01-02T11:59:59.123456789Z","corrections":[{"type":"peer_added","detail":"peer n_1"}]})";
  const auto read = must(plexd::read_drift(body, node, now));
  BOOST_TEST((read.kind == report_kind::drift));
  BOOST_TEST(read.items.at(0) == body);
  BOOST_TEST(items(plexd::read_drift, R"({"corrections":null})") == R"({"corrections":null} )");
  BOOST_TEST(problem(plexd::read_drift, R"({"corrections":{}})")
             == "$.corrections: expected an array, got an object");
  BOOST_TEST(problem(plexd::read_drift, R"({"corrections":[{},7]})")
             == "$.corrections[1]: expected an object, got a number");
  BOOST_TEST(problem(plexd::read_drift, R"({"corrections":[{"type":1}]})")
             == "$.corrections[0].type: expected a string, got a number");
  BOOST_TEST(problem(plexd::read_drift, R"({"corrections":)" + many(10'001, "{}") + "}")
             == "$.corrections: more than 10000 elements");
}

BOOST_AUTO_TEST_CASE(violation_is_read) {
  const auto read = must(plexd::read_violation(
    R"({"type":"hook","path":"/etc/x","expected_checksum":"aa","actual_checksum":"bb","detail":"","timestamp":"2026-01-02T11:00:00Z"})",
    node, now));
  BOOST_TEST((read.kind == report_kind::violations));
  for (const auto* member : {"type", "path", "expected_checksum", "actual_checksum", "detail"})
    BOOST_TEST(problem(plexd::read_violation, std::string{R"({")"} + member + R"(":[]})")
               == std::string{"$."} + member + ": expected a string, got an array");
}

BOOST_AUTO_TEST_CASE(recovery_is_read) {
  const auto read = must(plexd::read_recovery(R"({"step":"restart","outcome":"ok","level":2})", node, now));
  BOOST_TEST((read.kind == report_kind::recovery));
  BOOST_TEST(problem(plexd::read_recovery, R"({"step":2})") == "$.step: expected a string, got a number");
}

BOOST_AUTO_TEST_CASE(latest_metrics_are_told_apart_by_group_and_peer) {
  const auto read =
    must(plexd::read_metrics(R"([{"group":"system","data":{"cpu_usage_percent":1}},)"
                             R"({"group":"latency","peer_id":"n_1","data":{"rtt_nano":5}},)"
                             R"({"group":"latency","data":{"peer_id":"n_2","rtt_nano":-1}},)"
                             R"({"group":"latency","peer_id":"n_1","data":{"rtt_nano":-1}},{"data":null}])",
                             node, now));
  BOOST_TEST((read.kind == report_kind::metrics));
  BOOST_TEST(read.items.size() == 5u);
  std::string latest;
  for (const auto& each : read.latest) {
    BOOST_TEST((each.at == now));
    latest += each.name + "=" + each.json + "\n";
  }
  BOOST_TEST(latest
             == "={\"data\":null}\n"
                "latency n_1={\"group\":\"latency\",\"peer_id\":\"n_1\",\"data\":{\"rtt_nano\":-1}}\n"
                "latency n_2={\"group\":\"latency\",\"data\":{\"peer_id\":\"n_2\",\"rtt_nano\":-1}}\n"
                "system={\"group\":\"system\",\"data\":{\"cpu_usage_percent\":1}}\n");
  BOOST_TEST(problem(plexd::read_metrics, R"([{"group":1}])")
             == "$[0].group: expected a string, got a number");
  BOOST_TEST(problem(plexd::read_metrics, R"([{"data":[]}])")
             == "$[0].data: expected an object, got an array");
  BOOST_TEST(problem(plexd::read_metrics, R"([{"peer_id":")" + std::string(257, 'x') + "\"}]")
             == "$[0].peer_id: longer than 256 bytes");
}

BOOST_AUTO_TEST_CASE(logs_are_read_as_an_array_and_as_lines) {
  const std::string one =
    R"({"timestamp":"2026-01-02T11:00:00Z","source":"journald","unit":"ssh","message":"a\tb\u0001","severity":"err","hostname":"h"})";
  BOOST_TEST(items(plexd::read_logs, "[" + one + ",{}]") == one + " {} ");
  BOOST_TEST(items(plexd::read_logs, one + "\n\r\n \n{}\r\n") == one + " {} ");
  BOOST_TEST(items(plexd::read_logs, one) == one + " ");
  BOOST_TEST(items(plexd::read_logs, "") == "");
  BOOST_TEST((must(plexd::read_logs("{}", node, now)).kind == report_kind::logs));
  BOOST_TEST(problem(plexd::read_logs, "{}\n{\"a\":\n}") == "line 2: not valid JSON");
  BOOST_TEST(problem(plexd::read_logs, "{}\n\n7\n") == "line 3: expected an object, got a number");
  BOOST_TEST(problem(plexd::read_logs, R"({"message":{}})")
             == "line 1.message: expected a string, got an object");
  BOOST_TEST(problem(plexd::read_logs, R"({"timestamp":)" + ahead + "}")
             == "line 1.timestamp: is more than 10 minutes ahead of the manager's clock");
  std::string lines;
  for (int i = 0; i < 2'001; ++i) lines += "{}\n";
  BOOST_TEST(problem(plexd::read_logs, lines) == "line 2001: more than 2000 items");
}

BOOST_AUTO_TEST_CASE(audit_is_read_whatever_its_subject_is) {
  const std::string auditd =
    R"({"source":"auditd","event_type":"SYSCALL","subject":{"uid":0,"gid":0,"pid":7},"object":"/etc/x","action":"open","result":"success","hostname":"h","raw":"a\nb"})";
  const std::string kubernetes =
    R"({"source":"k8s-audit","subject":{"user":"ann"},"object":{"kind":"Pod"},"result":"failure","raw":{"a":1}})";
  BOOST_TEST(items(plexd::read_audit, "[" + auditd + "," + kubernetes + "]")
             == auditd + " " + kubernetes + " ");
  BOOST_TEST(items(plexd::read_audit, auditd + "\n" + kubernetes) == auditd + " " + kubernetes + " ");
  BOOST_TEST((must(plexd::read_audit("{}", node, now)).kind == report_kind::audit));
  BOOST_TEST(problem(plexd::read_audit, R"([{"result":true}])")
             == "$[0].result: expected a string, got a boolean");
}

BOOST_AUTO_TEST_CASE(tunnels_are_noted_with_their_session) {
  const auto opened = must(ready(R"({"listen_addr":"10.100.0.7:2222"})", node, now));
  BOOST_TEST((opened.kind == report_kind::tunnels));
  const auto item = strict(opened.items.at(0));
  BOOST_TEST(std::string{item.at("session_id").as_string()} == "s\"1");
  BOOST_TEST(std::string{item.at("event").as_string()} == "ready");
  BOOST_TEST(std::string{item.at("report").at("listen_addr").as_string()} == "10.100.0.7:2222");
  BOOST_TEST(items(closed, R"({"reason":"expired","duration":"30m0s"})")
             == R"({"session_id":"s1","event":"closed","report":{"reason":"expired","duration":"30m0s"}} )");
  BOOST_TEST(items(closed, "{}") == R"({"session_id":"s1","event":"closed","report":{}} )");
  BOOST_TEST(problem(closed, R"({"duration":"long"})") == "$.duration: must be a span like 2.34s or 1m15s");
  BOOST_TEST(problem(ready, R"({"listen_addr":1})") == "$.listen_addr: expected a string, got a number");
}

// --- entries -----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(entries_are_read) {
  const auto read = plexd::read_entries(
    R"({"entries":[{"key":"health","content_type":"application/json","payload":{"ok":true},"version":1,"updated_at":"2026-01-02T11:00:00Z"},)"
    R"({"key":"a","payload":null},{"key":"health","version":2}],"deleted":["old","older"]})",
    node, now);
  BOOST_REQUIRE_MESSAGE(read.value, read.problem);
  BOOST_TEST((read.value->id == node));
  BOOST_TEST((read.value->entries
              == std::vector<node_value>{{"a", now, R"({"key":"a","payload":null})"},
                                         {"health", now, R"({"key":"health","version":2})"}}));
  BOOST_TEST((read.value->deleted == std::vector<std::string>{"old", "older"}));
}

BOOST_AUTO_TEST_CASE(empty_lists_of_entries_may_be_null) {
  for (const auto* body : {"{}", R"({"entries":null,"deleted":null})", R"({"entries":[],"deleted":[]})"}) {
    const auto read = plexd::read_entries(body, node, now);
    BOOST_REQUIRE_MESSAGE(read.value, read.problem);
    BOOST_TEST(read.value->entries.empty());
    BOOST_TEST(read.value->deleted.empty());
  }
}

BOOST_AUTO_TEST_CASE(other_entries_are_refused) {
  const auto why = [](const std::string& body) {
    const auto read = plexd::read_entries(body, node, now);
    BOOST_TEST(!read.value.has_value());
    return read.problem;
  };
  BOOST_TEST(why("") == "$: not valid JSON");
  BOOST_TEST(why("[]") == "$: expected an object, got an array");
  BOOST_TEST(why(R"({"entries":{}})") == "$.entries: expected an array, got an object");
  BOOST_TEST(why(R"({"entries":[{"key":"a"},{}]})") == "$.entries[1].key: is missing");
  BOOST_TEST(why(R"({"entries":[7]})") == "$.entries[0]: expected an object, got a number");
  BOOST_TEST(why(R"({"entries":[{"key":"a\n"}]})") == "$.entries[0].key: has a control character");
  BOOST_TEST(why(R"({"entries":[{"key":")" + std::string(257, 'k') + R"("}]})")
             == "$.entries[0].key: longer than 256 bytes");
  BOOST_TEST(
    why(R"({"entries":[{"key":"a","version":"1"}]})").starts_with("$.entries[0].version: expected a number"));
  BOOST_TEST(why(R"({"entries":[{"key":"a","updated_at":)" + ahead + "}]}")
             == "$.entries[0].updated_at: is more than 10 minutes ahead of the manager's clock");
  BOOST_TEST(why(R"({"deleted":[7]})") == "$.deleted[0]: expected a string, got a number");
  BOOST_TEST(why(R"({"entries":)" + many(1'001, R"({"key":"a"})") + "}")
             == "$.entries: more than 1000 elements");
}

BOOST_AUTO_TEST_SUITE_END()
