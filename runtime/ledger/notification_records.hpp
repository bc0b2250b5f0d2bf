// JSON of the records of notifications.
#pragma once

#include "messages/channels.hpp"
#include "runtime/ledger/ledger_tables.hpp"

#include <caf/expected.hpp>

namespace muster {

// Their numbers are in their keys.
std::string encode(const kept_notice& what);
std::string encode(const delivery& what);
std::string encode(const sealed_channel& what);
std::string encode(const silence& what);
std::string encode(const std::vector<notice_route>& what);

// An invalid record is store_failed with a context that names table and key.
caf::expected<kept_notice> decode_notice(const stored_record& record);
caf::expected<delivery> decode_delivery(const stored_record& record);
caf::expected<sealed_channel> decode_channel(const stored_record& record);
caf::expected<silence> decode_silence(const stored_record& record);
caf::expected<std::vector<notice_route>> decode_routes(const stored_record& record);

}  // namespace muster
