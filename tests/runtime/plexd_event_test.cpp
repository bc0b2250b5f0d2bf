// Events of the plexd dialect: vectors that the real client has verified, and what
// else its check depends on.
#include "runtime/wire/plexd_event.hpp"

#include "tests/support/plexd_decoder.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace muster;
using namespace std::chrono_literals;
using testing::plexd_decoder;

namespace {

using event_instant = std::chrono::sys_time<std::chrono::nanoseconds>;

const event_instant morning = std::chrono::sys_days{std::chrono::year{2026} / 1 / 2} + 3h + 4min + 5s;

ed25519_key known_key() {
  ed25519_seed seed{};
  for (size_t i = 0; i < seed.size(); ++i) seed[i] = static_cast<unsigned char>(i);
  return ed25519_key{seed};
}

std::string with_signature(std::string canonical, const std::string& signature) {
  canonical.back() = ',';
  return canonical + R"("signature":")" + signature + "\"}";
}

plexd::event_fields with_payload(std::string payload) {
  return {"node_state_updated", "1-7", morning, "n", std::move(payload)};
}

testing::decoded_event decoded(const plexd::event_fields& of, const ed25519_key& key) {
  return plexd_decoder::decode(plexd::event_frame(of.id, plexd::signed_event(of, key)));
}

bool arrives(const plexd::event_fields& of) {
  const auto key = known_key();
  return plexd_decoder::verifies(decoded(of, key), key.public_key().base64());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(plexd_events)

BOOST_AUTO_TEST_CASE(an_event_is_signed_as_the_real_client_verified_it) {
  const plexd::event_fields event{"node_state_updated", "evt_1", morning, "n-1",
                                  R"({"metadata":{"a":"b"},"data":[]})"};
  const std::string canonical =
    R"({"event_type":"node_state_updated","event_id":"evt_1","issued_at":"2026-01-02T03:04:05Z","nonce":"n-1",)"
    R"("payload":{"metadata":{"a":"b"},"data":[]}})";
  BOOST_TEST(plexd::canonical_event(event) == canonical);
  BOOST_TEST(plexd::signed_event(event, known_key())
             == with_signature(canonical,
                               "TC5wDn9XpSKjE5PmRLOCVtN4xWZAns+Q38puKc8fnbDO4wlRRWIgATL0NJzqkCBKz9X"
                               "HcgEyFNiSnP3f4+glBw=="));
}

BOOST_AUTO_TEST_CASE(what_html_must_not_see_is_escaped_before_it_is_signed) {
  const plexd::event_fields event{
    "action_request", "evt_2", morning + 120ms, "n-2",
    R"({"execution_id":"x1","action":"run","parameters":{"cmd":"a < b && c > d"},"timeout":"10s"})"};
  const std::string canonical =
    R"({"event_type":"action_request","event_id":"evt_2","issued_at":"2026-01-02T03:04:05.12Z","nonce":"n-2",)"
    R"("payload":{"execution_id":"x1","action":"run","parameters":{"cmd":"a \u003c b \u0026\u0026 c \u003e d"},)"
    R"("timeout":"10s"}})";
  BOOST_TEST(plexd::canonical_event(event) == canonical);
  BOOST_TEST(plexd::signed_event(event, known_key())
             == with_signature(canonical,
                               "kuzxLtTOUkDfpQkmoFD8Acpff0M5q25LxZVWBjql8D6guZnbCm0Br4NfrzacC5JlDTt"
                               "pP5yQtS7GCjZNTijRAA=="));
}

BOOST_AUTO_TEST_CASE(an_event_without_a_payload_is_signed_with_null) {
  const plexd::event_fields event{"x", "e&f", morning + 1us, "n-3", ""};
  const std::string canonical =
    R"({"event_type":"x","event_id":"e\u0026f","issued_at":"2026-01-02T03:04:05.000001Z","nonce":"n-3",)"
    R"("payload":null})";
  BOOST_TEST(plexd::canonical_event(event) == canonical);
  BOOST_TEST(plexd::signed_event(event, known_key())
             == with_signature(canonical,
                               "4T+w+T0YaOwZG2EIj9WTK6TzZOhHRT/NMSu8hPAJtIoa2AkVoI5pU28X7ks9IsZzHE3"
                               "WYhtcgVBWrMgeqQlJBg=="));
}

BOOST_AUTO_TEST_CASE(the_time_of_an_event_has_no_zeros_at_its_end) {
  BOOST_TEST(plexd::event_time(morning) == "2026-01-02T03:04:05Z");
  BOOST_TEST(plexd::event_time(morning + 120ms) == "2026-01-02T03:04:05.12Z");
  BOOST_TEST(plexd::event_time(morning + 5ms) == "2026-01-02T03:04:05.005Z");
  BOOST_TEST(plexd::event_time(morning + 1ns) == "2026-01-02T03:04:05.000000001Z");
  BOOST_TEST(plexd::event_time(morning + 55s) == "2026-01-02T03:05:00Z");
}

BOOST_AUTO_TEST_CASE(a_payload_loses_its_white_space_and_nothing_else) {
  BOOST_TEST(plexd::compact_payload(" { \"b\" : [ 1.0 ,\t1e3,\r\n -0 ] , \"a\" : \" x \\\" y \" } ")
             == R"({"b":[1.0,1e3,-0],"a":" x \" y "})");
  BOOST_TEST(plexd::compact_payload(R"({"é":"\u00e9","back":"\\"})") == R"({"é":"\u00e9","back":"\\"})");
  BOOST_TEST(plexd::compact_payload("\"a\u2028b\u2029c\u2027d\"") == "\"a\\u2028b\\u2029c\u2027d\"");
}

BOOST_AUTO_TEST_CASE(a_decoder_of_its_own_verifies_what_we_sign) {
  BOOST_TEST(arrives(with_payload("")));
  BOOST_TEST(arrives(with_payload("{\"a\": \"<\u2028>\", \"b\": [1, {\"c\": \"\\\\\\\" ,:\"}]}")));
  BOOST_TEST(arrives({"type <&>", "id \"\\", morning + 7ns, plexd::random_nonce(), "[]"}));
}

BOOST_AUTO_TEST_CASE(an_event_that_was_changed_is_not_verified) {
  const auto key = known_key();
  auto json = plexd::signed_event(with_payload(R"({"peer_id":"n_1"})"), key);
  json.replace(json.find("n_1"), 3, "n_2");
  const auto forged = plexd_decoder::decode(plexd::event_frame("1-7", json));
  BOOST_TEST(!plexd_decoder::verifies(forged, key.public_key().base64()));
  const auto genuine = decoded(with_payload(R"({"peer_id":"n_1"})"), key);
  BOOST_TEST(!plexd_decoder::verifies(genuine, ed25519_key::generate().public_key().base64()));
}

BOOST_AUTO_TEST_CASE(the_id_of_the_stream_is_the_id_of_the_event) {
  const auto event = decoded(with_payload("{}"), known_key());
  BOOST_TEST(event.id == "1-7");
  BOOST_TEST(event.text("event_id") == "1-7");
}

BOOST_AUTO_TEST_CASE(a_long_payload_arrives_in_lines_below_64_kib) {
  std::string payload = "{\"data\":[";
  for (int i = 0; i < 4; ++i)
    payload += (i > 0 ? ",\"" : "\"") + std::string(29'000, static_cast<char>('a' + i)) + '"';
  payload += "]}";
  BOOST_TEST(plexd::problem_of(with_payload(payload)).empty());
  BOOST_TEST(arrives(with_payload(payload)));
  std::string nested(60, '[');
  nested += std::string(60, ']');
  BOOST_TEST(plexd::problem_of(with_payload(nested)).empty());
}

BOOST_AUTO_TEST_CASE(what_no_line_can_hold_is_refused) {
  BOOST_TEST(plexd::problem_of(with_payload("[\"" + std::string(30'000, 'x') + "\"]")).empty());
  BOOST_TEST(plexd::problem_of(with_payload("[\"" + std::string(31'000, 'x') + "\"]"))
             == "the payload of an event holds a text of more than 30 KiB");
  BOOST_TEST(plexd::problem_of(with_payload("[\"" + std::string(6'000, '<') + "\"]"))
             == "the payload of an event holds a text of more than 30 KiB");
}

BOOST_AUTO_TEST_CASE(what_a_node_could_not_read_is_refused) {
  BOOST_TEST(plexd::problem_of(with_payload("{\"a\":")).starts_with("the payload of an event: line 1"));
  BOOST_TEST(!plexd::problem_of(with_payload("\xEF\xBB\xBF{}")).empty());
  BOOST_TEST(!plexd::problem_of(with_payload(std::string(100, '[') + std::string(100, ']'))).empty());
  for (const auto* name : {"", "new\nline", "caf\xC3\xA9", "\x7f"}) {
    BOOST_TEST(!plexd::problem_of({name, "1-7", morning, "n", "{}"}).empty());
    BOOST_TEST(!plexd::problem_of({"x", name, morning, "n", "{}"}).empty());
    BOOST_TEST(!plexd::problem_of({"x", "1-7", morning, name, "{}"}).empty());
  }
  BOOST_TEST(!plexd::problem_of({"x", std::string(129, 'i'), morning, "n", "{}"}).empty());
}

BOOST_AUTO_TEST_CASE(a_rotation_names_both_keys_and_when_the_old_one_ends) {
  const auto old_key = known_key();
  const auto new_key = ed25519_key::generate();
  const auto payload = plexd::write_rotated_keys({new_key.public_key(), old_key.public_key(), morning + 24h});
  BOOST_TEST(payload
             == R"({"current":")" + new_key.public_key().base64() + R"(","previous":")"
                  + old_key.public_key().base64() + R"(","transition_expires":"2026-01-03T03:04:05Z"})");
  BOOST_TEST(arrives({"signing_key_rotated", "1-8", morning, "n", payload}));
}

BOOST_AUTO_TEST_CASE(no_nonce_comes_twice) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const auto nonce = plexd::random_nonce();
    BOOST_TEST_REQUIRE(nonce.size() == 32u);
    BOOST_TEST_REQUIRE(nonce.find_first_not_of("0123456789abcdef") == nonce.npos);
    BOOST_TEST_REQUIRE(seen.insert(nonce).second);
  }
}

BOOST_AUTO_TEST_SUITE_END()
