// One table of names, one rule.
#include "tools/muster-sim/verdict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace muster::sim {

namespace {

struct known_figure {
  std::string_view name;
  bool is_time;
  std::string_view meaning;
};

constexpr known_figure known[] = {
  {"errors", false, "requests that got no answer or a bad one, without 429 and 503"},
  {"turned_away", false, "requests answered 429 or 503"},
  {"registered", false, "agents registered at the end"},
  {"p50", true, "median latency of heartbeats"},
  {"p99", true, "latency that 99 % of heartbeats stay below"},
  {"p999", true, "latency that 99.9 % of heartbeats stay below"},
  {"false_stale", false, "agents called silent before their threshold"},
  {"late_stale", false, "agents called silent too late"},
  {"missed_stale", false, "silent agents that were not called so"},
  {"stale_within", true, "longest time from a threshold to the manager's word"},
  {"back_within", true, "longest time from a beat after silence to the word online"},
  {"not_back", false, "agents still called silent that were heard again"},
  {"status_lag", true, "by how much the manager's counts were behind the truth"},
  {"disruptions", false, "disruptions of the whole fleet"},
  {"patterns", false, "patterns opened"},
  {"policy_reached", false, "agents that have the policy pushed last"},
  {"policy_within", true, "time until the last of them had it"},
};

const known_figure* find(std::string_view name) {
  const auto* found = std::ranges::find(known, name, &known_figure::name);
  return found == std::end(known) ? nullptr : found;
}

double milliseconds(std::chrono::nanoseconds span) {
  return std::chrono::duration<double, std::milli>(span).count();
}

bool holds(limit_kind kind, double got, double limit) {
  switch (kind) {
    case limit_kind::most: return got <= limit;
    case limit_kind::least: return got >= limit;
    case limit_kind::exact: return got == limit;
  }
  return false;
}

std::string wanted_text(const expectation& of) {
  constexpr std::string_view words[] = {"at most", "at least", "exactly"};
  return fmt::format("{} {}", words[static_cast<size_t>(limit_kind_of(of.text))],
                     figure_text(of.name, of.limit));
}

void add_words(const detections& found, figures& out) {
  out["false_stale"] = static_cast<double>(found.false_stale.count);
  out["late_stale"] = static_cast<double>(found.late_stale.count);
  out["missed_stale"] = static_cast<double>(found.missed_stale.count);
  out["not_back"] = static_cast<double>(found.not_back);
  const auto silences = std::max(found.stale.all.max(), found.offline.all.max());
  if (found.stale.all.count() + found.offline.all.count() > 0 && found.missed_stale.count == 0)
    out["stale_within"] = milliseconds(silences);
  if (found.back.all.count() > 0 && found.not_back == 0)
    out["back_within"] = milliseconds(found.back.all.max());
}

}  // namespace

std::vector<std::string> expectation_names() {
  std::vector<std::string> out;
  for (const auto& each : known) out.emplace_back(each.name);
  return out;
}

bool is_expectation(std::string_view name) { return find(name) != nullptr; }

bool is_time(std::string_view expectation) {
  const auto* found = find(expectation);
  return found != nullptr && found->is_time;
}

std::string_view meaning_of(std::string_view expectation) {
  const auto* found = find(expectation);
  return found == nullptr ? std::string_view{} : found->meaning;
}

limit_kind limit_kind_of(std::string_view text) {
  const auto start = std::min(text.find_first_not_of(' '), text.size());
  if (text.substr(start).starts_with(">=")) return limit_kind::least;
  return text.substr(start).starts_with("==") ? limit_kind::exact : limit_kind::most;
}

figures figures_of(const outcome& what, const observation& seen, const driven_figures& driven) {
  const auto& total = what.total;
  const auto among_errors = driven.turned_away ? 0 : total.refusals[429] + total.refusals[503];
  const auto& beats = total[request_kind::heartbeat].latency;
  const auto& found = seen.found;
  figures out{{"errors", static_cast<double>(total.errors() - std::min(total.errors(), among_errors))},
              {"turned_away", static_cast<double>(driven.turned_away.value_or(among_errors))},
              {"registered", static_cast<double>(what.registered)},
              {"status_lag", static_cast<double>(found.status_lag_ms)},
              {"disruptions", static_cast<double>(seen.disruptions)},
              {"patterns", static_cast<double>(seen.patterns)}};
  if (beats.count() > 0) {
    out["p50"] = milliseconds(beats.percentile(0.5));
    out["p99"] = milliseconds(beats.percentile(0.99));
    out["p999"] = milliseconds(beats.percentile(0.999));
  }
  if (seen.has_heard_news) add_words(found, out);
  const bool was_pushed = seen.policy.revision > 0;
  if (driven.policy_reached) out["policy_reached"] = static_cast<double>(*driven.policy_reached);
  else if (was_pushed) out["policy_reached"] = static_cast<double>(seen.policy.reached);
  if (driven.policy_within_ms) out["policy_within"] = *driven.policy_within_ms;
  else if (was_pushed) out["policy_within"] = seen.policy.last_ms;
  return out;
}

std::vector<judgement> judge(const scenario& of, const figures& got) {
  std::vector<judgement> out;
  for (const auto& each : of.expectations) {
    judgement one{each.name, wanted_text(each), std::nullopt, false};
    if (const auto found = got.find(each.name); found != got.end()) {
      one.got = found->second;
      one.held = holds(limit_kind_of(each.text), found->second, each.limit);
    }
    out.push_back(std::move(one));
  }
  return out;
}

bool all_held(const std::vector<judgement>& all) { return std::ranges::all_of(all, &judgement::held); }

std::string figure_text(std::string_view name, double value) {
  const bool is_whole = value == std::floor(value);
  return fmt::format("{:.{}f}{}", value, is_whole ? 0 : 2, is_time(name) ? " ms" : "");
}

}  // namespace muster::sim
