// Appends JSON to a string, member by member: what the ledger's records are
// written with, since a tree of values per record would cost more than its bytes.
#pragma once

#include "messages/time.hpp"

#include <concepts>
#include <string>
#include <string_view>

namespace muster {

// Quoted and escaped. Bytes that aren't UTF-8 are taken for Latin-1, so that
// what was written can always be read.
void append_json_text(std::string& out, std::string_view text);
void append_json_number(std::string& out, std::integral auto number);
void append_json_number(std::string& out, double number);  // must be finite

// One JSON object; closes when it ends. Keys are taken as they are.
class json_object {
 public:
  explicit json_object(std::string& out) : out_(out) { out_ += '{'; }
  json_object(const json_object&) = delete;
  ~json_object() { out_ += '}'; }

  // Writes the key; the caller appends the value.
  std::string& member(std::string_view key);

  void text(std::string_view key, std::string_view value) { append_json_text(member(key), value); }
  void text_unless_empty(std::string_view key, std::string_view value) {
    if (!value.empty()) text(key, value);
  }
  void number(std::string_view key, std::integral auto value) { append_json_number(member(key), value); }
  void time(std::string_view key, utc_time value);

 private:
  std::string& out_;
  bool first_ = true;
};

void append_json_number(std::string& out, std::integral auto number) { out += std::to_string(number); }

}  // namespace muster
