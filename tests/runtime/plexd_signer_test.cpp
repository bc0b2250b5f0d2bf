// Keys by their names, and every event type we write read by the independent decoder.
#include "runtime/wire/plexd_signer.hpp"

#include "messages/errors.hpp"
#include "runtime/wire/plexd_event.hpp"
#include "tests/support/plexd_decoder.hpp"

#include <boost/test/unit_test.hpp>

using namespace muster;
using testing::plexd_decoder;

namespace {

const utc_time noon{std::chrono::milliseconds{1'700'000'000'120}};

struct signer_fixture {
  testing::decoded_event decoded(const node_event& what) const {
    return plexd_decoder::decode(subject.sign(key, "4711-12", what, noon));
  }

  plexd::signer subject;
  std::string secret = subject.make_secret();
  std::string key = *subject.adopt(secret);
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(plexd_signer, signer_fixture)

BOOST_AUTO_TEST_CASE(a_signed_event_verifies_and_carries_one_id_everywhere) {
  const auto event = decoded({"peer_added", R"({"a": "<b>"})", {}});
  BOOST_TEST(plexd_decoder::verifies(event, key));
  BOOST_TEST(event.id == "4711-12");
  BOOST_TEST(event.text("event_id") == "4711-12");
  BOOST_TEST(event.text("event_type") == "peer_added");
  BOOST_TEST(event.text("issued_at") == "2023-11-14T22:13:20.12Z");
}

BOOST_AUTO_TEST_CASE(an_event_that_is_signed_again_has_another_nonce) {
  const node_event what{"x", "", {}};
  BOOST_TEST(decoded(what).text("nonce") != decoded(what).text("nonce"));
}

BOOST_AUTO_TEST_CASE(a_key_comes_back_from_its_secret_under_the_same_name) {
  plexd::signer other;
  BOOST_TEST(*other.adopt(secret) == key);
  const auto event = plexd_decoder::decode(other.sign(key, "1-1", {"x", "", {}}, noon));
  BOOST_TEST(plexd_decoder::verifies(event, key));
}

BOOST_AUTO_TEST_CASE(a_key_that_is_not_there_signs_nothing) {
  BOOST_TEST(subject.sign("", "1-1", {"x", "", {}}, noon) == "");
  const auto second = *subject.adopt(subject.make_secret());
  BOOST_TEST(second != key);
  subject.forget(key);
  BOOST_TEST(subject.sign(key, "1-1", {"x", "", {}}, noon) == "");
  BOOST_TEST(subject.sign(second, "1-1", {"x", "", {}}, noon) != "");
}

BOOST_AUTO_TEST_CASE(a_secret_of_another_size_is_none) {
  BOOST_TEST((subject.adopt(secret + "x").error() == fleet_error::store_failed));
  BOOST_TEST((subject.adopt("").error() == fleet_error::store_failed));
}

BOOST_AUTO_TEST_CASE(what_nodes_could_not_read_is_a_problem) {
  BOOST_TEST(subject.problem_of({"peer_added", R"({"a":1})", {}}) == "");
  BOOST_TEST(subject.problem_of({"peer_added", "", {}}) == "");
  BOOST_TEST(subject.problem_of({"", "{}", {}}) != "");
  BOOST_TEST(subject.problem_of({"x", "{", {}}) != "");
  const auto list_of = [](size_t count) {
    std::string out = "[1";
    for (size_t i = 0; i < count; ++i) out += R"(,"<<<<")";
    return out + "]";
  };
  BOOST_TEST(subject.problem_of({"x", list_of(4'800), {}}) == "");
  BOOST_TEST(subject.problem_of({"x", list_of(4'900), {}}).find("128 KiB") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_rotation_names_both_keys) {
  const auto next = *subject.adopt(subject.make_secret());
  const auto event = decoded({"signing_key_rotated", subject.rotation_payload({next, key, noon}), {}});
  BOOST_TEST(plexd_decoder::verifies(event, key));
  BOOST_TEST(event.raw.at("payload")
             == R"({"current":")" + next + R"(","previous":")" + key
                  + R"(","transition_expires":"2023-11-14T22:13:20.12Z"})");
}

BOOST_AUTO_TEST_SUITE_END()
