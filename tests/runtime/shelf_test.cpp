// Programs for nodes: uploaded in parts, sealed, found after a restart.
#include "runtime/artifacts/shelf.hpp"

#include "messages/errors.hpp"
#include "messages/type_ids.hpp"
#include "tests/actors/fakes.hpp"
#include "tests/support/virtual_time.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>

using namespace muster;
using namespace muster::test;

namespace {

const artifact_name linux_build{"1.4.2", "linux", "amd64"};
const std::string hello_sum = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

struct shelf_suite : virtual_time_fixture {
  shelf_suite() {
    auto pattern = (std::filesystem::temp_directory_path() / "muster-shelf-XXXXXX").string();
    options.directory = ::mkdtemp(pattern.data());
    writer = spawn(fake_ledger, ledger);
    start();
  }
  ~shelf_suite() { std::filesystem::remove_all(options.directory); }
  void start() {
    subject = spawn(shelf, options, writer, calendar{[] { return noon; }});
  }
  caf::expected<part_stored> put(uint64_t offset, const std::string& bytes) {
    return ask<part_stored>(subject, store_part{linux_build, offset, bytes});
  }
  caf::expected<artifact> seal(const std::string& sum = hello_sum) {
    return ask<artifact>(subject, seal_artifact{linux_build, sum, "sig", "ann"});
  }
  template <class T>
  static bool refused(const caf::expected<T>& answer, fleet_error why = fleet_error::artifact_refused) {
    return !answer && answer.error().code() == static_cast<uint8_t>(why);
  }

  shelf_options options;
  std::shared_ptr<ledger_book> ledger = std::make_shared<ledger_book>();
  ledger_actor writer;
  shelf_actor subject;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(shelves, shelf_suite)

BOOST_AUTO_TEST_CASE(parts_become_an_artifact_that_outlives_a_restart) {
  BOOST_TEST(put(0, "hel")->offset == 3u);
  BOOST_TEST(refused(put(4, "lo")));
  BOOST_TEST(put(3, "lo")->offset == 5u);
  const auto made = seal();
  BOOST_REQUIRE(made);
  BOOST_TEST(made->bytes == 5u);
  BOOST_TEST(made->sha256 == hello_sum);
  BOOST_TEST(refused(put(0, "x")));
  start();
  const auto found = ask<artifact>(subject, find_artifact{linux_build});
  BOOST_REQUIRE(found);
  BOOST_TEST((*found == *made));
  std::ifstream file{found->path};
  BOOST_TEST(std::string(std::istreambuf_iterator<char>(file), {}) == "hello");
}

BOOST_AUTO_TEST_CASE(another_checksum_than_announced_seals_nothing) {
  BOOST_TEST(bool{put(0, "hello")});
  BOOST_TEST(refused(seal(std::string(64, 'a'))));
  BOOST_TEST(refused(ask<artifact>(subject, find_artifact{linux_build}), fleet_error::record_missing));
  BOOST_TEST(refused(seal()));
  BOOST_TEST(bool{put(0, "hello")});
  BOOST_TEST(bool{seal()});
}

BOOST_AUTO_TEST_CASE(what_is_too_large_or_has_no_name_is_refused) {
  options.bytes = 4;
  start();
  BOOST_TEST(refused(put(0, "hello")));
  for (const artifact_name& wrong :
       {artifact_name{"..", "linux", "amd64"}, artifact_name{"1/2", "linux", "amd64"},
        artifact_name{"1", "", "amd64"}, artifact_name{"1", "linux", "../x"}})
    BOOST_TEST(refused(ask<part_stored>(subject, store_part{wrong, 0, "x"})));
}

BOOST_AUTO_TEST_CASE(what_is_removed_is_gone_for_good) {
  BOOST_TEST(bool{put(0, "hello")});
  BOOST_TEST(bool{seal()});
  BOOST_TEST(bool{ask<artifact>(subject, remove_artifact{linux_build, "ann"})});
  start();
  BOOST_TEST(ask<artifact_list>(subject, list_artifacts{})->artifacts.empty());
  BOOST_TEST(
    refused(ask<artifact>(subject, remove_artifact{linux_build, "ann"}), fleet_error::record_missing));
}

BOOST_AUTO_TEST_SUITE_END()
