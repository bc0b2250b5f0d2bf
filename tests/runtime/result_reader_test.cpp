// Results on their way from bytes to the coordinator.
#include "runtime/scans/result_reader.hpp"

#include "messages/errors.hpp"
#include "messages/type_ids.hpp"
#include "tests/support/virtual_time.hpp"

#include <boost/test/unit_test.hpp>

#include <caf/all.hpp>

using namespace muster;

namespace {

using storing_actor = caf::typed_actor<caf::replies_to<store_result>::with<result_stored>>;

storing_actor::behavior_type fake_coordinator(storing_actor::pointer, std::vector<store_result>* stored) {
  return {[stored](const store_result& what) {
    stored->push_back(what);
    return result_stored{scan_id{7}, false};
  }};
}

struct reading_results : muster::test::virtual_time_fixture {
  caf::expected<result_stored> read(const std::string& body) {
    return ask<result_stored>(subject, read_result{body, 3, make_agent_id(0, 1, 2)});
  }

  std::vector<store_result> stored;
  result_reader_actor subject =
    spawn(result_reader, caf::actor_cast<coordinator_actor>(spawn(fake_coordinator, &stored)));
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(result_readers, reading_results)

BOOST_AUTO_TEST_CASE(a_result_reaches_the_coordinator_with_who_sent_it) {
  const auto answer = read(R"({"scan":{"id":"job-7","status":"SUCCESS"},"image":{"ref":"app:1"}})");
  BOOST_REQUIRE(answer);
  BOOST_TEST((answer->id == scan_id{7}));
  BOOST_REQUIRE(stored.size() == 1u);
  BOOST_TEST(stored[0].key == 3u);
  BOOST_TEST(stored[0].scan == "job-7");
  BOOST_TEST((stored[0].summary.sensor == make_agent_id(0, 1, 2)));
}

BOOST_AUTO_TEST_CASE(what_is_no_result_goes_no_further) {
  for (const auto* body : {"", "{", "{}"})
    BOOST_TEST((read(body).error() == fleet_error::scan_refused), body);
  BOOST_TEST(stored.empty());
}

BOOST_AUTO_TEST_SUITE_END()
