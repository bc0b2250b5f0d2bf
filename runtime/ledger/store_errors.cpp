// Converts the codes of LMDB and the system, once.
#include "runtime/ledger/store_errors.hpp"

#include <lmdb.h>

#include <cerrno>

namespace muster {

caf::error store_failure(int code, const std::string& doing) {
  auto full = code == MDB_MAP_FULL || code == ENOSPC || code == EDQUOT;
  return caf::make_error(full ? fleet_error::store_full : fleet_error::store_failed,
                         "cannot " + doing + ": " + mdb_strerror(code));
}

caf::error store_failure(const std::string& what) { return caf::make_error(fleet_error::store_failed, what); }

std::string describe_store_error(const caf::error& error) {
  if (!error) return {};
  auto context = error.context();
  auto name = to_string(static_cast<fleet_error>(error.code()));
  return context.match_elements<std::string>() ? name + ": " + context.get_as<std::string>(0) : name;
}

}  // namespace muster
