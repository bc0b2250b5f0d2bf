// Cursors, and what has been dropped.
#include "actors/manager/event_tail.hpp"

#include <algorithm>
#include <charconv>

namespace muster {

namespace {

// Nothing unless all of `text` is a number as we write it, without zeros before it.
std::optional<uint64_t> number(std::string_view text) {
  uint64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) return std::nullopt;
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  return value;
}

size_t size_of(const signed_frame& one) {
  const auto& what = one.what->what;
  return what.type.size() + what.payload.size() + what.audience.ids.size() * sizeof(agent_id);
}

}  // namespace

std::string to_string(const event_place& place) {
  return std::to_string(place.epoch) + '-' + std::to_string(place.sequence);
}

std::optional<event_place> parse_event_place(std::string_view text) {
  const auto dash = text.find('-');
  if (dash == text.npos) return std::nullopt;
  const auto epoch = number(text.substr(0, dash));
  const auto sequence = number(text.substr(dash + 1));
  if (!epoch || !sequence) return std::nullopt;
  return event_place{*epoch, *sequence};
}

bool concerns(const event_audience& whom, agent_id id) {
  if (whom.kind == audience_kind::everyone) return true;
  const bool named = std::binary_search(whom.ids.begin(), whom.ids.end(), id);
  return named == (whom.kind == audience_kind::only);
}

void event_tail::append(document<signed_frame> one) {
  if (last_ == 0) dropped_ = known_since_ = one->what->sequence - 1;
  last_ = one->what->sequence;
  bytes_ += size_of(*one);
  remember(*one->what);
  frames_.push_back(std::move(one));
  while (frames_.size() > 1 && (frames_.size() > limits_.events || bytes_ > limits_.bytes)) drop_oldest();
}

void event_tail::remember(const logged_event& what) {
  if (what.what.type == key_rotation_event) rotated_at_ = what.sequence;
  const auto& whom = what.what.audience;
  if (whom.kind != audience_kind::only) {
    broadcast_ = what.sequence;
    return;
  }
  for (const auto id : whom.ids) addressed_[raw(id)] = what.sequence;
  if (addressed_.size() > limits_.addressees) {
    addressed_.clear();
    known_since_ = what.sequence;
  }
}

void event_tail::drop_oldest() {
  dropped_ = frames_.front()->what->sequence;
  bytes_ -= size_of(*frames_.front());
  frames_.pop_front();
}

std::deque<document<signed_frame>>::const_iterator event_tail::after(uint64_t sequence) const {
  return std::upper_bound(frames_.begin(), frames_.end(), sequence,
                          [](uint64_t wanted, const auto& each) { return wanted < each->what->sequence; });
}

void event_tail::replace(document<signed_frame> one) {
  const auto sequence = one->what->sequence;
  const auto found = after(sequence - 1);
  if (found == frames_.end() || (*found)->what->sequence != sequence) return;
  frames_[static_cast<size_t>(found - frames_.begin())] = std::move(one);
}

bool event_tail::missed_none(uint64_t after, agent_id id) const {
  if (after < broadcast_ || after < known_since_) return false;
  const auto mine = addressed_.find(raw(id));
  return mine == addressed_.end() || mine->second <= after;
}

bool event_tail::told_since(utc_time since, agent_id id) const {
  if (last_ == 0) return false;
  const auto mine = addressed_.find(raw(id));
  const auto latest = std::max({broadcast_, known_since_, mine == addressed_.end() ? 0 : mine->second});
  const auto found = after(latest - 1);
  return latest > 0 && found != frames_.end() && (*found)->what->sequence == latest
         && (*found)->what->at >= since;
}

event_tail::resumption event_tail::resume(std::string_view last_event_id, uint64_t epoch, agent_id id,
                                          utc_time since) const {
  if (last_event_id.empty())
    return {last_, told_since(since, id) ? "the node may have been away without an id" : ""};
  const auto place = parse_event_place(last_event_id);
  if (!place) return {last_, "the last event id is not one of this manager"};
  if (place->epoch != epoch) return {last_, "the last event id is of another epoch"};
  if (place->sequence > last_) return {last_, "the last event id is not yet given out"};
  // That nothing was for it can be known long after the events themselves are gone.
  if (missed_none(place->sequence, id)) return {last_, {}};
  if (place->sequence < dropped_) return {last_, "the last event id is too old"};
  return {place->sequence, {}};
}

const document<signed_frame>* event_tail::next(uint64_t sequence, agent_id id) const {
  const auto found = std::find_if(after(sequence), frames_.end(),
                                  [id](const auto& each) { return concerns(each->what->what.audience, id); });
  return found == frames_.end() ? nullptr : &*found;
}

const std::string& event_tail::key_for(const logged_event& what, const signing_keys& keys,
                                       utc_time now) const {
  const bool before = what.sequence <= rotated_at_ || what.what.type == key_rotation_event;
  return before && !keys.previous.empty() && now < keys.transition_expires ? keys.previous : keys.current;
}

}  // namespace muster
