// A signer whose frames can be read by eye, a vault that hides nothing, and what
// followers of the event log were told.
#pragma once

#include "actors/ports/event_signer.hpp"
#include "actors/ports/vault.hpp"
#include "tests/actors/fakes.hpp"

#include <set>

namespace muster::test {

// The secrets "s1", "s2", … belong to the keys "k1", "k2", …
class readable_signer : public event_signer {
 public:
  std::string make_secret() const override { return "s" + std::to_string(++made_); }
  caf::expected<std::string> adopt(std::string_view secret) override {
    if (!secret.starts_with('s')) return caf::make_error(fleet_error::store_failed);
    return *keys.insert("k" + std::string{secret.substr(1)}).first;
  }
  void forget(const std::string& key) override { keys.erase(key); }
  std::string sign(const std::string& key, const std::string& id, const node_event& what,
                   utc_time) const override {
    ++signatures;
    return keys.count(key) == 0 ? "" : key + "(" + id + " " + what.type + ")";
  }
  std::string problem_of(const node_event& what) const override {
    return what.payload == "unreadable" ? "nobody can read it" : "";
  }
  std::string rotation_payload(const signing_keys& of) const override {
    return of.previous + ">" + of.current;
  }

  std::set<std::string> keys;
  mutable size_t signatures = 0;

 private:
  mutable int made_ = 0;
};

class open_vault : public vault {
 public:
  std::string seal(std::string_view place, std::string_view secret) const override {
    return std::string{place} + "|" + std::string{secret};
  }
  caf::expected<std::string> open(std::string_view place, std::string_view sealed) const override {
    if (!sealed.starts_with(std::string{place} + "|")) return caf::make_error(fleet_error::store_failed);
    return std::string{sealed.substr(place.size() + 1)};
  }
  std::string pair_key(agent_id, agent_id, uint32_t) const override { return {}; }
};

// Told in order: "keys k1", then frames as they were signed.
struct follower_book {
  std::vector<std::string> told;
  std::vector<publish_events> events;
  std::vector<publish_signing> signing;
};
inline event_listener_actor::behavior_type fake_follower(event_listener_actor::pointer,
                                                         std::shared_ptr<follower_book> book) {
  return {
    [=](const publish_signing& x) {
      book->told.push_back("keys " + x.keys.current + (x.keys.previous.empty() ? "" : " " + x.keys.previous));
      book->signing.push_back(x);
    },
    [=](const publish_events& x) {
      for (const auto& each : x.frames) book->told.push_back(x.tenant + ": " + each->frame);
      book->events.push_back(x);
    },
  };
}

// Who serves the keys. Told of none, it answers what it has held back.
struct key_book {
  answer_desk<signing_keys_known> desk;
  std::vector<signing_keys> keys;
  std::vector<std::string> tenants;  // that have nodes
};
inline key_listener_actor::behavior_type fake_key_listener(key_listener_actor::pointer self,
                                                           std::shared_ptr<key_book> book) {
  return {[=](const note_signing_keys& x) {
    if (x.keys.current.empty()) book->desk.release();
    else book->keys.push_back(x.keys);
    return book->desk(self, signing_keys_known{book->tenants});
  }};
}

}  // namespace muster::test
