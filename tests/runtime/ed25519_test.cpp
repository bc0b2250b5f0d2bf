// Ed25519 keys: what others agree on, and what is refused.
#include "runtime/crypto/ed25519.hpp"

#include "runtime/crypto/base64.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace muster;

namespace {

ed25519_key counted_key() {
  ed25519_seed seed{};
  for (size_t i = 0; i < seed.size(); ++i) seed[i] = static_cast<unsigned char>(i);
  return ed25519_key{seed};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ed25519)

BOOST_AUTO_TEST_CASE(the_public_key_follows_from_the_seed) {
  BOOST_TEST(counted_key().public_key().base64() == "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=");
}

BOOST_AUTO_TEST_CASE(a_signature_is_the_one_that_rfc_8032_has) {
  // Section 7.1, test 1: this seed signs the empty text.
  const auto seed_bytes = from_base64("nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=");
  BOOST_TEST_REQUIRE((seed_bytes && seed_bytes->size() == 32));
  ed25519_seed seed{};
  std::copy(seed_bytes->begin(), seed_bytes->end(), seed.begin());
  const ed25519_key key{seed};
  BOOST_TEST(key.public_key().base64() == "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
  BOOST_TEST(to_base64(key.sign("")) == "5VZDAMNgrHKQhuLMgG6CioSHfx645dl02HPgZSJJAVVf"
             "uIIVkKM7rMYeOXAc+bRr0lv18FlbviRlUUFDjnoQCw==");
}

BOOST_AUTO_TEST_CASE(a_key_comes_back_from_its_seed) {
  const auto key = ed25519_key::generate();
  const ed25519_key again{key.seed()};
  BOOST_TEST((again.public_key() == key.public_key()));
  BOOST_TEST((again.sign("text") == key.sign("text")));
  BOOST_TEST(!(ed25519_key::generate().public_key() == key.public_key()));
}

BOOST_AUTO_TEST_CASE(only_the_text_that_was_signed_is_verified_and_only_by_its_key) {
  const auto key = ed25519_key::generate();
  auto signature = key.sign("text");
  BOOST_TEST(key.public_key().verifies("text", signature));
  BOOST_TEST(!key.public_key().verifies("test", signature));
  BOOST_TEST(!ed25519_key::generate().public_key().verifies("text", signature));
  signature[5] ^= 1;
  BOOST_TEST(!key.public_key().verifies("text", signature));
}

BOOST_AUTO_TEST_CASE(a_public_key_is_base64_of_exactly_32_bytes) {
  const auto text = counted_key().public_key().base64();
  BOOST_TEST((ed25519_public_key::parse(text) == counted_key().public_key()));
  for (const auto& wrong : {std::string{}, text.substr(1), text + "A", text.substr(0, 43), " " + text,
                            to_base64(std::string(31, 'x')), to_base64(std::string(33, 'x'))})
    BOOST_TEST(!ed25519_public_key::parse(wrong));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(base64)

BOOST_AUTO_TEST_CASE(bytes_become_the_text_of_rfc_4648_and_come_back) {
  const std::pair<std::string, std::string> known[]{
    {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"\xFB\xFF", "+/8="}};
  for (const auto& [bytes, text] : known) {
    BOOST_TEST(to_base64(bytes) == text);
    BOOST_TEST((from_base64(text) == bytes));
  }
}

BOOST_AUTO_TEST_CASE(a_text_that_is_not_the_only_one_for_its_bytes_is_refused) {
  for (const auto* wrong : {"Zg", "Zg=", "Zh==", "Zm9=", "====", "Z===", "Zm9v=", "Zm-v", "Zm9v\n", "Z g="})
    BOOST_TEST(!from_base64(wrong));
}

BOOST_AUTO_TEST_SUITE_END()
