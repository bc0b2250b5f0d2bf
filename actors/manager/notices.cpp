// A title says what happened to whom, a text since when and why.
#include "actors/manager/notices.hpp"

#include <algorithm>
#include <cstdio>

namespace muster {

namespace {

notice_severity severity_of(const pattern& what) {
  return what.critical ? notice_severity::critical
                       : parse_notice_severity(what.severity).value_or(notice_severity::medium);
}

notice about_agent(agent_id id, const noticed_agent& who, notice_event event) {
  notice out;
  out.event = event;
  out.tenant = who.tenant;
  out.labels = who.labels;
  out.subject = to_string(id);
  out.title = kind_of(event).label + (": " + who.hostname);
  out.path = "/operator/v1/agents/" + out.subject;
  out.fields = {{"agentId", out.subject}, {"hostname", who.hostname}, {"dialect", to_string(who.speaks)}};
  return out;
}

}  // namespace

std::string text_of(utc_time at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{at - day};
  char out[40];
  std::snprintf(out, sizeof out, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()), static_cast<int>(time.subseconds().count()));
  return out;
}

std::optional<notice> notice_of(const state_change& change, const noticed_agent& who) {
  const bool lost = change.to == agent_status::offline && change.from != agent_status::offline;
  const bool back = change.from == agent_status::offline && change.to == agent_status::online;
  const bool left = change.from == agent_status::offline && change.to == agent_status::departed;
  if (!lost && !back && !left) return std::nullopt;
  auto out = about_agent(change.id, who, lost ? notice_event::agent_lost : notice_event::agent_recovered);
  if (left) out.title = "Agent left: " + who.hostname;
  out.severity = lost ? notice_severity::high : notice_severity::info;
  out.stage = lost ? notice_stage::opens : notice_stage::resolves;
  const auto last = text_of(change.last_seen);
  out.text = lost   ? "No heartbeat from " + who.hostname + " since " + last + "."
             : left ? who.hostname + ", which was lost, has left or was removed."
                    : who.hostname + " is heard again since " + text_of(change.at) + ".";
  if (change.last_seen != utc_time{}) out.fields["lastHeartbeatAt"] = last;
  out.key = "agent/" + out.subject;
  out.at = change.at;
  return out;
}

std::optional<notice> notice_of(const pattern_changed& change) {
  const auto& what = change.whole;
  const bool ended = !what.open();
  const bool told = change.step == pattern_step::opened || change.step == pattern_step::became_critical;
  if (!ended && !told) return std::nullopt;
  notice out;
  out.event = ended ? notice_event::pattern_ended : notice_event::pattern_detected;
  out.severity = ended ? notice_severity::info : severity_of(what);
  out.stage = ended ? notice_stage::resolves : notice_stage::opens;
  out.tenant = what.tenant;
  out.subject = to_string(what.id);
  out.title = kind_of(out.event).label + (": " + what.kind + " " + what.value);
  out.text = std::to_string(what.agent_count) + " agents saw " + what.kind + " " + what.value
             + (ended ? "; nobody has seen it lately." : ".");
  out.path = "/operator/v1/patterns/" + out.subject;
  out.fields = {{"patternId", out.subject}, {"kind", what.kind}, {"value", what.value}};
  out.numbers = {{"agentCount", static_cast<int64_t>(what.agent_count)},
                 {"sightings", static_cast<int64_t>(what.sightings)}};
  out.key = "pattern/" + out.subject;
  out.at = ended ? what.ended_at : what.last_seen;
  return out;
}

notice flapping_notice(agent_id id, const noticed_agent& who, bool flaps, utc_time at) {
  auto out = about_agent(id, who, flaps ? notice_event::agent_flapping : notice_event::agent_calm);
  out.severity = flaps ? notice_severity::medium : notice_severity::info;
  out.stage = flaps ? notice_stage::opens : notice_stage::resolves;
  out.text = flaps
               ? who.hostname + " goes and comes back again and again; nothing more is told until it is calm."
               : who.hostname + " no longer goes and comes back.";
  out.key = "flapping/" + out.subject;
  out.at = at;
  return out;
}

notice disruption_notice(const noticed_disruption& what, bool ended, utc_time at) {
  notice out;
  out.event = ended ? notice_event::disruption_ended : notice_event::disruption_began;
  out.severity = ended ? notice_severity::info : notice_severity::critical;
  out.stage = ended ? notice_stage::resolves : notice_stage::opens;
  out.tenant = what.tenant;
  out.subject = what.group;
  out.title = kind_of(out.event).label + (": " + what.group);
  const auto of = std::to_string(what.worst) + " of " + std::to_string(std::max(what.before, what.worst));
  out.text = ended ? std::to_string(what.silent) + " of the " + std::to_string(what.worst)
                       + " agents that fell silent since " + text_of(what.began_at) + " still are."
                   : of + " agents fell silent at once. What follows from the loss of each waits.";
  out.path = "/operator/v1/status";
  out.fields = {{"group", what.group}};
  out.numbers = {{"before", what.before}, {"worst", what.worst}, {"silent", what.silent}};
  out.key = "disruption/" + what.group;
  out.at = at;
  return out;
}

std::optional<notice> forgotten_notice(const notice& open) {
  const bool disruption = open.event == notice_event::disruption_began;
  if ((!disruption && open.event != notice_event::agent_flapping) || open.stage != notice_stage::opens)
    return std::nullopt;
  auto out = open;
  out.event = disruption ? notice_event::disruption_ended : notice_event::agent_calm;
  out.severity = notice_severity::info;
  out.stage = notice_stage::resolves;
  out.title = kind_of(out.event).label + out.title.substr(std::min(out.title.find(':'), out.title.size()));
  out.text = "The manager was started anew and counts from here.";
  out.id.clear();
  out.at = {};
  return out;
}

notice emergency_notice(const std::string& cause, const std::string& kind, const std::string& value,
                        const std::string& tenant, const std::string& reason, utc_time at) {
  notice out;
  out.event = notice_event::emergency_policy;
  out.severity = notice_severity::critical;
  out.tenant = tenant;
  out.subject = cause;
  out.title = kind_of(out.event).label + (": " + kind + " " + value);
  out.text = "An emergency policy is in force: " + reason + ".";
  out.path = "/operator/v1/emergencies";
  out.fields = {{"patternId", cause}, {"kind", kind}, {"value", value}};
  out.key = "emergency/" + cause;
  out.at = at;
  return out;
}

notice halt_notice(const std::string& what, const std::string& name, const std::string& tenant,
                   const std::string& why, utc_time at) {
  notice out;
  out.event = notice_event::rollout_halted;
  out.severity = notice_severity::high;
  out.tenant = tenant;
  out.subject = name;
  out.title = kind_of(out.event).label + (": " + what + " " + name);
  out.text = "The " + std::string{what == "policy" ? "rollout of policy " : "upgrade "} + name + " was halted"
             + (why.empty() ? "." : ": " + why + ".");
  out.path = what == "policy" ? "/operator/v1/rollouts" : "/operator/v1/upgrades/" + name;
  out.fields = {{"rollout.kind", what}, {"rollout.id", name}, {"reason", why}};
  out.key = "rollout/" + what + "/" + name;
  out.at = at;
  return out;
}

}  // namespace muster
