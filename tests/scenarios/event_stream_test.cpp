// Streams as their clients see them, of services that live in this test and of
// the manager's own.
#include "runtime/http/event_stream.hpp"

#include "tests/scenarios/scenario.hpp"
#include "tools/harness/call.hpp"

using muster::harness::call;
using muster::harness::event_stream;
using muster::harness::parse_events;
using muster::harness::request_options;

namespace {

// Streams to whoever has a token, from the event after the last one seen.
struct news final : http::service {
  std::optional<http::response> admit(http::request& head) override {
    if (head.authorization.empty()) return problem(401, "who is there?");
    return std::nullopt;
  }
  void serve(http::request& full, http::reply to) override {
    resumed_after = full.last_event_id;
    known = full.if_match;
    auto answer = http::open_event_stream([this](std::shared_ptr<http::stream> begun) { to_client = begun; });
    answer.body = http::sse_comment("welcome");
    to(std::move(answer));
  }
  http::response problem(unsigned status, std::string_view detail) override {
    return {status, std::string{detail}, "text/plain", {}, false};
  }
  bool tell(const std::string& event, const std::string& id, const std::string& data) const {
    return to_client->send(std::make_shared<const std::string>(http::sse_event(event, id, data)));
  }

  std::string resumed_after;
  std::string known;
  std::shared_ptr<http::stream> to_client;
};

event_stream follow(news& from, const request_options& with) {
  auto state = std::make_shared<event_stream::state>();
  call::place(from, "GET", "/news", {}, with, state);
  return event_stream{state};
}

request_options with_token() {
  request_options with;
  with.token = "t";
  return with;
}

// "id/event/data" of each.
std::string told(const std::vector<harness::sse>& events) {
  std::string out;
  for (const auto& one : events) out += (out.empty() ? "" : " ") + one.id + "/" + one.event + "/" + one.data;
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(event_streams)

BOOST_AUTO_TEST_CASE(a_followed_stream_collects_what_is_sent) {
  news service;
  const auto seen = follow(service, with_token());
  BOOST_TEST(seen.status() == 200u);
  BOOST_TEST(seen.open());
  BOOST_TEST(seen.text() == ": welcome\n\n");
  BOOST_TEST(service.tell("fell", "1", "a\nb"));
  BOOST_TEST(service.tell("", "", "c"));
  BOOST_TEST(told(seen.events()) == "1/fell/a\nb 1/message/c");
  service.to_client->end();
  BOOST_TEST(!seen.open());
  BOOST_TEST(!service.tell("", "", "late"));
}

BOOST_AUTO_TEST_CASE(a_client_that_goes_away_is_noticed) {
  news service;
  auto seen = follow(service, with_token());
  auto copy = seen;
  copy.close();
  BOOST_TEST(!seen.open());
  BOOST_TEST(!service.to_client->open());
  BOOST_TEST(!service.tell("", "", "late"));
  BOOST_TEST(seen.text() == ": welcome\n\n");
  follow(service, with_token());
  BOOST_TEST(!service.to_client->open(), "its last copy is gone");
}

BOOST_AUTO_TEST_CASE(a_refused_stream_has_the_words_of_the_refusal) {
  news service;
  const auto seen = follow(service, {});
  BOOST_TEST(seen.status() == 401u);
  BOOST_TEST(seen.text() == "who is there?");
  BOOST_TEST(seen.events().empty());
  BOOST_TEST(!seen.open());
}

BOOST_AUTO_TEST_CASE(preconditions_of_a_request_reach_the_service) {
  news service;
  auto with = with_token();
  with.last_event_id = "17";
  with.if_match = "\"4\"";
  follow(service, with);
  BOOST_TEST(service.resumed_after == "17");
  BOOST_TEST(service.known == "\"4\"");
}

BOOST_AUTO_TEST_CASE(events_are_read_as_browsers_read_them) {
  BOOST_TEST(told(parse_events("data: a\r\rdata:b\r\n\r\ndata:  c\n\n"))
             == "/message/a /message/b /message/ c");
  BOOST_TEST(told(parse_events("event: e\n\n: comment\nretry: 5\nunknown: x\ndata\n\n")) == "/message/");
  BOOST_TEST(told(parse_events("id: 1\ndata: a\n\nid\ndata: b\n\n")) == "1/message/a /message/b");
  BOOST_TEST(parse_events("data: whole line\n").empty());
  BOOST_TEST(parse_events("data: half a li").empty());
}

BOOST_AUTO_TEST_CASE(a_manager_refuses_streams_that_it_does_not_have) {
  virtual_manager manager;
  const auto unknown = manager.open_stream("/api/no/such/stream");
  BOOST_TEST(unknown.status() == 404u);
  BOOST_TEST(unknown.text().find("no such route") != std::string::npos);
  BOOST_TEST(!unknown.open());
  request_options wrong;
  wrong.token = "wrong";
  BOOST_TEST(manager.open_operator_stream("/operator/v1/status", wrong).status() == 401u);
}

BOOST_AUTO_TEST_CASE(an_answer_that_does_not_go_on_is_a_stream_that_is_over) {
  virtual_manager manager;
  const auto status = manager.open_operator_stream("/operator/v1/status");
  BOOST_TEST(status.status() == 200u);
  BOOST_TEST(status.text().starts_with("{"));
  BOOST_TEST(!status.open());
  manager.restart();
}

BOOST_AUTO_TEST_SUITE_END()
