// Looks at the file system only; nothing is connected to here.
#include "tools/muster/operator_door.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "runtime/config/units.hpp"
#include "tools/muster/failure.hpp"

namespace muster {

// Defined in runtime/config/configuration.cpp, whose header would bring CAF into this small program.
std::filesystem::path default_data_dir(const std::map<std::string, std::string>& environment, bool is_root);

namespace cli {
namespace {

constexpr std::string_view http_scheme = "http://";
constexpr std::string_view socket_scheme = "unix:";
constexpr std::uint16_t default_port = 8081;  // musterd's operator_listen
constexpr std::size_t longest_token = 4096;   // bytes; far above what musterd writes

[[noreturn]] void refuse_address(std::string_view text, std::string_view why) {
  throw failure(exit_code::usage,
                fmt::format("--operator {}: {}. It is http://host:port or unix:/path", text, why));
}

operator_address parse_socket(std::string_view text) {
  auto path = text.substr(socket_scheme.size());
  if (path.starts_with("//")) path.remove_prefix(2);
  if (path.empty()) refuse_address(text, "the path is missing");
  return {std::string(path), {}, 0};
}

bool is_host_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-'
         || c == '_';
}
bool is_ipv6_character(char c) { return is_host_character(c) || c == ':' || c == '%'; }

operator_address parse_http(std::string_view text) {
  auto rest = text.substr(http_scheme.size());
  if (rest.ends_with('/')) rest.remove_suffix(1);
  operator_address address{{}, {}, 80};
  const bool bracketed = rest.starts_with('[');
  const auto host_end = bracketed ? rest.find(']') : rest.find(':');
  if (bracketed && host_end == std::string_view::npos) refuse_address(text, "a bracket is missing");
  const auto host = bracketed ? rest.substr(1, host_end - 1) : rest.substr(0, host_end);
  if (host.empty()) refuse_address(text, "the host is missing");
  if (!std::ranges::all_of(host, bracketed ? is_ipv6_character : is_host_character)) {
    refuse_address(text, "that is not a host, or something follows it");
  }
  address.host = host;
  rest.remove_prefix(std::min(rest.size(), bracketed ? host_end + 1 : host.size()));
  if (!rest.empty()) {
    const auto port = rest.starts_with(':') ? parse_whole_number(rest.substr(1)) : std::nullopt;
    if (!port || *port == 0 || *port > 65'535) refuse_address(text, "the port is not one");
    address.port = static_cast<std::uint16_t>(*port);
  }
  return address;
}

// Whether this is the folder in which `./dev run` works, which keeps its manager's data in build/run.
bool is_checkout(const std::filesystem::path& folder) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(folder / "dev", ignored)
         && std::filesystem::is_directory(folder / "tools" / "muster", ignored);
}

// Folders in which a manager of this host may keep its data, best first.
std::vector<std::filesystem::path> data_places(const door_search& search) {
  if (!search.data_dir.empty()) return {search.data_dir};
  std::vector<std::filesystem::path> places;
  const auto named = search.environment.find("MUSTER_DATA_DIR");
  const bool is_named = named != search.environment.end() && !named->second.empty();
  auto usual =
    is_named ? std::filesystem::path(named->second) : default_data_dir(search.environment, search.is_root);
  if (!usual.empty()) places.push_back(std::move(usual));
  if (is_checkout(search.current_directory)) places.push_back(search.current_directory / "build" / "run");
  return places;
}

std::string trimmed(std::string text) {
  constexpr auto white = " \t\r\n";
  text.erase(text.find_last_not_of(white) + 1);
  text.erase(0, text.find_first_not_of(white));
  return text;
}

bool can_be_sent(std::string_view token) {
  return std::ranges::all_of(token, [](char c) { return c > ' ' && c < 0x7f; });
}

// Takes the first token there is, or says why it could not.
void take_token(operator_door& door, const std::vector<std::filesystem::path>& places) {
  for (const auto& place : places) {
    const auto path = place / "operator.token";
    std::ifstream file(path, std::ios::binary);
    if (!file) {
      if (errno == EACCES) door.token_note = fmt::format("{} is not readable for you", path.string());
      continue;
    }
    std::string text(longest_token, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    text = trimmed(std::move(text));
    if (text.empty() || !can_be_sent(text)) {
      door.token_note = fmt::format("{} holds no token", path.string());
      continue;
    }
    door.token = std::move(text);
    door.token_source = path.string();
    return;
  }
}

}  // namespace

bool operator_address::is_loopback() const {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

std::string to_string(const operator_address& address) {
  if (address.is_socket()) return fmt::format("{}{}", socket_scheme, address.socket_path);
  const bool is_ipv6 = address.host.find(':') != std::string::npos;
  return fmt::format("{}{}{}{}:{}", http_scheme, is_ipv6 ? "[" : "", address.host, is_ipv6 ? "]" : "",
                     address.port);
}

operator_address parse_operator_address(std::string_view text) {
  if (text.starts_with(socket_scheme)) return parse_socket(text);
  if (text.starts_with(http_scheme)) return parse_http(text);
  if (text.starts_with("https://")) refuse_address(text, "there is no TLS yet");
  refuse_address(text, "it does not say how to get there");
}

std::vector<operator_door> find_doors(const door_search& search) {
  if (!can_be_sent(search.token)) {
    throw failure(exit_code::usage, "the token contains a space or a character that no token has");
  }
  const auto places = data_places(search);
  std::vector<operator_door> doors;
  if (!search.operator_text.empty()) {
    doors.push_back({parse_operator_address(search.operator_text), {}, {}, {}});
  } else {
    for (const auto& place : places) {
      doors.push_back({{(place / "operator.sock").string(), {}, 0}, {}, {}, {}});
    }
    doors.push_back({{{}, "127.0.0.1", default_port}, {}, {}, {}});
  }
  for (auto& door : doors) {
    const auto& address = door.address;
    if (!search.token.empty()) {
      door.token = search.token;
      door.token_source = "--token or MUSTER_TOKEN";
    } else if (!address.is_socket() && (address.is_loopback() || !search.data_dir.empty())) {
      take_token(door, places);
    }
  }
  return doors;
}

}  // namespace cli
}  // namespace muster
