// The text is passed on as it was written: numbers keep their digits, and the manager says what it thinks of
// the content.
#include "tools/muster/local_file.hpp"

#include <fmt/format.h>
#include <boost/json/parser.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <istream>
#include <iterator>
#include <system_error>

#include "tools/muster/failure.hpp"

namespace muster::cli {
namespace {

std::string text_in(std::istream& in) { return {std::istreambuf_iterator<char>(in), {}}; }

failure unusable(const std::string& name, std::string_view why) {
  return {exit_code::usage, fmt::format("{}: {}", name, why)};
}

std::string text_of_file(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) throw unusable("--file " + path, "that is a folder");
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) throw unusable("--file " + path, std::error_code(errno, std::generic_category()).message());
  auto text = text_in(file);
  if (file.bad()) throw unusable("--file " + path, "it cannot be read");
  return text;
}

std::string name_of(const std::string& path) {
  return path == "-" ? std::string("standard input") : "--file " + path;
}

std::string place_in(std::string_view text, std::size_t at) {
  const auto before = text.substr(0, at);
  const auto line = std::ranges::count(before, '\n') + 1;
  const auto line_start = before.rfind('\n') + 1;  // 0 in the first line, as npos + 1
  return fmt::format("line {}, column {}", line, before.size() - line_start + 1);
}

}  // namespace

std::string read_bytes(const std::string& path, std::istream& standard_input) {
  auto bytes = path == "-" ? text_in(standard_input) : text_of_file(path);
  if (bytes.empty()) throw unusable(name_of(path), "it is empty");
  return bytes;
}

std::string read_json_object(const std::string& path, std::istream& standard_input) {
  const auto name = name_of(path);
  auto text = path == "-" ? text_in(standard_input) : text_of_file(path);
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) throw unusable(name, "it is empty");
  boost::json::parser parser;
  boost::json::error_code error;
  const auto read = parser.write_some(text, error);
  if (error) throw unusable(name, fmt::format("not JSON at {}: {}", place_in(text, read), error.message()));
  if (const auto rest = text.find_first_not_of(" \t\r\n", read); rest != std::string::npos) {
    throw unusable(name, fmt::format("not JSON at {}: more follows the document", place_in(text, rest)));
  }
  if (!parser.release().is_object())
    throw unusable(name, "what is wanted is a JSON object, which this is not");
  return text;
}

}  // namespace muster::cli
