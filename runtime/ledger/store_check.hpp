// Looks at an LMDB file before LMDB maps it, which would end the process at the
// first touch of a page that the file no longer has.
#pragma once

#include <caf/error.hpp>

#include <filesystem>

namespace muster {

// Reads only. Walks all pages in use, to see that they are there and are what they
// should be; in a file of more than 1 GiB only if it ends before the last page it
// speaks of, which need not be damage: LMDB never writes pages that one transaction
// both took and gave up.
caf::error check_store_file(const std::filesystem::path& file);

}  // namespace muster
