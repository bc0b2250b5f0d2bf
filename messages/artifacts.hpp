// Programs that nodes fetch. Operators upload them in parts; what is sealed does not
// change any more.
#pragma once

#include "messages/time.hpp"

#include <caf/meta/type_name.hpp>

#include <string>
#include <vector>

namespace muster {

struct artifact_name {
  std::string
    version;         // 1 to 64 of letters, digits, ".", "_", "+" and "-", beginning with one of the first two
  std::string os;    // 1 to 32 of a-z, 0-9 and "_"
  std::string arch;  // the same

  auto operator<=>(const artifact_name&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, artifact_name& x) {
  return f(caf::meta::type_name("artifact_name"), x.version, x.os, x.arch);
}

struct artifact {
  artifact_name name;
  uint64_t bytes = 0;
  std::string sha256;     // lower-case hexadecimals
  std::string signature;  // as the operator gave it; empty without one
  std::string author;
  utc_time sealed_at{};
  std::string path;  // of the file

  bool operator==(const artifact&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, artifact& x) {
  return f(caf::meta::type_name("artifact"), x.name, x.bytes, x.sha256, x.signature, x.author, x.sealed_at,
           x.path);
}

// Operator to shelf: the next part. Offset 0 begins anew. Answered by `part_stored`, or by
// artifact_refused with words that say which offset is wanted.
struct store_part {
  artifact_name name;
  uint64_t offset = 0;
  std::string bytes;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, store_part& x) {
  return f(caf::meta::type_name("store_part"), x.name, x.offset, x.bytes);
}
struct part_stored {
  uint64_t offset = 0;  // of the next part
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, part_stored& x) {
  return f(caf::meta::type_name("part_stored"), x.offset);
}

// Operator to shelf: that was all of it. Answered by `artifact` once it is durable, or by
// artifact_refused if it has another checksum.
struct seal_artifact {
  artifact_name name;
  std::string sha256;
  std::string signature;
  std::string author;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, seal_artifact& x) {
  return f(caf::meta::type_name("seal_artifact"), x.name, x.sha256, x.signature, x.author);
}

// Anyone to shelf. Answered by `artifact` or record_missing.
struct find_artifact {
  artifact_name name;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, find_artifact& x) {
  return f(caf::meta::type_name("find_artifact"), x.name);
}
struct list_artifacts {};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, list_artifacts&) {
  return f(caf::meta::type_name("list_artifacts"));
}
struct artifact_list {
  std::vector<artifact> artifacts;  // by name
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, artifact_list& x) {
  return f(caf::meta::type_name("artifact_list"), x.artifacts);
}

// Operator to shelf. Answered by the `artifact` that was, or by record_missing.
struct remove_artifact {
  artifact_name name;
  std::string author;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, remove_artifact& x) {
  return f(caf::meta::type_name("remove_artifact"), x.name, x.author);
}

}  // namespace muster
