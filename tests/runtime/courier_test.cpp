// The courier between channels and a carrier.
#include "runtime/notify/courier.hpp"
#include "tests/actors/notice_samples.hpp"

#include <boost/test/unit_test.hpp>

using namespace muster;
using namespace muster::test;

namespace {

// Keeps parcels until a test says how they went.
class slow_carrier : public parcel_carrier {
 public:
  void carry(parcel what, std::function<void(delivery_outcome)> done) override {
    parcels.push_back(std::move(what));
    waiting.push_back(std::move(done));
  }
  std::vector<parcel> parcels;
  std::vector<std::function<void(delivery_outcome)>> waiting;
};

struct courier_fixture : virtual_time_fixture {
  courier_fixture() { post = spawn(courier, carrier, letterhead{"[Muster]", "https://m.example"}); }

  carry_delivery order(std::string host) const {
    channel_settings where;
    where.name = "ops";
    where.url = "https://hooks.example/" + host;
    delivery what;
    what.id = 1;
    what.notices = {lost(host)};
    what.count = 1;
    return {document<channel_settings>{where}, what};
  }

  std::shared_ptr<slow_carrier> carrier = std::make_shared<slow_carrier>();
  courier_actor post;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(couriers, courier_fixture)

BOOST_AUTO_TEST_CASE(each_asker_hears_how_its_own_delivery_went) {
  auto first = request<delivery_outcome>(post, order("a"));
  auto second = request<delivery_outcome>(post, order("b"));
  deliver();
  BOOST_REQUIRE(carrier->parcels.size() == 2u);
  BOOST_TEST(carrier->parcels[1].url == "https://hooks.example/b");
  carrier->waiting[1]({false, 500, 3ms, "answered 500"});
  carrier->waiting[0]({true, 204, 2ms, {}});
  deliver();
  BOOST_TEST(first()->status == 204);
  BOOST_TEST(second()->error == "answered 500");
}

BOOST_AUTO_TEST_CASE(outcome_that_comes_twice_or_for_nobody_is_ignored) {
  auto asked = request<delivery_outcome>(post, order("a"));
  deliver();
  tell(post, delivery_carried{77, {}});
  carrier->waiting[0]({true, 200, {}, {}});
  carrier->waiting[0]({false, 500, {}, {}});
  deliver();
  BOOST_TEST(asked()->ok);
}

BOOST_AUTO_TEST_CASE(courier_that_has_ended_is_not_kept_by_what_is_under_way) {
  auto other = sys.spawn(courier, std::shared_ptr<parcel_carrier>{carrier}, letterhead{});
  auto asked = request<delivery_outcome>(other, order("a"));
  deliver();
  const auto ended = caf::actor_cast<caf::weak_actor_ptr>(other);
  caf::anon_send_exit(other, caf::exit_reason::user_shutdown);
  other = nullptr;
  deliver();
  BOOST_REQUIRE(carrier->waiting.size() == 1u);
  BOOST_TEST((ended.lock() == nullptr));
  carrier->waiting[0]({true, 200, {}, {}});
}

BOOST_AUTO_TEST_CASE(without_a_carrier_nothing_is_sent_and_that_is_said) {
  auto idle = spawn(courier, std::shared_ptr<parcel_carrier>{}, letterhead{});
  const auto how = ask<delivery_outcome>(idle, order("a"));
  BOOST_REQUIRE(how);
  BOOST_TEST(!how->ok);
  BOOST_TEST(!how->error.empty());
}

BOOST_AUTO_TEST_SUITE_END()
