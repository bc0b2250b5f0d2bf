// What operators read: valid JSON whatever strangers have called their hosts.
#include "runtime/wire/operator_api.hpp"

#include "runtime/wire/names.hpp"
#include "tests/runtime/json_text.hpp"

using namespace muster;
using namespace std::chrono_literals;
using muster::test::hostile_texts;
using muster::test::strict;

namespace {

constexpr utc_time noon{std::chrono::milliseconds{1'700'000'000'000}};
constexpr agent_id id = make_agent_id(0, 10, 0xabc);

bool is(const boost::json::value& value, std::string_view wanted) {
  return value.is_string() && std::string_view{value.as_string()} == wanted;
}

agent_row row_of(const std::string& text) {
  agent_row row;
  row.id = id;
  row.hostname = row.organization = row.machine_id = row.tenant = text;
  row.labels = {{text, text}, {text + "2", ""}};
  row.last_seen = noon;
  return row;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(operator_api_suite)

BOOST_AUTO_TEST_CASE(the_status_counts_everything_once) {
  fleet_counts counts;
  counts.by_status = {1, 2, 3, 4};
  counts.by_dialect = {5, 6, 7};
  counts.contested = 8;
  counts.deaf = 1500ms;
  counts.flapping = 9;
  counts.held = 10;
  counts.disruptions_begun = 11;
  counts.disruptions = {{"tenant \"x\"", noon, 800, 500, 499}, {"fleet", noon, 1, 2, 3}};
  operator_api::status_facts facts{4711, noon, noon + 90s, "127.0.0.1:8080", "unix:\"x\"", 2, 4096, 8192};
  const auto answer = strict(operator_api::write_status(counts, facts));
  BOOST_TEST(is(answer.at("version"), MUSTER_VERSION));
  BOOST_TEST(is(answer.at("started_at"), "2023-11-14T22:13:20.000Z"));
  BOOST_TEST(answer.at("pid").as_int64() == 4711);
  BOOST_TEST(answer.at("uptime_seconds").to_number<double>() == 90);
  BOOST_TEST(answer.at("fleet").at("total").as_int64() == 10);
  BOOST_TEST(answer.at("fleet").at("offline").as_int64() == 3);
  BOOST_TEST(answer.at("fleet").at("by_dialect").at("plexd").as_int64() == 7);
  BOOST_TEST(answer.at("since_start").at("deaf_seconds").to_number<double>() == 1.5);
  BOOST_TEST(answer.at("fleet").at("flapping").as_int64() == 9);
  BOOST_TEST(answer.at("fleet").at("held").as_int64() == 10);
  BOOST_TEST(answer.at("since_start").at("disruptions").as_int64() == 11);
  BOOST_REQUIRE(answer.at("disruptions").as_array().size() == 2u);
  const auto& disruption = answer.at("disruptions").at(0);
  BOOST_TEST(is(disruption.at("group"), "tenant \"x\""));
  BOOST_TEST(is(disruption.at("began_at"), "2023-11-14T22:13:20.000Z"));
  BOOST_TEST(disruption.at("before").as_int64() == 800);
  BOOST_TEST(disruption.at("worst").as_int64() == 500);
  BOOST_TEST(disruption.at("silent").as_int64() == 499);
  BOOST_TEST(is(answer.at("listeners").at("operator"), "unix:\"x\""));
  BOOST_TEST(answer.at("store").at("limit_bytes").as_int64() == 8192);
}

BOOST_AUTO_TEST_CASE(a_list_ends_with_a_cursor_or_null) {
  BOOST_TEST(strict(operator_api::write_agents({})).at("next_cursor").is_null());
  agent_page page;
  page.agents = {row_of("a"), row_of("b")};
  page.next_slot = 31;
  const auto answer = strict(operator_api::write_agents(page));
  BOOST_TEST(answer.at("agents").as_array().size() == 2u);
  BOOST_TEST(is(answer.at("next_cursor"), "c1f"));
  BOOST_TEST(is(answer.at("agents").at(0).at("id"), to_string(id)));
}

BOOST_AUTO_TEST_CASE(times_that_never_were_are_null) {
  agent_page page;
  page.agents = {row_of("a")};
  const auto row = strict(operator_api::write_agents(page)).at("agents").at(0);
  BOOST_TEST(is(row.at("last_seen"), "2023-11-14T22:13:20.000Z"));
  BOOST_TEST(row.at("changed_at").is_null());
}

BOOST_AUTO_TEST_CASE(a_report_shows_only_what_was_reported) {
  BOOST_TEST(strict(operator_api::write_agent({}, {})).at("report").as_object().empty());
  agent_details details;
  details.heartbeats = 3;
  details.report.cpu_percent = 12.5;
  details.report.events_processed = 9'007'199'254'740'993;
  details.report.uptime_milliseconds = 60'002;
  details.report.mode = "learning";
  const auto answer = strict(operator_api::write_agent(details, {}));
  const auto& report = answer.at("report");
  BOOST_TEST(report.as_object().size() == 4u);
  BOOST_TEST(report.at("cpu_percent").to_number<double>() == 12.5);
  BOOST_TEST(report.at("events_processed").as_int64() == 9'007'199'254'740'993);
  BOOST_TEST(report.at("uptime_seconds").to_number<double>() == 60.002);
  BOOST_TEST(is(report.at("mode"), "learning"));
  BOOST_TEST(answer.at("heartbeats").as_int64() == 3);
}

BOOST_AUTO_TEST_CASE(numbers_of_any_size_are_json) {
  agent_details details;
  for (double number : {0.0, 1e-12, 1e12, 0.1, 123456789.125, 1e300}) {
    details.report.cpu_percent = number;
    const auto answer = strict(operator_api::write_agent(details, {}));
    BOOST_TEST(answer.at("report").at("cpu_percent").to_number<double>() == number);
  }
}

BOOST_AUTO_TEST_CASE(history_names_each_step) {
  change_page page;
  page.changes.push_back(
    {id, agent_status::online, agent_status::stale, change_cause::silence, noon, noon - 90s, 3});
  const auto answer = strict(operator_api::write_history(page));
  const auto& step = answer.at("history").at(0);
  BOOST_TEST(is(step.at("from"), "online"));
  BOOST_TEST(is(step.at("to"), "stale"));
  BOOST_TEST(is(step.at("cause"), "silence"));
  BOOST_TEST(is(step.at("at"), "2023-11-14T22:13:20.000Z"));
}

BOOST_AUTO_TEST_CASE(a_threat_shows_its_event_as_it_was) {
  threat_page page;
  threat_row row;
  row.report = 31;
  row.position = 2;
  row.reporter = id;
  row.what.event = R"({"a":[1,{"b":null}]})";
  row.what.confidence = 87.5;
  page.threats.push_back(row);
  page.threats.emplace_back();
  page.next = 5;
  const auto answer = strict(operator_api::write_threats(page));
  BOOST_TEST(is(answer.at("threats").at(0).at("id"), "th-1f-2"));
  BOOST_TEST((answer.at("threats").at(0).at("event") == strict(row.what.event)));
  BOOST_TEST(answer.at("threats").at(0).at("confidence").to_number<double>() == 87.5);
  BOOST_TEST(answer.at("threats").at(1).at("confidence").is_null());
  BOOST_TEST(answer.at("threats").at(1).at("event").is_null());
  BOOST_TEST(is(answer.at("next_cursor"), "c5"));
}

BOOST_AUTO_TEST_CASE(hostile_texts_stay_inside_their_strings) {
  for (const auto& text : hostile_texts) {
    agent_page agents;
    agents.agents = {row_of(text)};
    const auto row = strict(operator_api::write_agents(agents)).at("agents").at(0);
    BOOST_TEST(row.as_object().size() == 16u);
    for (const char* name : {"hostname", "organization", "machine_id", "tenant"})
      BOOST_TEST(is(row.at(name), text));
    BOOST_TEST(is(row.at("labels").at(text), text));

    agent_details details;
    details.row = row_of(text);
    details.report.mode = text;
    agent_record record;
    record.host = {text, text, text, text, text, text, text, text};
    const auto shown = strict(operator_api::write_agent(details, record));
    for (const char* name : {"os", "arch", "version", "address"})
      BOOST_TEST(is(shown.at("host").at(name), text));
    if (!text.empty()) BOOST_TEST(is(shown.at("report").at("mode"), text));

    const auto audit = strict(operator_api::write_audit({{{noon, text, text, text, text}}, 0}));
    for (const char* name : {"actor", "action", "subject", "detail"})
      BOOST_TEST(is(audit.at("audit").at(0).at(name), text));

    threat_page threats;
    threats.threats.emplace_back();
    threats.threats[0].hostname = text;
    threats.threats[0].what = {text, text, text, text, text, {}, "{}", {}};
    const auto threat = strict(operator_api::write_threats(threats)).at("threats").at(0);
    for (const char* name : {"hostname", "event_id", "severity", "category", "conclusion", "action"})
      BOOST_TEST(is(threat.at(name), text));

    const auto problem = strict(operator_api::write_problem(400, text, text));
    BOOST_TEST(is(problem.at("title"), text));
    BOOST_TEST(is(problem.at("detail"), text));
    BOOST_TEST(problem.at("status").as_int64() == 400);
  }
}

BOOST_AUTO_TEST_CASE(cursors_are_read_back_and_never_zero) {
  for (uint64_t position : {uint64_t{1}, uint64_t{0xff}, ~uint64_t{0}})
    BOOST_TEST((read_cursor(write_cursor(position)) == position));
  for (const char* text : {"", "c", "c0", "1f", "cg", "c1f ", "c 1f", "c10000000000000000", "c+1"})
    BOOST_TEST(!read_cursor(text), "'" << text << "' was taken for a cursor");
}

BOOST_AUTO_TEST_SUITE_END()
