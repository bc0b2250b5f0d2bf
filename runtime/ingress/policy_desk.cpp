// Who should have which policy, and who is told when that changes.
#include "runtime/ingress/policy_desk.hpp"

#include "runtime/config/units.hpp"
#include "runtime/http/event_stream.hpp"
#include "runtime/json/lines.hpp"
#include "runtime/wire/panguard.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace muster {

namespace {

constexpr uint32_t comment_seconds = 15;  // between signs of life on a quiet stream
constexpr size_t line_bytes = 32 * 1024;  // after which a line of an event ends where it may

}  // namespace

void policy_desk::publish(const publish_policy& news) {
  published_.take(news);
  bodies_.clear();
  events_.clear();
  for (const auto& one : listeners_) make_due(one);
}

std::shared_ptr<const std::string> policy_desk::body(const policy_version& version) {
  auto& made = bodies_[{version.policy.get(), version.version}];
  if (!made) made = std::make_shared<const std::string>(panguard::write_policy(version));
  return made;
}

std::string policy_desk::tag(uint64_t version) { return fmt::format("\"{}\"", version); }

std::shared_ptr<const std::string> policy_desk::event(const policy_version& version) {
  auto& made = events_[{version.policy.get(), version.version}];
  if (!made)
    made = std::make_shared<const std::string>(
      http::sse_event("policy", std::to_string(version.version),
                      json::break_lines(panguard::write_policy_event(version), line_bytes)));
  return made;
}

void policy_desk::make_due(const std::shared_ptr<listener>& one) {
  const auto* wanted = of(one->id, one->profile);
  if (one->due || wanted == nullptr || wanted->version == one->has) return;
  one->due = true;
  due_.push_back(one);
}

void policy_desk::wait(agent_id id, uint32_t profile, uint64_t has, uint32_t deadline, http::reply to) {
  listeners_.push_back(
    std::make_shared<listener>(listener{id, profile, has, false, deadline, std::move(to), {}}));
}

// A version is one that this manager can have given out if it lies between the
// first and the present revision.
bool policy_desk::known(uint64_t version) const { return version >= 1 && version <= revision(); }

http::response policy_desk::listen(agent_id id, uint32_t profile, std::string_view last_event_id) {
  auto one = std::make_shared<listener>(listener{id, profile, 0, false, 0, std::nullopt, {}});
  bool lost = false;
  if (!last_event_id.empty()) {
    const auto last = parse_whole_number(last_event_id);
    lost = !last || !known(*last);
    if (!lost) one->has = *last;
  }
  return http::open_event_stream([this, one, lost](std::shared_ptr<http::stream> opened) {
    one->listens = std::move(opened);
    if (lost)
      one->listens->send(std::make_shared<const std::string>(
        http::sse_event("resync", "", R"({"reason":"the last event id is not one of this manager"})")));
    listeners_.push_back(one);
    const auto* wanted = of(one->id, one->profile);
    if (wanted != nullptr && wanted->version != one->has) serve(*one);
    else one->listens->send(std::make_shared<const std::string>(http::sse_comment("up to date")));
  });
}

// Sends what is newest. False if the listener is done with.
bool policy_desk::serve(listener& one) {
  const auto* wanted = of(one.id, one.profile);
  if (wanted == nullptr || wanted->version == one.has) return true;
  one.has = wanted->version;
  note_delivered(one.id, wanted->version);
  ++counts_.pushes;
  if (one.listens) return one.listens->send(event(*wanted));
  http::response words;
  words.body = *body(*wanted);
  words.with("ETag", tag(wanted->version)).with("Cache-Control", "private, no-cache");
  std::exchange(one.waits, std::nullopt).value()(std::move(words));
  return false;
}

bool policy_desk::push(size_t most) {
  for (; most > 0 && !due_.empty(); --most) {
    auto one = std::move(due_.front());
    due_.pop_front();
    one->due = false;
    if ((one->waits || one->listens) && !serve(*one)) one->listens.reset();
  }
  return !due_.empty();
}

void policy_desk::sweep(uint32_t second, const find_profile& profile_of) {
  static const auto sign_of_life = std::make_shared<const std::string>(http::sse_comment("alive"));
  std::vector<std::shared_ptr<listener>> over, removed;
  std::erase_if(listeners_, [&](const std::shared_ptr<listener>& one) {
    if (!one->waits && (!one->listens || !one->listens->open())) return true;
    const auto profile = profile_of(one->id);
    if (!profile) {
      removed.push_back(one);
      return true;
    }
    if (std::exchange(one->profile, *profile) != *profile) make_due(one);
    if (one->waits && second >= one->deadline) {
      over.push_back(one);
      return true;
    }
    if (one->listens && (second + raw(one->id)) % comment_seconds == 0) one->listens->send(sign_of_life);
    return false;
  });
  // An answer lets the connection's next request in, which may listen again.
  for (const auto& one : removed) dismiss(*one);
  for (const auto& one : over)
    if (one->waits && serve(*one)) answer_same(*one);
  counts_.polls = static_cast<size_t>(std::count_if(listeners_.begin(), listeners_.end(),
                                                    [](const auto& one) { return one->waits.has_value(); }));
  counts_.streams = listeners_.size() - counts_.polls;
}

// Its agent was removed: a stream ends, and the next request is refused.
void policy_desk::dismiss(listener& one) {
  if (one.listens) std::exchange(one.listens, nullptr)->end();
  if (one.waits) std::exchange(one.waits, std::nullopt).value()({404, {}, "application/json", {}, true});
}

void policy_desk::answer_same(listener& one) {
  http::response same;
  same.status = 304;
  same.with("ETag", tag(one.has));
  std::exchange(one.waits, std::nullopt).value()(std::move(same));
}

policy_note& policy_desk::note(agent_id id) {
  auto& mine = notes_[raw(id)];
  mine.id = id;
  return mine;
}

void policy_desk::note_delivered(agent_id id, uint64_t version) { note(id).delivered = version; }

void policy_desk::note_acknowledged(agent_id id, uint64_t version, utc_time at) {
  auto& mine = note(id);
  mine.acknowledged = version;
  mine.at = at;
}

policies_noted policy_desk::take_notes() {
  policies_noted out;
  out.notes.reserve(notes_.size());
  for (const auto& [id, mine] : notes_) out.notes.push_back(mine);
  notes_.clear();
  return out;
}

}  // namespace muster
