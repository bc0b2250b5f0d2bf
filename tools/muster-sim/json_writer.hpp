// Writes JSON whose members stand in the order in which they come, and whose numbers are as people write
// them.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace muster::sim {

class json_writer {
 public:
  json_writer& begin_object() { return open('{'); }
  json_writer& end_object() { return close('}'); }
  json_writer& begin_array() { return open('['); }
  json_writer& end_array() { return close(']'); }

  json_writer& name(std::string_view text);
  json_writer& text(std::string_view value);
  json_writer& number(double value);  // to three decimals; null if it is none
  json_writer& number(std::unsigned_integral auto value) { return raw(std::to_string(value)); }
  json_writer& truth(bool value) { return raw(value ? "true" : "false"); }
  json_writer& null() { return raw("null"); }

  json_writer& member(std::string_view called, std::string_view value) { return name(called).text(value); }
  json_writer& member(std::string_view called, const char* value) { return name(called).text(value); }
  json_writer& member(std::string_view called, double value) { return name(called).number(value); }
  json_writer& member(std::string_view called, std::unsigned_integral auto value) {
    return name(called).number(value);
  }

  const std::string& written() const { return out_; }
  std::string take() { return std::move(out_); }

 private:
  json_writer& open(char with);
  json_writer& close(char with);
  json_writer& raw(std::string_view value);
  void separate();

  std::string out_;
  bool needs_comma_ = false;
};

}  // namespace muster::sim
