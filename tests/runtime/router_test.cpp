// Which route a path and method lead to.
#include "runtime/http/router.hpp"

#include <boost/test/unit_test.hpp>

using namespace muster::http;

namespace {

const router routes{{
  {verb::post, "/api/agents/{}/heartbeat", 1, 0, 0},
  {verb::post, "/api/agents/register", 2, 0, 0},
  {verb::get, "/api/agents/{}", 3, 0, 0},
  {verb::delete_, "/api/agents/{}", 4, 0, 0},
  {verb::get, "/health", 5, 0, 0},
  {verb::get, "/v1/{}/{}/{}", 6, 0, 0},
  {verb::get, "/", 7, 0, 0},
}};

struct answer {
  match_result result;
  request asked;
  int name() const { return asked.matched == nullptr ? 0 : asked.matched->name; }
};

answer ask(verb method, std::string path) {
  answer out;
  out.asked.method = method;
  out.asked.path = std::move(path);
  out.result = routes.match(out.asked);
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(router_suite)

BOOST_AUTO_TEST_CASE(a_path_finds_its_route_and_its_parameters) {
  request r;
  r.method = verb::post;
  r.path = "/api/agents/ag-1/heartbeat";
  BOOST_TEST((routes.match(r) == match_result::found));
  BOOST_TEST(r.matched->name == 1);
  BOOST_TEST(r.parameters[0] == "ag-1");
}

BOOST_AUTO_TEST_CASE(several_parameters_keep_their_order) {
  request r;
  r.method = verb::get;
  r.path = "/v1/a/b/c";
  BOOST_TEST((routes.match(r) == match_result::found));
  BOOST_TEST(r.parameters[0] == "a");
  BOOST_TEST(r.parameters[1] == "b");
  BOOST_TEST(r.parameters[2] == "c");
}

BOOST_AUTO_TEST_CASE(the_method_decides_among_routes_of_one_path) {
  BOOST_TEST(ask(verb::get, "/api/agents/x").name() == 3);
  BOOST_TEST(ask(verb::delete_, "/api/agents/x").name() == 4);
  BOOST_TEST(ask(verb::post, "/api/agents/register").name() == 2);
  BOOST_TEST(ask(verb::get, "/api/agents/register").name() == 3);
}

BOOST_AUTO_TEST_CASE(head_is_served_by_the_route_of_get) {
  BOOST_TEST(ask(verb::head, "/health").name() == 5);
  BOOST_TEST((ask(verb::head, "/api/agents/x/heartbeat").result == match_result::no_method));
}

BOOST_AUTO_TEST_CASE(an_unknown_path_and_a_method_that_is_not_taken_differ) {
  BOOST_TEST((ask(verb::get, "/nowhere").result == match_result::no_path));
  BOOST_TEST((ask(verb::get, "/api/agents").result == match_result::no_path));
  BOOST_TEST((ask(verb::get, "/api/agents/x/heartbeat/y").result == match_result::no_path));
  BOOST_TEST((ask(verb::put, "/health").result == match_result::no_method));
  BOOST_TEST(ask(verb::put, "/health").name() == 0);
}

BOOST_AUTO_TEST_CASE(a_slash_at_the_end_means_nothing) {
  BOOST_TEST(ask(verb::get, "/health/").name() == 5);
  BOOST_TEST(ask(verb::get, "/").name() == 7);
}

BOOST_AUTO_TEST_CASE(a_parameter_is_never_empty) {
  BOOST_TEST((ask(verb::post, "/api/agents//heartbeat").result != match_result::found));
}

BOOST_AUTO_TEST_CASE(paths_compare_byte_for_byte) {
  BOOST_TEST((ask(verb::get, "/Health").result == match_result::no_path));
  BOOST_TEST((ask(verb::get, "/health/..").result == match_result::no_path));
  BOOST_TEST((ask(verb::get, "*").result == match_result::no_path));
}

BOOST_AUTO_TEST_CASE(a_path_of_endless_segments_is_unknown) {
  std::string path;
  for (int i = 0; i < 10'000; ++i) path += "/a";
  BOOST_TEST((ask(verb::get, path).result == match_result::no_path));
}

BOOST_AUTO_TEST_CASE(an_encoded_slash_belongs_to_its_parameter) {
  request r;
  r.method = verb::get;
  r.path = "/v1/label:team=a%2Fb/%25/%252F%2f";
  BOOST_TEST((routes.match(r) == match_result::found));
  BOOST_TEST(r.parameters[0] == "label:team=a/b");
  BOOST_TEST(r.parameters[1] == "%");
  BOOST_TEST(r.parameters[2] == "%2F/");
}

BOOST_AUTO_TEST_CASE(a_path_that_is_no_route_is_left_as_it_was) {
  const auto missed = ask(verb::put, "/api/agents/a%2Fb");
  BOOST_TEST((missed.result == match_result::no_method));
  BOOST_TEST(missed.asked.path == "/api/agents/a%2Fb");
}

BOOST_AUTO_TEST_CASE(the_methods_of_a_path_are_told) {
  BOOST_TEST(routes.allowed(ask(verb::put, "/api/agents/x").asked) == "OPTIONS, GET, HEAD, DELETE");
  BOOST_TEST(routes.allowed(ask(verb::put, "/api/agents/x/heartbeat").asked) == "OPTIONS, POST");
}

BOOST_AUTO_TEST_CASE(a_router_knows_its_own_routes) {
  request r;
  r.method = verb::get;
  r.path = "/health";
  routes.match(r);
  const router others{{{verb::get, "/health", 5, 0, 0}}};
  BOOST_TEST(routes.owns(r.matched));
  BOOST_TEST(!others.owns(r.matched));
  BOOST_TEST(!routes.owns(nullptr));
}

BOOST_AUTO_TEST_SUITE_END()
