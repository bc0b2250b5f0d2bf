// A manager that answers what a test taught it, and the console of a command run against it.
#pragma once

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "runtime/wire/timestamp.hpp"
#include "tools/muster/commands.hpp"

namespace muster::cli {

// Answers what it was taught and 404 to all else; keeps the requests in their order.
struct scripted_manager {
  scripted_manager() {
    ::setenv("USER", "ada", 1);  // the author of changes
  }

  std::map<std::string, api_answer> answers;
  std::vector<std::string> asked;                            // "METHOD target body"
  std::vector<std::pair<std::string, std::string>> headers;  // of the last request
  bool is_away = false;
  std::istringstream in;
  std::ostringstream out, err;
  bool with_terminal = false;
  utc_time now = *parse_rfc3339("2026-11-21T12:00:00Z");
  std::function<void()> during_pause = [] {};  // what happens while a watch waits

  void teach(const std::string& request, const std::string& body, unsigned status = 200) {
    answers[request] = {status, body, "test", "", ""};
  }

  exit_code run_command(const std::vector<std::string>& arguments) {
    const auto parsed = parse_command_line(arguments);
    BOOST_TEST_REQUIRE(parsed.line.has_value(), parsed.text);
    const operator_api api([this](const api_request& request) -> api_answer {
      const auto key = request.method + ' ' + request.target;
      asked.push_back(request.body.empty() ? key : key + ' ' + request.body);
      headers = request.headers;
      if (is_away) throw no_manager({{"test", "connection refused"}});
      const auto found = answers.find(key);
      if (found != answers.end()) return found->second;
      return {404, R"({"title":"Not found","detail":"nothing at )" + request.target + "\"}", "test", "", ""};
    });
    const console on{
      in, out, err, with_terminal, with_terminal, false, now, [this](std::chrono::milliseconds length) {
        during_pause();
        return now += length;
      }};
    try {
      run(*parsed.line, api, on);
      return exit_code::ok;
    } catch (const failure& what) {
      return static_cast<exit_code>(report(what, parsed.line->json, err));
    }
  }

  bool asked_for(const std::string& request) const {
    return std::find(asked.begin(), asked.end(), request) != asked.end();
  }
};

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace muster::cli
