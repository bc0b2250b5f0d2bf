// Verdicts on nodes, stages and moves.
#include "actors/manager/upgrade_plan.hpp"

#include "actors/manager/labels.hpp"
#include "messages/errors.hpp"

#include <algorithm>

namespace muster {

namespace {

using namespace std::chrono_literals;

constexpr size_t stage_limit = 32;
constexpr size_t platform_limit = 64;
constexpr std::chrono::milliseconds longest_stage = 24h * 30;
constexpr std::chrono::milliseconds longest_patience = 24h;

bool has_only(std::string_view text, std::string_view more) {
  return std::all_of(text.begin(), text.end(), [more](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
           || more.find(c) != more.npos;
  });
}

bool is_platform(const std::string& text) {
  const auto cut = text.find('/');
  return text.size() <= 64 && cut != text.npos && cut > 0 && cut + 1 < text.size()
         && has_only(text.substr(0, cut), "._-") && has_only(text.substr(cut + 1), "._-");
}

bool is_checksum(const std::string& text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == text.npos;
}

bool ascend(const std::vector<uint32_t>& stages) {
  return std::adjacent_find(stages.begin(), stages.end(), std::greater_equal<>{}) == stages.end();
}

// Buckets below it were those of earlier stages.
uint32_t lower_bound_of(const upgrade& what) {
  return what.stage == 0 ? 0 : what.asked.stages[what.stage - 1];
}

caf::error conflict(std::string why) {
  return caf::make_error(fleet_error::upgrade_conflict, std::move(why));
}

std::string stage_in_words(const upgrade& what) { return "stage " + std::to_string(what.stage + 1); }

}  // namespace

std::string problem_of(const start_upgrade& request) {
  if (request.version.empty() || request.version.size() > 128 || !has_only(request.version, "._+-"))
    return "'version' must be 1 to 128 letters, digits, '.', '_', '+' and '-'";
  if (request.stages.empty() || request.stages.size() > stage_limit)
    return "'stages' must be 1 to " + std::to_string(stage_limit);
  if (request.stages.front() == 0 || !ascend(request.stages)) return "'stages' must ascend";
  if (request.stages.back() != policy_buckets) return "'stages' must end with 100%";
  if (request.every <= 0ms || request.every > longest_stage) return "'every' must be from 1ms to 30d";
  if (request.patience < 1s || request.patience > longest_patience)
    return "'patience' must be from 1s to 24h";
  if (request.checksums.size() > platform_limit)
    return "'checksums' must not have more than " + std::to_string(platform_limit);
  for (const auto& [platform, checksum] : request.checksums) {
    if (!is_platform(platform)) return "'checksums': a platform must be like linux/amd64";
    if (!is_checksum(checksum))
      return "'checksums': that of " + platform + " must be a SHA-256 in 64 lower-case hexadecimals";
  }
  return {};
}

bool is_meant(const start_upgrade& by, const mesh_node& node) {
  if (node.status == agent_status::departed || (by.tenant && *by.tenant != node.tenant)) return false;
  return has_labels(node.labels, by.labels);
}

std::chrono::milliseconds stage_age(const upgrade& what, utc_time now) {
  return what.status == rollout_status::running ? what.served + (now - what.stage_since) : what.served;
}

caf::expected<upgrade> moved(upgrade what, rollout_move move, const std::string& why, utc_time now) {
  if (!under_way(what.status)) return conflict("the upgrade is " + to_string(what.status) + " already");
  const bool runs = what.status == rollout_status::running;
  if (move == rollout_move::resume ? runs : !runs && move != rollout_move::abort)
    return conflict("the upgrade is " + to_string(what.status));
  const bool last = what.stage + 1 == what.asked.stages.size();
  const auto age = stage_age(what, now);
  const auto leave = [&](rollout_status status) {
    what.status = status;
    what.served = age;
    what.outcome = why;
    if (!under_way(status)) what.ended_at = now;
  };
  switch (move) {
    case rollout_move::advance:
      if (last) {
        leave(rollout_status::completed);
        break;
      }
      ++what.stage;
      what.served = 0ms;
      what.stage_since = now;
      break;
    case rollout_move::resume:
      what.status = rollout_status::running;
      what.stage_since = now;
      what.outcome.clear();
      break;
    case rollout_move::pause: leave(rollout_status::paused); break;
    case rollout_move::halt: leave(rollout_status::halted); break;
    case rollout_move::abort: leave(rollout_status::aborted); break;
  }
  return what;
}

upgrade_plan::upgrade_plan(upgrade what) : what_(std::move(what)) {
  if (what_.ended_at == utc_time{}) open_runs_.insert(what_.runs.begin(), what_.runs.end());
}

void upgrade_plan::ask(uint64_t run, const std::vector<agent_id>& nodes) {
  adopt(run);
  for (const auto id : nodes) asked_.try_emplace(id).first->second.run = run;
  refusals_ = 0;
}

void upgrade_plan::adopt(uint64_t run) {
  open_runs_.insert(run);
  if (std::find(what_.runs.begin(), what_.runs.end(), run) == what_.runs.end()) what_.runs.push_back(run);
}

bool upgrade_plan::note(const execution_record& execution) {
  if (forgiven_.contains({execution.run, execution.node})) return is_over(execution.status);
  asked_[execution.node] = {execution.run, execution.status, execution.reason, execution.finished_at};
  return is_over(execution.status);
}

void upgrade_plan::lose(uint64_t run) {
  close(run);
  for (auto& [id, asked] : asked_) {
    if (asked.run != run || is_over(asked.status)) continue;
    asked.status = execution_status::expired;
    asked.reason = "its run is no longer kept";
  }
}

void upgrade_plan::note_refusal(std::string why) {
  ++refusals_;
  refusal_ = std::move(why);
}

// A node that is not as it should be has until its patience is over; one that is lost with many others,
// longer.
upgrade_plan::judgement upgrade_plan::missing(const node_row& row, utc_time since, const std::string& why,
                                              utc_time now) const {
  if (row.held || now < since + what_.asked.patience) return {};
  const bool away = row.node.status != agent_status::online;
  return {upgrade_verdict::failed, away ? "it is not online" : why, false};
}

upgrade_plan::judgement upgrade_plan::judgement_of(const node_row& row, utc_time now) {
  const auto bucket = policy_bucket(row.node.id);
  const bool done_before = bucket < lower_bound_of(what_);
  const auto platform = platform_of(row.node.metadata);
  const auto wanted = what_.asked.checksums.find(platform);
  const bool has_it = wanted != what_.asked.checksums.end() && row.binary_checksum == wanted->second;
  const bool online = row.node.status == agent_status::online;
  if (has_it) well_.try_emplace(row.node.id, now);
  if (has_it && (done_before || online)) return {upgrade_verdict::upgraded, {}, false};
  if (bucket >= what_.asked.stages[what_.stage])
    return {has_it ? upgrade_verdict::upgraded : upgrade_verdict::later, {}, false};
  if (wanted == what_.asked.checksums.end())
    return {upgrade_verdict::failed,
            platform.empty() ? "it did not say its platform" : "no checksum is known for " + platform, false};
  const auto asked = asked_.find(row.node.id);
  if (asked == asked_.end()) {
    if (online) return {upgrade_verdict::waiting, {}, true};
    const auto well = well_.find(row.node.id);
    const auto begun_at = now - stage_age(what_, now);
    return missing(row, well == well_.end() ? begun_at : std::max(begun_at, well->second), {}, now);
  }
  const auto& execution = asked->second;
  if (!is_over(execution.status)) return {};
  if (row.held
      && execution.status == execution_status::expired) {  // it could not hear: asked when it is back
    forgiven_.emplace(execution.run, row.node.id);
    asked_.erase(asked);
    return {};
  }
  const auto well = well_.find(row.node.id);
  if (well == well_.end() && !has_it && execution.status != execution_status::succeeded)
    return {upgrade_verdict::failed,
            to_string(execution.status) + (execution.reason.empty() ? "" : ": " + execution.reason), false};
  const auto since =
    well == well_.end() ? execution.finished_at : std::max(execution.finished_at, well->second);
  return missing(
    row, since,
    row.binary_checksum.empty() ? "it reports no checksum" : "it reports the checksum " + row.binary_checksum,
    now);
}

void upgrade_plan::judge(const node_row& row, utc_time now, upgrade_look& into) {
  if (!is_meant(what_.asked, row.node)) return;
  auto found = judgement_of(row, now);
  ++into.counts.nodes;
  switch (found.verdict) {
    case upgrade_verdict::upgraded:
      ++into.counts.upgraded;
      if (row.node.status == agent_status::online) well_[row.node.id] = now;
      break;
    case upgrade_verdict::failed:
      ++into.counts.failed;
      if (into.failures.size() < failures_shown)
        into.failures.push_back({row.node.id, row.node.hostname, std::move(found.reason)});
      break;
    case upgrade_verdict::waiting: ++into.stage_waiting; [[fallthrough]];
    case upgrade_verdict::later: ++into.counts.waiting; break;
  }
  if (found.ask) into.to_ask[platform_of(row.node.metadata)].push_back(row.node.id);
}

void upgrade_plan::conclude(utc_time now, upgrade_look& into) {
  what_.counts = into.counts;
  what_.failures = into.failures;
  if (what_.status != rollout_status::running) return;
  if (into.counts.failed > what_.asked.max_failed) {
    const auto& first = into.failures.front();
    const auto others = into.counts.failed - 1;
    into.move = rollout_move::halt;
    into.reason = stage_in_words(what_) + ": " + first.hostname + ": " + first.reason
                  + (others == 0 ? "" : ", and " + std::to_string(others) + " more failed");
  } else if (refusals_ >= refusals_taken) {
    into.move = rollout_move::halt;
    into.reason = stage_in_words(what_) + ": nodes could not be asked: " + refusal_;
  } else if (into.stage_waiting == 0 && stage_age(what_, now) >= what_.asked.every) {
    into.move = rollout_move::advance;
  }
}

// What became known while it was written counts on.
void upgrade_plan::become(upgrade next) {
  if (next.stage != what_.stage) well_.clear();
  if (next.status == rollout_status::running) refusals_ = 0;
  next.runs = std::move(what_.runs);
  next.counts = what_.counts;
  next.failures = std::move(what_.failures);
  what_ = std::move(next);
}

}  // namespace muster
