// Looks at an LMDB file before LMDB maps it, which would end the process at the
// first touch of a page that the file no longer has.
#pragma once

#include <caf/error.hpp>

#include <filesystem>

namespace muster {

// Reads only. A file that ends before the last page it speaks of isn't yet
// damaged: LMDB never writes pages that one transaction both took and gave up.
// So then, and only then, all pages in use are walked to see that they are there.
caf::error check_store_file(const std::filesystem::path& file);

}  // namespace muster
