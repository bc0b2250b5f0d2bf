// What nodes have reported, as operators read it.
#include "runtime/wire/operator_reports.hpp"

#include "tests/runtime/json_text.hpp"

using namespace muster;
using muster::test::hostile_texts;
using muster::test::strict;

namespace {

constexpr utc_time noon{std::chrono::milliseconds{1'700'000'000'000}};

}  // namespace

BOOST_AUTO_TEST_SUITE(operator_reports)

BOOST_AUTO_TEST_CASE(items_are_passed_on_as_they_are) {
  BOOST_TEST(
    operator_api::write_node_reports({{{{}, 7, noon, {R"({"a":1.50})", "{}"}}}, 0})
    == R"({"reports":[{"number":7,"received_at":"2023-11-14T22:13:20.000Z","items":[{"a":1.50},{}]}],)"
       R"("next_cursor":null})");
  BOOST_TEST(operator_api::write_node_entries({}) == R"({"entries":[],"next_cursor":null})");
}

BOOST_AUTO_TEST_CASE(names_of_strangers_stay_texts) {
  for (const auto& hostile : hostile_texts) {
    const node_value_page page{{{hostile, noon, R"({"ok":true})"}}, 5};
    const auto entries = strict(operator_api::write_node_entries(page));
    BOOST_TEST(std::string{entries.at("entries").at(0).at("name").as_string()} == hostile);
    BOOST_TEST(entries.at("entries").at(0).at("entry").at("ok").as_bool());
    BOOST_TEST(entries.at("next_cursor").is_string());
    const auto metrics = strict(operator_api::write_node_metrics(page));
    BOOST_TEST(metrics.at("metrics").at(0).at("sample").at("ok").as_bool());
  }
}

BOOST_AUTO_TEST_SUITE_END()
