// Commands about schedules of scans: what they ask, what they print, what they refuse.
#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

#include "tests/tools/scripted_manager.hpp"

using namespace muster;
using namespace muster::cli;

namespace {

const std::string schedules = "/operator/v1/schedules";

std::string document(const std::string& rest) {
  return R"({"id":"4","name":"nightly","registry":"stage","registry_id":"reg-3","tenant":"north",)"
         R"("cron":"0 3 * * *","zone":"Europe/Berlin","image":"alpine:3.19","source":"docker","tar_path":null,)"
         R"("scanners":["trivy","syft"],"priority":0,"max_attempts":3,"last_run_at":null,"last_scan":"job-7",)"
         R"("skipped":2,"skipped_at":"2026-11-21T02:00:00.000Z","skipped_because":"job-6 was still claimed",)"
         R"("author":"ada","made_at":"2026-11-20T11:00:00.000Z",)"
         + rest + "}";
}
const std::string active =
  document(R"("paused":false,"next_due_at":"2026-11-22T02:00:00.000Z","problem":"")");
const std::string paused = document(R"("paused":true,"next_due_at":null,"problem":"")");

struct schedules_manager : scripted_manager {
  schedules_manager() {
    teach("GET /operator/v1/registries",
          R"({"registries":[{"id":"reg-3","name":"stage","tenant":"north"}]})");
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(cli_schedules, schedules_manager)

BOOST_AUTO_TEST_CASE(schedule_is_made_with_what_was_written) {
  teach("POST " + schedules, active, 201);
  BOOST_TEST((run_command({"schedules",   "create",     "--registry", "stage",      "--image",
                           "alpine:3.19", "--cron",     "0 3 * * *",  "--zone",     "Europe/Berlin",
                           "--name",      "nightly",    "--scanners", "trivy,syft", "--source",
                           "tar",         "--tar-path", "/srv/a.tar", "--priority", "-5",
                           "--attempts",  "2"})
              == exit_code::ok));
  BOOST_TEST(asked.back()
             == "POST " + schedules
                  + R"( {"registry":"reg-3","image":"alpine:3.19","source":"tar","tar_path":"/srv/a.tar",)"
                    R"("scanners":["trivy","syft"],"priority":-5,"max_attempts":2,"author":"ada",)"
                    R"("cron":"0 3 * * *","zone":"Europe/Berlin","name":"nightly"})");
  BOOST_TEST(out.str() == "schedule 4: due at 2026-11-22T02:00:00.000Z\n");
  out.str("");
  BOOST_TEST(
    (run_command({"schedules", "create", "--registry", "reg-3", "--image", "a", "--cron", "@daily", "--json"})
     == exit_code::ok));
  BOOST_TEST(asked.back()
             == "POST " + schedules + R"( {"registry":"reg-3","image":"a","author":"ada","cron":"@daily"})");
  BOOST_TEST(out.str() == active + "\n");
}

BOOST_AUTO_TEST_CASE(schedules_are_listed_and_shown) {
  teach("GET " + schedules, R"({"schedules":[]})");
  teach("GET " + schedules + "?registry=reg-3", R"({"schedules":[)" + active + "]}");
  teach("GET " + schedules + "/4", active);
  BOOST_TEST((run_command({"schedules", "list"}) == exit_code::ok));
  BOOST_TEST(err.str() == "muster: no schedules\n");
  BOOST_TEST((run_command({"schedules", "list", "--registry", "stage"}) == exit_code::ok));
  BOOST_TEST(contains(out.str(), "4   nightly  stage     alpine:3.19  0 3 * * *  Europe/Berlin  active"),
             out.str());
  out.str("");
  BOOST_TEST((run_command({"schedules", "list", "--registry", "stage", "--json"}) == exit_code::ok));
  BOOST_TEST(out.str() == R"({"schedules":[)" + active + "]}\n");
  out.str("");
  BOOST_TEST((run_command({"schedules", "show", "4"}) == exit_code::ok));
  BOOST_TEST(contains(out.str(), "job-6 was still claimed\n"), out.str());
  BOOST_TEST((run_command({"schedules", "show", "5"}) == exit_code::not_found));
}

BOOST_AUTO_TEST_CASE(schedule_is_paused_resumed_and_deleted) {
  teach("POST " + schedules + "/4/pause?author=ada", paused);
  teach("POST " + schedules + "/4/resume?author=ada", active);
  teach("DELETE " + schedules + "/4?author=ada", "", 204);
  BOOST_TEST((run_command({"schedules", "pause", "4"}) == exit_code::ok));
  BOOST_TEST(out.str() == "schedule 4: paused\n");
  out.str("");
  BOOST_TEST((run_command({"schedules", "resume", "4", "--json"}) == exit_code::ok));
  BOOST_TEST(out.str() == active + "\n");
  out.str("");
  BOOST_TEST((run_command({"schedules", "delete", "4"}) == exit_code::ok));
  BOOST_TEST(out.str() == "deleted schedule 4\n");
  out.str("");
  BOOST_TEST((run_command({"schedules", "delete", "4", "--json"}) == exit_code::ok));
  BOOST_TEST(out.str() == "{\"deleted\":\"4\"}\n");
  BOOST_TEST((run_command({"schedules", "delete", "5"}) == exit_code::not_found));
}

BOOST_AUTO_TEST_CASE(mistakes_in_schedules_are_told_before_anyone_is_asked) {
  const auto mistake = [](const std::vector<std::string>& words) { return parse_command_line(words).text; };
  BOOST_TEST(contains(mistake({"schedules", "create", "--registry", "a", "--image", "b"}), "--cron"));
  BOOST_TEST(contains(mistake({"schedules", "create", "--image", "b", "--cron", "@daily"}), "--registry"));
  BOOST_TEST(contains(mistake({"schedules", "show", "first"}), "first is not a whole number"));
  BOOST_TEST(contains(mistake({"schedules", "pause"}), "ID"));
  BOOST_TEST(asked.empty());
}

BOOST_AUTO_TEST_SUITE_END()
