// The policy actor: what patterns cause, when it expires and who takes it back.
#include "actors/manager/policy.hpp"

#include "actors/manager/notices.hpp"
#include "messages/errors.hpp"
#include "messages/type_ids.hpp"

#include <caf/all.hpp>

#include <algorithm>

namespace muster {

namespace {

constexpr std::chrono::minutes turn{1};            // emergency revisions are counted over this
constexpr std::chrono::milliseconds again{1'000};  // after what could not be written

}  // namespace

void policy_actor_state::hear(const pattern_changed& change) {
  if (!begun_) {
    early_.push_back(change);
    return;
  }
  self->send(fleet_, change);  // which counts patterns for the gates of rollouts
  if (!change.whole.open()) {
    book_->allow_again(change.whole.id);
    if (next_) next_->allow_again(change.whole.id);
    refused_.erase(change.whole.id);
    return;
  }
  auto answer = judge(change.whole);
  if (!answer) return;
  if (change.whole.kind != "source_ip") return publish_in_turn(std::move(*answer));
  self->request(fleet_, caf::infinite, find_address{change.whole.value})
    .then(
      [this, cause = change.whole](const address_owner& owner) {
        if (owner.id) return refuse(cause, "is the address of " + to_string(*owner.id));
        if (auto still = judge(cause)) publish_in_turn(std::move(*still));
      },
      [this](caf::error& failed) { ports_.tell("emergency_not_judged", self->system().render(failed)); });
}

// What the configuration has come to protect since.
void policy_actor_state::drop_never_blocked() {
  std::vector<pattern_id> now_protected;
  for (const auto& one : book_->contents().emergencies)
    if (!rules_->never(one.kind, one.value).empty()) now_protected.push_back(one.cause);
  if (now_protected.empty()) return;
  enqueue({[now_protected, now = ports_.utc_now()](policy_book& book) -> caf::expected<policy_revision> {
             return book.drop_emergencies(now_protected, false,
                                          {"protection", "manager", "never blocked any more", now});
           },
           to_string(now_protected.front()), [](uint64_t) {}, [](caf::error&) {}});
}

// What `cause` changes, if it may.
std::optional<emergency> policy_actor_state::judge(const pattern& cause) {
  const auto& all = book_->contents().emergencies;
  if (book_->revoked(cause.id) || (next_ && next_->revoked(cause.id))) return std::nullopt;
  auto of_kind =
    std::count_if(all.begin(), all.end(), [&](const emergency& one) { return one.kind == cause.kind; });
  of_kind += std::count_if(waiting_.begin(), waiting_.end(), [&](const auto& one) {
    return one.second.kind == cause.kind && book_->find(one.first) == nullptr;
  });
  auto verdict = rules_->judge(cause, book_->find(cause.id), static_cast<size_t>(of_kind), ports_.utc_now());
  if (verdict.publish && is_allowlisted(book_->contents().layers, cause))
    verdict = {{}, "is on an allowlist"};
  if (!verdict.refused.empty()) refuse(cause, verdict.refused);
  if (!verdict.publish) return std::nullopt;
  return std::move(*verdict.publish);
}

// Said once of each pattern.
void policy_actor_state::refuse(const pattern& cause, const std::string& why) {
  if (!refused_.insert(cause.id).second) return;
  ++counts_.emergencies_refused;
  ports_.tell("emergency_refused", cause.kind + " " + cause.value + " " + why);
}

void policy_actor_state::publish_in_turn(emergency answer) {
  const auto cause = answer.cause;
  waiting_[cause] = std::move(answer);
  if (until_turn() > std::chrono::milliseconds{0}) arm_timer();
  else publish_emergencies();
}

// Until one more emergency revision fits into the last minute.
std::chrono::milliseconds policy_actor_state::until_turn() const {
  if (published_.size() < options_.emergency_revisions_per_minute) return std::chrono::milliseconds{0};
  return std::max(published_.front() + turn - ports_.utc_now(), std::chrono::milliseconds{0});
}

// Everything that waits becomes one revision.
void policy_actor_state::publish_emergencies() {
  const auto now = ports_.utc_now();
  while (!published_.empty() && published_.front() + turn <= now) published_.pop_front();
  if (waiting_.empty()) return;
  published_.push_back(now);
  std::vector<emergency> all;
  std::vector<agent_id> named;
  for (auto& [cause, one] : waiting_) {
    named.insert(named.end(), one.agents.begin(), one.agents.end());
    all.push_back(std::move(one));
  }
  waiting_.clear();
  const auto reason =
    all.front().reason + (all.size() > 1 ? " and " + std::to_string(all.size() - 1) + " more" : "");
  enqueue({[all, reason, now](policy_book& book) -> caf::expected<policy_revision> {
             auto wanted = all;
             std::erase_if(wanted, [&book](const emergency& one) { return book.revoked(one.cause); });
             if (wanted.empty()) return caf::make_error(fleet_error::policy_unknown);
             return book.put_emergencies(std::move(wanted), {"emergency", "manager", reason, now});
           },
           to_string(all.front().cause), [this, all](uint64_t) { tell_of_emergencies(all); },
           [this, all](caf::error&) {  // the next turn tries again
             for (const auto& one : all)
               if (!book_->revoked(one.cause)) waiting_.emplace(one.cause, one);
             arm_timer(again);
           },
           std::move(named)});
}

void policy_actor_state::tell_of_emergencies(const std::vector<emergency>& published) {
  counts_.emergencies_published += published.size();
  if (!ports_.notices) return;
  for (const auto& one : published)
    self->send(ports_.notices, emergency_notice(to_string(one.cause), one.kind, one.value, one.tenant,
                                                one.reason, ports_.utc_now()));
}

void policy_actor_state::expire_emergencies() {
  if (expiring_) return;
  const auto now = ports_.utc_now();
  const auto over = [now](const emergency& one) { return one.expires_at <= now; };
  const auto& all = book_->contents().emergencies;
  const auto first = std::find_if(all.begin(), all.end(), over);
  if (first == all.end()) return;
  expiring_ = true;
  enqueue({[over, now](policy_book& book) -> caf::expected<policy_revision> {
             std::vector<pattern_id> causes;
             for (const auto& one : book.contents().emergencies)
               if (over(one)) causes.push_back(one.cause);
             if (causes.empty()) return caf::make_error(fleet_error::policy_unknown);
             return book.drop_emergencies(causes, false, {"expiry", "manager", "lifetime over", now});
           },
           to_string(first->cause),
           [this](uint64_t) {
             expiring_ = false;
             arm_timer();
           },
           [this](caf::error&) {
             expiring_ = false;
             arm_timer(again);
           }});
}

// One that only waits for its turn ends before it began.
caf::result<policy_written> policy_actor_state::revoke(const revoke_emergency& request) {
  const bool waited = waiting_.erase(request.cause) > 0;
  return enqueue(
    [request, waited, now = ports_.utc_now()](policy_book& book) -> caf::expected<policy_revision> {
      if (!waited && book.find(request.cause) == nullptr) return caf::make_error(fleet_error::policy_unknown);
      return book.drop_emergencies({request.cause}, true,
                                   {"revocation", request.author, request.reason, now});
    },
    to_string(request.cause), [this] { ++counts_.emergencies_revoked; });
}

void policy_actor_state::check_emergencies(uint64_t generation) {
  if (generation != generation_) return;
  if (until_turn() == std::chrono::milliseconds{0}) publish_emergencies();
  expire_emergencies();
  arm_timer();
}

// The one place that arms the timer: for the next that expires or waits, not before
// `least` and at most a minute ahead, since timers that are overtaken stay until they fire.
void policy_actor_state::arm_timer(std::chrono::milliseconds least) {
  ++generation_;
  constexpr std::chrono::milliseconds most{60'000};
  auto next = std::chrono::milliseconds::max();
  const auto now = ports_.utc_now();
  for (const auto& one : book_->contents().emergencies)
    if (!expiring_ || one.expires_at > now) next = std::min(next, one.expires_at - now);
  if (!waiting_.empty()) next = std::min(next, until_turn());
  if (next == std::chrono::milliseconds::max()) return;
  self->delayed_send(self, std::clamp(next, least, most), emergency_check_due{generation_});
}

}  // namespace muster
