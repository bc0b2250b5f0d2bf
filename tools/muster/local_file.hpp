// Documents that a command takes from this host. What is wrong with them is told before the manager is asked.
#pragma once

#include <iosfwd>
#include <string>

namespace muster::cli {

// The text of the file, or of `standard_input` where `path` is "-". Throws a usage failure that names the
// place, unless it is one JSON object.
std::string read_json_object(const std::string& path, std::istream& standard_input);

// The same as it is, unless there is nothing in it.
std::string read_bytes(const std::string& path, std::istream& standard_input);

}  // namespace muster::cli
