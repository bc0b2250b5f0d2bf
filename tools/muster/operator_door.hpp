// Where a manager may be reached, and with which token: what --operator says, or else the places where a
// manager on this host leaves its socket and its token.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace muster::cli {

// Either a path or a host and a port.
struct operator_address {
  std::string socket_path;
  std::string host;  // an IPv6 address without its brackets
  std::uint16_t port = 0;

  bool is_socket() const { return !socket_path.empty(); }
  bool is_loopback() const;
  bool operator==(const operator_address&) const = default;
};
std::string to_string(const operator_address& address);  // as --operator takes it

// Takes http://host:port (80 where no port is given) and unix:/path; throws a usage failure for anything
// else.
operator_address parse_operator_address(std::string_view text);

struct operator_door {
  operator_address address;
  std::string token;         // empty: none is sent
  std::string token_source;  // in words
  std::string token_note;    // why a token that seems to be there could not be read
};

// What the search goes by; the defaults of the command line are empty texts.
struct door_search {
  std::string operator_text;  // --operator or MUSTER_OPERATOR
  std::string token;          // --token or MUSTER_TOKEN
  std::string data_dir;       // --data-dir
  std::map<std::string, std::string> environment;
  bool is_root = false;
  std::filesystem::path current_directory;
};

// The doors to try one after the other; at least one. A token from a file goes to this host only, unless
// --data-dir named the folder: another host's manager has another token, and this one's is a secret.
std::vector<operator_door> find_doors(const door_search& search);

}  // namespace muster::cli
