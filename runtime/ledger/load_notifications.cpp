// Reads the five tables from one end to the other.
#include "runtime/ledger/load_notifications.hpp"

#include "runtime/ledger/notification_records.hpp"
#include "runtime/ledger/transactions.hpp"

namespace muster {

namespace {

template <class Decode, class Take>
caf::error read_table(read_transaction& view, ledger_table from, Decode decode, Take take) {
  record_cursor at{view, from};
  for (bool more = at.first(); more; more = at.next()) {
    auto read = decode(at.record());
    if (!read) return std::move(read.error());
    take(std::move(*read));
  }
  return {};
}

caf::expected<channel_settings> open_channel(sealed_channel stored, const vault& keys) {
  const auto open = [&](const std::string& sealed, const char* member, std::string& into) -> caf::error {
    if (sealed.empty()) return {};
    auto text = keys.open(channel_place(stored.number, member), sealed);
    if (!text) return std::move(text.error());
    into = std::move(*text);
    return {};
  };
  if (auto failed = open(stored.url, "url", stored.what.url)) return failed;
  if (auto failed = open(stored.secret, "secret", stored.what.secret)) return failed;
  return std::move(stored.what);
}

}  // namespace

caf::expected<restored_notifications> load_notifications(const store& from, const vault& keys) {
  restored_notifications out;
  read_transaction view{from};
  const auto keep = [](auto& into) { return [&into](auto what) { into.push_back(std::move(what)); }; };
  const auto channel =
    [&keys](const stored_record& record) -> caf::expected<std::pair<uint64_t, channel_settings>> {
    auto stored = decode_channel(record);
    if (!stored) return std::move(stored.error());
    auto opened = open_channel(std::move(*stored), keys);
    if (!opened) return std::move(opened.error());
    return std::pair{record.key, std::move(*opened)};
  };
  const auto routes = [&out](std::vector<notice_route> all) { out.routes = std::move(all); };
  if (auto failed = read_table(view, ledger_table::notices, decode_notice, keep(out.notices))) return failed;
  if (auto failed = read_table(view, ledger_table::deliveries, decode_delivery, keep(out.deliveries)))
    return failed;
  if (auto failed = read_table(view, ledger_table::channels, channel, keep(out.channels))) return failed;
  if (auto failed = read_table(view, ledger_table::routes, decode_routes, routes)) return failed;
  if (auto failed = read_table(view, ledger_table::silences, decode_silence, keep(out.silences)))
    return failed;
  if (view.error()) return view.error();
  return out;
}

}  // namespace muster
