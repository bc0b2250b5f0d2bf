// Secrets: names and limits, who gets which, versions and revocation.
#include "actors/manager/secret_book.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace muster;

const agent_id web = make_agent_id(0, 1, 2);
const state_scope tenant{state_level::tenant, "north", {}};
const state_scope prod{state_level::label, "north", "env=prod"};
const state_scope self{state_level::node, {}, to_string(web)};
const state_holder holder{web, "north", {{"env", "prod"}}};

stored_secret secret(std::string name, const state_scope& scope, uint64_t version, bool revoked = false) {
  return {version, std::move(name), scope, version, {}, {}, revoked, "sealed"};
}

struct secret_fixture {
  std::string references(const std::vector<secret_reference>& announced = {}) const {
    std::string out;
    for (const auto& each : book.references_of(holder, announced))
      out += each.key + "@" + std::to_string(each.version) + " ";
    return out;
  }
  std::string problem(std::string name, std::string value) const {
    return book.problem_of({std::move(name), tenant, std::move(value), {}});
  }

  secret_book book{{8, 2}, {}};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(secret_book_suite, secret_fixture)

BOOST_AUTO_TEST_CASE(names_and_values_are_bounded) {
  BOOST_TEST(problem("tls.key_1-a", "12345678") == "");
  BOOST_TEST(problem(std::string(128, 'a'), "1") == "");
  for (const auto& name : {std::string{}, std::string{"a/b"}, std::string{"."}, std::string{".."},
                           std::string{"a b"}, std::string(129, 'a')})
    BOOST_TEST(problem(name, "1") != "", name);
  BOOST_TEST(problem("a", "") != "");
  BOOST_TEST(problem("a", "123456789") == "the value has 9 bytes; a secret has 8 at most");
}

BOOST_AUTO_TEST_CASE(the_number_of_secrets_is_bounded) {
  book.put(secret("a", tenant, 1));
  book.put(secret("b", tenant, 2));
  BOOST_TEST(problem("a", "1") == "");
  BOOST_TEST(problem("c", "1") != "");
  book.remove("b", tenant);
  book.remove("b", prod);
  BOOST_TEST(problem("c", "1") == "");
}

BOOST_AUTO_TEST_CASE(a_node_gets_the_secret_of_the_topmost_scope) {
  book.put(secret("a", tenant, 1));
  book.put(secret("a", prod, 2));
  BOOST_TEST(book.find("a", holder)->version == 2);
  book.put(secret("a", self, 3));
  BOOST_TEST(book.find("a", holder)->version == 3);
  BOOST_TEST(book.find("a", {web, "south", {}})->version == 3);
  BOOST_TEST(book.find("a", {make_agent_id(0, 2, 3), "north", {}})->version == 1);
  BOOST_TEST(book.find("a", {make_agent_id(0, 2, 3), "south", {}}) == nullptr);
  BOOST_TEST(book.find("b", holder) == nullptr);
}

BOOST_AUTO_TEST_CASE(what_was_revoked_is_given_to_nobody) {
  book.put(secret("a", tenant, 1));
  book.put(secret("a", prod, 2, true));
  BOOST_TEST(book.find("a", holder) == nullptr);
  BOOST_TEST(references() == "");
  book.put(secret("a", prod, 3));
  BOOST_TEST(references() == "a@3 ");
}

BOOST_AUTO_TEST_CASE(references_are_what_it_may_have_and_what_layers_announce) {
  book.put(secret("b", tenant, 4));
  book.put(secret("a", prod, 2));
  BOOST_TEST(references() == "a@2 b@4 ");
  BOOST_TEST(references({{"a", 1}, {"c", 5}}) == "a@2 b@4 c@5 ");
  book.put(secret("a", prod, 6, true));
  BOOST_TEST(references({{"a", 1}, {"c", 5}}) == "b@4 c@5 ");
}

BOOST_AUTO_TEST_CASE(a_list_shows_no_values) {
  book.put(secret("b", tenant, 1));
  book.put(secret("a", prod, 2));
  const auto all = book.list();
  BOOST_TEST((all[0].name == "a" && all[1].name == "b"));
  BOOST_TEST((all[0].sealed.empty() && all[1].sealed.empty()));
  BOOST_TEST(book.of_scope(prod).size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
