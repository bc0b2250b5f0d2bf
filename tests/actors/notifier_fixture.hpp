// A notifier with real channels among fakes: a courier that a test makes fail, and a ledger.
#pragma once

#include "actors/manager/notifier.hpp"
#include "notice_samples.hpp"

#include <boost/test/unit_test.hpp>

namespace muster::test {

struct courier_book {
  answer_desk<delivery_outcome> desk;
  bool down = false;
  std::vector<carry_delivery> tried;
  std::vector<delivery> arrived;

  size_t tries_of(uint64_t id) const {
    return static_cast<size_t>(
      std::count_if(tried.begin(), tried.end(), [=](const auto& each) { return each.what.id == id; }));
  }
};

inline courier_actor::behavior_type fake_courier(courier_actor::pointer self,
                                                 std::shared_ptr<courier_book> book) {
  return {[=](const carry_delivery& what) -> caf::result<delivery_outcome> {
            book->tried.push_back(what);
            if (book->down) return delivery_outcome{false, 503, 5ms, "answered 503"};
            book->arrived.push_back(what.what);
            return book->desk(self, delivery_outcome{true, 200, 5ms, {}});
          },
          [=](const delivery_carried&) { book->desk.release(); }};
}

// Seals by writing the place in front.
class plain_vault : public vault {
 public:
  std::string seal(std::string_view place, std::string_view secret) const override {
    return std::string{place} + "|" + std::string{secret};
  }
  caf::expected<std::string> open(std::string_view, std::string_view sealed) const override {
    return std::string{sealed.substr(sealed.find('|') + 1)};
  }
  std::string pair_key(agent_id, agent_id, uint32_t) const override { return {}; }
};

struct notifier_fixture : virtual_time_fixture {
  notifier_fixture() {
    ledger = spawn(fake_ledger, book);
    courier = spawn(fake_courier, post);
    options.channels = {hook("ops")};
    options.routes = {route_to({"ops"})};
  }

  static channel_settings hook(std::string called, channel_type type = channel_type::webhook) {
    channel_settings out;
    out.name = std::move(called);
    out.type = type;
    out.url = "https://hooks.example/secret-path";
    out.secret = "s3cret";
    return out;
  }

  utc_time utc() const {
    return noon + std::chrono::floor<std::chrono::milliseconds>(sched.clock().now().time_since_epoch());
  }

  void start(restored_notifications from = {}) {
    notifier_ports ports{ledger, courier, std::make_shared<plain_vault>(), [this] { return utc(); },
                         [this](std::string_view event, const std::string& detail) {
                           told.push_back(std::string{event} + " " + detail);
                         }};
    subject = spawn(muster::notifier, options, std::move(ports), std::move(from));
    deliver();
  }

  // What the ledger holds after all it was told, as a restart would read it.
  restored_notifications kept() const {
    std::map<uint64_t, kept_notice> notices;
    std::map<uint64_t, delivery> deliveries;
    std::map<uint64_t, silence> silences;
    restored_notifications out;
    for (const auto& each : book->notifications) {
      for (const auto& one : each.notices) notices[one.number] = one;
      for (const auto& one : each.deliveries) deliveries[one.id] = one;
      for (const auto& one : each.silences) silences[one.number] = one;
      for (const auto number : each.removed_notices) notices.erase(number);
      for (const auto id : each.removed_deliveries) deliveries.erase(id);
      for (const auto number : each.removed_silences) silences.erase(number);
      if (each.routes) out.routes = *each.routes;
    }
    for (const auto& [number, one] : notices) out.notices.push_back(one);
    for (const auto& [id, one] : deliveries) out.deliveries.push_back(one);
    for (const auto& [number, one] : silences) out.silences.push_back(one);
    return out;
  }

  // Ends the notifier and its channels, and starts it again from what the ledger has.
  void restart() {
    caf::anon_send_exit(subject, caf::exit_reason::kill);
    deliver();
    sched.clock().cancel_all();
    subject = nullptr;
    start(kept());
  }

  void hear(const notice& what) { tell(subject, what); }

  std::shared_ptr<ledger_book> book = std::make_shared<ledger_book>();
  std::shared_ptr<courier_book> post = std::make_shared<courier_book>();
  notifier_options options;
  std::vector<std::string> told;
  ledger_actor ledger;
  courier_actor courier;
  notifier_actor subject;
};

}  // namespace muster::test
