// Escaping for log lines. Values come from the network, so nothing here may let a value end a line, drive
// a terminal or break a JSON document: control characters (C1 too) and invalid UTF-8 never pass.
#pragma once

#include <string>
#include <string_view>

namespace muster::log {

// Appends `text` as a JSON string, quotes included.
void append_json_string(std::string& out, std::string_view text);

// Appends `text` without quotes; only control characters, backslashes and invalid UTF-8 are rewritten.
void append_plain(std::string& out, std::string_view text);

// Appends `text` as a value of `key=value`: bare where that can be read back, else in quotes.
void append_text_value(std::string& out, std::string_view text);

}  // namespace muster::log
