// Upgrades as operators write and read them.
#include "runtime/wire/operator_upgrades.hpp"

#include "tests/runtime/json_text.hpp"

#include <boost/json/serialize.hpp>

using namespace muster;
using namespace std::chrono_literals;
using muster::test::hostile_texts;
using muster::test::read_text;
using muster::test::strict;

namespace {

constexpr utc_time noon{std::chrono::milliseconds{1'700'000'000'000}};
const std::string checksum(64, 'a');
const std::string least = R"("version":"1.5.0","stages":["100%"],"every":"10m")";

auto read(const std::string& text) { return read_text(text, operator_api::read_start_upgrade); }

upgrade sample() {
  upgrade out;
  out.number = 7;
  out.asked.version = "1.5.0";
  out.asked.stages = {100, policy_buckets};
  out.asked.every = 10min;
  out.asked.max_failed = 2;
  out.asked.checksums = {{"linux/amd64", checksum}};
  out.asked.author = "ann";
  out.status = rollout_status::halted;
  out.started_at = noon;
  out.stage_since = noon;
  out.outcome = "stage 1: web-1: it is not online";
  out.counts = {10, 1, 8, 1};
  out.failures = {{make_agent_id(0, 1, 2), "web-1", "it is not online"}};
  out.runs = {12, 13};
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(operator_upgrades)

BOOST_AUTO_TEST_CASE(start_of_an_upgrade_is_read) {
  const auto all =
    read(R"({"version":"1.5.0","tenant":"north","labels":{"env":"prod"},"stages":["1%","12.5%","100%"],)"
         R"("every":"10m","patience":"2m","max_failed":3,"checksums":{"linux/amd64":")"
         + checksum + R"("},"author":"ann","reason":"why"})");
  BOOST_TEST(all.problem == "");
  start_upgrade wanted;
  wanted.version = "1.5.0";
  wanted.tenant = "north";
  wanted.labels = {{"env", "prod"}};
  wanted.stages = {100, 1250, policy_buckets};
  wanted.every = 10min;
  wanted.patience = 2min;
  wanted.max_failed = 3;
  wanted.checksums = {{"linux/amd64", checksum}};
  wanted.author = "ann";
  wanted.reason = "why";
  BOOST_TEST((all.value == wanted));
  const auto bare = read("{" + least + "}");
  BOOST_TEST(bare.problem == "");
  BOOST_TEST((bare.value.patience == 5min));
  BOOST_TEST(!bare.value.tenant);
}

BOOST_AUTO_TEST_CASE(wrong_starts_name_the_member) {
  const auto names = [](const std::string& text, const std::string& member) {
    return read(text).problem.find(member) != std::string::npos;
  };
  BOOST_TEST(names(R"({"stages":["100%"],"every":"10m"})", "version"));
  BOOST_TEST(names(R"({"version":"1","every":"10m"})", "stages"));
  BOOST_TEST(names(R"({"version":"1","stages":["5%","1%","100%"],"every":"10m"})", "must ascend"));
  BOOST_TEST(names(R"({"version":"1","stages":["50%"],"every":"10m"})", "must end with 100%"));
  BOOST_TEST(names(R"({"version":"1","stages":["all"],"every":"10m"})", "'all' is not a percentage"));
  BOOST_TEST(names(R"({"version":"1","stages":["100%"]})", "every"));
  BOOST_TEST(names(R"({"version":"1","stages":["100%"],"every":"soon"})", "every"));
  BOOST_TEST(names("{" + least + R"(,"patience":"5"})", "patience"));
  BOOST_TEST(names("{" + least + R"(,"max_failed":-1})", "max_failed"));
  BOOST_TEST(names("{" + least + R"(,"max_failed":1.5})", "max_failed"));
  BOOST_TEST(names("{" + least + R"(,"checksums":{"linux/amd64":7}})", "linux/amd64"));
  BOOST_TEST(names("{" + least + R"(,"labels":[]})", "labels"));
  BOOST_TEST(names("{" + least + R"(,"bogus":"x"})", "bogus"));
}

BOOST_AUTO_TEST_CASE(upgrade_is_written) {
  const auto written = strict(operator_api::write_upgrade(sample()));
  const auto expected = boost::json::parse(
    R"({"id":7,"version":"1.5.0","tenant":null,"labels":{},"status":"halted","stages":["1%","100%"],"stage":1,)"
    R"("every_seconds":600,"patience_seconds":300,"max_failed":2,"checksums":{"linux/amd64":")"
    + checksum
    + R"("},"started_at":"2023-11-14T22:13:20.000Z","stage_since":"2023-11-14T22:13:20.000Z","ended_at":null,)"
      R"("author":"ann","reason":"","outcome":"stage 1: web-1: it is not online",)"
      R"("counts":{"nodes":10,"upgraded":1,"waiting":8,"failed":1},)"
      R"("failures":[{"node":"ag-0000000100000002","hostname":"web-1","reason":"it is not online"}],)"
      R"("runs":[12,13]})");
  BOOST_TEST((written == expected), boost::json::serialize(written));
  const auto list = strict(operator_api::write_upgrades({{sample(), sample()}}));
  BOOST_TEST(list.at("upgrades").as_array().size() == 2u);
  BOOST_TEST(operator_api::write_upgrades({}) == R"({"upgrades":[]})");
}

BOOST_AUTO_TEST_CASE(texts_of_strangers_stay_texts) {
  for (const auto& hostile : hostile_texts) {
    auto what = sample();
    what.asked.tenant = hostile;
    what.asked.reason = hostile;
    what.failures[0].hostname = hostile;
    what.failures[0].reason = hostile;
    const auto written = strict(operator_api::write_upgrade(what));
    BOOST_TEST(written.at("tenant").as_string() == hostile);
    BOOST_TEST(written.at("reason").as_string() == hostile);
    BOOST_TEST(written.at("failures").at(0).at("hostname").as_string() == hostile);
    BOOST_TEST(written.at("failures").at(0).at("reason").as_string() == hostile);
  }
}

BOOST_AUTO_TEST_SUITE_END()
