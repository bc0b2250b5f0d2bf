// Who waits on one loop for a new version of policy, and when they are told.
#include "runtime/ingress/policy_desk.hpp"

#include "tests/runtime/kept_stream.hpp"

#include <boost/test/unit_test.hpp>

using namespace muster;
using muster::test::kept_stream;

namespace {

const utc_time noon{std::chrono::hours{500'000}};

agent_id agent(uint32_t slot) { return make_agent_id(0, slot, slot + 1); }

// A request whose peer is the test.
struct kept_answer final : http::exchange {
  void answer(uint32_t, http::response&& with) override {
    given = std::move(with);
    then();
  }
  void park(uint32_t, uint32_t) override {}
  unsigned status() const { return given ? given->status : 0; }

  std::optional<http::response> given;
  std::function<void()> then = [] {};  // as the next request of the connection comes in
};

struct policy_desk_fixture {
  policy_desk_fixture() { publish(1); }

  // Everyone should have this version.
  void publish(uint64_t version) {
    policy_version has{version, document{effective_policy{{}, R"("rules":[])"}}, noon};
    desk.publish(publish_policy{document{policy_table{version, noon, {policy_buckets}, {{has}}, {}}}});
  }
  std::shared_ptr<kept_stream> open(uint32_t slot, std::string_view last_event_id = "") {
    auto stream = std::make_shared<kept_stream>();
    desk.listen(agent(slot), 0, last_event_id).opens(stream);
    return stream;
  }
  std::shared_ptr<kept_answer> wait(uint32_t slot, uint32_t deadline = 30) {
    auto answer = std::make_shared<kept_answer>();
    desk.wait(agent(slot), 0, desk.of(agent(slot), 0)->version, deadline, http::reply{answer, 1});
    return answer;
  }
  void sweep(uint32_t second) {
    desk.sweep(second, [](agent_id) { return std::optional<uint32_t>{0}; });
  }
  static bool begins(const kept_stream& stream, const std::string& text) {
    return stream.text().starts_with(text);
  }

  policy_desk desk;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(policy_desk_suite, policy_desk_fixture)

BOOST_AUTO_TEST_CASE(a_stream_begins_with_the_present_version) {
  BOOST_TEST(begins(*open(1), "event: policy\nid: 1\n"));
}

BOOST_AUTO_TEST_CASE(a_stream_that_goes_on_gets_what_it_missed) {
  publish(2);
  BOOST_TEST(open(1, "2")->text() == ": up to date\n\n");
  BOOST_TEST(begins(*open(1, "1"), "event: policy\nid: 2\n"));
  for (const char* lost : {"3", "0", "x"}) BOOST_TEST(begins(*open(1, lost), "event: resync\n"), lost);
}

BOOST_AUTO_TEST_CASE(a_new_version_reaches_everyone_as_the_same_bytes) {
  const auto first = open(1), second = open(2);
  publish(2);
  BOOST_TEST(first->pieces.size() == 1u);
  BOOST_TEST(!desk.push(10));
  BOOST_REQUIRE(first->pieces.size() == 2u);
  BOOST_TEST(first->pieces[1] == second->pieces[1]);
}

BOOST_AUTO_TEST_CASE(those_whose_turn_comes_late_get_what_is_newest_then) {
  const auto first = open(1), second = open(2);
  publish(2);
  BOOST_TEST(desk.push(1));
  publish(3);
  BOOST_TEST(!desk.push(10));
  BOOST_TEST(first->pieces.size() == 3u);
  BOOST_REQUIRE(second->pieces.size() == 2u);
  BOOST_TEST(second->pieces[1]->starts_with("event: policy\nid: 3\n"));
}

BOOST_AUTO_TEST_CASE(a_poll_waits_until_the_version_changes) {
  const auto poll = wait(1);
  desk.push(10);
  sweep(29);
  BOOST_TEST(poll->status() == 0u);
  publish(2);
  desk.push(10);
  BOOST_TEST(poll->status() == 200u);
  BOOST_TEST(poll->given->headers.find("ETag: \"2\"") != std::string::npos);
  BOOST_TEST(poll->given->body.find(R"("version":2)") != std::string::npos);
  sweep(30);
  BOOST_TEST(desk.listeners() == 0u);
}

BOOST_AUTO_TEST_CASE(a_poll_whose_time_is_over_is_answered_304) {
  const auto poll = wait(1, 30);
  sweep(30);
  BOOST_TEST(poll->status() == 304u);
  BOOST_TEST(poll->given->headers.find("ETag: \"1\"") != std::string::npos);
  BOOST_TEST(desk.listeners() == 0u);
}

BOOST_AUTO_TEST_CASE(who_is_removed_hears_no_more) {
  const auto stream = open(1);
  const auto poll = wait(2);
  desk.sweep(1, [](agent_id) { return std::optional<uint32_t>{}; });
  BOOST_TEST(!stream->open());
  BOOST_TEST(poll->status() == 404u);
  BOOST_TEST(desk.listeners() == 0u);
}

BOOST_AUTO_TEST_CASE(another_profile_may_mean_another_version) {
  const auto stream = open(1);
  policy_version has{1, document{effective_policy{{}, R"("rules":[])"}}, noon};
  auto other = has;
  other.version = 2;
  desk.publish(publish_policy{document{policy_table{2, noon, {policy_buckets}, {{has}, {other}}, {}}}});
  desk.push(10);
  BOOST_TEST(stream->pieces.size() == 1u);
  desk.sweep(1, [](agent_id) { return std::optional<uint32_t>{1}; });
  desk.push(10);
  BOOST_REQUIRE(stream->pieces.size() == 2u);
  BOOST_TEST(stream->pieces[1]->starts_with("event: policy\nid: 2\n"));
}

BOOST_AUTO_TEST_CASE(signs_of_life_come_every_fifteen_seconds) {
  const auto stream = open(1);
  for (uint32_t second = 1; second <= 30; ++second) sweep(second);
  BOOST_TEST(stream->pieces.size() == 3u);
  BOOST_TEST(*stream->pieces.back() == ": alive\n\n");
}

BOOST_AUTO_TEST_CASE(who_is_told_and_who_acknowledged_is_noted_once) {
  open(1);
  desk.note_acknowledged(agent(2), 1, noon);
  auto notes = desk.take_notes().notes;
  BOOST_REQUIRE(notes.size() == 2u);
  if (notes[0].id == agent(2)) std::swap(notes[0], notes[1]);
  BOOST_TEST(notes[0].delivered == 1u);
  BOOST_TEST(notes[0].acknowledged == 0u);
  BOOST_TEST(notes[1].acknowledged == 1u);
  BOOST_TEST((notes[1].at == noon));
  BOOST_TEST(desk.take_notes().notes.empty());
}

BOOST_AUTO_TEST_CASE(listeners_and_what_they_were_sent_are_counted) {
  const auto stream = open(1);
  const auto poll = wait(2);
  sweep(1);
  BOOST_TEST(desk.counts().streams == 1u);
  BOOST_TEST(desk.counts().polls == 1u);
  BOOST_TEST(desk.counts().pushes == 1u);
  publish(2);
  desk.push(10);
  desk.push(10);
  sweep(2);
  BOOST_TEST(desk.counts().polls == 0u);
  BOOST_TEST(desk.counts().pushes == 3u);
}

BOOST_AUTO_TEST_CASE(lines_of_a_large_document_stay_short) {
  std::string rules = R"("rules":[)";
  for (int i = 0; i < 20'000; ++i) rules += (i == 0 ? "\"a,\\\"" : ",\"a,\\\"") + std::to_string(i) + "\"";
  policy_version has{2, document{effective_policy{{}, rules + "]"}}, noon};
  const auto stream = open(1);
  desk.publish(publish_policy{document{policy_table{2, noon, {policy_buckets}, {{has}}, {}}}});
  desk.push(1);
  BOOST_REQUIRE(stream->pieces.size() == 2u);
  std::string joined;
  std::string_view text = *stream->pieces[1];
  for (size_t end; (end = text.find('\n')) != std::string_view::npos; text.remove_prefix(end + 1)) {
    BOOST_TEST(end < 64u * 1024);
    if (text.starts_with("data: ")) joined += text.substr(6, end - 6);
  }
  BOOST_TEST((joined.find(rules) != std::string::npos), "cut between values only");
}

BOOST_AUTO_TEST_CASE(a_poll_that_follows_on_another_waits_its_own_time) {
  std::vector<std::shared_ptr<kept_answer>> next;
  std::vector<std::shared_ptr<kept_answer>> first{wait(1), wait(2), wait(3)};
  for (const auto& poll : first)
    poll->then = [&] {
      for (uint32_t slot = 10; slot < 30; ++slot) next.push_back(wait(slot, 60));
    };
  sweep(30);
  for (const auto& poll : first) BOOST_TEST(poll->status() == 304u);
  sweep(59);
  BOOST_TEST(next.size() == 60u);
  for (const auto& poll : next) BOOST_TEST(poll->status() == 0u);
  sweep(60);
  for (const auto& poll : next) BOOST_TEST(poll->status() == 304u);
  BOOST_TEST(desk.listeners() == 0u);
}

BOOST_AUTO_TEST_CASE(a_poll_whose_time_is_over_before_its_turn_gets_the_new_version) {
  const auto poll = wait(1);
  publish(2);
  sweep(30);
  BOOST_TEST(poll->status() == 200u);
  poll->given.reset();
  BOOST_TEST(!desk.push(10));
  BOOST_TEST(poll->status() == 0u);
  BOOST_TEST(desk.counts().pushes == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
