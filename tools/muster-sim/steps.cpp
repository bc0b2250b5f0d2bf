// What the steps of a scenario do to the agents of one loop, and the streams that agents hold.
#include "tools/muster-sim/conductor.hpp"

namespace muster::sim {

namespace {
constexpr uint64_t stream_salt = 0x5713'ea4d;
}

void conductor::advance_steps(time_point now) {
  while (const auto step = steps_.take_begun(now)) begin_step(step->number, now);
  while (const auto toggle = steps_.take_toggle(now)) {
    for (uint32_t agent = 0; agent < agents_.size(); ++agent)
      if (steps_.who(toggle->number).has(number_of(agent))) set_silent(agent, toggle->silent, now);
  }
  const auto speed = steps_.speed(now);
  for (auto& each : sections_)
    if (each.beats) each.beats->set_speed(speed, now);
  look_at_push(now);
}

void conductor::begin_step(uint8_t number, time_point now) {
  switch (steps_.of(number).what) {
    case step_kind::silence:
      for (uint32_t agent = 0; agent < agents_.size(); ++agent)
        if (steps_.who(number).has(number_of(agent))) set_silent(agent, true, now);
      return;
    case step_kind::resume:
      steps_.end_flapping();
      for (uint32_t agent = 0; agent < agents_.size(); ++agent) set_silent(agent, false, now);
      return;
    default: return;  // it works by turns, or it is no matter of agents
  }
}

void conductor::set_silent(uint32_t agent, bool silent, time_point now) {
  if (agents_.silent(agent) == silent) return;
  agents_.set_silent(agent, silent);
  if (silent) close_stream(agent);
  else if (agents_.beats(agent)) open_stream(agent, now);
}

// Nodes keep who they are and only come back; of the others that are restarted, every other one leaves in
// order if its dialect knows how.
std::optional<request> conductor::due_by_step(time_point now) {
  while (const auto turn = steps_.take_turn(now)) {
    if (turn->agent % part_.count != part_.index) continue;
    request out{turn->due, turn->agent / part_.count, request_kind::event, turn->number};
    if (!agents_.speaks(out.agent)) continue;
    const auto kind = steps_.of(turn->number).what;
    const auto speaks = part_of(out.agent).speaks;
    if (kind == step_kind::worm || kind == step_kind::scan) {
      if (speaks != dialect::harborguard) return out;
      continue;
    }
    const bool leaves =
      kind == step_kind::restart_agents && speaks == dialect::panguard && (mix(turn->agent) & 1) != 0;
    if (leaves) {
      out.kind = request_kind::departure;
    } else if (speaks == dialect::plexd) {
      close_stream(out.agent);
      open_stream(out.agent, now);
      out.kind = request_kind::heartbeat;
    } else {
      close_stream(out.agent);
      agents_.set(out.agent, agent_state::lost);
      out.kind = request_kind::registration;
    }
    return out;
  }
  return std::nullopt;
}

bool conductor::has_stream(uint32_t agent) const {
  const auto share = part_of(agent).streams;
  return streams_ != nullptr && share > 0
         && unit_of(mix(what_.seed ^ mix(stream_salt + number_of(agent)))) < share;
}

void conductor::open_stream(uint32_t agent, time_point now) {
  if (has_stream(agent) && !agents_.silent(agent) && stage_ == stage::running)
    streams_->open(agent, now, part_of(agent).stream_life);
}

void conductor::close_stream(uint32_t agent) {
  if (has_stream(agent)) streams_->close(agent);
}

void conductor::stream_opened(time_point due, time_point now) {
  auto& counted = total_[request_kind::stream];
  ++counted.ok;
  counted.latency.record(now - due);
}

bool conductor::stream_failed(uint32_t agent, unsigned status, failure why) {
  auto& counted = total_[request_kind::stream];
  const bool again = status == 0 || status == 429 || status >= 500;
  if (plan_.patient && (status == 429 || status == 503)) {
    ++total_.turned_away;
    ++counted.excused;
    return true;
  }
  if (status > 0) ++total_.refusals[status];
  else ++total_.failed[static_cast<size_t>(why)];
  if (!excuse({{}, agent, request_kind::stream})) ++counted.errors;
  return again;
}

void conductor::stream_event(uint32_t agent, const server_event& event, time_point now) {
  if (part_of(agent).speaks == dialect::panguard) {
    uint32_t version = 0;
    for (const char c : event.id)
      version = c >= '0' && c <= '9' ? version * 10 + static_cast<uint32_t>(c - '0') : 0;
    return note_version(agent, version, now);
  }
  if (event.data.find(R"("event_type":"fleet_policy_updated")") != std::string::npos && agents_.speaks(agent))
    later({now, agent, request_kind::poll});
}

}  // namespace muster::sim
