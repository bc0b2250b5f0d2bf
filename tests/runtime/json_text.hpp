// What the tests of wire formats share: JSON in, JSON out, and texts that try to
// break out of it.
#pragma once

#include "runtime/json/document.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <utility>
#include <vector>

namespace muster::test {

// A document of its own for one text, with the room behind it that parsing wants.
class parsed {
 public:
  explicit parsed(std::string text) : text_(std::move(text)) {
    text_.reserve(text_.size() + simdjson::SIMDJSON_PADDING);
    ok = document_.parse(text_);
  }
  const json::element& root() const { return document_.root(); }
  const std::string& problem() const { return document_.problem(); }

  bool ok = false;

 private:
  std::string text_;
  json::document document_;
};

// What a reader of members makes of a text, and what it found wrong.
template <class Value>
struct read_members {
  Value value;
  std::string problem;
};
template <class Value>
read_members<Value> read_text(const std::string& text, Value (*reader)(json::object_reader&)) {
  const parsed body{text};
  BOOST_REQUIRE(body.ok);
  json::object_reader from{body.root()};
  auto value = reader(from);
  return {std::move(value), from.problem()};
}

// The value of a text that must be JSON to another parser than ours.
inline boost::json::value strict(const std::string& text) {
  boost::system::error_code failed;
  auto value = boost::json::parse(text, failed);
  BOOST_REQUIRE_MESSAGE(!failed, failed.message() << ": " << text);
  return value;
}

// Each must be found again in what is written, the same to the byte.
inline const std::vector<std::string> hostile_texts{
  R"("},{"injected":true,"x":")",
  "back\\slash and \"quote\"",
  "line\nfeed\r\ttab",
  std::string{"a\0b", 3},
  "\x01\x1f\x7f",
  "</script><!--",
  "\u20ac \U0001F600 \u2028",
  "{} {0} {:d} %s %n",
  "\\u0022",
  "",
};

}  // namespace muster::test
