// Shared texts.
#include "actors/manager/text_pool.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace muster;

BOOST_AUTO_TEST_SUITE(text_pool_suite)

BOOST_AUTO_TEST_CASE(the_empty_text_is_zero) {
  text_pool pool;
  BOOST_TEST(pool.intern("") == 0u);
  BOOST_TEST(pool[0] == "");
}

BOOST_AUTO_TEST_CASE(equal_texts_share_one_key) {
  text_pool pool;
  const auto linux_key = pool.intern("Linux 6.1.0");
  BOOST_TEST(pool.intern(std::string{"Linux "} + "6.1.0") == linux_key);
  BOOST_TEST(pool.intern("Linux 6.1.1") != linux_key);
  BOOST_TEST(pool[linux_key] == "Linux 6.1.0");
}

BOOST_AUTO_TEST_CASE(texts_stay_findable_while_the_pool_grows) {
  text_pool pool;
  std::vector<text_pool::key> keys;
  for (int i = 0; i < 5000; ++i) keys.push_back(pool.intern("text " + std::to_string(i)));
  for (int i = 0; i < 5000; ++i) {
    const auto text = "text " + std::to_string(i);
    BOOST_REQUIRE(pool.intern(text) == keys[static_cast<size_t>(i)]);
    BOOST_REQUIRE(pool[keys[static_cast<size_t>(i)]] == text);
  }
}

BOOST_AUTO_TEST_SUITE_END()
