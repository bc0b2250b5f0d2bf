// Whether a store is of any use without the master key it was written with.
#pragma once

#include "runtime/ledger/store.hpp"

namespace muster {

bool has_sealed_records(const store& where);

}  // namespace muster
