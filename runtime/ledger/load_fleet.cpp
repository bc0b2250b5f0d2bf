// Joins agents, standings, changes and threats by slot.
#include "runtime/ledger/load_fleet.hpp"

#include "actors/manager/event_ring.hpp"
#include "runtime/ledger/record_decoder.hpp"
#include "runtime/ledger/transactions.hpp"

#include <algorithm>
#include <future>
#include <limits>
#include <thread>

namespace muster {

namespace {

constexpr uint64_t part_least = 10'000;  // agents that are worth a thread
constexpr uint64_t most_parts = 8;

struct decoded_agents {
  std::vector<agent_record> records;
  caf::error failed;
};

// Those with keys from `first` to `last`, in a transaction of its own.
decoded_agents decode_agents(const store& from, uint64_t first, uint64_t last, uint64_t about) {
  decoded_agents out;
  out.records.reserve(about);
  read_transaction view{from};
  record_decoder decoder;
  record_cursor at{view, ledger_table::agents};
  for (bool more = at.seek(first); more && at.record().key <= last; more = at.next()) {
    auto record = decoder.agent(at.record());
    if (!record) return {{}, record.error()};
    out.records.push_back(std::move(*record));
  }
  out.failed = view.error();
  return out;
}

class fleet_loader {
 public:
  explicit fleet_loader(const store& from) : store_(from), view_(from) {}

  caf::expected<restored_fleet> load(utc_time events_since) {
    if (auto error = load_agents()) return error;
    if (auto error = load_standings()) return error;
    if (auto error = replay_changes()) return error;
    // A registration brings an agent back; its change may not have been written any more.
    for (auto& agent : fleet_.agents) {
      auto& standing = agent.standing;
      if (standing.status != agent_status::departed || agent.record.enrolled_at <= standing.changed_at)
        continue;
      standing.status = agent_status::online;
      standing.changed_at = standing.last_seen = agent.record.enrolled_at;
    }
    if (auto error = load_events(events_since)) return error;
    if (view_.error()) return view_.error();
    return std::move(fleet_);
  }

 private:
  static constexpr uint32_t nobody = ~uint32_t{0};

  // Decoding is most of a start, so each core takes a part of the keys.
  caf::error load_agents() {
    fleet_.last_serial = static_cast<uint32_t>(view_.number(meta_number::last_serial));
    const auto count = view_.count(ledger_table::agents);
    fleet_.agents.reserve(count);
    record_cursor last{view_, ledger_table::agents};
    if (!last.last()) return {};
    const auto cores = std::max<uint64_t>(std::thread::hardware_concurrency(), 1);
    const auto parts = std::clamp<uint64_t>(count / part_least, 1, std::min(cores, most_parts));
    const auto step = last.record().key / parts + 1;
    std::vector<std::future<decoded_agents>> decoding;
    for (uint64_t i = 0; i < parts; ++i) {
      const auto end = i + 1 == parts ? std::numeric_limits<uint64_t>::max() : (i + 1) * step - 1;
      decoding.push_back(std::async(std::launch::async, decode_agents, std::cref(store_), i * step, end,
                                    count / parts + count / 64));
    }
    caf::error failed;
    for (auto& each : decoding) {
      auto part = each.get();
      if (part.failed && !failed) failed = std::move(part.failed);
      for (auto& record : part.records) add(std::move(record));
    }
    return failed;
  }

  // Records come in order of slot and serial; should a slot have two, then the later one holds it.
  void add(agent_record&& record) {
    auto slot = slot_of(record.id);
    if (slot >= by_slot_.size()) by_slot_.resize(slot + 1, nobody);
    if (by_slot_[slot] == nobody) {
      by_slot_[slot] = static_cast<uint32_t>(fleet_.agents.size());
      fleet_.agents.emplace_back();
    }
    auto& agent = fleet_.agents[by_slot_[slot]];
    fleet_.last_serial = std::max(fleet_.last_serial, serial_of(record.id));
    agent.standing = {record.id, agent_status::online, record.enrolled_at, record.enrolled_at, 0};
    agent.record = std::move(record);
  }

  restored_agent* find(agent_id id) {
    auto index = slot_of(id) < by_slot_.size() ? by_slot_[slot_of(id)] : nobody;
    return index != nobody && fleet_.agents[index].record.id == id ? &fleet_.agents[index] : nullptr;
  }

  caf::error load_standings() {
    record_cursor at{view_, ledger_table::standings};
    for (bool more = at.first(); more; more = at.next()) {
      auto block = decoder_.standings(at.record());
      if (!block) return block.error();
      for (const auto& standing : *block)
        if (auto* agent = find(standing.id)) agent->standing = standing;
      // A standing may know of a change that was never written: its number is used up.
      for (const auto& standing : *block)
        fleet_.last_change = std::max(fleet_.last_change, standing.last_change);
    }
    return {};
  }

  caf::error replay_changes() {
    auto contained = view_.number(meta_number::changes_until);
    fleet_.last_change = std::max({fleet_.last_change, contained, view_.number(meta_number::changes_purged)});
    // A record may hold several changes of one agent, so what its standing
    // contains must be known apart from what has been replayed.
    std::vector<uint64_t> standing_contains;
    standing_contains.reserve(fleet_.agents.size());
    for (const auto& agent : fleet_.agents) standing_contains.push_back(agent.standing.last_change);
    record_cursor at{view_, ledger_table::changes};
    for (bool more = at.seek(contained + 1); more; more = at.next()) {
      auto changes = decoder_.changes(at.record());
      if (!changes) return changes.error();
      auto number = at.record().key;
      for (const auto& change : *changes)
        if (auto* agent = find(change.id); agent && number > standing_contains[by_slot_[slot_of(change.id)]])
          replay(change, number, agent->standing);
      fleet_.last_change = std::max(fleet_.last_change, number);
    }
    return {};
  }

  static void replay(const state_change& change, uint64_t number, agent_standing& standing) {
    standing.last_change = number;
    if (change.cause == change_cause::contest || change.cause == change_cause::contest_over) return;
    standing.status = change.to;
    standing.changed_at = change.at;
    standing.last_seen =
      std::max(standing.last_seen, change.to == agent_status::online ? change.at : change.last_seen);
  }

  // From the newest report back, until all that count were seen.
  caf::error load_events(utc_time since) {
    size_t searched = 0;
    record_cursor at{view_, ledger_table::threats};
    for (bool more = at.last(); more && searched < recent_events_bytes; more = at.previous()) {
      searched += at.record().json.size();
      auto report = decoder_.events(at.record());
      if (!report) return report.error();
      if (report->received_at < since) break;
      auto* reporter = find(report->reporter);
      if (reporter == nullptr) continue;
      auto& events = reporter->recent_events;
      auto wanted = std::min(event_ring::capacity - events.size(), report->fingerprints.size());
      events.insert(events.end(), report->fingerprints.rbegin(),
                    report->fingerprints.rbegin() + static_cast<std::ptrdiff_t>(wanted));
    }
    for (auto& agent : fleet_.agents) std::reverse(agent.recent_events.begin(), agent.recent_events.end());
    return {};
  }

  const store& store_;
  read_transaction view_;
  record_decoder decoder_;
  restored_fleet fleet_;
  std::vector<uint32_t> by_slot_;  // index into fleet_.agents
};

}  // namespace

caf::expected<restored_fleet> load_fleet(const store& from, utc_time now, const retention_limits& keep) {
  return fleet_loader{from}.load(now - keep.threats);
}

}  // namespace muster
