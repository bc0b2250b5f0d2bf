// What the nodes of one loop are sent: those who listen, those who come back, and
// those of whom nobody knows what they have missed.
#include "runtime/ingress/node_streams.hpp"

#include "runtime/wire/plexd_signer.hpp"
#include "tests/actors/event_fakes.hpp"
#include "tests/runtime/kept_stream.hpp"
#include "tests/support/plexd_decoder.hpp"

#include <boost/test/unit_test.hpp>

using namespace muster;
using muster::test::kept_stream;
using muster::test::noon;
using muster::test::readable_signer;
using muster::testing::plexd_decoder;
using namespace std::chrono_literals;

namespace {

agent_id node(uint32_t slot) { return make_agent_id(0, slot, slot + 1); }

// A peer that takes bytes only when told.
struct slow_stream final : http::stream {
  bool send(std::shared_ptr<const std::string> bytes) override {
    waiting += bytes->size();
    text += *bytes;
    return true;
  }
  size_t backlog() const override { return waiting; }
  bool open() const override { return true; }
  void end() override {}

  size_t waiting = 0;
  std::string text;
};

// Signs "k1(7-1 a)" for the event a, number 1.
struct node_streams_fixture {
  explicit node_streams_fixture(std::shared_ptr<event_signer> with = std::make_shared<readable_signer>())
    : signer(std::move(with)) {
    options.kept.events = 100;
    first_key = *signer->adopt(signer->make_secret());
    make();
    desk->take(publish_signing{7, {first_key, "", {}}});
  }

  void make() {
    desk.emplace(
      options, signer, [this] { return now; }, [this](agent_id id) { reconciled.push_back(id); });
  }

  document<logged_event> event(uint64_t sequence, const std::string& type, event_audience whom = {},
                               const std::string& payload = "{}") const {
    return document{logged_event{0, "north", sequence, now, {type, payload, std::move(whom)}}};
  }
  // As the event log does it.
  document<signed_frame> signed_by(const std::string& key, const document<logged_event>& what) const {
    const auto id = to_string(event_place{7, what->sequence});
    return document{signed_frame{what, now, key, signer->sign(key, id, what->what, now)}};
  }
  document<signed_frame> publish(uint64_t sequence, const std::string& type, event_audience whom = {},
                                 const std::string& payload = "{}", const std::string& tenant = "north") {
    const auto made = signed_by(first_key, event(sequence, type, std::move(whom), payload));
    desk->take(publish_events{tenant, {made}});
    return made;
  }
  std::shared_ptr<kept_stream> open(uint32_t slot, std::string_view last_event_id = "",
                                    const std::string& tenant = "north") {
    auto stream = std::make_shared<kept_stream>();
    desk->listen(node(slot), tenant, last_event_id).opens(stream);
    return stream;
  }
  void push() {
    while (desk->push(1)) {
    }
  }
  bool sweep(uint32_t second = 1) {
    return desk->sweep(second, [this](agent_id id) { return id != removed; });
  }
  // Without the comment that each stream begins with.
  static std::string told(const kept_stream& stream) {
    const std::string welcome = ": welcome\n\n";
    BOOST_TEST(stream.text().starts_with(welcome));
    return stream.text().substr(welcome.size());
  }

  utc_time now = noon;
  agent_id removed{};
  std::vector<agent_id> reconciled;
  std::shared_ptr<event_signer> signer;
  std::string first_key;
  node_stream_options options;
  std::optional<node_streams> desk;
};

struct plexd_streams_fixture : node_streams_fixture {
  plexd_streams_fixture() : node_streams_fixture(std::make_shared<plexd::signer>()) {}

  static testing::decoded_event decoded(const kept_stream& stream, size_t piece) {
    return plexd_decoder::decode(*stream.pieces.at(piece));
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(node_streams_suite, node_streams_fixture)

BOOST_AUTO_TEST_CASE(before_the_keys_are_known_nobody_can_listen) {
  make();
  BOOST_TEST(!desk->ready());
  desk->take(publish_signing{7, {first_key, "", {}}});
  BOOST_TEST(desk->ready());
}

BOOST_AUTO_TEST_CASE(an_event_reaches_everyone_as_the_bytes_that_the_log_made) {
  const auto first = open(1), second = open(2);
  const auto made = publish(1, "a");
  BOOST_TEST(told(*first) == "");
  push();
  BOOST_TEST(told(*first) == "k1(7-1 a)");
  BOOST_TEST((first->pieces.back().get() == &made->frame));
  BOOST_TEST((second->pieces.back().get() == &made->frame));
  BOOST_TEST(desk->counts().signatures == 0u);
  BOOST_TEST(desk->counts().events == 2u);
}

BOOST_AUTO_TEST_CASE(an_event_reaches_its_audience_and_its_tenant_alone) {
  const auto one = open(1), two = open(2), other = open(1, "", "south");
  publish(1, "a", {audience_kind::only, {node(1)}});
  publish(2, "b", {audience_kind::except, {node(1)}});
  push();
  BOOST_TEST(told(*one) == "k1(7-1 a)");
  BOOST_TEST(told(*two) == "k1(7-2 b)");
  BOOST_TEST(told(*other) == "");
  BOOST_TEST(!sweep(), "nobody has to look at them again");
  publish(1, "c", {}, "{}", "west");
  BOOST_TEST(!desk->pushing());
}

BOOST_AUTO_TEST_CASE(a_fresh_node_is_not_told_of_the_past) {
  publish(1, "a");
  now += options.reconnects_within + 1ms;
  BOOST_TEST(told(*open(1)) == "");
  BOOST_TEST(reconciled.empty());
}

BOOST_AUTO_TEST_CASE(a_node_without_an_id_that_may_have_missed_an_event_is_told_to_look) {
  publish(1, "a");
  now += options.reconnects_within;
  BOOST_TEST(told(*open(1)) == "k1(7-1 resync)");
  BOOST_TEST((reconciled == std::vector{node(1)}));
  BOOST_TEST(told(*open(1, "7-1")) == "");
}

BOOST_AUTO_TEST_CASE(a_node_that_comes_back_gets_what_it_missed_at_once) {
  publish(1, "a");
  publish(2, "b");
  publish(3, "c", {audience_kind::only, {node(2)}});
  BOOST_TEST(told(*open(1, "7-0")) == "k1(7-1 a)k1(7-2 b)");
  BOOST_TEST(told(*open(1, "7-1")) == "k1(7-2 b)");
  BOOST_TEST(told(*open(1, "7-2")) == "");
  BOOST_TEST(desk->counts().signatures == 0u);
  BOOST_TEST(reconciled.empty());
}

BOOST_AUTO_TEST_CASE(a_node_that_is_lost_is_told_to_look_and_is_in_step_from_then_on) {
  publish(1, "a");
  publish(2, "b");
  const auto stream = open(1, "6-1");
  BOOST_TEST(told(*stream) == "k1(7-2 resync)");
  BOOST_TEST((reconciled == std::vector<agent_id>{node(1)}));
  publish(3, "c");
  push();
  BOOST_TEST(told(*stream) == "k1(7-2 resync)k1(7-3 c)");
  BOOST_TEST(told(*open(1, "7-2")) == "k1(7-3 c)");
  BOOST_TEST(desk->counts().resyncs == 1u);
}

BOOST_AUTO_TEST_CASE(many_who_are_lost_at_one_place_cost_one_signature) {
  publish(1, "a");
  const auto first = open(1, "evt_17"), second = open(2, "7-99");
  BOOST_TEST(desk->counts().signatures == 1u);
  BOOST_TEST((first->pieces[1] == second->pieces[1]));
  publish(2, "b");
  BOOST_TEST(told(*open(3, "x")) == "k1(7-2 resync)");
  now += options.resign_after;
  open(4, "x");
  BOOST_TEST(desk->counts().signatures == 3u, "a signature gets old");
  BOOST_TEST(reconciled.size() == 4u);
}

BOOST_AUTO_TEST_CASE(a_place_that_is_too_old_is_lost) {
  options.kept.events = 2;
  make();
  desk->take(publish_signing{7, {first_key, "", {}}});
  for (uint64_t i = 1; i <= 4; ++i) publish(i, "a");
  BOOST_TEST(told(*open(1, "7-1")) == "k1(7-4 resync)");
  BOOST_TEST(told(*open(1, "7-2")) == "k1(7-3 a)k1(7-4 a)");
}

BOOST_AUTO_TEST_CASE(an_old_signature_is_renewed_once_for_all_who_come_back) {
  publish(1, "a");
  now += options.resign_after - 1ms;
  open(1, "7-0");
  BOOST_TEST(desk->counts().signatures == 0u);
  now += 1ms;
  const auto first = open(1, "7-0"), second = open(2, "7-0");
  BOOST_TEST(told(*first) == "k1(7-1 a)");
  BOOST_TEST((first->pieces.back() == second->pieces.back()));
  BOOST_TEST(desk->counts().signatures == 1u);
}

BOOST_AUTO_TEST_CASE(a_signature_of_the_future_is_renewed) {
  publish(1, "a");
  now -= options.resign_after;
  open(1, "7-0");
  BOOST_TEST(desk->counts().signatures == 1u);
}

BOOST_AUTO_TEST_CASE(what_was_not_signed_since_a_restart_is_signed_when_it_is_wanted) {
  desk->take(publish_events{"north", {document{signed_frame{event(1, "a"), {}, "", ""}}}});
  BOOST_TEST(desk->counts().signatures == 0u);
  BOOST_TEST(told(*open(1, "7-0")) == "k1(7-1 a)");
}

BOOST_AUTO_TEST_CASE(who_was_away_during_a_rotation_gets_each_event_with_the_key_it_knows_by_then) {
  publish(1, "a");
  const auto second = *signer->adopt(signer->make_secret());
  desk->take(publish_signing{7, {second, first_key, now + 1h}});
  publish(2, "signing_key_rotated");
  desk->take(publish_events{"north", {signed_by(second, event(3, "b"))}});
  now += 10min;
  const auto replay = "k1(7-1 a)k1(7-2 signing_key_rotated)k2(7-3 b)";
  BOOST_TEST(told(*open(1, "7-0")) == replay);
  now += 50min;
  BOOST_TEST(told(*open(1, "7-0")) == "k2(7-1 a)k2(7-2 signing_key_rotated)k2(7-3 b)", "the overlap is over");
}

BOOST_AUTO_TEST_CASE(a_young_signature_with_a_key_that_is_no_longer_good_is_renewed) {
  publish(1, "signing_key_rotated");
  const auto second = *signer->adopt(signer->make_secret());
  desk->take(publish_signing{7, {second, first_key, now + 1min}});
  now += 59s;
  BOOST_TEST(told(*open(1, "7-0")) == "k1(7-1 signing_key_rotated)");
  now += 1s;
  BOOST_TEST(told(*open(1, "7-0")) == "k2(7-1 signing_key_rotated)");
}

BOOST_AUTO_TEST_CASE(what_could_not_be_signed_is_signed_when_it_can) {
  desk->take(publish_events{"north", {document{signed_frame{event(1, "a"), now, first_key, ""}}}});
  BOOST_TEST(told(*open(1, "7-0")) == "k1(7-1 a)");
}

BOOST_AUTO_TEST_CASE(a_key_that_has_gone_already_is_replaced_by_the_present_one) {
  publish(1, "signing_key_rotated");
  const auto second = *signer->adopt(signer->make_secret());
  desk->take(publish_signing{7, {second, first_key, now + 1h}});
  signer->forget(first_key);
  now += 10min;
  BOOST_TEST(told(*open(1, "7-0")) == "k2(7-1 signing_key_rotated)");
}

BOOST_AUTO_TEST_CASE(a_long_replay_takes_turns) {
  options.events_per_turn = 2;
  make();
  desk->take(publish_signing{7, {first_key, "", {}}});
  for (uint64_t i = 1; i <= 5; ++i) publish(i, "a");
  const auto stream = open(1, "7-0");
  BOOST_TEST(stream->pieces.size() == 3u);
  BOOST_TEST(desk->pushing());
  BOOST_TEST(desk->push(1));
  BOOST_TEST(stream->pieces.size() == 5u);
  BOOST_TEST(!desk->push(1));
  BOOST_TEST(stream->pieces.size() == 6u);
}

BOOST_AUTO_TEST_CASE(those_who_are_due_are_served_at_the_pace_that_is_asked) {
  const auto first = open(1), second = open(2);
  publish(1, "a");
  publish(2, "b");
  BOOST_TEST(desk->push(1));
  BOOST_TEST(told(*first) == "k1(7-1 a)k1(7-2 b)");
  BOOST_TEST(told(*second) == "");
  BOOST_TEST(!desk->push(1));
}

BOOST_AUTO_TEST_CASE(a_slow_node_is_sent_more_when_it_has_taken_what_waits) {
  const auto slow = std::make_shared<slow_stream>();
  desk->listen(node(1), "north", "").opens(slow);
  slow->waiting = http::stream_backlog / 4 + 1;
  publish(1, "a");
  push();
  BOOST_TEST(slow->text == ": welcome\n\n");
  BOOST_TEST(!sweep());
  slow->waiting = 0;
  BOOST_TEST(sweep());
  push();
  BOOST_TEST(slow->text == ": welcome\n\nk1(7-1 a)");
  BOOST_TEST(!sweep());
}

BOOST_AUTO_TEST_CASE(signs_of_life_come_every_fifteen_seconds) {
  const auto stream = open(1);
  for (uint32_t second = 1; second <= 30; ++second) sweep(second);
  BOOST_TEST(told(*stream) == ": alive\n\n: alive\n\n");
}

BOOST_AUTO_TEST_CASE(streams_of_nodes_that_are_gone_end_and_others_stay) {
  const auto gone = open(1), left = open(2), stays = open(3);
  left->takes_more = false;
  removed = node(1);
  sweep();
  BOOST_TEST(!gone->takes_more);
  BOOST_TEST(stays->takes_more);
  BOOST_TEST(desk->counts().streams == 1u);
  BOOST_TEST(desk->counts().opened == 3u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(node_streams_of_plexd, plexd_streams_fixture)

BOOST_AUTO_TEST_CASE(every_type_of_event_verifies_for_its_node) {
  uint64_t sequence = 0;
  for (const char* type :
       {"peer_added", "peer_removed", "peer_unreachable", "peer_reachable", "peer_key_rotated",
        "peer_endpoint_changed", "policy_updated", "action_request", "node_state_updated",
        "node_secrets_updated", "fleet_policy_updated", "collector_config_updated"}) {
    const auto stream = open(1, "7-" + std::to_string(sequence));
    publish(++sequence, type, {}, R"({"a":"<b>"})");
    push();
    const auto event = decoded(*stream, 1);
    BOOST_TEST(plexd_decoder::verifies(event, first_key), type);
    BOOST_TEST(event.id == "7-" + std::to_string(sequence));
    BOOST_TEST(event.text("event_id") == event.id);
    stream->takes_more = false;
  }
}

BOOST_AUTO_TEST_CASE(a_resync_verifies) {
  publish(1, "peer_added");
  const auto event = decoded(*open(1, "7-9"), 1);
  BOOST_TEST(plexd_decoder::verifies(event, first_key));
  BOOST_TEST(event.text("event_type") == "resync");
  BOOST_TEST(event.id == "7-1");
}

BOOST_AUTO_TEST_CASE(an_event_of_six_minutes_ago_is_new_to_its_node_under_its_old_id) {
  const auto before = plexd_decoder::decode(publish(1, "peer_added")->frame);
  now += 6min;
  const auto event = decoded(*open(1, "7-0"), 1);
  BOOST_TEST(plexd_decoder::verifies(event, first_key));
  BOOST_TEST(event.text("event_id") == before.text("event_id"));
  BOOST_TEST(event.text("nonce") != before.text("nonce"));
  BOOST_TEST(event.text("issued_at") == "2023-11-14T22:19:20Z");
}

BOOST_AUTO_TEST_SUITE_END()
