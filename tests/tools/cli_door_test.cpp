// Where a manager is looked for, with which token, and the words for what goes wrong there.
#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tools/muster/failure.hpp"
#include "tools/muster/operator_door.hpp"

using namespace muster::cli;

namespace {

struct folder {
  std::filesystem::path path;

  folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "muster-cli-XXXXXX").string();
    BOOST_REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path = pattern;
  }
  ~folder() { std::filesystem::remove_all(path); }

  void write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((path / name).parent_path());
    std::ofstream(path / name, std::ios::binary) << text;
  }
  void make_checkout() const {
    write("dev", "");
    std::filesystem::create_directories(path / "tools" / "muster");
  }
};

door_search search_in(const folder& here) {
  door_search search;
  search.environment = {{"HOME", (here.path / "home").string()}};
  search.current_directory = here.path;
  return search;
}

std::vector<std::string> addresses(const std::vector<operator_door>& doors) {
  std::vector<std::string> texts;
  texts.reserve(doors.size());
  for (const auto& door : doors) texts.push_back(to_string(door.address));
  return texts;
}

exit_code code_of(const std::string& address) {
  try {
    parse_operator_address(address);
  } catch (const failure& what) {
    return what.code();
  }
  return exit_code::ok;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cli_door)

BOOST_AUTO_TEST_CASE(addresses_are_read_and_written) {
  BOOST_TEST((parse_operator_address("http://127.0.0.1:8081/") == operator_address{"", "127.0.0.1", 8081}));
  BOOST_TEST((parse_operator_address("http://manager") == operator_address{"", "manager", 80}));
  BOOST_TEST((parse_operator_address("http://[::1]:9") == operator_address{"", "::1", 9}));
  BOOST_TEST((parse_operator_address("unix:/run/m.sock") == operator_address{"/run/m.sock", "", 0}));
  BOOST_TEST((parse_operator_address("unix:///run/m.sock") == operator_address{"/run/m.sock", "", 0}));
  for (const auto* text : {"http://127.0.0.1:8081", "http://[::1]:9", "unix:/run/m.sock"}) {
    BOOST_TEST(to_string(parse_operator_address(text)) == text);
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_address_is_wrong_usage) {
  for (const auto* text : {"", "x", "127.0.0.1:8081", "https://x", "http://", "http://:80",
                           "http://x:", "http://x:0", "http://x:65536", "http://x:1/path", "http://u@x",
                           "http://[::1", "http://[]:1", "http://[::1]x", "http://a b", "unix:", "ftp://x"}) {
    BOOST_TEST((code_of(text) == exit_code::usage), text);
  }
}

BOOST_AUTO_TEST_CASE(without_an_address_this_host_is_searched) {
  const folder here;
  const auto doors = addresses(find_doors(search_in(here)));
  const auto home = "unix:" + (here.path / "home/.local/state/muster/operator.sock").string();
  BOOST_TEST((doors == std::vector<std::string>{home, "http://127.0.0.1:8081"}));
}

BOOST_AUTO_TEST_CASE(a_checkout_has_a_manager_of_its_own) {
  const folder here;
  here.make_checkout();
  here.write("build/run/operator.token", "from-run\n");
  const auto doors = find_doors(search_in(here));
  BOOST_REQUIRE(doors.size() == 3u);
  BOOST_TEST(to_string(doors[1].address) == "unix:" + (here.path / "build/run/operator.sock").string());
  BOOST_TEST(doors[1].token == "");
  BOOST_TEST(doors[2].token == "from-run");
}

BOOST_AUTO_TEST_CASE(a_named_data_folder_is_the_only_one) {
  const folder here;
  here.make_checkout();
  auto search = search_in(here);
  search.environment["MUSTER_DATA_DIR"] = "/variable";
  BOOST_TEST(addresses(find_doors(search)).front() == "unix:/variable/operator.sock");
  search.data_dir = "/option";
  const std::vector<std::string> expected{"unix:/option/operator.sock", "http://127.0.0.1:8081"};
  BOOST_TEST((addresses(find_doors(search)) == expected));
}

BOOST_AUTO_TEST_CASE(the_token_file_serves_this_host_only) {
  const folder here;
  here.write("home/.local/state/muster/operator.token", "  secret \n");
  auto search = search_in(here);
  for (const auto* text : {"http://127.0.0.1:9", "http://localhost:9", "http://[::1]:9"}) {
    search.operator_text = text;
    BOOST_TEST(find_doors(search).at(0).token == "secret", text);
    BOOST_TEST(contains(find_doors(search).at(0).token_source, "operator.token"));
  }
  search.operator_text = "http://elsewhere:9";
  BOOST_TEST(find_doors(search).at(0).token == "");
  search.data_dir = (here.path / "home/.local/state/muster").string();
  BOOST_TEST(find_doors(search).at(0).token == "secret");
}

BOOST_AUTO_TEST_CASE(a_given_token_wins) {
  const folder here;
  here.write("home/.local/state/muster/operator.token", "from-file");
  auto search = search_in(here);
  search.token = "given";
  for (const auto& door : find_doors(search)) BOOST_TEST(door.token == "given");
  search.token = "two\r\nlines";
  BOOST_CHECK_THROW(find_doors(search), failure);
}

BOOST_AUTO_TEST_CASE(a_file_without_a_token_is_mentioned) {
  const folder here;
  here.write("d/operator.token", "a\r\nX-Injected: b");
  auto search = search_in(here);
  search.data_dir = (here.path / "d").string();
  search.operator_text = "http://127.0.0.1:9";
  const auto door = find_doors(search).at(0);
  BOOST_TEST(door.token == "");
  BOOST_TEST(contains(door.token_note, "holds no token"));
}

BOOST_AUTO_TEST_CASE(an_absent_manager_is_told_in_plain_words) {
  const auto what =
    no_manager({{"unix:/s", "no such socket"}, {"http://127.0.0.1:8081", "connection refused"}});
  BOOST_TEST((what.code() == exit_code::unreachable));
  BOOST_TEST(what.message() ==
             "no manager answers at unix:/s (no such socket) or http://127.0.0.1:8081 (connection refused). "
             "Start one with ./dev run or musterd, or name it with --operator.");
  const auto document = boost::json::parse(what.document()).get_object();
  BOOST_TEST(std::string(document.at("detail").get_string()) == what.message());
}

BOOST_AUTO_TEST_CASE(refusals_become_exit_codes) {
  const std::string body = R"({"type":"about:blank","title":"T","status":404,"detail":"no such agent"})";
  const auto code = [&](unsigned status, const std::string& text) {
    return refused({"http://m:1", status, text, "", ""}).code();
  };
  BOOST_TEST((code(404, body) == exit_code::not_found));
  BOOST_TEST((code(401, body) == exit_code::unauthorised));
  BOOST_TEST((code(403, "") == exit_code::unauthorised));
  BOOST_TEST((code(503, body) == exit_code::failed));
  BOOST_TEST((code(404, "<html>") == exit_code::failed));  // not a manager at all
  const auto what = refused({"http://m:1", 404, body, "", ""});
  BOOST_TEST(what.message() == "no such agent");
  BOOST_TEST(what.document() == body);
}

BOOST_AUTO_TEST_CASE(a_refused_caller_is_told_about_the_token) {
  BOOST_TEST(contains(refused({"http://m:1", 401, "", "", ""}).message(), "No token was sent"));
  BOOST_TEST(contains(refused({"http://m:1", 401, "", "/d/operator.token", ""}).message(),
                      "The token came from /d/operator.token."));
  BOOST_TEST(
    contains(refused({"http://m:1", 401, "", "", "/d/operator.token is not readable for you"}).message(),
             "Here, /d/operator.token is not readable for you."));
}

BOOST_AUTO_TEST_SUITE_END()
