// Who is sent what, and which frames are still good.
#include "runtime/ingress/node_streams.hpp"

#include "runtime/http/event_stream.hpp"

#include <algorithm>

namespace muster {

namespace {

// A node that takes no more than this at once gets the rest later: one event fits besides.
constexpr size_t enough_waits = http::stream_backlog / 4;

std::shared_ptr<const std::string> comment(std::string_view text) {
  return std::make_shared<const std::string>(http::sse_comment(text));
}

}  // namespace

node_streams::node_streams(const node_stream_options& options, std::shared_ptr<const event_signer> signer,
                           calendar utc_now, reconcile must_look)
  : options_(options),
    signer_(std::move(signer)),
    utc_now_(std::move(utc_now)),
    must_look_(std::move(must_look)) {}

void node_streams::take(const publish_signing& news) {
  epoch_ = news.epoch;
  keys_ = news.keys;
}

node_streams::tenant_stream& node_streams::stream_of(const std::string& tenant) {
  return tenants_.try_emplace(tenant, options_.kept).first->second;
}

void node_streams::take(const publish_events& news) {
  auto& into = stream_of(news.tenant);
  for (const auto& each : news.frames) into.tail.append(each);
  for (const auto& one : listeners_)
    if (one->of == &into) make_due(one);
}

void node_streams::make_due(const std::shared_ptr<listener>& one) {
  if (std::exchange(one->due, true)) return;
  due_.push_back(one);
}

http::response node_streams::listen(agent_id id, const std::string& tenant, std::string_view last_event_id) {
  auto one = std::make_shared<listener>();
  one->id = id;
  one->of = &stream_of(tenant);
  const auto [after, lost] =
    one->of->tail.resume(last_event_id, epoch_, id, utc_now_() - options_.reconnects_within);
  one->has = after;
  return http::open_event_stream([this, one, lost = !lost.empty()](std::shared_ptr<http::stream> opened) {
    one->to = std::move(opened);
    ++counts_.opened;
    listeners_.push_back(one);
    one->to->send(comment("welcome"));
    if (lost) tell_lost(*one);
    serve(one);
  });
}

// Its id is the tail's: the node is in step once it has looked at its state. Not
// logged, and the same for all who are lost at this place.
void node_streams::tell_lost(listener& one) {
  const auto now = utc_now_();
  auto& resync = one.of->resync;
  const auto& tail = one.of->tail;
  if (!resync || resync->what->sequence != tail.last() || !is_good(*resync, keys_.current, now)) {
    logged_event what;
    what.sequence = tail.last();
    what.at = now;
    what.what.type = resync_event;
    what.what.payload = R"({"reason":"it is not known which events were missed"})";
    resync = sign(document{std::move(what)}, keys_.current, now);
  }
  ++counts_.resyncs;
  one.to->send(frame{resync.shared(), &resync->frame});
  must_look_(one.id);
}

void node_streams::serve(const std::shared_ptr<listener>& one) {
  const auto& tail = one->of->tail;
  for (size_t left = options_.events_per_turn; one->to->open(); --left) {
    const auto* next = tail.next(one->has, one->id);
    if (next == nullptr) {
      one->has = tail.last();
      return;
    }
    if (left == 0) return make_due(one);
    if (one->to->backlog() > enough_waits) return;  // until a sweep finds it taken
    one->has = (*next)->what->sequence;
    if (!one->to->send(fresh(*one->of, *next))) return;
    ++counts_.events;
  }
}

bool node_streams::push(size_t most) {
  for (; most > 0 && !due_.empty(); --most) {
    const auto one = std::move(due_.front());
    due_.pop_front();
    one->due = false;
    serve(one);
  }
  return !due_.empty();
}

bool node_streams::sweep(uint32_t second, const is_member& knows) {
  static const auto sign_of_life = comment("alive");
  std::erase_if(listeners_, [&](const std::shared_ptr<listener>& one) {
    if (!one->to->open()) return true;
    if (!knows(one->id)) {
      one->to->end();
      return true;
    }
    if (one->has < one->of->tail.last() && one->to->backlog() <= enough_waits) make_due(one);
    if ((second + raw(one->id)) % options_.comment_seconds == 0) one->to->send(sign_of_life);
    return false;
  });
  counts_.streams = listeners_.size();
  return pushing();
}

// --- signatures --------------------------------------------------------------

bool node_streams::is_good(const signed_frame& one, const std::string& key, utc_time now) const {
  const auto age = std::chrono::abs(now - one.signed_at);  // the calendar may have been set back
  return !one.frame.empty() && one.key == key && age < options_.resign_after;
}

// The previous key may have gone already when this loop has not heard of it yet.
document<signed_frame> node_streams::sign(const document<logged_event>& what, const std::string& key,
                                          utc_time now) {
  ++counts_.signatures;
  const auto id = to_string(event_place{epoch_, what->sequence});
  auto text = signer_->sign(key, id, what->what, now);
  if (!text.empty() || key == keys_.current) return document{signed_frame{what, now, key, std::move(text)}};
  return document{signed_frame{what, now, keys_.current, signer_->sign(keys_.current, id, what->what, now)}};
}

// The frame of an event of the tail, signed again if nodes would refuse it. It stays in
// the tail, so that one signature serves everyone who comes back.
node_streams::frame node_streams::fresh(tenant_stream& of, const document<signed_frame>& one) {
  const auto now = utc_now_();
  const auto& key = of.tail.key_for(*one->what, keys_, now);
  if (is_good(*one, key, now)) return {one.shared(), &one->frame};
  const auto again = sign(one->what, key, now);
  of.tail.replace(again);
  return {again.shared(), &again->frame};
}

}  // namespace muster
