// What goes wrong in the store, as the error codes of the fleet: store_full when
// space is short, store_failed for the rest; the context says what was tried.
#pragma once

#include <caf/make_message.hpp>  // CAF_ERROR_CODE_ENUM in errors.hpp needs it declared before

#include "messages/errors.hpp"

#include <string>

namespace muster {

// `code` is LMDB's or errno; `doing` completes "cannot ...".
caf::error store_failure(int code, const std::string& doing);

// A failure that neither LMDB nor the system has a code for.
caf::error store_failure(const std::string& what);

// The context of an error made here, as text for people.
std::string describe_store_error(const caf::error& error);

}  // namespace muster
