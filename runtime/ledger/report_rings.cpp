// Rings have no index: where one ends and begins is found in the order of its keys.
#include "runtime/ledger/report_rings.hpp"

#include "runtime/ledger/report_records.hpp"

#include <algorithm>
#include <array>

namespace muster {

namespace {

constexpr size_t ring_bytes = 16u << 20;    // of reports of a node and kind, unless one alone is larger
constexpr size_t large_report = 64u << 10;  // below it the number of reports is limit enough

// FNV-1a, which stays the same from one program to the next.
uint64_t hash_of(std::string_view name) {
  uint64_t hash = 0xCBF29CE484222325u;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  return hash ^ hash >> 32;
}

uint64_t key_of(agent_id id, value_kind kind, std::string_view name) {
  return value_key(slot_of(id), kind, hash_of(name));
}

void remove_range(write_transaction& writing, ledger_table from, uint64_t first, uint64_t end) {
  record_cursor at{writing, from};
  while (at.seek(first) && at.record().key < end) writing.remove(from, at.record().key);
}

// Empty if there is none, or another node's that had the slot before.
value_bucket bucket_at(write_transaction& writing, agent_id id, uint64_t key) {
  const auto record = writing.get(ledger_table::node_values, key);
  if (!record) return {id, {}};
  auto bucket = decode_values(*record);
  return bucket && bucket->id == id ? std::move(*bucket) : value_bucket{id, {}};
}

void put_bucket(write_transaction& writing, uint64_t key, const value_bucket& what) {
  if (what.values.empty()) writing.remove(ledger_table::node_values, key);
  else writing.put(ledger_table::node_values, key, encode(what));
}

auto named(value_bucket& bucket, const std::string& name) {
  return std::find_if(bucket.values.begin(), bucket.values.end(),
                      [&](const node_value& each) { return each.name == name; });
}

struct value_room {
  size_t values = 0;
  size_t bytes = 0;
};

value_room count_values(write_transaction& writing, agent_id id, value_kind kind) {
  value_room taken;
  record_cursor at{writing, ledger_table::node_values};
  const auto end = value_end(slot_of(id), kind);
  for (bool more = at.seek(value_key(slot_of(id), kind, 0)); more && at.record().key < end;
       more = at.next()) {
    ++taken.values;
    taken.bytes += at.record().json.size();
  }
  return taken;
}

}  // namespace

size_t kept_reports(report_kind kind) {
  constexpr std::array<size_t, report_kind_count> kept{100, 60, 100, 100, 1'000, 100, 100};
  return kept[static_cast<size_t>(kind)];
}

// Large reports leave room for fewer.
void drop_beyond_bytes(write_transaction& writing, uint64_t first, uint64_t newest, size_t bytes) {
  record_cursor at{writing, ledger_table::reports};
  for (auto key = newest; at.before(key) && at.record().key >= first; key = at.record().key) {
    bytes += at.record().json.size();
    if (bytes > ring_bytes) return remove_range(writing, ledger_table::reports, first, at.record().key + 1);
  }
}

void append_report(write_transaction& writing, const record_node_reports& what) {
  const auto slot = slot_of(what.id);
  const auto first = report_key(slot, what.kind, 0);
  record_cursor at{writing, ledger_table::reports};
  const auto last = at.before(report_ring_end(first)) ? at.record().key : 0;
  const auto key = last >= first ? last + 1 : first + 1;
  const auto json = encode(what);
  writing.put(ledger_table::reports, key, json);
  if (json.size() > large_report) drop_beyond_bytes(writing, first, key, json.size());
  const auto kept = kept_reports(what.kind);
  if (number_of_report(key) > kept) remove_range(writing, ledger_table::reports, first, key - kept + 1);
}

uint64_t put_values(write_transaction& writing, agent_id id, value_kind kind,
                    const std::vector<node_value>& values) {
  if (values.empty()) return 0;
  auto taken = count_values(writing, id, kind);
  uint64_t left_out = 0;
  for (const auto& each : values) {
    const auto key = key_of(id, kind, each.name);
    auto bucket = bucket_at(writing, id, key);
    const auto old = named(bucket, each.name);
    const bool known = old != bucket.values.end();
    const auto before = known ? old->json.size() : 0;
    if ((!known && taken.values >= kept_values)
        || (each.json.size() > before && taken.bytes + each.json.size() - before > kept_value_bytes)) {
      ++left_out;
      continue;
    }
    if (known) *old = each;
    else bucket.values.push_back(each);
    taken.values += known ? 0 : 1;
    taken.bytes += each.json.size() - before;
    put_bucket(writing, key, bucket);
  }
  return left_out;
}

void remove_values(write_transaction& writing, agent_id id, const std::vector<std::string>& names) {
  for (const auto& name : names) {
    const auto key = key_of(id, value_kind::entries, name);
    auto bucket = bucket_at(writing, id, key);
    const auto old = named(bucket, name);
    if (old == bucket.values.end()) continue;
    bucket.values.erase(old);
    put_bucket(writing, key, bucket);
  }
}

void forget_reports(write_transaction& writing, agent_id id) {
  const auto slot = slot_of(id);
  remove_range(writing, ledger_table::reports, report_key(slot, {}, 0), report_key(slot + 1, {}, 0));
  remove_range(writing, ledger_table::node_values, value_key(slot, {}, 0), value_key(slot + 1, {}, 0));
}

// Of a ring the oldest comes first: where that is to be kept, the rest is too.
caf::expected<size_t> purge_reports(store& from, utc_time before, size_t limit, uint64_t& at) {
  write_transaction writing{from};
  record_cursor oldest{writing, ledger_table::reports};
  size_t deleted = 0;
  bool more = oldest.seek(at);
  for (size_t looked = 0; more && looked < limit; ++looked) {
    const auto key = oldest.record().key;
    const bool expired = time_of_report(oldest.record().json) < before;
    if (expired) {
      writing.remove(ledger_table::reports, key);
      ++deleted;
    }
    at = expired ? key + 1 : report_ring_end(key);
    more = oldest.seek(at);
  }
  if (!more) at = 0;
  if (auto error = writing.commit()) return error;
  return deleted;
}

}  // namespace muster
