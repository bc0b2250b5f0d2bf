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
  void turns(agent_id id, agent_status status, bool held = false, bool quiet = false) {
    tell(desk, node_changed{id, status, {}, held, quiet});
  }
  registry_status how() {
    return ask<registry_list>(desk, list_registries{})->registries.at(0).registry.status;
  }
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

BOOST_AUTO_TEST_CASE(nothing_follows_from_a_loss_that_is_held) {
  const auto one = join("a");
  const auto has = queue("app:1"), waits = queue("app:2");
  BOOST_TEST(bool{ask<scan_offer>(desk, claim_scan{one, key.number})->job});
  heard.clear();
  turns(one, agent_status::offline, true);
  BOOST_TEST((ask<sensor_list>(desk, list_sensors{})->sensors.at(0).status == sensor_status::offline));
  BOOST_TEST((how() == registry_status::connected));
  BOOST_TEST((shown(has).status == scan_status::claimed));
  BOOST_TEST(!shown(has).reason.empty());
  BOOST_TEST((shown(waits).status == scan_status::queued));
  turns(one, agent_status::online);
  BOOST_TEST(shown(has).reason.empty());
  BOOST_TEST(events() == "");
  turns(one, agent_status::offline, true);
  turns(one, agent_status::offline);
  BOOST_TEST((how() == registry_status::error));
  BOOST_TEST((shown(waits).status == scan_status::failed));
  BOOST_TEST((shown(has).status == scan_status::failed));
  BOOST_TEST(events() == "agent_disconnected registry_error job_failed ");
}

BOOST_AUTO_TEST_CASE(a_registry_is_not_in_error_while_one_of_its_losses_is_held) {
  const auto one = join("a"), two = join("b");
  turns(one, agent_status::offline, true);
  turns(two, agent_status::offline);
  BOOST_TEST((how() == registry_status::connected));
  turns(one, agent_status::offline);
  BOOST_TEST((how() == registry_status::error));
}

BOOST_AUTO_TEST_CASE(of_a_sensor_that_flaps_nobody_hears_until_it_is_calm) {
  const auto one = join("a");
  heard.clear();
  turns(one, agent_status::offline);
  BOOST_TEST(heard.size() == 2u);
  turns(one, agent_status::online, false, true);
  turns(one, agent_status::offline, false, true);
  BOOST_TEST((how() == registry_status::error), "its true state");
  turns(one, agent_status::online, false, true);
  BOOST_TEST((how() == registry_status::connected));
  BOOST_TEST(heard.size() == 2u);
  turns(one, agent_status::online);
  BOOST_TEST(events() == "agent_disconnected registry_error agent_reconnected registry_recovered ");
  turns(one, agent_status::online);
  BOOST_TEST(heard.size() == 4u, "each once");
}

BOOST_AUTO_TEST_CASE(what_was_lost_and_is_deleted_is_missed_no_longer) {
  const auto one = join("a");
  heard.clear();
  turns(one, agent_status::offline);
  tell(desk, agent_forgotten{one});
  BOOST_REQUIRE(heard.size() == 3u);
  BOOST_TEST((heard[2].event == notice_event::sensor_recovered));
  BOOST_TEST(heard[2].text.find("deleted") != std::string::npos);
  BOOST_TEST(bool{ask<committed>(desk, remove_registry{registry.id, "ann"})});
  BOOST_REQUIRE(heard.size() == 4u);
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

BOOST_AUTO_TEST_CASE(findings_that_could_not_be_written_are_taken_when_they_come_again) {
  const auto one = join("a");
  const auto id = queue("app:1");
  BOOST_TEST(bool{ask<scan_offer>(desk, claim_scan{one, key.number})->job});
  store_result result;
  result.key = key.number;
  result.scan = to_string(id);
  result.summary.sensor = one;
  result.findings = document{std::string{"{}"}};
  ledger->desk.refuse(fleet_error::store_full, 1);
  BOOST_TEST(is(ask<result_stored>(desk, result), fleet_error::store_full));
  const auto found = [&] {
    return std::count_if(ledger->sensors.begin(), ledger->sensors.end(),
                         [&](const record_sensors& each) { return each.found == id; });
  };
  const auto tried = found();
  BOOST_TEST(bool{ask<result_stored>(desk, result)});
  BOOST_TEST(found() == tried + 1);
  BOOST_TEST(bool{ask<result_stored>(desk, result)});
  BOOST_TEST(found() == tried + 1, "the third is a repetition");
  const auto hints = ask<sensor_list>(desk, list_sensors{})->sensors.at(0).hints;
  BOOST_REQUIRE(!hints.empty());
  BOOST_TEST(hints[0] == "1 of its requests failed here (5xx), see the manager's log");
}

BOOST_AUTO_TEST_CASE(a_clock_that_is_wrong_is_named) {
  const auto one = join("a");
  const auto id = queue("app:1");
  BOOST_TEST(bool{ask<scan_offer>(desk, claim_scan{one, key.number})->job});
  store_result result;
  result.key = key.number;
  result.scan = to_string(id);
  result.summary.sensor = one;
  result.finished_at = utc() - 4min;
  const auto hints = [&] { return ask<sensor_list>(desk, list_sensors{})->sensors.at(0).hints; };
  BOOST_TEST(bool{ask<result_stored>(desk, result)});
  BOOST_TEST(hints().empty());
  result.finished_at = utc() + 7min;
  BOOST_TEST(bool{ask<result_stored>(desk, result)});
  BOOST_REQUIRE(hints().size() == 1u);
  BOOST_TEST(hints()[0] == "its clock is 7 minutes ahead, as its last result has it");
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

BOOST_AUTO_TEST_CASE(a_held_sensor_that_is_calm_again_is_not_called_back) {
  const auto one = join("a");
  heard.clear();
  turns(one, agent_status::offline);
  turns(one, agent_status::online, false, true);
  turns(one, agent_status::offline, true, true);
  turns(one, agent_status::offline, true, false);
  BOOST_TEST(events() == "agent_disconnected registry_error ");
}

BOOST_AUTO_TEST_CASE(a_sensor_that_is_deleted_is_not_lost) {
  const auto one = join("a");
  const auto has = queue("app:1"), waits = queue("app:2");
  BOOST_TEST(bool{ask<scan_offer>(desk, claim_scan{one, key.number})->job});
  heard.clear();
  turns(one, agent_status::departed);
  tell(desk, agent_forgotten{one});
  BOOST_TEST(events() == "");
  BOOST_TEST((how() == registry_status::pending));
  BOOST_TEST((shown(has).status == scan_status::queued));
  BOOST_TEST((shown(waits).status == scan_status::queued));
}

BOOST_AUTO_TEST_CASE(refusals_are_counted_for_the_sensor_that_they_were_of) {
  const auto one = join("a");
  const auto refused = [&] { return ask<sensor_list>(desk, list_sensors{})->sensors.at(0).refused; };
  tell(desk, key_refused{key.number, to_string(one)});
  BOOST_TEST(refused() == 1u);
  tell(desk, key_refused{key.number, ""});
  BOOST_TEST(refused() == 2u, "nobody else has come by this key");
  join("b");
  tell(desk, key_refused{key.number, ""});
  BOOST_TEST(refused() == 2u);
}

BOOST_AUTO_TEST_CASE(a_sensor_has_the_key_by_which_it_came_last) {
  const auto one = join("a");
  const auto other = ask<sensor_key_made>(desk, make_sensor_key{"", "north", "prod", 0h, "ann", ""})->key;
  tell(desk, sensor_beat{one, other.number, false, 0});
  BOOST_TEST(ask<sensor_list>(desk, list_sensors{})->sensors.at(0).sensor.key == other.number);
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
