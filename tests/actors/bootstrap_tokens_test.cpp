// Which bootstrap tokens let a host in.
#include "actors/manager/bootstrap_tokens.hpp"

#include <boost/test/unit_test.hpp>

using namespace muster;
using namespace std::chrono_literals;

namespace {

constexpr utc_time noon{std::chrono::milliseconds{1'700'000'000'000}};
constexpr token_digest first{1, 1}, second{2, 2};

bootstrap_token token_of(const token_digest& digest, uint32_t uses = 1, const std::string& hostname = "") {
  bootstrap_token token;
  token.id = "bt-" + std::to_string(digest.high);
  token.digest = digest;
  token.tenant = "north";
  token.hostname = hostname;
  token.uses = uses;
  token.made_at = noon;
  token.expires_at = noon + 24h;
  return token;
}

struct bootstrap_tokens_suite {
  token_refusal reserve(const token_digest& digest = first, utc_time at = noon) {
    return tokens.reserve(digest, "web-1", at);
  }

  bootstrap_tokens tokens{3};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(bootstrap_tokens_tests, bootstrap_tokens_suite)

BOOST_AUTO_TEST_CASE(a_token_lets_in_as_many_hosts_as_it_has_uses) {
  tokens.add(token_of(first, 2));
  for (uint32_t use : {1, 2}) {
    BOOST_TEST((reserve() == token_refusal::none));
    BOOST_TEST(tokens.settle(first, true)->used == use);
  }
  BOOST_TEST((reserve() == token_refusal::spent));
  BOOST_TEST((reserve(second) == token_refusal::unknown));
}

BOOST_AUTO_TEST_CASE(the_last_use_is_one_hosts_until_its_enrolment_ends) {
  tokens.add(token_of(first));
  reserve();
  BOOST_TEST((reserve() == token_refusal::reserved));
  tokens.settle(first, false);
  BOOST_TEST((reserve() == token_refusal::none));
  tokens.settle(first, true);
  BOOST_TEST((reserve() == token_refusal::spent));
}

BOOST_AUTO_TEST_CASE(it_expires_to_the_millisecond) {
  tokens.add(token_of(first, 5));
  BOOST_TEST((reserve(first, noon + 24h - 1ms) == token_refusal::none));
  BOOST_TEST((reserve(first, noon + 24h) == token_refusal::expired));
}

BOOST_AUTO_TEST_CASE(a_revoked_one_lets_nobody_in_but_who_was_let_in_stays) {
  tokens.add(token_of(first, 2));
  reserve();
  BOOST_TEST((tokens.revoke("bt-1", noon + 1min)->revoked_at == noon + 1min));
  BOOST_TEST((tokens.revoke("bt-1", noon + 2min)->revoked_at == noon + 1min));
  BOOST_TEST(!tokens.revoke("bt-2", noon).has_value());
  BOOST_TEST((reserve() == token_refusal::revoked));
  BOOST_TEST(tokens.settle(first, true)->used == 1u);
}

BOOST_AUTO_TEST_CASE(a_token_for_one_host_is_of_no_use_to_others) {
  tokens.add(token_of(first, 1, "web-2"));
  tokens.add(token_of(second, 1, "web-1"));
  BOOST_TEST((reserve() == token_refusal::other_host));
  BOOST_TEST((reserve(second) == token_refusal::none));
}

BOOST_AUTO_TEST_CASE(they_are_bounded_and_each_is_there_once) {
  BOOST_TEST(tokens.add(token_of({1, 1})));
  BOOST_TEST(!tokens.add(token_of({1, 1})));
  BOOST_TEST(tokens.add(token_of({2, 2})));
  BOOST_TEST(tokens.add(token_of({3, 3})));
  BOOST_TEST(!tokens.add(token_of({4, 4})));
  BOOST_TEST(tokens.list().size() == 3u);
}

BOOST_AUTO_TEST_CASE(those_that_are_long_over_are_forgotten_unless_in_use) {
  tokens.add(token_of(first));
  tokens.add(token_of(second));
  tokens.revoke("bt-2", noon + 1h);
  reserve();
  const auto gone = tokens.forget_over(noon + 2h);
  BOOST_REQUIRE(gone.size() == 1u);
  BOOST_TEST(gone[0].id == "bt-2");
  BOOST_TEST(tokens.forget_over(noon + 48h).empty());
  tokens.settle(first, true);
  BOOST_TEST(tokens.forget_over(noon + 48h).size() == 1u);
  BOOST_TEST(tokens.find(first) == nullptr);
}

BOOST_AUTO_TEST_SUITE_END()
