// Layers, their history and secrets in the ledger: records, what a restart reads, what it refuses.
#include "ledger_fixture.hpp"

#include "actors/manager/state_book.hpp"
#include "runtime/crypto/master_key.hpp"
#include "runtime/ledger/ledger.hpp"
#include "runtime/ledger/load_steward.hpp"
#include "runtime/ledger/steward_records.hpp"
#include "runtime/wire/state_document.hpp"

using namespace muster;
using namespace muster::ledger_test;

namespace {

const state_scope prod{state_level::label, "north \"1\"", "env=prod"};

state_layer sample_layer() {
  desired_state what;
  what.metadata = {{"env", "<prod>"}};
  what.data = {{"db", "application/json", R"({"host":"db"})", 0, {}}};
  return {3, prod, what, {{"data/db", {3, noon}}}, 7, noon + 1min, {"ann \"a\"", "why\n"}};
}

sealed_layer sealed(const state_layer& layer, const muster::vault& keys) {
  auto what = layer;
  what.what = {};
  return {what, keys.seal(layer_place(layer.number), state_json::write_layer(layer.what))};
}

stored_secret sample_secret() {
  return {4,     "tls",     {state_level::node, {}, to_string(agent_at(1, 2))}, 6, noon, {"ann", ""},
          false, "sealed+="};
}

struct steward_ledger : actor_fixture {
  steward_ledger() {
    open();
    writer = spawn(ledger, data, ledger_options{});
  }
  uint64_t write(record_state what) { return must(ask<committed>(writer, std::move(what))).number; }

  master_vault vault{std::string(32, 'k')};
  ledger_actor writer;
};

stored_record at(ledger_table table, uint64_t key, const std::string& json) { return {table, key, json}; }

}  // namespace

BOOST_AUTO_TEST_SUITE(steward_records)

BOOST_AUTO_TEST_CASE(records_are_read_back_as_they_were) {
  sealed_layer layer{sample_layer(), "sealed"};
  layer.layer.what = {};
  BOOST_TEST((must(decode_layer(at(ledger_table::state_layers, 3, encode(layer)))) == layer), encode(layer));
  const auto secret = sample_secret();
  BOOST_TEST((must(decode_secret(at(ledger_table::secrets, 4, encode(secret)))) == secret), encode(secret));
  auto revoked = secret;
  revoked.revoked = true;
  revoked.sealed.clear();
  BOOST_TEST((must(decode_secret(at(ledger_table::secrets, 4, encode(revoked)))) == revoked));
  for (const auto* name : {"", "tls"}) {
    const state_revision revision{9, {state_level::tenant, "t", {}}, "write", name, noon, {"ann", "why"}};
    BOOST_TEST(
      (must(decode_state_revision(at(ledger_table::state_history, 9, encode(revision)))) == revision));
  }
}

BOOST_AUTO_TEST_CASE(records_that_are_none_are_refused_by_name) {
  for (const std::string text : {"", "{}", R"({"v":2})", R"({"v":1})",
                                 R"({"v":1,"scope":{"level":"galaxy","tenant":"","name":""}})"}) {
    const auto layer = decode_layer(at(ledger_table::state_layers, 3, text));
    BOOST_REQUIRE(!layer);
    BOOST_TEST((describe_store_error(layer.error()).find("state_layers/3") != std::string::npos));
    BOOST_TEST(!decode_secret(at(ledger_table::secrets, 3, text)));
    BOOST_TEST(!decode_state_revision(at(ledger_table::state_history, 3, text)));
  }
}

BOOST_FIXTURE_TEST_CASE(a_restart_finds_what_was_written, steward_ledger) {
  record_state first;
  first.layers = {sealed(sample_layer(), vault)};
  first.secrets = {sample_secret()};
  first.revision = state_revision{7, prod, "write", {}, noon, {"ann", "why"}};
  first.audit = {sample_audit("state.written", "label:env=prod")};
  BOOST_TEST(write(first) == 7u);
  const auto found = must(load_steward(*data, vault));
  BOOST_REQUIRE(found.layers.size() == 1);
  BOOST_TEST((found.layers[0] == sample_layer()));
  BOOST_TEST((found.secrets == std::vector<stored_secret>{sample_secret()}));
  BOOST_TEST((found.history == std::vector<state_revision>{*first.revision}));
  BOOST_TEST(keys(ledger_table::audit).size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(what_is_removed_is_gone_and_the_history_is_cut, steward_ledger) {
  for (uint64_t revision = 1; revision <= 5; ++revision) {
    record_state one;
    one.revision = state_revision{revision, prod, "write", {}, noon, {}};
    one.history_from = revision > 2 ? revision - 1 : 0;
    write(one);
  }
  BOOST_TEST((keys(ledger_table::state_history) == std::vector<uint64_t>{4, 5}));
  record_state some;
  some.layers = {sealed(sample_layer(), vault)};
  some.secrets = {sample_secret()};
  write(some);
  record_state none;
  none.removed_layers = {3};
  none.removed_secrets = {4};
  write(none);
  const auto found = must(load_steward(*data, vault));
  BOOST_TEST(found.layers.empty());
  BOOST_TEST(found.secrets.empty());
  BOOST_TEST(found.history.size() == 2u);
}

BOOST_FIXTURE_TEST_CASE(a_layer_that_does_not_open_is_refused, steward_ledger) {
  record_state first;
  first.layers = {sealed(sample_layer(), vault)};
  write(first);
  BOOST_TEST(!load_steward(*data, master_vault{std::string(32, 'o')}));
}

BOOST_FIXTURE_TEST_CASE(nothing_a_layer_asks_for_is_readable_in_the_ledger, steward_ledger) {
  BOOST_TEST((encode(sealed(sample_layer(), vault)).find("host") == std::string::npos));
}

BOOST_AUTO_TEST_SUITE_END()
