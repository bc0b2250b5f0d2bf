// What Panguard's agents send: every form that is taken, and what is said of
// those that are not.
#include "runtime/wire/panguard.hpp"

#include "tests/runtime/json_text.hpp"

using namespace muster;
using muster::test::parsed;

namespace {

constexpr agent_id reporter = make_agent_id(0, 0, 1);

reading<host_facts> registration(const std::string& text) {
  const parsed body{text};
  BOOST_REQUIRE(body.ok);
  return panguard::read_registration(body.root());
}
reading<heartbeat_report> report(const std::string& text) {
  const parsed body{text};
  BOOST_REQUIRE(body.ok);
  return panguard::read_report(body.root());
}
reading<std::vector<threat>> threats(const std::string& text) {
  const parsed body{text};
  BOOST_REQUIRE(body.ok);
  return panguard::read_threats(body.root(), reporter);
}
threat only_threat(const std::string& text) {
  auto read = threats(text);
  BOOST_REQUIRE_MESSAGE(read.value, read.problem);
  BOOST_REQUIRE(read.value->size() == 1u);
  return read.value->front();
}

const std::string real_event =
  R"({"event":{"id":"e1","timestamp":"2026-01-01T00:00:00.000Z","source":"llm_input","severity":"high",)"
  R"("category":"prompt_injection","description":"..","raw":{},"host":"h1","metadata":{"sourceIP":"203.0.113.9"}},)"
  R"("verdict":{"conclusion":"suspicious","confidence":45,"action":"log_only"}})";

}  // namespace

BOOST_AUTO_TEST_SUITE(panguard_registration)

BOOST_AUTO_TEST_CASE(a_real_agent_is_read) {
  const auto read =
    registration(R"({"hostname":"vm","os":"Linux 6.1.0","arch":"x64","version":"1.0.0","ip":"10.0.0.5"})");
  BOOST_REQUIRE(read.value);
  BOOST_TEST((*read.value == host_facts{"vm", "", "Linux 6.1.0", "x64", "1.0.0", "10.0.0.5", "", ""}));
}

BOOST_AUTO_TEST_CASE(optional_facts_may_come_under_either_name_or_not_at_all) {
  const std::string needed = R"("hostname":"vm","os":"o","arch":"a","version":"1")";
  BOOST_TEST(registration("{" + needed + "}").value->machine_id == "");
  BOOST_TEST(registration("{" + needed + R"(,"organizationId":"acme"})").value->organization == "acme");
  BOOST_TEST(registration("{" + needed + R"(,"machineId":"m"})").value->machine_id == "m");
  BOOST_TEST(registration("{" + needed + R"(,"machine_id":"m"})").value->machine_id == "m");
  BOOST_TEST(registration("{" + needed + R"(,"machineId":"a","machine_id":"b"})").value->machine_id == "a");
  BOOST_TEST(registration("{" + needed + R"(,"organizationId":null,"ip":null,"extra":[1,{}]})").value->address
             == "");
}

BOOST_AUTO_TEST_CASE(each_required_fact_is_asked_for_by_name) {
  const std::vector<std::pair<std::string, std::string>> facts{
    {"hostname", "vm"}, {"os", "o"}, {"arch", "a"}, {"version", "1"}};
  for (const auto& [missing, unused] : facts) {
    std::string without = "{", emptied = "{", mistyped = "{";
    for (const auto& [name, value] : facts) {
      const auto whole = "\"" + name + "\":\"" + value + "\",";
      if (name != missing) without += whole;
      emptied += name == missing ? "\"" + name + "\":\"\"," : whole;
      mistyped += name == missing ? "\"" + name + "\":7," : whole;
    }
    const std::string end = "\"x\":0}";
    BOOST_TEST(registration(without + end).problem == "$." + missing + ": is missing");
    BOOST_TEST(registration(emptied + end).problem == "$." + missing + ": must not be empty");
    BOOST_TEST(registration(mistyped + end).problem == "$." + missing + ": expected a string, got a number");
  }
}

BOOST_AUTO_TEST_CASE(facts_are_bounded_and_free_of_control_characters) {
  auto host = [](const std::string& name) {
    return registration(R"({"hostname":")" + name + R"(","os":"o","arch":"a","version":"1"})");
  };
  BOOST_TEST(host(std::string(256, 'x')).value.has_value());
  BOOST_TEST(host(std::string(257, 'x')).problem == "$.hostname: longer than 256 bytes");
  BOOST_TEST(host("a\\u0000b").problem == "$.hostname: has a control character");
  BOOST_TEST(host("a\\nb").problem == "$.hostname: has a control character");
  BOOST_TEST(registration("[]").problem == "$: expected an object, got an array");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(panguard_report)

BOOST_AUTO_TEST_CASE(a_real_agents_report_counts_uptime_in_milliseconds) {
  const auto read =
    report(R"({"eventsProcessed":2,"threatsDetected":0,"actionsExecuted":1,"mode":"learning","uptime":60002,)"
           R"("memoryUsageMB":38.5})");
  BOOST_REQUIRE(read.value);
  heartbeat_report wanted;
  wanted.events_processed = 2;
  wanted.threats_detected = 0;
  wanted.actions_executed = 1;
  wanted.mode = "learning";
  wanted.uptime_milliseconds = 60'002;
  wanted.memory_megabytes = 38.5;
  BOOST_TEST((*read.value == wanted));
}

BOOST_AUTO_TEST_CASE(a_documented_agents_report_counts_uptime_in_seconds) {
  const auto read = report(R"({"cpu":12.5,"memory":40,"eventsProcessed":7,"uptime":60.5})");
  BOOST_REQUIRE(read.value);
  heartbeat_report wanted;
  wanted.cpu_percent = 12.5;
  wanted.memory_percent = 40;
  wanted.events_processed = 7;
  wanted.uptime_milliseconds = 60'500;
  BOOST_TEST((*read.value == wanted));
}

BOOST_AUTO_TEST_CASE(other_names_and_absent_members_are_fine) {
  const auto read = report(R"({"cpuUsage":1,"memUsage":2,"timestamp":"x","activeMonitors":[],"mode":null})");
  BOOST_REQUIRE(read.value);
  BOOST_TEST(*read.value->cpu_percent == 1);
  BOOST_TEST(*read.value->memory_percent == 2);
  BOOST_TEST(!read.value->uptime_milliseconds);
  BOOST_TEST((report("{}").value == heartbeat_report{}));
}

BOOST_AUTO_TEST_CASE(wrong_types_and_ranges_are_named) {
  for (const char* name : {"cpu", "cpuUsage", "memory", "memUsage", "memoryUsageMB", "eventsProcessed",
                           "threatsDetected", "actionsExecuted", "uptime"}) {
    const std::string field{name};
    BOOST_TEST(report("{\"" + field + "\":\"5\"}").problem
               == "$." + field + ": expected a number, got a string");
    BOOST_TEST(report("{\"" + field + "\":-1}").problem.starts_with("$." + field + ": must be from 0"));
    BOOST_TEST(report("{\"" + field + "\":1e300}").problem.starts_with("$." + field + ": must be from 0"));
    BOOST_TEST(!report("{\"" + field + "\":true}").value);
  }
  BOOST_TEST(report(R"({"mode":1})").problem == "$.mode: expected a string, got a number");
  BOOST_TEST(report("{\"mode\":\"" + std::string(33, 'x') + "\"}").problem == "$.mode: longer than 32 bytes");
  BOOST_TEST(report("7").problem == "$: expected an object, got a number");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(panguard_threats)

BOOST_AUTO_TEST_CASE(a_real_agents_event_and_verdict_are_read) {
  const auto read = only_threat(real_event);
  BOOST_TEST(read.event_id == "e1");
  BOOST_TEST(read.severity == "high");
  BOOST_TEST(read.category == "prompt_injection");
  BOOST_TEST(read.conclusion == "suspicious");
  BOOST_TEST(read.action == "log_only");
  BOOST_TEST(*read.confidence == 45);
  BOOST_TEST(read.event == real_event);
}

BOOST_AUTO_TEST_CASE(what_events_show_is_read_in_every_form) {
  const std::vector expected{sighting{"source_ip", "203.0.113.9", ""}};
  BOOST_TEST((only_threat(real_event).sightings == expected));
  BOOST_TEST((only_threat(R"({"threat":{"src_ip":"203.0.113.9"}})").sightings == expected));
  BOOST_TEST((only_threat(R"({"threat":)" + real_event + "}").sightings == expected));
  for (const std::string list : {"threats", "events"}) {
    const auto read = threats(R"({")" + list + R"(":[{"id":1},)" + real_event + R"(,{"src_ip":7}]})");
    BOOST_REQUIRE_MESSAGE(read.value, read.problem);
    BOOST_TEST((*read.value)[0].sightings.empty());
    BOOST_TEST(((*read.value)[1].sightings == expected));
    BOOST_TEST((*read.value)[2].sightings.empty());
  }
}

BOOST_AUTO_TEST_CASE(operators_say_what_else_events_show) {
  const parsed body{R"({"events":[{"user":"jane","src_ip":"10.0.0.1"}]})"};
  const sighting_reader reader{{{{"account", "/user"}}, {*parse_network_range("10.0.0.0/8")}}};
  const auto read = panguard::read_threats(body.root(), reporter, reader);
  BOOST_REQUIRE(read.value);
  BOOST_TEST((read.value->at(0).sightings == std::vector{sighting{"account", "jane", ""}}));
}

BOOST_AUTO_TEST_CASE(lists_of_events_and_of_threats_keep_their_order) {
  for (const std::string list : {"threats", "events"}) {
    const auto read = threats(R"({")" + list + R"(":[)" + real_event + R"(, {"id": "e2", "type": "scan"}]})");
    BOOST_REQUIRE_MESSAGE(read.value, read.problem);
    BOOST_REQUIRE(read.value->size() == 2u);
    BOOST_TEST((*read.value)[0].event_id == "e1");
    BOOST_TEST((*read.value)[1].event_id == "e2");
    BOOST_TEST((*read.value)[1].category == "scan");
    BOOST_TEST((*read.value)[1].event == R"({"id":"e2","type":"scan"})");
    BOOST_TEST(threats(R"({")" + list + R"(":[]})").value->empty());
  }
}

BOOST_AUTO_TEST_CASE(the_form_of_the_product_page_is_read) {
  const auto read = only_threat(
    R"({"agentId":"ag-0000000000000001","threat":{"id":"t1","severity":"critical","type":"malware",)"
    R"("conclusion":"malicious","confidence":99.5},"response":{"action":"quarantine"},"timestamp":"now"})");
  BOOST_TEST(read.event_id == "t1");
  BOOST_TEST(read.severity == "critical");
  BOOST_TEST(read.category == "malware");
  BOOST_TEST(read.conclusion == "malicious");
  BOOST_TEST(*read.confidence == 99.5);
  BOOST_TEST(read.action == "quarantine");
  BOOST_TEST(only_threat(R"({"threat":{},"response":"blocked"})").action == "blocked");
}

BOOST_AUTO_TEST_CASE(an_id_may_be_a_number_or_stand_beside_the_event) {
  BOOST_TEST(only_threat(R"({"event":{"id":17}})").event_id == "17");
  BOOST_TEST(only_threat(R"({"event":{},"id":"outer"})").event_id == "outer");
  BOOST_TEST(only_threat(R"({"event":{"id":"inner"},"id":"outer"})").event_id == "inner");
  BOOST_TEST(only_threat(R"({"event":{}})").event_id == "");
}

BOOST_AUTO_TEST_CASE(somebody_elses_id_is_refused) {
  BOOST_TEST(threats(R"({"agentId":"ag-0000000000000002","threat":{}})").problem
             == "$.agentId: is not the agent of this path");
  BOOST_TEST(threats(R"({"agentId":5,"threat":{}})").problem == "$.agentId: expected a string, got a number");
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_named_with_its_place) {
  const std::vector<std::pair<std::string, std::string>> wrong{
    {"{}", "$: expected 'event', 'threat', 'threats' or 'events'"},
    {"[]", "$: expected an object, got an array"},
    {R"({"threats":{}})", "$.threats: expected an array, got an object"},
    {R"({"event":5})", "$.event: expected an object, got a number"},
    {R"({"event":{},"verdict":"bad"})", "$.verdict: expected an object, got a string"},
    {R"({"event":{},"verdict":{"confidence":101}})", "$.verdict.confidence: must be from 0 to 100"},
    {R"({"event":{"severity":[]}})", "$.event.severity: expected a string, got an array"},
    {R"({"event":{"id":1.5}})", "$.event.id: expected a string, got a number"},
    {R"({"event":{},"response":[]})", "$.response: expected an object, got an array"},
    {R"({"event":{},"response":{"action":1}})", "$.response.action: expected a string, got a number"},
    {R"({"events":[{},7]})", "$.events[1]: expected an object, got a number"},
    {R"({"threats":[{},{},{"event":{"id":"a\nb"}}]})", "$.threats[2].event.id: has a control character"},
    {R"({"threats":[{"event":{"category":true}}]})",
     "$.threats[0].event.category: expected a string, got a boolean"},
  };
  for (const auto& [text, problem] : wrong) {
    BOOST_TEST(threats(text).problem == problem);
    BOOST_TEST(!threats(text).value);
  }
}

BOOST_AUTO_TEST_CASE(a_report_has_a_limit) {
  auto report_of = [](size_t count) {
    std::string text = R"({"events":[{})";
    for (size_t i = 1; i < count; ++i) text += ",{}";
    return text + "]}";
  };
  BOOST_TEST(threats(report_of(10'000)).value->size() == 10'000u);
  BOOST_TEST(threats(report_of(10'001)).problem == "$.events: more than 10000 elements");
}

BOOST_AUTO_TEST_SUITE_END()
