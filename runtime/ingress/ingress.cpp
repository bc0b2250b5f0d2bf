// The loop's own timers and what they do.
#include "runtime/ingress/ingress.hpp"

#include "messages/type_ids.hpp"
#include "runtime/wire/panguard.hpp"
#include "runtime/wire/timestamp.hpp"

#include <caf/all.hpp>

#include <algorithm>

namespace muster {

ingress::ingress(loop_actor& self, ingress_ports ports, ingress_settings settings)
  : self_(self),
    ports_(std::move(ports)),
    settings_(std::move(settings)),
    nodes_(settings_.streams, ports_.signer, ports_.utc_now,
           [this](agent_id id) { direct({id}, directive_reconcile); }),
    budget_(settings_.body_budget),
    loop_number_(ports_.listening->add_loop(now())),
    date_(to_http_date(ports_.utc_now())) {
  lanes_.set_rates(settings_.rates);
  self_.become(caf::behavior{
    [this](const publish_slots& news) {
      slots_.publish(news);
      return slots_published{};
    },
    [this](const publish_policy& news) {
      note_policy(news);
      return profiles_known{};
    },
    [this](const publish_profiles& news) {
      policies_.publish(news);
      return profiles_known{};
    },
    [this](const news_followed& now) { followers_ = now.by; },
    [this](const agent_changed& news) { tell_news(panguard::write_news(news)); },
    [this](const threats_reported& news) { tell_news(panguard::write_news(news)); },
    [this](const pattern_changed& news) {
      if (news.step != pattern_step::grew) tell_news(panguard::write_news(news));
    },
    [this](const publish_sensors& news) {
      sensors_.publish(news);
      return slots_published{};
    },
    [this](const publish_signing& news) { nodes_.take(news); },
    [this](const publish_events& news) {
      nodes_.take(news);
      push();
    },
    [this](push_due) {
      push_pending_ = false;
      push();
    },
    [this](pulse_due) { pulse(); },
    [this](sweep_due) { sweep(); },
  });
  self_.delayed_send(&self_, pulse_interval, pulse_due{});
  self_.delayed_send(&self_, sweep_interval, sweep_due{});
}

http::session_environment ingress::environment(http::service& serves, size_t& connections,
                                               std::atomic<size_t>& total_connections) {
  return {serves,      settings_.sessions,
          budget_,     counts_.sessions,
          sessions_,   total_connections,
          connections, waiting_,
          second_,     date_,
          flushes_,    [this] { handle_read(); }};
}

// Requests that arrive together are answered together, but not too many: who waits for the first answers
// would idle while the last are made.
void ingress::handle_read() {
  if (self_.run_woken_soon()) reads_ = 0;  // a new turn begins
  if (++reads_ < reads_per_turn) return;
  reads_ = 0;
  self_.run_woken();
  http::session::flush_all(flushes_);
}

void ingress::apply(ingress_settings settings) {
  settings_ = std::move(settings);
  lanes_.set_rates(settings_.rates);
}

void ingress::pulse() {
  const auto refused = lanes_.refused(lane::heartbeats);
  const bool heard_all = refused == std::exchange(beats_refused_, refused);
  counts_.deaf += ports_.listening->pulse(loop_number_, now(), heard_all);
  self_.delayed_send(&self_, pulse_interval, pulse_due{});
}

void ingress::sweep() {
  ++second_;
  date_ = to_http_date(ports_.utc_now());
  lanes_.sweep();
  for (auto it = sessions_.begin(); it != sessions_.end();) {
    auto alive = it->shared_from_this();
    ++it;
    alive->sweep();
  }
  policies_.sweep(second_, [this](agent_id id) {
    const auto* slot = slots_.find(id);
    return slot != nullptr ? std::optional{slot->profile} : std::nullopt;
  });
  nodes_.sweep(second_, [this](agent_id id) { return slots_.find(id) != nullptr; });
  news_.sweep(second_);
  follow();
  push();
  report_beats();
  on_sweep(snapshot());
  self_.delayed_send(&self_, sweep_interval, sweep_due{});
}

void ingress::note_policy(const publish_policy& news) {
  const bool newer = news.table->revision > policies_.revision();
  policies_.publish(news);
  if (newer && news_.listeners() > 0)
    news_.tell(panguard::write_policy_news(news.table->revision, news.table->at));
  push();
}

void ingress::tell_news(std::string_view message) {
  news_.tell(message);
  push();
}

http::response ingress::open_news() {
  auto words = news_.listen(second_);
  words.opens = [this, opens = std::move(words.opens)](std::shared_ptr<http::stream> opened) {
    opens(std::move(opened));
    follow();
  };
  return words;
}

// Tells the fleet when the first listener has come and when the last has gone.
void ingress::follow() {
  const bool wanted = news_.listeners() > 0;
  if (std::exchange(follows_, wanted) != wanted)
    self_.send(ports_.fleet, follow_news{caf::actor_cast<ingress_actor>(&self_), wanted});
}

void ingress::tell_threats(agent_id reporter, const threats_accepted& accepted) {
  if (followers_.empty() || accepted.accepted.empty()) return;
  const threats_reported news{reporter, accepted.accepted.size(), accepted.patterns, utc_now()};
  for (const auto& loop : followers_) self_.send(loop, news);
}

// Sends what this interval allows. What is left, or comes meanwhile, waits for the next.
void ingress::push() {
  if (push_pending_) return;
  const auto most = pace_.turn(settings_.pushes_per_second, now());
  const bool policies = policies_.push(most);
  const bool more = nodes_.push(most) || policies;
  if (!more) pace_.rest();
  if (!news_.push() && !more) return;
  push_pending_ = true;
  self_.delayed_send(&self_, push_pace::step, push_due{});
}

const sighting_reader& ingress::sightings() const {
  static const sighting_reader plain;
  return settings_.sightings ? *settings_.sightings : plain;
}

void ingress::direct(std::vector<agent_id> whom, uint8_t directives) {
  self_.send(ports_.fleet, direct_agents{std::move(whom), {directives, 0}});
}

void ingress::report_beats() {
  if (auto notes = policies_.take_notes(); !notes.notes.empty()) self_.send(ports_.fleet, std::move(notes));
  if (auto heard = slots_.take_heard(); !heard.beats.empty()) self_.send(ports_.fleet, std::move(heard));
}

bool ingress::finish(bool await_arrivals) {
  for (auto it = sessions_.begin(); it != sessions_.end();) {
    auto alive = it->shared_from_this();
    ++it;
    alive->finish();
  }
  report_beats();
  self_.run_woken();
  return std::none_of(sessions_.begin(), sessions_.end(), [await_arrivals](const http::session& one) {
    return one.answering() || (await_arrivals && one.receiving());
  });
}

void ingress::close_sessions() {
  while (!sessions_.empty()) {
    auto alive = sessions_.front().shared_from_this();
    sessions_.pop_front();
    alive->close();
  }
}

ingress_counts ingress::snapshot() const {
  auto out = counts_;
  out.waiting = waiting_;
  out.policies = policies_.counts();
  out.nodes = nodes_.counts();
  out.dashboards = news_.listeners();
  for (size_t i = 0; i < lane_count; ++i) out.refused_by_lane[i] = lanes_.refused(static_cast<lane>(i));
  return out;
}

}  // namespace muster
