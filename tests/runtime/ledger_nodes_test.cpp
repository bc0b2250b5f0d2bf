// Nodes and bootstrap tokens in the ledger.
#include "ledger_fixture.hpp"

#include "runtime/ledger/ledger.hpp"
#include "runtime/ledger/load_fleet.hpp"
#include "runtime/ledger/load_nodes.hpp"
#include "runtime/ledger/node_records.hpp"
#include "runtime/ledger/purge.hpp"

using namespace muster;
using namespace muster::ledger_test;

namespace {

node_facts sample_node(agent_id id) {
  return {id,
          "public",
          0x0A640007,
          true,
          "sealed",
          {0x0123456789abcdef, 0xfedcba9876543210},
          {{"os", "linux \"6\""}},
          R"({"hooks":[]})",
          {{"backup", "ab12"}, {"ping", ""}},
          "1.4.2",
          "cd34",
          "203.0.113.9:51820",
          "full_cone",
          2,
          {3, 4},
          noon};
}

bootstrap_token sample_token(uint64_t number = 0xfedcba9876543210) {
  return {"bt-1", {number, 7}, "north",    {{"env", "prod"}}, "web-1", 3,
          1,      noon - 1h,   noon + 23h, noon + 1ms,        "ann"};
}

struct node_ledger : actor_fixture {
  node_ledger() {
    open();
    writer = spawn(ledger, data, ledger_options{});
  }
  ~node_ledger() {
    caf::anon_send_exit(writer, caf::exit_reason::user_shutdown);
    deliver();
    sched.clock().cancel_all();
  }

  record_agent enrolment_of(uint32_t slot, const token_digest& token) {
    record_agent write{sample_agent(slot, slot + 1), {}, {}};
    write.record.speaks = dialect::plexd;
    write.node = document<node_enrolment>{node_enrolment{sample_node(write.record.id), token}};
    return write;
  }
  restored_nodes load() { return must(load_nodes(*data, must(load_fleet(*data, noon, {})))); }

  ledger_actor writer;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(node_records)

BOOST_AUTO_TEST_CASE(records_with_a_value_in_every_member_are_read_back) {
  const auto node = sample_node(agent_at(3, 4));
  BOOST_TEST((must(decode_node({ledger_table::nodes, raw(node.id), encode(node)})) == node));
  const auto token = sample_token();
  BOOST_TEST((must(decode_token({ledger_table::tokens, token.digest.high, encode(token)})) == token));
}

BOOST_AUTO_TEST_CASE(what_is_no_such_record_is_refused_with_its_place) {
  const auto problem = [](const std::string& json) {
    return describe_store_error(decode_token({ledger_table::tokens, 5, json}).error());
  };
  for (const std::string json : {"{", "{}", R"({"v":2})", R"({"v":1})", R"({"v":1,"digest":"12"})",
                                 R"({"v":1,"digest":"0123456789abcdef0123456789abcdeg"})",
                                 R"({"v":1,"digest":"0123456789abcdef0123456789abcdef","uses":"3"})"})
    BOOST_TEST(problem(json).find("tokens/5: ") != std::string::npos, json + ": " + problem(json));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(nodes_in_the_ledger, node_ledger)

BOOST_AUTO_TEST_CASE(an_enrolment_writes_agent_node_and_use_together) {
  must(ask<committed>(writer, record_token{sample_token(), {}, {}}));
  must(ask<committed>(writer, enrolment_of(3, sample_token().digest)));
  const auto found = load();
  BOOST_REQUIRE(found.nodes.size() == 1u);
  BOOST_TEST((found.nodes[0].facts == sample_node(agent_at(3, 4))));
  BOOST_TEST(found.nodes[0].hostname == "host-3");
  BOOST_TEST(found.nodes[0].tenant == "north");
  BOOST_REQUIRE(found.tokens.size() == 1u);
  BOOST_TEST(found.tokens[0].used == 2u);
}

BOOST_AUTO_TEST_CASE(uses_of_one_transaction_all_count) {
  must(ask<committed>(writer, record_token{sample_token(), {}, {}}));
  auto first = request<committed>(writer, enrolment_of(3, sample_token().digest));
  auto second = request<committed>(writer, enrolment_of(4, sample_token().digest));
  deliver();
  must(first());
  must(second());
  BOOST_TEST(load().tokens[0].used == 3u);
}

BOOST_AUTO_TEST_CASE(a_later_record_of_a_token_takes_no_use_back) {
  must(ask<committed>(writer, record_token{sample_token(), {}, {}}));
  must(ask<committed>(writer, enrolment_of(3, sample_token().digest)));
  must(ask<committed>(writer, record_token{sample_token(), {}, {}}));
  BOOST_TEST(load().tokens[0].used == 2u);
}

BOOST_AUTO_TEST_CASE(a_node_that_tells_of_itself_replaces_its_record_if_it_has_one) {
  must(ask<committed>(writer, enrolment_of(3, {})));
  auto changed = sample_node(agent_at(3, 4));
  changed.endpoint = "198.51.100.4:51820";
  must(ask<committed>(writer, record_node{changed, {}}));
  must(ask<committed>(writer, record_node{sample_node(agent_at(9, 9)), {}}));
  BOOST_TEST(keys(ledger_table::nodes).size() == 1u);
  BOOST_TEST((load().nodes[0].facts == changed));
}

BOOST_AUTO_TEST_CASE(binaries_that_are_good_are_read_back) {
  const std::vector<known_binary> good{{"1.4.2", {"ab12", "cd34"}, noon, "ann"},
                                       {"1.5.0", {"ef56"}, noon, ""}};
  must(ask<committed>(writer, record_binaries{good, {}}));
  BOOST_TEST((load().binaries == good));
}

BOOST_AUTO_TEST_CASE(a_removed_agent_is_no_node_and_old_tokens_go) {
  must(ask<committed>(writer, record_token{sample_token(5), {}, {}}));
  must(ask<committed>(writer, enrolment_of(3, {})));
  must(ask<committed>(writer, forget_agent{agent_at(3, 4), {}}));
  BOOST_TEST(load().left.empty());
  must(ask<committed>(writer, record_token{sample_token(6), {{5, 7}}, {}}));
  BOOST_TEST(keys(ledger_table::nodes).empty());
  BOOST_TEST((keys(ledger_table::tokens) == std::vector<uint64_t>{6}));
}

BOOST_AUTO_TEST_CASE(the_address_of_a_removed_node_is_remembered_until_it_has_cooled_down) {
  must(ask<committed>(writer, enrolment_of(3, {})));
  must(ask<committed>(writer, forget_agent{agent_at(3, 4), {}, "north", noon}));
  must(ask<committed>(writer, forget_agent{agent_at(7, 8), {}, "north", noon}));
  BOOST_TEST((load().left == std::vector<left_address>{{"north", 0x0A640007, noon}}));
  retention_limits keep;
  must(purge_expired(*data, keep, noon + keep.addresses, 100));
  BOOST_TEST(load().left.size() == 1u);
  must(purge_expired(*data, keep, noon + keep.addresses + 1ms, 100));
  BOOST_TEST(load().left.empty());
}

BOOST_AUTO_TEST_SUITE_END()
