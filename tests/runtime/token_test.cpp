// Tokens: their form, their holder, their digest, their randomness.
#include "runtime/crypto/tokens.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <set>
#include <string>

using namespace muster;

namespace {

constexpr agent_id holder = make_agent_id(0, 0xabc, 0x17);
const std::string secret(43, 'x');

bool is_base64url(std::string_view text) {
  return text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
         == std::string_view::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(tokens)

BOOST_AUTO_TEST_CASE(a_token_carries_the_id_of_its_holder) {
  random_credentials source;
  const auto fresh = source.issue(holder);
  BOOST_TEST(fresh.token.size() == agent_token_size);
  BOOST_TEST(fresh.token.substr(0, 20) == "mt_00000abc00000017_");
  BOOST_TEST(is_base64url(fresh.token.substr(20)));
  BOOST_TEST((token_subject(fresh.token) == holder));
}

BOOST_AUTO_TEST_CASE(a_token_is_issued_with_its_own_digest) {
  random_credentials source;
  const auto fresh = source.issue(holder);
  token_hasher hasher;
  BOOST_TEST((hasher.digest(fresh.token) == fresh.digest));
  BOOST_TEST(!fresh.digest.empty());
}

BOOST_AUTO_TEST_CASE(no_two_tokens_are_alike) {
  random_credentials source;
  std::set<std::string> tokens;
  std::set<token_digest> digests;
  for (int i = 0; i < 1000; ++i) {
    auto fresh = source.issue(holder);
    digests.insert(fresh.digest);
    tokens.insert(std::move(fresh.token));
  }
  BOOST_TEST(tokens.size() == 1000u);
  BOOST_TEST(digests.size() == 1000u);
}

BOOST_AUTO_TEST_CASE(every_bit_of_a_secret_is_used) {
  std::array<std::set<char>, 43> seen;
  for (int i = 0; i < 2000; ++i) {
    const auto text = random_secret();
    BOOST_REQUIRE(text.size() == 43u);
    BOOST_REQUIRE(is_base64url(text));
    for (size_t at = 0; at < text.size(); ++at) seen[at].insert(text[at]);
  }
  for (size_t at = 0; at < 42; ++at) BOOST_TEST(seen[at].size() == 64u);
  BOOST_TEST(seen[42].size() == 16u);  // 256 bits leave four for the last character
}

BOOST_AUTO_TEST_CASE(what_does_not_look_like_a_token_has_no_holder) {
  const auto good = "mt_00000abc00000017_" + secret;
  BOOST_REQUIRE(token_subject(good).has_value());
  for (const auto& text :
       {std::string{}, good + "x", good.substr(0, good.size() - 1), "mt-00000abc00000017_" + secret,
        "mt_00000abc00000017-" + secret, "mt_g0000abc00000017_" + secret, "mt_ 0000abc00000017_" + secret,
        "mt_-0000abc00000017_" + secret, "mt_0x000abc00000017_" + secret, "xt_00000abc00000017_" + secret})
    BOOST_TEST(!token_subject(text), "'" << text << "' was taken for a token");
}

BOOST_AUTO_TEST_CASE(a_digest_is_the_first_half_of_sha_256) {
  token_hasher hasher;
  BOOST_TEST((hasher.digest("abc") == token_digest{0xba7816bf8f01cfea, 0x414140de5dae2223}));
  BOOST_TEST((hasher.digest("") == token_digest{0xe3b0c44298fc1c14, 0x9afbf4c8996fb924}));
  BOOST_TEST((hasher.digest("abc") == token_digest{0xba7816bf8f01cfea, 0x414140de5dae2223}));
}

BOOST_AUTO_TEST_CASE(secrets_are_the_same_only_byte_for_byte) {
  BOOST_TEST(same_secret("", ""));
  BOOST_TEST(same_secret("abc", "abc"));
  BOOST_TEST(!same_secret("abc", "abd"));
  BOOST_TEST(!same_secret("abc", "abcd"));
  BOOST_TEST(!same_secret("abc", ""));
}

BOOST_AUTO_TEST_SUITE_END()
