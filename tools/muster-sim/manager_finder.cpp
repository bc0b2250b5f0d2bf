// Looks at files, then asks.
#include "tools/muster-sim/manager_finder.hpp"

#include "tools/muster-sim/json_lookup.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <cstdlib>
#include <fstream>

namespace muster::sim {

namespace {

namespace fs = std::filesystem;
constexpr std::string_view usual_place = "http://127.0.0.1:8081";

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string{} : std::string{value};
}

fs::path usual_data_dir() {
  if (geteuid() == 0) return "/var/lib/muster";
  if (const auto state = variable("XDG_STATE_HOME"); !state.empty()) return fs::path{state} / "muster";
  return fs::path{variable("HOME")} / ".local/state/muster";
}

std::string token_in(const fs::path& folder) {
  std::ifstream file{folder / "operator.token"};
  std::string token;
  file >> token;
  return token;
}

std::string describe(const operator_address& place) {
  if (!place.socket_path.empty()) return "unix:" + place.socket_path;
  return fmt::format("http://{}:{}", place.host, place.port);
}

}  // namespace

manager_search search_here(std::string operator_text, std::string token, std::string data_dir) {
  manager_search out;
  out.operator_text = operator_text.empty() ? variable("MUSTER_OPERATOR") : std::move(operator_text);
  out.token = token.empty() ? variable("MUSTER_TOKEN") : std::move(token);
  out.data_dir = data_dir.empty() ? variable("MUSTER_DATA_DIR") : std::move(data_dir);
  out.home = usual_data_dir();
  out.current_directory = fs::current_path();
  return out;
}

std::vector<operator_address> places_of(const manager_search& search, std::string& problem) {
  std::vector<fs::path> folders;
  if (!search.data_dir.empty()) {
    folders.emplace_back(search.data_dir);
  } else {
    folders.push_back(search.home);
    if (fs::is_regular_file(search.current_directory / "dev"))
      folders.push_back(search.current_directory / "build/run");
  }
  auto token = search.token;
  for (const auto& folder : folders)
    if (token.empty()) token = token_in(folder);
  std::vector<operator_address> out;
  if (search.operator_text.empty())
    for (const auto& folder : folders) {
      operator_address socket;
      socket.socket_path = (folder / "operator.sock").string();
      out.push_back(std::move(socket));
    }
  operator_address named;
  const auto text = search.operator_text.empty() ? usual_place : std::string_view{search.operator_text};
  if (problem = parse_operator(text, named); !problem.empty()) return {};
  named.token = token;
  out.push_back(std::move(named));
  return out;
}

found_manager find_manager(const std::vector<operator_address>& places, std::string& problem) {
  problem.clear();
  for (const auto& place : places) {
    const auto reply = operator_client{place}.get("/operator/v1/status");
    if (reply.ok()) {
      problem.clear();
      return {place, text_at(reply.body, "/listeners/fleet")};
    }
    problem +=
      fmt::format("{}{} says: {}", problem.empty() ? "" : "; ", describe(place), reply.what_went_wrong());
  }
  return {};
}

}  // namespace muster::sim
