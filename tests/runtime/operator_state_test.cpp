// Desired state in the operator API: scopes, and what answers look like.
#include "runtime/wire/operator_state.hpp"

#include "runtime/wire/plexd_state.hpp"

#include <boost/test/unit_test.hpp>

using namespace muster;
using namespace muster::operator_api;

namespace {

const std::string some_node = "ag-0000000100000002";

state_layer sample_layer() {
  state_layer out;
  out.scope = {state_level::label, "north", "env=prod"};
  out.what.metadata = {{"a", "1"}};
  out.revision = 7;
  out.by = {"ann", "\"why\""};
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(operator_state)

BOOST_AUTO_TEST_CASE(scopes_are_read) {
  BOOST_TEST((read_state_scope("tenant", "") == state_scope{state_level::tenant, "default", {}}));
  BOOST_TEST((read_state_scope("tenant", "north") == state_scope{state_level::tenant, "north", {}}));
  BOOST_TEST((read_state_scope("label:a=b=c", "north") == state_scope{state_level::label, "north", "a=b=c"}));
  BOOST_TEST((read_state_scope("node:" + some_node, "") == state_scope{state_level::node, {}, some_node}));
  for (const std::string text :
       {"", "fleet", "label:", "label:a", "label:=b", "node:", "node:web-1", "tenant:x"})
    BOOST_TEST(!read_state_scope(text, ""), text);
  BOOST_TEST(!read_state_scope("node:" + some_node, "north"));
  BOOST_TEST(!read_state_scope("tenant", std::string(300, 'a')));
}

BOOST_AUTO_TEST_CASE(layers_and_history_are_written) {
  const std::string members = R"("scope":"label:env=prod","tenant":"north","revision":7,"at":"",)"
                              R"("author":"ann","reason":"\"why\"")";
  BOOST_TEST(write_state_layer(sample_layer()) == "{" + members + R"(,"state":{"metadata":{"a":"1"}}})");
  BOOST_TEST(write_state_layers({7, {document{sample_layer()}}})
             == R"({"revision":7,"layers":[{)" + members + "}]}");
  const state_revision line{7, sample_layer().scope, "write", {}, {}, {"ann", ""}};
  BOOST_TEST(
    write_state_history({{line}, 0})
    == R"({"revisions":[{"revision":7,"scope":"label:env=prod","tenant":"north","action":"write","secret":null,)"
       R"("at":"","author":"ann","reason":""}],"next_cursor":null})");
}

BOOST_AUTO_TEST_CASE(changes_say_whom_they_concern) {
  const state_written done{7, 1, {*parse_agent_id(some_node)}, {}};
  BOOST_TEST(write_state_written(done) == R"({"revision":7,"concerned":1,"nodes":[")" + some_node + R"("]})");
  auto after = sample_layer().what;
  after.metadata["a"] = "2";
  BOOST_TEST(write_state_preview(done, sample_layer().what, after)
             == R"({"concerned":1,"nodes":[")" + some_node
                  + R"("],"changes":[{"op":"replace","path":"/metadata/a","value":"2"}],"state":null})");
}

BOOST_AUTO_TEST_CASE(secrets_are_listed_without_what_is_sealed) {
  const stored_secret secret{1,    "tls",   {state_level::tenant, "north", {}}, 4, {}, {"ann", ""},
                             true, "sealed"};
  BOOST_TEST(write_secrets({{secret}})
             == R"({"secrets":[{"name":"tls","scope":"tenant","tenant":"north","version":4,"revoked":true,)"
                R"("at":"","author":"ann","reason":""}]})");
}

BOOST_AUTO_TEST_CASE(events_tell_parts_of_a_state) {
  const plexd_state_writer writer;
  desired_state what;
  BOOST_TEST(writer.entries(what) == R"({"metadata":{},"data":[]})");
  BOOST_TEST(writer.secret_refs(what) == R"({"secret_refs":[]})");
  what.metadata = {{"a", "1"}};
  what.data = {{"db", "application/json", R"({"host":"db"})", 3, {}}};
  what.secret_refs = {{"tls", 2}};
  BOOST_TEST(writer.entries(what)
             == R"({"metadata":{"a":"1"},"data":[{"key":"db","content_type":"application/json",)"
                R"("payload":{"host":"db"},"version":3}]})");
  BOOST_TEST(writer.secret_refs(what) == R"({"secret_refs":[{"key":"tls","version":2}]})");
  const mesh_peer peer{"n_1", "key", "10.100.0.1", "", {"10.100.0.1/32"}, "hidden"};
  BOOST_TEST(writer.peer(peer)
             == R"({"id":"n_1","public_key":"key","mesh_ip":"10.100.0.1","endpoint":"",)"
                R"("allowed_ips":["10.100.0.1/32"],"peer_id":"n_1"})");
  BOOST_TEST((writer.node(what).back() == '}'));
  BOOST_TEST(
    (writer.session({"s", "a", "a:1", "b", "b:1", {}}).find(R"("session_id":"s")") != std::string::npos));
}

BOOST_AUTO_TEST_SUITE_END()
