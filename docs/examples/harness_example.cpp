// An agent of one's own, tested against a whole manager while time stays in the
// test's hands. Built and run by the project's tests.
#include "tools/harness/virtual_manager.hpp"

#include <boost/asio.hpp>
#include <boost/beast.hpp>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

using namespace std::chrono_literals;
using muster::agent_status;

namespace {

void expect(bool held, const char* what) {
  std::printf("%s: %s\n", held ? "ok" : "FAILED", what);
  if (!held) std::exit(1);
}

// Simulated agents, no sockets: a day passes in a moment.
void a_day_of_a_simulated_agent() {
  muster::harness::virtual_manager manager;
  auto agent = manager.enrol("web-1");
  agent.beat_every(30s);
  manager.advance(24h);
  expect(manager.status(agent.id()) == agent_status::online, "who beats stays online");

  agent.fall_silent();
  manager.advance(90s);
  expect(manager.status(agent.id()) == agent_status::stale, "who is silent for 90 seconds is stale");

  agent.beat();
  expect(manager.history(agent.id()).size() == 2, "both changes are in its history");
}

// The agent under test speaks HTTP; here it is a few lines of Beast on a thread.
std::string register_over_http(const std::string& address) {
  namespace http = boost::beast::http;
  boost::asio::io_context loop;
  boost::beast::tcp_stream stream{loop};
  const auto colon = address.find(':');
  stream.connect(
    boost::asio::ip::tcp::endpoint{boost::asio::ip::make_address(address.substr(0, colon)),
                                   static_cast<unsigned short>(std::stoi(address.substr(colon + 1)))});
  http::request<http::string_body> request{http::verb::post, "/api/agents/register", 11};
  request.set(http::field::host, address);
  request.set(http::field::content_type, "application/json");
  request.body() = R"({"hostname":"real-1","os":"Linux","arch":"x64","version":"1.0.0"})";
  request.prepare_payload();
  http::write(stream, request);
  boost::beast::flat_buffer buffer;
  http::response<http::string_body> response;
  http::read(stream, buffer, response);
  return response.body();
}

void a_real_agent_on_a_real_port() {
  muster::harness::virtual_manager manager;
  const auto open = manager.serve();
  std::string said;
  std::thread agent{[&] { said = register_over_http(open.fleet); }};
  const bool arrived = manager.serve_for(10s, [&] { return manager.counts().enrolled == 1; });
  manager.serve_for(50ms);  // lets its answer leave
  agent.join();
  expect(arrived && said.find("agentId") != std::string::npos, "a real agent is served");

  manager.advance(90s);
  expect(manager.agents()[0].status == agent_status::stale, "its silence takes no real time");
}

}  // namespace

int main() {
  a_day_of_a_simulated_agent();
  a_real_agent_on_a_real_port();
}
