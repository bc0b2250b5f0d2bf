// Schedules of scans as operators write and read them.
#include "runtime/wire/operator_schedules.hpp"

#include "tests/runtime/json_text.hpp"

#include <boost/json/serialize.hpp>

using namespace muster;
using namespace std::chrono_literals;
using muster::test::hostile_texts;
using muster::test::read_text;
using muster::test::strict;

namespace {

constexpr utc_time noon{std::chrono::milliseconds{1'700'000'000'000}};

// What is read of a schedule with these members besides those that it must have.
auto read(const std::string& members) {
  return read_text(R"({"registry":"reg-3","image":"alpine","cron":"0 3 * * *")" + members + "}",
                   operator_api::read_schedule);
}

schedule_row row() {
  schedule_row out;
  auto& one = out.schedule;
  one.number = 4;
  one.name = "nightly";
  one.registry = registry_id{3};
  one.tenant = "north";
  one.cron = "0 3 * * *";
  one.zone = "Europe/Berlin";
  one.image = "alpine";
  one.scanners = {"trivy"};
  one.priority = -5;
  one.author = "ann";
  one.made_at = noon;
  out.registry = "prod";
  out.next_due = noon + 1s;
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(operator_schedules)

BOOST_AUTO_TEST_CASE(schedule_is_read) {
  const auto all = read(R"(,"name":"nightly","zone":"Europe/Berlin","source":"tar","tar_path":"/srv/a.tar",)"
                        R"("scanners":["trivy"],"priority":-5,"max_attempts":1,"author":"ann")");
  BOOST_TEST(all.problem == "");
  const auto& wanted = all.value.schedule;
  BOOST_TEST(wanted.name == "nightly");
  BOOST_TEST((wanted.registry == registry_id{3}));
  BOOST_TEST(wanted.cron == "0 3 * * *");
  BOOST_TEST(wanted.zone == "Europe/Berlin");
  BOOST_TEST(wanted.image == "alpine");
  BOOST_TEST((wanted.source == scan_source::tar));
  BOOST_TEST(wanted.tar_path == "/srv/a.tar");
  BOOST_TEST((wanted.scanners == std::vector<std::string>{"trivy"}));
  BOOST_TEST(wanted.priority == -5);
  BOOST_TEST(wanted.max_attempts == 1u);
  BOOST_TEST(wanted.author == "ann");
  const auto bare = read("");
  BOOST_TEST(bare.problem == "");
  BOOST_TEST(bare.value.schedule.zone == "UTC");
  BOOST_TEST(bare.value.schedule.max_attempts == 3u);
}

BOOST_AUTO_TEST_CASE(wrong_schedules_name_the_member) {
  const auto problem = [](const std::string& text) {
    return read_text(text, operator_api::read_schedule).problem;
  };
  BOOST_TEST(problem(R"({"image":"a","cron":"@daily"})") == "$.registry: is missing");
  BOOST_TEST(problem(R"({"registry":"reg-3","cron":"@daily"})") == "$.image: is missing");
  BOOST_TEST(problem(R"({"registry":"reg-3","image":"a"})") == "$.cron: is missing");
  BOOST_TEST(problem(R"({"registry":"reg-3","image":"a;b","cron":"@daily"})")
             == "$.image: has ';' at position 2");
  BOOST_TEST(problem(R"({"registry":"reg-3","image":"a","cron":"0 24 * * *"})")
               .starts_with("$.cron: hour: '24' at character 3"));
  BOOST_TEST(problem(R"({"registry":"reg-3","image":"a","cron":5})")
             == "$.cron: expected a string, got a number");
  BOOST_TEST(read(R"(,"zone":"Berlin")").problem == "$.zone: 'Berlin' is not in the tz database");
  BOOST_TEST(read(R"(,"scanners":["nmap"])").problem.starts_with("$.scanners: item 1 is none of"));
  BOOST_TEST(read(R"(,"tar_path":"/a")").problem == "$.tar_path: is for the source 'tar' alone");
  BOOST_TEST(read(R"(,"max_attempts":0)").problem.starts_with("$.max_attempts: must be from"));
  BOOST_TEST(read(R"(,"paused":true)").problem == "$.paused: is not known");
}

BOOST_AUTO_TEST_CASE(schedules_are_written) {
  const std::string same =
    R"({"id":"4","name":"nightly","registry":"prod","registry_id":"reg-3","tenant":"north","cron":"0 3 * * *",)"
    R"("zone":"Europe/Berlin","image":"alpine","source":"docker","tar_path":null,"scanners":["trivy"],)"
    R"("priority":-5,"max_attempts":3,"author":"ann","made_at":"2023-11-14T22:13:20.000Z",)";
  const auto fresh = strict(operator_api::write_schedule(row()));
  BOOST_TEST((fresh
              == strict(same
                        + R"("paused":false,"next_due_at":"2023-11-14T22:13:21.000Z","problem":"",)"
                          R"("last_run_at":null,"last_scan":null,"skipped":0,"skipped_at":null,)"
                          R"("skipped_because":""})")),
             boost::json::serialize(fresh));
  auto used = row();
  used.schedule.paused = true;
  used.schedule.last_run_at = noon;
  used.schedule.last_scan = scan_id{7};
  used.schedule.skipped = 2;
  used.schedule.skipped_at = noon + 1s;
  used.schedule.skipped_because = "busy";
  used.next_due = {};
  used.problem = "gone";
  const auto written = strict(operator_api::write_schedule(used));
  BOOST_TEST((written
              == strict(same
                        + R"("paused":true,"next_due_at":null,"problem":"gone",)"
                          R"("last_run_at":"2023-11-14T22:13:20.000Z","last_scan":"job-7","skipped":2,)"
                          R"("skipped_at":"2023-11-14T22:13:21.000Z","skipped_because":"busy"})")),
             boost::json::serialize(written));
  const auto all = strict(operator_api::write_schedules({{row(), used}}));
  BOOST_TEST(all.at("schedules").as_array().size() == 2u);
  BOOST_TEST(operator_api::write_schedules({}) == R"({"schedules":[]})");
}

BOOST_AUTO_TEST_CASE(texts_of_strangers_stay_texts) {
  for (const auto& hostile : hostile_texts) {
    auto one = row();
    one.schedule.name = one.schedule.author = one.problem = hostile;
    const auto written = strict(operator_api::write_schedule(one));
    BOOST_TEST(written.at("name").as_string() == hostile);
    BOOST_TEST(written.at("author").as_string() == hostile);
    BOOST_TEST(written.at("problem").as_string() == hostile);
  }
}

BOOST_AUTO_TEST_SUITE_END()
