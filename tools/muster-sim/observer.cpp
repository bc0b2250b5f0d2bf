// Asking, hearing, and what follows from an interruption.
#include "tools/muster-sim/observer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace muster::sim {

using namespace std::chrono_literals;

namespace {

constexpr auto status_every = 250ms;
constexpr auto shortest_rest = 50ms;  // where a status takes its time
constexpr auto sweep_every = 1s;
constexpr auto news_patience = 200ms;  // also how long a stop may take
constexpr auto rest_between_lists = 2s;
constexpr auto longest_last_list = 60s;
constexpr int list_share = 5;  // lists take at most one part in so many of the time

}  // namespace

void observation::add_to(sample& of) const {
  of.seen = seen ? at_last_look : std::nullopt;
  of.truth = found.states;
  of.false_stale = found.false_stale.count;
  of.missed_stale = found.missed_stale.count;
  of.late_stale = found.late_stale.count;
  of.status_ms = status_ms;
  of.manager_bytes = resident_bytes;
}

observer::observer(const scenario& of, const beat_record& beats, operator_address manager)
  : asks_policy_(
    std::ranges::any_of(of.steps, [](const step& s) { return s.what == step_kind::push_policy; })),
    beats_(beats),
    manager_(std::move(manager)),
    truth_(of, beats),
    client_(manager_) {}

observer::~observer() {
  listener_.request_stop();
  watcher_.request_stop();
}

std::string observer::begin() {
  const auto reply = client_.get("/operator/v1/status");
  if (!reply.ok()) return reply.what_went_wrong();
  const auto status = read_status(reply.body);
  if (!status) return "what answers there is not a manager's operator listener";
  manager_began_ = status->started_at;
  deaf_seconds_ = status->deaf_seconds;
  is_disrupted_ = status->is_disrupted;
  patterns_before_ = read_metric(client_.get("/metrics").body, "muster_patterns_total");
  listener_ = std::jthread{[this](const std::stop_token& stop) { listen(stop); }};
  watcher_ = std::jthread{[this](const std::stop_token& stop) { watch(stop); }};
  return {};
}

observation observer::look() const {
  const std::lock_guard lock{mutex_};
  return published_;
}

observation observer::end() {
  watcher_.request_stop();
  watcher_.join();
  turn();
  const auto until = clock::now() + longest_last_list;
  read_list(until);
  if (is_list_wanted()) begin_list();
  read_list(until);
  next_sweep_ = {};
  turn();
  listener_.request_stop();
  listener_.join();
  return look();
}

void observer::listen(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    news_stream stream{manager_};
    if (stream.is_open()) {
      put({news_kind::heard_again, {}, 0, beats_.since_start(clock::now())});
      while (!stop.stop_requested() && stream.read(news_patience, [this](const auto& one) { hear(one); })) {
      }
      put({news_kind::lost, {}, 0, beats_.since_start(clock::now())});
    }
    if (const auto why = stream.problem(); !why.empty()) {
      const std::lock_guard lock{mutex_};
      news_problem_ = why;
    }
    if (!stream.is_open()) pause(stop, clock::now() + status_every);
  }
}

void observer::hear(const server_event& event) {
  const auto said = read_agent_news(event.data);
  if (!said) return;
  const auto agent = truth_.agent_named(said->host);
  put({agent ? news_kind::word : news_kind::stranger, said->word, agent.value_or(0), time_of(said->at)});
}

void observer::put(const news& one) {
  const std::lock_guard lock{mutex_};
  heard_.push_back(one);
}

// Both the manager's times and ours are cut to milliseconds: what happened was at this time, or up to two
// later.
run_time observer::time_of(calendar_time at) const {
  const auto age = std::chrono::system_clock::now() - at;
  return beats_.since_start(clock::now() - std::chrono::duration_cast<clock::duration>(age));
}

void observer::watch(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    auto next = clock::now() + status_every;
    turn();
    next = std::max<time_point>(next, clock::now() + shortest_rest);
    if (is_list_wanted() && !is_reading_ && clock::now() >= next_list_) begin_list();
    read_list(next);
    pause(stop, next);
  }
}

void observer::turn() {
  const auto asked = clock::now();
  const auto reply = client_.get("/operator/v1/status");
  const auto status = reply.ok() ? read_status(reply.body) : std::nullopt;
  now_.status_ms = std::chrono::duration<double, std::milli>(clock::now() - asked).count();
  now_.status_max_ms = std::max(now_.status_max_ms, now_.status_ms);
  now_.seen = status ? std::optional{status->fleet} : std::nullopt;
  now_.problem = status ? "" : reply.what_went_wrong();
  if (status) {
    take_status(*status, beats_.since_start(clock::now()));
    take_news();
    if (asked >= next_sweep_) {
      next_sweep_ = asked + sweep_every;
      truth_.sweep(beats_.since_start(asked), now_.seen->stale + now_.seen->offline);
      now_.at_last_look = now_.seen;
      now_.found = truth_.found();
      ask_more();
    }
  }
  publish();
}

void observer::take_status(const status_answer& status, run_time now) {
  if (status.started_at != manager_began_) {
    manager_began_ = status.started_at;
    deaf_seconds_ = 0;
    patterns_before_ = -static_cast<double>(now_.patterns);
    truth_.manager_restarted(time_of(status.started_at), now);
  }
  if (status.deaf_seconds > deaf_seconds_)
    truth_.manager_deaf(now, static_cast<uint32_t>((status.deaf_seconds - deaf_seconds_) * 1000));
  deaf_seconds_ = status.deaf_seconds;
  if (status.is_disrupted && !is_disrupted_) ++now_.disruptions;
  is_disrupted_ = status.is_disrupted;
}

void observer::take_news() {
  std::vector<news> heard;
  {
    const std::lock_guard lock{mutex_};
    heard.swap(heard_);
  }
  for (const auto& one : heard) switch (one.kind) {
      case news_kind::word: truth_.said(one.agent, one.word, one.at); break;
      case news_kind::stranger: truth_.said_of_stranger(); break;
      case news_kind::heard_again: is_listening_ = now_.has_heard_news = true; break;
      case news_kind::lost:
        is_listening_ = false;
        is_lost_ = true;
        truth_.stream_lost(one.at);
        break;
    }
}

void observer::ask_more() {
  const auto metrics = client_.get("/metrics");
  if (metrics.ok()) {
    now_.resident_bytes = static_cast<uint64_t>(read_metric(metrics.body, "process_resident_memory_bytes"));
    now_.resident_max_bytes = std::max(now_.resident_max_bytes, now_.resident_bytes);
    now_.patterns = static_cast<uint64_t>(
      std::max(0.0, read_metric(metrics.body, "muster_patterns_total") - patterns_before_));
  }
  if (!asks_policy_) return;
  if (const auto policy = read_policy_status(client_.get("/operator/v1/policies/status").body))
    now_.policy = *policy;
}

void observer::begin_list() {
  is_reading_ = true;
  is_lost_ = false;
  lists_offline_ = false;
  cursor_.clear();
  list_began_ = clock::now();
  truth_.begin_list(beats_.since_start(list_began_));
}

void observer::read_list(time_point until) {
  while (is_reading_ && clock::now() < until) {
    if (read_page()) continue;
    is_reading_ = false;
    next_list_ =
      clock::now() + std::max<clock::duration>(rest_between_lists, list_share * (clock::now() - list_began_));
  }
}

// Of those who are stale, then of those who are offline. False when all were read, or none could be.
bool observer::read_page() {
  const auto word = lists_offline_ ? agent_word::offline : agent_word::stale;
  const auto reply = client_.get(fmt::format("/operator/v1/agents?limit=1000&status={}{}{}",
                                             lists_offline_ ? "offline" : "stale",
                                             cursor_.empty() ? "" : "&cursor=", cursor_));
  const auto page = read_agent_page(reply.body, [&](std::string_view host, calendar_time changed_at) {
    if (const auto agent = truth_.agent_named(host)) truth_.listed(*agent, word, time_of(changed_at));
  });
  if (!reply.ok() || !page) {
    is_lost_ = true;
    return false;
  }
  cursor_ = page->next_cursor;
  if (!cursor_.empty()) return true;
  if (std::exchange(lists_offline_, true)) {
    truth_.end_list(beats_.since_start(clock::now()));
    return false;
  }
  return true;
}

void observer::publish() {
  const std::lock_guard lock{mutex_};
  now_.news_problem = news_problem_;
  published_ = now_;
}

void observer::pause(const std::stop_token& stop, time_point until) {
  std::unique_lock lock{mutex_};
  stopped_.wait_until(lock, stop, until, [] { return false; });
}

}  // namespace muster::sim
