// Layers of desired state: which are for a node, what they amount to, versions.
#include "actors/manager/state_book.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace muster;

const agent_id web = make_agent_id(0, 1, 2);
const state_scope tenant{state_level::tenant, "north", {}};
const state_scope prod{state_level::label, "north", "env=prod"};
const state_scope role{state_level::label, "north", "role=web"};
const state_scope self{state_level::node, {}, to_string(web)};
const state_holder holder{web, "north", {{"env", "prod"}, {"role", "web"}}};

struct book_fixture {
  void write(const state_scope& scope, desired_state what) {
    ++revision;
    book.write(scope, std::move(what), revision, utc_time{std::chrono::seconds{revision}}, {"ann", "why"});
  }
  desired_state merged() const { return merge_state(book.layers_of(holder)); }

  state_book book;
  uint64_t revision = 0;
};

desired_state with_data(std::string key, std::string payload) {
  desired_state out;
  out.data = {{std::move(key), "application/json", std::move(payload), 0, {}}};
  return out;
}
desired_state with_metadata(std::map<std::string, std::string> metadata) {
  desired_state out;
  out.metadata = std::move(metadata);
  return out;
}
desired_state with_policy(std::string id, std::string src) {
  desired_state out;
  out.policies = {{std::move(id), {{std::move(src), "*", 0, {}, {}}}}};
  return out;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(state_book_suite, book_fixture)

BOOST_AUTO_TEST_CASE(scopes_cover_a_tenant_a_label_or_a_node) {
  BOOST_TEST(covers(tenant, holder));
  BOOST_TEST(covers(prod, holder));
  BOOST_TEST(covers(self, holder));
  BOOST_TEST(!covers({state_level::tenant, "south", {}}, holder));
  BOOST_TEST(!covers({state_level::label, "south", "env=prod"}, holder));
  BOOST_TEST(!covers({state_level::label, "north", "env=dev"}, holder));
  BOOST_TEST(!covers({state_level::label, "north", "env"}, holder));
  BOOST_TEST(!covers({state_level::node, {}, to_string(make_agent_id(0, 1, 3))}, holder));
}

BOOST_AUTO_TEST_CASE(layers_lie_from_tenant_over_labels_by_name_to_node) {
  for (const auto& scope : {self, role, tenant, prod}) write(scope, {});
  write({state_level::label, "north", "env=dev"}, {});
  std::string order;
  for (const auto& layer : book.layers_of(holder)) order += to_string(layer->scope) + " ";
  BOOST_TEST(order == "tenant label:env=prod label:role=web " + to_string(self) + " ");
}

BOOST_AUTO_TEST_CASE(metadata_and_data_are_merged_by_key) {
  write(tenant, with_metadata({{"a", "1"}, {"b", "1"}}));
  write(prod, with_metadata({{"b", "2"}}));
  BOOST_TEST((merged().metadata == std::map<std::string, std::string>{{"a", "1"}, {"b", "2"}}));
  write(self, with_data("db", "1"));
  write(role, with_data("db", "2"));
  write(prod, with_data("cache", "3"));
  const auto data = merged().data;
  BOOST_REQUIRE(data.size() == 2);
  BOOST_TEST((data[0].key == "cache" && data[0].payload == "3"));
  BOOST_TEST((data[1].key == "db" && data[1].payload == "1"));
}

BOOST_AUTO_TEST_CASE(blocks_are_taken_as_a_whole) {
  desired_state lower;
  lower.bridge = bridge_config{{"10.1.0.0/16"}, true, true};
  lower.ingress = ingress_config{true, {}};
  write(tenant, lower);
  desired_state upper;
  upper.bridge = bridge_config{};
  write(self, upper);
  BOOST_TEST((merged().bridge == bridge_config{}));
  BOOST_TEST(merged().ingress->enabled);
  BOOST_TEST(!merged().relay);
}

BOOST_AUTO_TEST_CASE(an_entry_keeps_its_version_until_it_changes) {
  write(tenant, with_data("db", "1"));
  BOOST_TEST(merged().data[0].version == 1);
  auto more = with_data("db", "1");
  more.data.push_back({"extra", "application/json", "1", 0, {}});
  write(tenant, more);
  BOOST_TEST(merged().data[0].version == 1);
  BOOST_TEST((merged().data[0].updated_at == utc_time{std::chrono::seconds{1}}));
  BOOST_TEST(merged().data[1].version == 2);
  write(tenant, with_data("db", "2"));
  BOOST_TEST(merged().data[0].version == 3);
  book.remove(tenant);
  write(tenant, with_data("db", "2"));
  BOOST_TEST(merged().data[0].version == 4);
}

BOOST_AUTO_TEST_CASE(policies_are_united_and_named_with_their_revision) {
  write(tenant, with_policy("mesh", "a"));
  write(prod, with_policy("more", "b"));
  BOOST_TEST(merged().policies[0].id == "mesh@1");
  BOOST_TEST(merged().policies[1].id == "more@2");
  write(self, with_policy("mesh", "c"));
  BOOST_REQUIRE(merged().policies.size() == 2);
  BOOST_TEST(merged().policies[0].id == "mesh@3");
  BOOST_TEST(merged().policies[0].rules[0].src == "c");
}

BOOST_AUTO_TEST_CASE(a_layer_keeps_its_number_and_a_copy_its_contents) {
  write(tenant, with_metadata({{"a", "1"}}));
  const auto copy = book;
  write(tenant, with_metadata({{"a", "2"}}));
  BOOST_TEST(book.find(tenant)->number == 1);
  BOOST_TEST(book.find(tenant)->revision == 2);
  BOOST_TEST(copy.find(tenant)->what.metadata.at("a") == "1");
  BOOST_TEST(book.find(prod) == nullptr);
}

BOOST_AUTO_TEST_SUITE_END()
