// What the coordinator tells people, and what it does when the ledger refuses. How sensors
// fare with it as a whole is in tests/scenarios/sensors_test.cpp.
#include "actors/manager/coordinator.hpp"

#include "tests/actors/fleet_fixture.hpp"

using namespace muster;
using namespace muster::test;
using namespace std::chrono_literals;

namespace {

class counting_sensor_keys final : public sensor_credentials {
 public:
  secret_with_digest issue_key() override {
    ++issued_;
    return {"hg_ak_" + std::to_string(issued_), {9'000 + issued_, issued_}};
  }
  token_digest digest_of(const std::string&) override { return {}; }

 private:
  uint64_t issued_ = 0;
};

notice_listener_actor::behavior_type fake_people(notice_listener_actor::pointer, std::vector<notice>* heard) {
  return {[heard](const notice& what) { heard->push_back(what); }};
}

struct coordinator_suite : fleet_fixture {
  coordinator_suite() {
    start();
    desk = spawn(
      coordinator, coordinator_options{},
      coordinator_ports{subject, writer, spawn(fake_people, &heard), std::make_shared<counting_sensor_keys>(),
                        [this] { return utc(); },
                        [this](std::string_view event, const std::string&) { told.emplace_back(event); }},
      restored_sensors{});
    registry = *ask<scan_registry>(desk, make_registry{"prod", "north", "ann"});
    key = ask<sensor_key_made>(desk, make_sensor_key{"", "north", "prod", 24h * 3, "ann", ""})->key;
  }
  ~coordinator_suite() {
    caf::anon_send_exit(desk, caf::exit_reason::user_shutdown);
    deliver();
  }
  agent_id join(const std::string& name) {
    sensor_facts facts;
    facts.name = name;
    facts.hostname = "n-" + name;
    const auto known = ask<sensor_known>(desk, register_sensor{key.number, facts, "127.0.0.1:5"});
    BOOST_REQUIRE(known);
    return known->agent;
  }
  void turns(agent_id id, agent_status status) { tell(desk, node_changed{id, status, {}}); }
  scan_id queue(const std::string& image) {
    make_scan request;
    request.job.registry = registry.id;
    request.job.image = image;
    const auto made = ask<scan_job>(desk, request);
    BOOST_REQUIRE(made);
    return made->id;
  }
  scan_job shown(scan_id id) { return ask<scan_row>(desk, show_scan{id})->job; }
  std::string events() const {
    std::string out;
    for (const auto& each : heard) out += std::string{kind_of(each.event).type} + " ";
    return out;
  }

  std::vector<notice> heard;
  coordinator_actor desk;
  scan_registry registry;
  sensor_key key;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(coordinators, coordinator_suite)

BOOST_AUTO_TEST_CASE(people_hear_of_a_lost_sensor_and_its_registry_once) {
  const auto one = join("a");
  const auto waits = queue("app:1");
  heard.clear();
  turns(one, agent_status::offline);
  turns(one, agent_status::offline);
  BOOST_REQUIRE(heard.size() == 2u);
  BOOST_TEST((heard[0].event == notice_event::sensor_lost));
  BOOST_TEST(heard[0].fields.at("sensorName") == "a");
  BOOST_TEST(heard[0].labels.at("registry") == "prod");
  BOOST_TEST((heard[1].event == notice_event::registry_error));
  BOOST_TEST((shown(waits).status == scan_status::failed));
  turns(one, agent_status::online);
  BOOST_REQUIRE(heard.size() == 4u);
  BOOST_TEST((heard[2].event == notice_event::sensor_recovered));
  BOOST_TEST(heard[2].key == heard[0].key);
  BOOST_TEST((heard[3].event == notice_event::registry_recovered));
}

BOOST_AUTO_TEST_CASE(people_hear_of_a_scan_that_was_given_up) {
  const auto one = join("a");
  const auto id = queue("app:1");
  BOOST_TEST(bool{ask<scan_offer>(desk, claim_scan{one, key.number})->job});
  BOOST_TEST(
    bool{ask<committed>(desk, finish_scan{one, key.number, id, scan_status::failed, "no such image"})});
  BOOST_REQUIRE(!heard.empty());
  BOOST_TEST((heard.back().event == notice_event::job_failed));
  BOOST_TEST(heard.back().fields.at("reason") == "no such image");
}

BOOST_AUTO_TEST_CASE(people_hear_once_of_a_key_that_expires_soon) {
  advance(10min);
  BOOST_TEST(std::count_if(heard.begin(), heard.end(),
                           [](const notice& each) { return each.event == notice_event::key_expiring; })
             == 1);
}

BOOST_AUTO_TEST_CASE(a_job_that_could_not_be_written_is_not_handed_out) {
  const auto one = join("a");
  const auto id = queue("app:1");
  ledger->desk.refuse(fleet_error::store_full, 1);
  BOOST_TEST(is(ask<scan_offer>(desk, claim_scan{one, key.number}), fleet_error::store_full));
  BOOST_TEST((shown(id).status == scan_status::queued));
  const auto offer = ask<scan_offer>(desk, claim_scan{one, key.number});
  BOOST_REQUIRE(offer);
  BOOST_TEST((offer->job && offer->job->id == id));
}

BOOST_AUTO_TEST_CASE(a_result_that_could_not_be_written_is_new_when_it_comes_again) {
  store_result result;
  result.key = key.number;
  result.scan = "one-off";
  result.image = "app:1";
  result.findings = document{std::string{"{}"}};
  ledger->desk.refuse(fleet_error::store_full, 1);
  BOOST_TEST(is(ask<result_stored>(desk, result), fleet_error::store_full));
  const auto stored = ask<result_stored>(desk, result);
  BOOST_REQUIRE(stored);
  BOOST_TEST(stored->created);
  BOOST_TEST(shown(stored->id).own_id == "one-off");
  BOOST_TEST(!ask<result_stored>(desk, result)->created);
}

BOOST_AUTO_TEST_CASE(who_spoke_last_on_a_shared_connection_is_believed_only_if_it_had_the_job) {
  const auto one = join("a"), two = join("b");
  const auto id = queue("app:1");
  BOOST_TEST(bool{ask<scan_offer>(desk, claim_scan{one, key.number})->job});
  const auto done = ask<committed>(desk, finish_scan{two, key.number, id, scan_status::completed, ""});
  BOOST_REQUIRE(done);
  BOOST_TEST(done->number == raw(one));
  BOOST_TEST((shown(id).status == scan_status::completed));
}

BOOST_AUTO_TEST_CASE(two_sensors_never_get_the_same_job) {
  const auto one = join("a"), two = join("b");
  queue("app:1");
  const auto first = ask<scan_offer>(desk, claim_scan{one, key.number});
  const auto second = ask<scan_offer>(desk, claim_scan{two, key.number});
  BOOST_TEST((bool{first->job} && !second->job));
}

BOOST_AUTO_TEST_SUITE_END()
