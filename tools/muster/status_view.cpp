// The block that `muster status` prints: first whether all is well, then how busy the manager was.
#include <fmt/format.h>
#include <boost/json/value.hpp>

#include <string>

#include "tools/muster/operator_api.hpp"
#include "tools/muster/terminal_text.hpp"
#include "tools/muster/views.hpp"

namespace muster::cli {

using boost::json::object;

namespace {

std::string fleet_in_words(const object& fleet) {
  return fmt::format("{}: {} online, {} stale, {} offline, {} departed",
                     counted(count_of(fleet, "total"), "agent"), grouped(count_of(fleet, "online")),
                     grouped(count_of(fleet, "stale")), grouped(count_of(fleet, "offline")),
                     grouped(count_of(fleet, "departed")));
}

tone tone_of_fleet(const object& fleet) {
  if (count_of(fleet, "offline") != 0) return tone::bad;
  if (count_of(fleet, "stale") != 0) return tone::warning;
  return count_of(fleet, "online") != 0 ? tone::good : tone::plain;
}

std::string dialects_in_words(const object& by_dialect) {
  std::string text;
  for (const auto& each : by_dialect) {
    const auto count = count_of(by_dialect, each.key());
    if (count == 0) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", grouped(count), std::string_view(each.key()));
  }
  return text;
}

std::string work_in_words(const object& since_start) {
  return fmt::format("{} enrolled, {} reconnected, {} removed, {} changes of state",
                     grouped(count_of(since_start, "enrolled")),
                     grouped(count_of(since_start, "reconnected")), grouped(count_of(since_start, "removed")),
                     grouped(count_of(since_start, "state_changes")));
}

std::string store_in_words(const object& store) {
  const auto bytes = count_of(store, "bytes");
  const auto limit = count_of(store, "limit_bytes");
  if (limit == 0) return spoken_bytes(bytes);
  return fmt::format("{} of {} ({:.0f} %)", spoken_bytes(bytes), spoken_bytes(limit),
                     100 * static_cast<double>(bytes) / static_cast<double>(limit));
}

bool is_store_nearly_full(const object& store) {
  const auto limit = count_of(store, "limit_bytes");
  return limit != 0 && count_of(store, "bytes") / 9 >= limit / 10;
}

std::string listeners_in_words(const object& status) {
  const auto& listeners = object_of(status, "listeners");
  return fmt::format("agents on {}, operators on {}, {}", text_of(listeners, "fleet"),
                     text_of(listeners, "operator"), counted(count_of(status, "loops"), "loop"));
}

// What ought to be zero is told only when it is not.
void append_troubles(std::vector<fact>& facts, const object& fleet, const object& since_start) {
  const auto warn = [&](const char* name, std::string text) {
    facts.push_back({name, {std::move(text), tone::warning}});
  };
  if (const auto now = count_of(fleet, "contested"), ever = count_of(since_start, "contests");
      now + ever != 0) {
    warn("contested", fmt::format("{} now, {} since start", grouped(now), grouped(ever)));
  }
  if (const auto count = count_of(fleet, "flapping"); count != 0) {
    warn("flapping", fmt::format("{}, coming and going", counted(count, "agent")));
  }
  if (const auto count = count_of(since_start, "agent_actors_respawned"); count != 0) {
    warn("respawned", fmt::format("{} after a failure", counted(count, "agent actor")));
  }
  if (const auto deaf = text_of(since_start, "deaf_seconds"); count_of(since_start, "deaf_seconds") != 0) {
    warn("deaf", fmt::format("{} s in which the manager could not listen", deaf));
  }
}

void append_disruptions(std::vector<fact>& facts, const object& status) {
  const auto* all = status.if_contains("disruptions");
  if (all == nullptr || !all->is_array()) return;
  for (const auto& each : all->as_array()) {
    if (!each.is_object()) continue;
    const auto& one = each.as_object();
    facts.push_back({"disruption",
                     {fmt::format("{}: {} of {} silent, {} at the worst, since {}", text_of(one, "group"),
                                  grouped(count_of(one, "silent")), grouped(count_of(one, "before")),
                                  grouped(count_of(one, "worst")), text_of(one, "began_at")),
                      tone::bad}});
  }
  if (const auto held = count_of(object_of(status, "fleet"), "held"); held != 0)
    facts.push_back(
      {"held", {fmt::format("what follows from the loss of {}", counted(held, "agent")), tone::warning}});
}

}  // namespace

std::string status_text(const object& status, const view_style& style) {
  const auto& fleet = object_of(status, "fleet");
  const auto& since_start = object_of(status, "since_start");
  const auto& store = object_of(status, "store");
  const auto up = std::chrono::seconds(count_of(status, "uptime_seconds"));
  std::vector<fact> facts;
  facts.push_back({"manager",
                   {fmt::format("muster {}, up {}, since {}", text_of(status, "version"), spoken_duration(up),
                                text_of(status, "started_at")),
                    tone::plain}});
  facts.push_back({"fleet", {fleet_in_words(fleet), tone_of_fleet(fleet)}});
  facts.push_back({"dialects", {dialects_in_words(object_of(fleet, "by_dialect")), tone::plain}});
  append_disruptions(facts, status);
  append_troubles(facts, fleet, since_start);
  facts.push_back({"since start", {work_in_words(since_start), tone::plain}});
  facts.push_back({"listening", {listeners_in_words(status), tone::plain}});
  facts.push_back({"store", {store_in_words(store), is_store_nearly_full(store) ? tone::bad : tone::plain}});
  return render_facts(facts, style.colour);
}

}  // namespace muster::cli
