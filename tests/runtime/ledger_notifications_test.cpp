// Notifications in the ledger: what a restart reads.
#include "ledger_fixture.hpp"

#include "runtime/crypto/master_key.hpp"
#include "runtime/ledger/ledger.hpp"
#include "runtime/ledger/load_notifications.hpp"
#include "runtime/ledger/notification_records.hpp"
#include "tests/actors/notice_samples.hpp"

using namespace muster;
using namespace muster::ledger_test;
using muster::test::lost;

namespace {

notice full_notice() {
  auto out = lost("a \"1\"\n");
  out.fields = {{"registry.id", "r"}};
  out.numbers = {{"count", -7}};
  out.id = "nt-1";
  return out;
}

delivery sample_delivery(uint64_t id) {
  delivery out;
  out.id = id;
  out.channel = "ops";
  out.group = "t/agent/0";
  out.notices = {full_notice(), full_notice()};
  out.count = 9;
  out.open = 3;
  out.severity = notice_severity::critical;
  out.reminder = true;
  out.at = ledger_test::noon;
  out.attempts = 2;
  out.next_at = ledger_test::noon + 2min;
  return out;
}

notice_match full_match() {
  notice_match out;
  out.events = {"job_failed"};
  out.least = notice_severity::medium;
  out.tenant = "t";
  out.subject = "s";
  out.labels = {{"a", "b"}};
  return out;
}

silence sample_silence(uint64_t number) {
  return {number, full_match(), ledger_test::noon, ledger_test::noon + 1h, "ann", "works"};
}

struct notification_ledger : actor_fixture {
  notification_ledger() {
    open();
    writer = spawn(ledger, data, ledger_options{});
  }
  void write(record_notifications what) { must(ask<committed>(writer, std::move(what))); }

  master_vault keys{std::string(32, 'k')};
  ledger_actor writer;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(ledger_notifications, notification_ledger)

BOOST_AUTO_TEST_CASE(everything_is_read_back_until_it_is_removed) {
  record_notifications all;
  all.notices = {{1, full_notice(), {}}, {2, full_notice(), ledger_test::noon}};
  all.deliveries = {sample_delivery(5), sample_delivery(6)};
  all.silences = {sample_silence(1), sample_silence(2)};
  notice_route route;
  route.match = full_match();
  route.channels = {"ops", "mail"};
  route.group_wait = 1ms;
  route.goes_on = true;
  all.routes = std::vector{route, notice_route{}};
  write(all);
  auto read = must(load_notifications(*data, keys));
  BOOST_TEST((read.notices == all.notices));
  BOOST_TEST((read.deliveries == all.deliveries));
  BOOST_TEST((read.silences == all.silences));
  BOOST_TEST((read.routes == *all.routes));
  record_notifications less;
  less.removed_notices = {1};
  less.removed_deliveries = {5};
  less.removed_silences = {2};
  write(less);
  read = must(load_notifications(*data, keys));
  BOOST_TEST((read.notices == std::vector{all.notices[1]}));
  BOOST_TEST((read.deliveries == std::vector{all.deliveries[1]}));
  BOOST_TEST((read.silences == std::vector{all.silences[0]}));
}

BOOST_AUTO_TEST_CASE(channel_is_opened_with_its_secrets_and_only_with_the_right_key) {
  channel_settings what;
  what.name = "ops";
  what.type = channel_type::email;
  what.url = "smtp://mail.example";
  what.secret = "pass word";
  what.user = "u";
  what.from = what.to = "a@b";
  what.tls = "required";
  sealed_channel sealed{3, what, keys.seal(channel_place(3, "url"), what.url),
                        keys.seal(channel_place(3, "secret"), what.secret)};
  sealed.what.url.clear();
  sealed.what.secret.clear();
  record_notifications record;
  record.channels = {sealed};
  write(record);
  const auto read = must(load_notifications(*data, keys));
  BOOST_REQUIRE(read.channels.size() == 1u);
  BOOST_TEST(read.channels[0].first == 3u);
  BOOST_TEST((read.channels[0].second == what));
  BOOST_TEST(!load_notifications(*data, master_vault{std::string(32, 'x')}));
  BOOST_TEST(encode(sealed).find("pass word") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(fresh_store_has_nothing_to_tell) {
  const auto read = must(load_notifications(*data, keys));
  BOOST_TEST(read.notices.empty());
  BOOST_TEST(read.channels.empty());
  BOOST_TEST(read.routes.empty());
}

BOOST_AUTO_TEST_CASE(unreadable_record_is_an_error_that_names_it) {
  auto text = encode(sample_delivery(12));
  text.replace(text.find("CRITICAL"), 8, "TERRIBLE");
  const auto read = decode_delivery({ledger_table::deliveries, 12, text});
  BOOST_REQUIRE(!read);
  BOOST_TEST(describe_store_error(read.error()).find("deliveries/12: 'TERRIBLE' is no severity")
             != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
