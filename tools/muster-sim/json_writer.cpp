// Boost.JSON knows how to quote; its own numbers are in scientific notation.
#include "tools/muster-sim/json_writer.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <cmath>

namespace muster::sim {

namespace {

std::string quoted(std::string_view text) {
  return boost::json::serialize(boost::json::string_view{text.data(), text.size()});
}

}  // namespace

void json_writer::separate() {
  if (needs_comma_) out_ += ',';
  needs_comma_ = true;
}

json_writer& json_writer::open(char with) {
  separate();
  out_ += with;
  needs_comma_ = false;
  return *this;
}

json_writer& json_writer::close(char with) {
  out_ += with;
  needs_comma_ = true;
  return *this;
}

json_writer& json_writer::raw(std::string_view value) {
  separate();
  out_ += value;
  return *this;
}

json_writer& json_writer::name(std::string_view text) {
  separate();
  out_ += quoted(text);
  out_ += ':';
  needs_comma_ = false;
  return *this;
}

json_writer& json_writer::text(std::string_view value) { return raw(quoted(value)); }

json_writer& json_writer::number(double value) {
  if (!std::isfinite(value)) return null();
  const auto rounded = std::round(value * 1000) / 1000;
  return raw(fmt::format("{}", rounded == 0 ? 0.0 : rounded));
}

}  // namespace muster::sim
