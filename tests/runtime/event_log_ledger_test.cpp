// The event log on a real ledger, with real keys, followed by a loop's streams: what a
// node is sent before, across and after a restart of the manager.
#include "ledger_fixture.hpp"

#include "actors/manager/event_log.hpp"
#include "runtime/crypto/master_key.hpp"
#include "runtime/ingress/node_streams.hpp"
#include "runtime/ledger/ledger.hpp"
#include "runtime/ledger/load_events.hpp"
#include "runtime/wire/plexd_signer.hpp"
#include "tests/runtime/kept_stream.hpp"
#include "tests/support/plexd_decoder.hpp"

using namespace muster;
using namespace muster::ledger_test;
using muster::test::kept_stream;
using muster::testing::plexd_decoder;

namespace {

event_listener_actor::behavior_type following(event_listener_actor::pointer, node_streams* desk) {
  return {[=](const publish_signing& news) { desk->take(news); },
          [=](const publish_events& news) { desk->take(news); }};
}

struct manager_of_events : actor_fixture {
  manager_of_events() { start(); }

  void start() {
    open();
    auto restored = must(load_events(*data));
    signer = std::make_shared<plexd::signer>();
    desk.emplace(
      node_stream_options{}, signer, [this] { return now; }, [this](agent_id) { ++lost; });
    restored.keys = must(open_signing_keys(restored.sealed, *secrets, *signer));
    writer = spawn(ledger, data, ledger_options{});
    log = spawn(event_log, event_log_options{},
                event_log_ports{writer, secrets, signer, [this] { return now; },
                                [](std::string_view, const std::string&) {}, 4711},
                std::move(restored));
    loop = spawn(following, &*desk);
    tell(log, attach_event_listeners{{loop}, {}});
  }
  void stop() {
    for (const auto& each : {caf::actor_cast<caf::actor>(log), caf::actor_cast<caf::actor>(writer),
                             caf::actor_cast<caf::actor>(loop)})
      caf::anon_send_exit(each, caf::exit_reason::user_shutdown);
    deliver();
    sched.clock().cancel_all();
    log = nullptr;
    writer = nullptr;
    loop = nullptr;
    data.reset();
  }

  void append(const std::string& type, event_audience whom = {}) {
    must(ask<committed>(log, append_events{"north", {{type, R"({"a":1})", std::move(whom)}}}));
  }
  signing_keys keys() { return must(ask<signing_keys>(log, read_signing_keys{})); }
  std::shared_ptr<kept_stream> listen(uint32_t slot, const std::string& last_event_id) {
    auto stream = std::make_shared<kept_stream>();
    desk->listen(agent_at(slot, 1), "north", last_event_id).opens(stream);
    return stream;
  }
  // "peer_added old, …": types, and which of the keys each verifies with.
  static std::string heard(const kept_stream& stream, const signing_keys& with) {
    std::string out;
    for (const auto& piece : stream.pieces) {
      if (piece->starts_with(':')) continue;
      const auto event = plexd_decoder::decode(*piece);
      out += event.text("event_type");
      if (plexd_decoder::verifies(event, with.current)) out += " current, ";
      else
        out +=
          !with.previous.empty() && plexd_decoder::verifies(event, with.previous) ? " previous, " : " ?, ";
    }
    return out;
  }

  utc_time now = noon;
  size_t lost = 0;
  std::shared_ptr<const vault> secrets = std::make_shared<master_vault>(std::string(32, 'k'));
  std::shared_ptr<plexd::signer> signer;
  std::optional<node_streams> desk;
  ledger_actor writer;
  event_log_actor log;
  event_listener_actor loop;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(event_log_on_a_ledger, manager_of_events)

BOOST_AUTO_TEST_CASE(replay_goes_on_across_a_restart) {
  append("peer_added");
  append("peer_removed", {audience_kind::only, {agent_at(2, 1)}});
  append("policy_updated");
  const auto before = keys();
  stop();
  now += 10min;
  start();
  BOOST_TEST((keys() == before));
  BOOST_TEST(heard(*listen(1, "4711-1"), before) == "policy_updated current, ");
  BOOST_TEST(heard(*listen(2, "4711-1"), before) == "peer_removed current, policy_updated current, ");
  BOOST_TEST(heard(*listen(2, "4711-3"), before) == "");
  append("peer_added");
  BOOST_TEST(heard(*listen(1, "4711-3"), before) == "peer_added current, ");
  BOOST_TEST(lost == 0u);
}

BOOST_AUTO_TEST_CASE(rotation_while_a_node_is_away_is_followed_across_a_restart) {
  append("peer_added");
  must(ask<signing_keys>(log, rotate_signing_key{1h, "ann"}));
  append("policy_updated");
  const auto rotated = keys();
  const std::string replay = "peer_added previous, signing_key_rotated previous, policy_updated current, ";
  BOOST_TEST(heard(*listen(1, "4711-0"), rotated) == replay);
  stop();
  now += 10min;
  start();
  BOOST_TEST((keys() == rotated));
  BOOST_TEST(heard(*listen(1, "4711-0"), rotated) == replay);
  BOOST_TEST(keys().transition_expires.time_since_epoch() == (noon + 1h).time_since_epoch());
}

BOOST_AUTO_TEST_CASE(nodes_that_come_back_leave_the_ledger_alone) {
  append("peer_added");
  const auto transactions = data->transactions();
  now += 10min;
  for (uint32_t slot = 1; slot <= 15'000; ++slot) listen(slot, slot % 3 == 0 ? "nonsense" : "4711-0");
  deliver();
  BOOST_TEST(data->transactions() == transactions);
  BOOST_TEST(desk->counts().signatures == 2u, "the event and the resync");
  BOOST_TEST(lost == 5'000u);
}

BOOST_AUTO_TEST_CASE(keys_in_the_ledger_open_with_their_master_key_alone) {
  keys();
  const auto sealed = must(load_events(*data)).sealed;
  BOOST_TEST(sealed.epoch == 4711u);
  plexd::signer other;
  BOOST_TEST((!open_signing_keys(sealed, master_vault{std::string(32, 'x')}, other)));
  BOOST_TEST((must(open_signing_keys(sealed, *secrets, other)) == keys()));
}

BOOST_AUTO_TEST_SUITE_END()
