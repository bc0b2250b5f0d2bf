// The fleet listener: an agent asks for its policy, once or from now on.
#include "messages/type_ids.hpp"
#include "runtime/config/units.hpp"
#include "runtime/ingress/fleet_door.hpp"
#include "runtime/ingress/fleet_routes.hpp"

#include <caf/all.hpp>

#include <algorithm>

namespace muster {

namespace {

constexpr uint32_t longest_wait = 60;  // seconds that a poll may wait

// "30" or "30s".
std::optional<uint64_t> seconds_in(std::string_view text) {
  if (text.ends_with('s')) text.remove_suffix(1);
  return parse_whole_number(text);
}

// The version that a poll names, by parameter, tag or both.
struct named_version {
  bool named = false;
  bool same = true;      // every one it names is the wanted one
  uint64_t version = 0;  // the parameter's, or the wanted one if the tag names that
};

}  // namespace

// 304 exactly when every version that the agent names is the one it should have.
void fleet_door::show_policy(const http::request& from, http::reply to) {
  auto* slot = caller(from);
  if (slot == nullptr) return to(unauthorized(problem(401, "the token is not valid")));
  auto& desk = host_.policies();
  const auto* wanted = desk.of(slot->id, slot->profile);
  if (wanted == nullptr) return to(problem(503, "the policy is not known yet").with("Retry-After", "1"));
  const auto tag = policy_desk::tag(wanted->version);
  named_version shown;
  if (const auto asked = from.parameter("version")) {
    const auto version = parse_whole_number(*asked);
    if (!version) return to(problem(400, "query parameter 'version' must be a whole number of 0 or more"));
    shown = {true, *version == wanted->version, *version};
  }
  if (!from.if_none_match.empty()) {
    const bool matches = http::names_tag(from.if_none_match, tag);
    if (!shown.named && matches) shown.version = wanted->version;
    shown.named = true;
    shown.same = shown.same && matches;
  }
  uint64_t wait = 0;
  if (const auto asked = from.parameter("wait")) {
    const auto seconds = seconds_in(*asked);
    if (!seconds || *seconds > longest_wait)
      return to(problem(
        400, "query parameter 'wait' must be whole seconds, 0s to " + std::to_string(longest_wait) + "s"));
    wait = *seconds;
  }
  if (shown.version != 0) {
    desk.note_acknowledged(slot->id, shown.version, host_.utc_now());
    host_.self().send(slot->agent, policy_acknowledged{shown.version});
  }
  const bool same = shown.named && shown.same;
  if (same && wait > 0) {
    to.park(static_cast<uint32_t>(wait) + 3);
    // The present second has begun already.
    const auto until = host_.second() + static_cast<uint32_t>(wait) + 1;
    return desk.wait(slot->id, slot->profile, wanted->version, until, std::move(to));
  }
  http::response words;
  words.status = same ? 304 : 200;
  if (!same) {
    desk.note_delivered(slot->id, wanted->version);
    words.body = *desk.body(*wanted);
  }
  words.with("ETag", tag).with("Cache-Control", "private, no-cache");
  to(std::move(words));
}

void fleet_door::stream_policy(const http::request& from, http::reply to) {
  auto* slot = caller(from);
  if (slot == nullptr) return to(unauthorized(problem(401, "the token is not valid")));
  if (host_.policies().of(slot->id, slot->profile) == nullptr)
    return to(problem(503, "the policy is not known yet").with("Retry-After", "1"));
  if (const auto last = parse_whole_number(from.last_event_id)) {
    host_.policies().note_acknowledged(slot->id, *last, host_.utc_now());
    host_.self().send(slot->agent, policy_acknowledged{*last});
  }
  to(host_.policies().listen(slot->id, slot->profile, from.last_event_id));
}

}  // namespace muster
