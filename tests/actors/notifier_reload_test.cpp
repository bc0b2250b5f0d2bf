// The notifier when its configuration file is read anew.
#include "notifier_fixture.hpp"

using namespace muster;
using namespace muster::test;

namespace {

struct reload_fixture : notifier_fixture {
  static channel_settings hook_at(const std::string& called, const std::string& url) {
    auto out = hook(called);
    out.url = url;
    return out;
  }
  void reload(std::vector<channel_settings> channels, std::vector<notice_route> routes) {
    tell(subject, configure_notifications{std::move(channels), std::move(routes)});
  }
  channel_row row(const std::string& called) {
    const auto all = ask<channel_list>(subject, list_channels{});
    for (const auto& each : all->channels)
      if (each.what.name == called) return each;
    return {};
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(notifier_reloads, reload_fixture)

BOOST_AUTO_TEST_CASE(channel_that_left_the_file_is_gone_with_what_waits_for_it_alone) {
  options.channels.push_back(hook("chat"));
  options.routes = {route_to({"ops", "chat"})};
  start();
  post->down = true;
  hear(lost("a"));
  advance(10s);
  BOOST_TEST(kept().deliveries.size() == 2u);
  reload({hook("ops")}, {route_to({"ops"})});
  BOOST_TEST(ask<channel_list>(subject, list_channels{})->channels.size() == 1u);
  BOOST_REQUIRE(kept().deliveries.size() == 1u);
  BOOST_TEST(kept().deliveries[0].channel == "ops");
  post->down = false;
  advance(1min);
  BOOST_REQUIRE(post->arrived.size() == 1u);
  BOOST_TEST(post->arrived[0].channel == "ops");
  BOOST_TEST(kept().deliveries.empty());
}

BOOST_AUTO_TEST_CASE(channel_that_changed_keeps_what_waits_and_its_counts) {
  start();
  post->down = true;
  hear(failed_job("j"));
  advance(10s);
  BOOST_REQUIRE(post->tried.size() == 1u);
  const auto id = post->tried[0].what.id;
  reload({hook_at("ops", "https://other.example/in")}, options.routes);
  post->down = false;
  advance(29s);
  BOOST_TEST(post->tries_of(id) == 1u, "its next attempt is not due yet");
  advance(2s);
  BOOST_TEST(post->tries_of(id) == 2u);
  BOOST_TEST(post->tried.back().where->url == "https://other.example/in");
  BOOST_TEST(row("ops").failed == 1u);
  BOOST_TEST(row("ops").delivered == 1u);
  BOOST_TEST(kept().deliveries.empty());
}

BOOST_AUTO_TEST_CASE(channel_of_operators_stays_and_comes_back_from_under_the_file) {
  options.routes.clear();
  start();
  BOOST_REQUIRE(ask<channel_row>(subject, create_channel{hook("mine"), "ann"}));
  BOOST_REQUIRE(ask<channel_row>(subject, create_channel{hook("yours"), "ann"}));
  reload({hook("ops"), hook_at("mine", "https://file.example/in")}, {});
  BOOST_TEST(row("mine").configured);
  BOOST_TEST(!row("yours").configured);
  BOOST_REQUIRE(told.size() == 1u);
  BOOST_TEST(told[0] == "channel_shadowed mine");
  BOOST_TEST(!ask<committed>(subject, delete_channel{"mine", "ann"}));
  reload({}, {});
  BOOST_TEST(!row("mine").configured);
  BOOST_TEST(row("mine").what.url == "https://hooks.example/***");
  hear(failed_job("j"));  // without routes it goes everywhere
  advance(10s);
  BOOST_REQUIRE(post->arrived.size() == 2u);
  BOOST_TEST(post->tried.back().where->url == "https://hooks.example/secret-path");
  BOOST_TEST(bool{ask<committed>(subject, delete_channel{"mine", "ann"})});
}

BOOST_AUTO_TEST_CASE(file_that_says_the_same_delays_nothing) {
  start();
  hear(lost("a"));
  advance(9s);
  reload(options.channels, options.routes);
  advance(1s);
  BOOST_TEST(post->arrived.size() == 1u);
}

BOOST_AUTO_TEST_CASE(new_routes_take_what_waits_before_those_of_operators) {
  start();
  BOOST_REQUIRE(ask<route_list>(subject, write_routes{{route_to({"ops"})}, "ann"}));
  hear(lost("a"));
  reload({hook("ops"), hook("other")}, {route_to({"other"})});
  const auto all = ask<route_list>(subject, list_routes{});
  BOOST_REQUIRE(all);
  BOOST_TEST((all->configured == std::vector{route_to({"other"})}));
  BOOST_TEST((all->written == std::vector{route_to({"ops"})}));
  advance(10s);
  BOOST_REQUIRE(post->arrived.size() == 1u);
  BOOST_TEST(post->arrived[0].channel == "other");
}

BOOST_AUTO_TEST_SUITE_END()
