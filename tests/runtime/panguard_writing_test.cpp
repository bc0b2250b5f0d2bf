// What Panguard's agents and operators are answered: valid JSON whatever is in it.
#include "runtime/wire/panguard.hpp"

#include "tests/runtime/json_text.hpp"

using namespace muster;
using namespace std::chrono_literals;
using muster::test::hostile_texts;
using muster::test::strict;

namespace {

constexpr utc_time noon{std::chrono::milliseconds{1'700'000'000'000}};
constexpr agent_id id = make_agent_id(0, 10, 0xabc);
const std::string id_text = "ag-0000000a00000abc";

}  // namespace

BOOST_AUTO_TEST_SUITE(panguard_answers)

BOOST_AUTO_TEST_CASE(an_enrolment_has_what_agents_of_both_generations_read) {
  const auto answer = strict(panguard::write_enrolment(
    {id, "mt_x", true, noon, noon + 1h}, {"vm", "acme", "Linux", "x64", "1.0.0", "10.0.0.5", "m", ""},
    {30s, 5769ms, 20s}));
  BOOST_TEST(answer.at("ok").as_bool());
  BOOST_TEST((answer.at("agentId").as_string() == id_text));
  BOOST_TEST((answer.at("token").as_string() == "mt_x"));
  BOOST_TEST(answer.at("reconnected").as_bool());
  BOOST_TEST(answer.at("intervalSeconds").to_number<double>() == 30);
  BOOST_TEST(answer.at("phaseSeconds").to_number<double>() == 5.769);
  const auto& data = answer.at("data");
  BOOST_TEST((data.at("agentId").as_string() == id_text));
  BOOST_TEST((data.at("organizationId").as_string() == "acme"));
  BOOST_TEST((data.at("platform").at("ip").as_string() == "10.0.0.5"));
  BOOST_TEST((data.at("registeredAt").as_string() == "2023-11-14T22:13:20.000Z"));
  BOOST_TEST((data.at("lastHeartbeat").as_string() == "2023-11-14T23:13:20.000Z"));
  BOOST_TEST((data.at("status").as_string() == "online"));
}

BOOST_AUTO_TEST_CASE(an_acknowledgement_is_appended_with_exact_seconds) {
  std::string out = "before ";
  panguard::write_ack(out, id, {agent_status::online, false}, {30s, 5ms, 34'586ms});
  BOOST_TEST(
    out
    == R"(before {"ok":true,"commands":[],"intervalSeconds":30,"phaseSeconds":0.005,)"
       R"("nextHeartbeatSeconds":34.586,"data":{"agentId":"ag-0000000a00000abc","status":"online"}})");
  for (auto span : {0ms, 1ms, 10ms, 100ms, 999ms, 1000ms, 1001ms, 86'399'999ms}) {
    std::string ack;
    panguard::write_ack(ack, id, {}, {span, span, span});
    for (const char* name : {"intervalSeconds", "phaseSeconds", "nextHeartbeatSeconds"})
      BOOST_TEST(strict(ack).at(name).to_number<double>() == static_cast<double>(span.count()) / 1000);
  }
}

BOOST_AUTO_TEST_CASE(accepted_threats_have_ids_that_name_their_record) {
  const auto answer = strict(panguard::write_accepted({31, {0, 2}, 1, {}}));
  BOOST_TEST(answer.at("accepted").as_int64() == 2);
  BOOST_TEST(answer.at("duplicates").as_int64() == 1);
  const auto& threats = answer.at("data").at("threats").as_array();
  BOOST_REQUIRE(threats.size() == 2u);
  BOOST_TEST((threats[0].at("id").as_string() == "th-1f-0"));
  BOOST_TEST((threats[1].at("id").as_string() == "th-1f-1"));
  BOOST_TEST(threats[1].at("index").as_int64() == 2);
  BOOST_TEST(strict(panguard::write_accepted({})).at("data").at("threats").as_array().empty());
}

BOOST_AUTO_TEST_CASE(the_fixed_answers_are_json) {
  const auto gone = strict(panguard::write_departed(id));
  BOOST_TEST((gone.at("status").as_string() == "offline"));
  BOOST_TEST(gone.at("data").at("removed").as_bool());
  BOOST_TEST(strict(panguard::write_rules()).at("rules").as_array().empty());
}

BOOST_AUTO_TEST_CASE(a_policy_says_its_version_and_since_when) {
  policy_version has{7, document{effective_policy{{}, R"("rules":[])"}},
                     utc_time{std::chrono::milliseconds{1'700'000'000'000}}};
  const auto answer = strict(panguard::write_policy(has));
  BOOST_TEST(answer.at("version").as_int64() == 7);
  BOOST_TEST((answer.at("data") == answer.at("policy")));
  const auto& policy = answer.at("policy");
  BOOST_TEST((policy.at("policyId").as_string() == "pol-7"));
  BOOST_TEST(policy.at("version").as_int64() == 7);
  BOOST_TEST((policy.at("updatedAt").as_string() == "2023-11-14T22:13:20.000Z"));
  BOOST_TEST((strict(panguard::write_policy_event(has)).at("policy") == policy));
  has = {1, has.policy};
  BOOST_TEST((strict(panguard::write_policy(has)).at("policy").at("updatedAt")
              == strict(panguard::write_rules()).at("updatedAt")),
             "the built-in policy is as old as the rules");
}

BOOST_AUTO_TEST_CASE(a_departed_agent_is_offline_in_this_dialect) {
  BOOST_TEST(panguard::status_word(agent_status::online) == "online");
  BOOST_TEST(panguard::status_word(agent_status::stale) == "stale");
  BOOST_TEST(panguard::status_word(agent_status::offline) == "offline");
  BOOST_TEST(panguard::status_word(agent_status::departed) == "offline");
}

BOOST_AUTO_TEST_CASE(lists_are_json_under_both_names_with_a_cursor_when_there_is_more) {
  agent_page page;
  BOOST_TEST(strict(panguard::write_agents(page, 0)).at("agents").as_array().empty());
  page.agents.resize(2);
  page.agents[0].id = id;
  page.agents[0].last_seen = noon;
  const auto answer = strict(panguard::write_agents(page, 7));
  BOOST_TEST(answer.at("total").as_int64() == 7);
  BOOST_TEST((answer.at("agents") == answer.at("data")));
  BOOST_TEST((answer.at("agents").at(0).at("lastSeen").as_string() == "2023-11-14T22:13:20.000Z"));
  BOOST_TEST(!answer.as_object().contains("next_cursor"));
  page.next_slot = 5;
  BOOST_TEST(strict(panguard::write_agents(page, 7)).as_object().contains("next_cursor"));
}

BOOST_AUTO_TEST_CASE(hostile_texts_stay_inside_their_strings) {
  for (const auto& text : hostile_texts) {
    BOOST_TEST((strict(panguard::write_error(text)).at("error").as_string() == text));
    const host_facts host{text, text, text, text, text, text, text, text};
    const auto welcome = strict(panguard::write_enrolment({id, "t", false, noon, noon}, host, {}));
    BOOST_TEST(welcome.as_object().size() == 7u);
    BOOST_TEST((welcome.at("data").at("hostname").as_string() == text));
    BOOST_TEST((welcome.at("data").at("platform").at("os").as_string() == text));
    agent_page page;
    page.agents.resize(1);
    page.agents[0].hostname = text;
    BOOST_TEST(
      (strict(panguard::write_agents(page, 1)).at("agents").at(0).at("hostname").as_string() == text));
    agent_record record;
    record.host = host;
    BOOST_TEST((strict(panguard::write_agent({}, record)).at("data").at("version").as_string() == text));
  }
}

BOOST_AUTO_TEST_SUITE_END()
