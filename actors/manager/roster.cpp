// The columns of the fleet.
#include "actors/manager/roster.hpp"

#include "actors/manager/network_address.hpp"

#include <algorithm>
#include <cstring>

namespace muster {

namespace {

std::unique_ptr<char[]> pack(const host_facts& host) {
  const auto texts = {&host.hostname, &host.address, &host.machine_id, &host.os,
                      &host.arch,     &host.version, &host.seen_from};
  size_t size = 0;
  for (const auto* text : texts) size += text->size() + 1;
  auto packed = std::make_unique<char[]>(size);
  auto* at = packed.get();
  for (const auto* text : texts) {
    std::memcpy(at, text->c_str(), text->size() + 1);
    at += text->size() + 1;
  }
  return packed;
}

constexpr int own_address = 1, seen_address = 6;  // among the packed texts

// Not 0 for an address; different addresses may share one.
uint32_t fingerprint(const network_address& address) {
  const std::string_view bytes{reinterpret_cast<const char*>(address.bytes.data()), address.bytes.size()};
  return static_cast<uint32_t>(std::hash<std::string_view>{}(bytes)) | 1;
}

uint32_t fingerprint(const std::string& text) {
  const auto address = parse_network_address(text);
  return address ? fingerprint(*address) : 0;
}

// The `index`-th text of a packed row.
std::string_view unpack(const std::unique_ptr<char[]>& packed, int index) {
  const char* at = packed.get();
  while (index-- > 0) at += std::strlen(at) + 1;
  return at;
}

bool contains_ignoring_case(std::string_view text, std::string_view part) {
  auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::search(text.begin(), text.end(), part.begin(), part.end(),
                     [&](char a, char b) { return lower(a) == lower(b); })
         != text.end();
}

// True if the joined `labels` hold "key=value" or any value of "key".
bool has_label(std::string_view labels, std::string_view wanted) {
  const bool whole = wanted.find('=') != std::string_view::npos;
  while (!labels.empty()) {
    auto line = labels.substr(0, labels.find('\n'));
    if (whole ? line == wanted : line.substr(0, line.find('=')) == wanted) return true;
    labels.remove_prefix(std::min(labels.size(), line.size() + 1));
  }
  return false;
}

}  // namespace

std::string join_labels(const std::map<std::string, std::string>& labels) {
  std::string text;
  for (const auto& [key, value] : labels) text += key + '=' + value + '\n';
  return text;
}

std::map<std::string, std::string> split_labels(std::string_view text) {
  std::map<std::string, std::string> labels;
  while (!text.empty()) {
    auto line = text.substr(0, text.find('\n'));
    auto equals = std::min(line.find('='), line.size());
    labels.emplace(line.substr(0, equals), line.substr(std::min(equals + 1, line.size())));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return labels;
}

uint64_t roster::host_key(dialect speaks, std::string_view tenant, std::string_view organization,
                          std::string_view hostname) {
  auto key = static_cast<uint64_t>(speaks);
  for (auto text : {tenant, organization, hostname})
    key = key * 0x9E3779B97F4A7C15u + std::hash<std::string_view>{}(text);
  return key;
}

void roster::set_facts(row_data& row, const agent_record& record) {
  row.names = pack(record.host);
  addresses_[slot_of(record.id)] = {fingerprint(record.host.address), fingerprint(record.host.seen_from)};
  row.tenant = texts_.intern(record.tenant);
  row.organization = texts_.intern(record.host.organization);
  row.labels = texts_.intern(join_labels(record.labels));
  row.tokens = record.tokens;
  row.enrolled_at = record.enrolled_at;
  row.enrolled_openly = record.enrolled_openly;
}

roster::row_data& roster::fill(const agent_record& record) {
  const auto slot = slot_of(record.id);
  if (slot >= rows_.size()) {
    for (auto between = static_cast<uint32_t>(rows_.size()); between < slot; ++between)
      free_.push_back(between);
    rows_.resize(slot + 1);
    addresses_.resize(slot + 1);
    touched_.resize(slot / standings_per_block + 1);
  }
  auto& row = rows_[slot];
  row = {};
  row.id = record.id;
  row.speaks = record.speaks;
  row.registered_at = record.registered_at;
  set_facts(row, record);
  hosts_.insert(host_key(record.speaks, record.tenant, record.host.organization, record.host.hostname), slot);
  ++size_;
  ++by_dialect_[static_cast<size_t>(row.speaks)];
  return row;
}

void roster::reserve(size_t agents) {
  rows_.reserve(agents);
  addresses_.reserve(agents);
  hosts_.reserve(agents);
}

void roster::restore(const agent_record& record, const agent_standing& standing) {
  if (slot_of(record.id) < rows_.size()) std::erase(free_, slot_of(record.id));
  auto& row = fill(record);
  row.status = standing.status;
  row.last_seen = standing.last_seen;
  row.changed_at = standing.changed_at;
  row.last_change = standing.last_change;
  ++by_status_[static_cast<size_t>(row.status)];
}

agent_id roster::admit(agent_record record, uint32_t serial) {
  const auto slot = free_.empty() ? static_cast<uint32_t>(rows_.size()) : free_.back();
  if (!free_.empty()) free_.pop_back();
  record.id = make_agent_id(0, slot, serial);
  auto& row = fill(record);
  row.last_seen = row.changed_at = record.enrolled_at;
  ++by_status_[static_cast<size_t>(row.status)];
  touch(record.id);
  return record.id;
}

void roster::update(const agent_record& record) { set_facts(rows_[slot_of(record.id)], record); }

void roster::remove(agent_id id) {
  const auto slot = slot_of(id);
  auto& row = rows_[slot];
  hosts_.erase(host_key(row.speaks, texts_[row.tenant], texts_[row.organization], unpack(row.names, 0)),
               slot);
  --size_;
  --by_status_[static_cast<size_t>(row.status)];
  --by_dialect_[static_cast<size_t>(row.speaks)];
  contested_ -= row.contested;
  touch(id);
  row = {};
  free_.push_back(slot);
}

bool roster::contains(agent_id id) const {
  const auto slot = slot_of(id);
  return raw(id) != 0 && slot < rows_.size() && rows_[slot].id == id;
}

std::vector<agent_id> roster::of_host(dialect speaks, std::string_view tenant, const host_facts& host) const {
  std::vector<agent_id> found;
  hosts_.each(host_key(speaks, tenant, host.organization, host.hostname), [&](uint32_t slot) {
    const auto& row = rows_[slot];
    if (row.speaks == speaks && texts_[row.tenant] == tenant && texts_[row.organization] == host.organization
        && unpack(row.names, 0) == host.hostname)
      found.push_back(row.id);
  });
  std::sort(found.begin(), found.end(), [](agent_id a, agent_id b) { return slot_of(a) < slot_of(b); });
  return found;
}

agent_record roster::record(agent_id id) const {
  const auto& row = rows_[slot_of(id)];
  agent_record record;
  record.id = id;
  record.speaks = row.speaks;
  record.tenant = texts_[row.tenant];
  const auto text = [&row](int index) { return std::string{unpack(row.names, index)}; };
  record.host = {text(0), texts_[row.organization], text(3), text(4), text(5), text(1), text(2), text(6)};
  record.labels = split_labels(texts_[row.labels]);
  record.tokens = row.tokens;
  record.registered_at = row.registered_at;
  record.enrolled_at = row.enrolled_at;
  record.enrolled_openly = row.enrolled_openly;
  return record;
}

agent_row roster::describe(const row_data& row) const {
  agent_row out;
  out.id = row.id;
  out.speaks = row.speaks;
  out.tenant = texts_[row.tenant];
  out.hostname = unpack(row.names, 0);
  out.organization = texts_[row.organization];
  out.machine_id = unpack(row.names, 2);
  out.labels = split_labels(texts_[row.labels]);
  out.status = row.status;
  out.contested = row.contested;
  out.last_seen = row.last_seen;
  out.changed_at = row.changed_at;
  out.registered_at = row.registered_at;
  out.enrolled_at = row.enrolled_at;
  out.last_change = row.last_change;
  return out;
}

agent_row roster::row(agent_id id) const { return describe(rows_[slot_of(id)]); }

agent_standing roster::standing(agent_id id) const {
  const auto& row = rows_[slot_of(id)];
  return {row.id, row.status, row.last_seen, row.changed_at, row.last_change};
}

std::optional<agent_id> roster::at_slot(uint32_t slot) const {
  if (slot >= rows_.size() || raw(rows_[slot].id) == 0) return std::nullopt;
  return rows_[slot].id;
}

void roster::touch(agent_id id) { touched_[slot_of(id) / standings_per_block] = true; }

void roster::seen(agent_id id, utc_time at) {
  auto& row = rows_[slot_of(id)];
  row.last_seen = std::max(row.last_seen, at);
  touch(id);
}

void roster::set_contested(agent_id id, bool contested) {
  auto& row = rows_[slot_of(id)];
  contested_ += contested;
  contested_ -= row.contested;
  row.contested = contested;
}

void roster::apply(const state_change& change, uint64_t number) {
  auto& row = rows_[slot_of(change.id)];
  row.last_change = number;
  row.last_seen = std::max(row.last_seen, change.last_seen);
  if (row.status != change.to) {
    --by_status_[static_cast<size_t>(row.status)];
    ++by_status_[static_cast<size_t>(change.to)];
    row.status = change.to;
    row.changed_at = change.at;
  }
  if (change.to == agent_status::online) row.last_seen = std::max(row.last_seen, change.at);
  touch(change.id);
}

bool roster::matches(const row_data& row, const list_agents& query) const {
  if (raw(row.id) == 0) return false;
  if (query.status && row.status != *query.status) return false;
  if (query.speaks && row.speaks != *query.speaks) return false;
  if (query.contested_only && !row.contested) return false;
  if (!query.tenant.empty() && texts_[row.tenant] != query.tenant) return false;
  if (!query.label.empty() && !has_label(texts_[row.labels], query.label)) return false;
  const auto hostname = unpack(row.names, 0);
  if (!query.hostname.empty() && hostname != query.hostname) return false;
  if (!query.machine_id.empty() && unpack(row.names, 2) != query.machine_id) return false;
  return query.text.empty() || contains_ignoring_case(hostname, query.text)
         || contains_ignoring_case(to_string(row.id), query.text);
}

agent_page roster::list(const list_agents& query) const {
  agent_page page;
  for (auto slot = query.from_slot; slot < rows_.size(); ++slot) {
    if (!matches(rows_[slot], query)) continue;
    if (page.agents.size() == query.limit) {
      page.next_slot = slot;
      break;
    }
    page.agents.push_back(describe(rows_[slot]));
  }
  return page;
}

void roster::count(fleet_counts& counts) const {
  counts.by_status = by_status_;
  counts.by_dialect = by_dialect_;
  counts.contested = contested_;
}

std::vector<uint32_t> roster::take_touched_blocks() {
  std::vector<uint32_t> blocks;
  for (uint32_t i = 0; i < touched_.size(); ++i) {
    if (touched_[i]) blocks.push_back(i);
    touched_[i] = false;
  }
  return blocks;
}

standings_block roster::block(uint32_t number) const {
  standings_block out;
  out.block = number;
  const auto first = number * standings_per_block;
  const auto last = std::min<size_t>(rows_.size(), first + standings_per_block);
  for (size_t slot = first; slot < last; ++slot)
    if (raw(rows_[slot].id) != 0) out.standings.push_back(standing(rows_[slot].id));
  return out;
}

std::optional<agent_id> roster::of_address(const std::string& address) const {
  const auto wanted = parse_network_address(address);
  if (!wanted) return std::nullopt;
  const auto print = fingerprint(*wanted);
  for (size_t slot = 0; slot < rows_.size(); ++slot) {
    if (addresses_[slot][0] != print && addresses_[slot][1] != print) continue;
    const auto& row = rows_[slot];
    if (raw(row.id) == 0) continue;
    for (int which : {own_address, seen_address})
      if (parse_network_address(unpack(row.names, which)) == wanted) return row.id;
  }
  return std::nullopt;
}

policy_profile roster::profile(agent_id id) const {
  const auto& row = rows_[slot_of(id)];
  return {texts_[row.tenant], texts_[row.organization], split_labels(texts_[row.labels])};
}

std::vector<agent_id> roster::departed_before(utc_time since, size_t limit) const {
  std::vector<agent_id> found;
  for (const auto& row : rows_) {
    if (found.size() == limit) break;
    if (raw(row.id) != 0 && row.status == agent_status::departed && row.changed_at < since)
      found.push_back(row.id);
  }
  return found;
}

}  // namespace muster
