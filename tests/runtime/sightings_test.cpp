// What is found in events, under every name and in every place that counts.
#include "runtime/wire/sightings.hpp"

#include "tests/runtime/json_text.hpp"

using namespace muster;
using muster::test::parsed;

namespace {

const std::string md5 = "9e107d9d372bb6826bd81d3542a419d6";
const std::string sha1 = "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12";
const std::string sha256 = "d7a8fbb307d7809469ca9abcb0082e4f8d5651e46d3cdb762d02d0bf37c9e592";
const std::string sha512(128, 'c');

std::string quoted(const std::string& text) { return '"' + text + '"'; }

std::vector<sighting> read(const std::string& item, const sighting_reader& reader = {}) {
  const parsed body{item};
  BOOST_REQUIRE_MESSAGE(body.ok, item);
  return reader.read(body.root());
}
// "kind=value" or "kind=value (name)" of each, short for the built-in kinds.
std::string found(const std::string& item, const sighting_reader& reader = {}) {
  std::string all;
  for (const auto& each : read(item, reader)) {
    if (!all.empty()) all += ' ';
    if (each.kind != "source_ip" && each.kind != "file_hash" && each.kind != "attack_technique")
      all += each.kind + '=';
    all += each.value;
    if (!each.name.empty()) all += '(' + each.name + ')';
  }
  return all;
}

sighting_reader with_pointers(std::map<std::string, std::string> pointers) {
  return sighting_reader{{std::move(pointers), {}}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sightings)

BOOST_AUTO_TEST_CASE(source_address_is_found_under_each_of_its_names) {
  for (const char* name : {"sourceIP", "sourceIp", "remoteAddress", "src_ip", "source_ip", "attacker_ip",
                           "client_ip", "source.ip", "client.ip", "src_endpoint.ip"}) {
    const auto member = quoted(name) + R"(:"203.0.113.9:22")";
    BOOST_TEST(found(R"({"event":{)" + member + "}}") == "203.0.113.9", name);
    BOOST_TEST(found(R"({"event":{"metadata":{)" + member + "}}}") == "203.0.113.9", name);
  }
  for (const char* name : {"source", "client", "src_endpoint"}) {
    const auto member = quoted(name) + R"(:{"ip":"203.0.113.9","port":22})";
    BOOST_TEST(found(R"({"event":{)" + member + "}}") == "203.0.113.9", name);
    BOOST_TEST(found(R"({"event":{"raw":{)" + member + "}}}") == "203.0.113.9", name);
  }
  const auto all = read(R"({"event":{"sourceIP":"203.0.113.9"}})");
  BOOST_REQUIRE(all.size() == 1u);
  BOOST_TEST((all[0] == sighting{"source_ip", "203.0.113.9", ""}));
}

BOOST_AUTO_TEST_CASE(places_inside_an_event_are_searched_one_level_deep) {
  const std::string member = R"("src_ip":"203.0.113.9")";
  for (const char* place : {"metadata", "raw", "details"}) {
    BOOST_TEST(found(R"({"event":{")" + std::string{place} + R"(":{)" + member + "}}}") == "203.0.113.9",
               place);
    BOOST_TEST(found(R"({"event":{"raw":{")" + std::string{place} + R"(":{)" + member + "}}}}") == "", place);
  }
  BOOST_TEST(found(R"({"event":{"other":{)" + member + "}}}") == "");
  BOOST_TEST(found(R"({"event":{"raw":"{\"src_ip\":\"203.0.113.9\"}"}})") == "");
}

BOOST_AUTO_TEST_CASE(every_form_of_an_item_is_read) {
  const std::string event = R"({"metadata":{"sourceIP":"203.0.113.9"}})";
  BOOST_TEST(found(R"({"event":)" + event + R"(,"verdict":{}})") == "203.0.113.9");
  BOOST_TEST(found(event) == "203.0.113.9");
  BOOST_TEST(found(R"({"threat":)" + event + R"(,"response":"x"})") == "203.0.113.9");
  BOOST_TEST(found(R"({"agentId":"a","threat":{"event":)" + event + R"(,"verdict":{}},"timestamp":"t"})")
             == "203.0.113.9");
  BOOST_TEST(found(R"({"event":{"kind":"alert"},"source":{"ip":"203.0.113.9"}})") == "203.0.113.9");
  for (const char* none : {"[]", "7", "null", "\"x\"", "{}", R"({"event":5})", R"({"threat":[]})"})
    BOOST_TEST(found(none) == "", none);
}

BOOST_AUTO_TEST_CASE(addresses_are_normalised_and_counted_once) {
  BOOST_TEST(
    found(R"({"event":{"sourceIP":"::ffff:203.0.113.9","src_ip":"203.0.113.9:80","client_ip":"127.0.0.1",)"
          R"("source":{"ip":["2001:DB8::1","203.0.113.9"]},"metadata":{"attacker_ip":"203.0.113.10"}}})")
    == "203.0.113.9 2001:db8::1 203.0.113.10");
}

BOOST_AUTO_TEST_CASE(addresses_of_ignored_ranges_are_no_sightings) {
  const sighting_reader reader{{{}, {*parse_network_range("10.0.0.0/8"), *parse_network_range("fd00::/8")}}};
  BOOST_TEST(
    found(R"({"event":{"src_ip":["10.1.2.3","::ffff:10.9.9.9","fd12::1","11.0.0.1","fe80::1"]}})", reader)
    == "11.0.0.1 fe80::1");
}

BOOST_AUTO_TEST_CASE(hash_is_found_under_each_of_its_names) {
  for (const char* name :
       {"sha256", "sha1", "md5", "sha512", "fileHash", "hash", "malwareHash", "file.hash.md5",
        "file.hash.sha1", "file.hash.sha256", "file.hash.sha384", "file.hash.sha512"})
    for (const std::string around : {"", R"("metadata":)", R"("details":)"}) {
      const auto member = quoted(name) + ":\"SHA256:" + sha256 + "\"";
      BOOST_TEST(
        found(R"({"event":{)" + (around.empty() ? member : around + "{" + member + "}") + "}}") == sha256,
        name);
    }
  const auto all = read(R"({"event":{"hash":")" + md5 + "\"}}");
  BOOST_REQUIRE(all.size() == 1u);
  BOOST_TEST((all[0] == sighting{"file_hash", md5, ""}));
}

BOOST_AUTO_TEST_CASE(all_hashes_of_a_file_count) {
  const auto ecs = R"({"md5":")" + md5 + R"(","sha1":")" + sha1 + R"(","sha256":")" + sha256
                   + R"(","sha512":")" + sha512 + R"(","ssdeep":"3:AXG","imphash":")" + std::string(32, 'e')
                   + "\"}";
  const auto all = md5 + " " + sha1 + " " + sha256 + " " + sha512;
  BOOST_TEST(found(R"({"event":{"file":{"hash":)" + ecs + "}}}") == all);
  BOOST_TEST(found(R"({"event":{"file":)" + ecs + "}}") == all);
  BOOST_TEST(found(R"({"event":{"hash":)" + ecs + "}}") == all);
  const auto ocsf = R"([{"algorithm":"MD5","algorithm_id":1,"value":")" + md5 + R"("},{"value":")" + sha256
                    + R"("},{"algorithm":"TLSH","value":"T1)" + std::string(70, 'a') + R"("},"text",{}])";
  BOOST_TEST(found(R"({"event":{"file":{"hashes":)" + ocsf + "}}}") == md5 + " " + sha256);
}

BOOST_AUTO_TEST_CASE(hash_of_a_process_is_not_taken_since_it_is_often_a_shell) {
  BOOST_TEST(
    found(R"({"event":{"process":{"hash":{"md5":")" + md5 + R"("}},"process.hash.md5":")" + md5 + "\"}}")
    == "");
}

BOOST_AUTO_TEST_CASE(technique_is_found_under_each_of_its_names) {
  for (const char* name :
       {"mitreTechnique", "mitre_technique", "technique", "techniqueId", "technique_id", "mitre"})
    for (const auto& [value, expected] : std::vector<std::pair<std::string, std::string>>{
           {R"("t1110")", "T1110"},
           {R"("T1110: Brute Force")", "T1110(Brute Force)"},
           {R"("T1110 - Brute Force")", "T1110(Brute Force)"},
           {R"("T1110 Brute Force")", "T1110(Brute Force)"},
           {R"("https://attack.mitre.org/techniques/T1110/")", "T1110"},
           {R"(["T1110","T1021"])", "T1110 T1021"},
           {R"({"id":"T1110","name":"Brute Force"})", "T1110(Brute Force)"},
           {R"({"uid":"T1110","name":"Brute Force"})", "T1110(Brute Force)"},
           {R"([{"id":"T1110","name":"Brute Force"},{"id":"T1021"},"T1078"])",
            "T1110(Brute Force) T1021 T1078"},
           {R"({"id":["T1110","T1021"],"technique":["Brute Force","Remote Services"],"tactic":["x"]})",
            "T1110(Brute Force) T1021(Remote Services)"},
           {R"({"id":["T1110","T1021"],"name":["Brute Force"]})", "T1110 T1021"},
           {R"({"technique":{"id":"T1110"},"tactic":"TA0006"})", "T1110"},
           {R"({"techniques":["T1110"]})", "T1110"},
           {R"("Brute Force")", ""},
           {"1110", ""},
         })
      for (const std::string around : {"", R"("metadata":)"}) {
        const auto member = quoted(name) + ":" + value;
        BOOST_TEST(
          found(R"({"event":{)" + (around.empty() ? member : around + "{" + member + "}") + "}}") == expected,
          name << ' ' << value);
      }
}

BOOST_AUTO_TEST_CASE(sub_technique_shows_its_parent_too) {
  BOOST_TEST(found(R"({"event":{"mitreTechnique":"T1110.001"}})") == "T1110.001 T1110");
  BOOST_TEST(found(R"({"event":{"mitre":[{"id":"T1110.001","name":"Guessing"},"T1110.003",)"
                   R"({"id":"T1110","name":"Brute Force"}]}})")
             == "T1110.001(Guessing) T1110(Brute Force) T1110.003");
}

BOOST_AUTO_TEST_CASE(technique_of_a_verdict_counts_but_nothing_else_of_it) {
  BOOST_TEST(found(R"({"event":{},"verdict":{"mitreTechnique":"T1110","sourceIP":"203.0.113.9","hash":")"
                   + md5 + "\"}}")
             == "T1110");
}

BOOST_AUTO_TEST_CASE(event_in_the_elastic_common_schema_is_read) {
  const std::string nested =
    R"({"source":{"ip":"203.0.113.9"},"threat":{"framework":"MITRE ATT&CK","technique":{"id":["T1110","T1078"],)"
    R"("name":["Brute Force","Valid Accounts"],"subtechnique":{"id":["T1110.003"],"name":["Spraying"]}}},)"
    R"("file":{"hash":{"sha256":")"
    + sha256 + "\"}}}";
  const auto expected =
    "203.0.113.9 " + sha256 + " T1110(Brute Force) T1078(Valid Accounts) T1110.003(Spraying)";
  BOOST_TEST(found(R"({"event":)" + nested + "}") == expected);
  BOOST_TEST(found(R"({"event":{"raw":)" + nested + "}}") == expected);
  const std::string dotted =
    R"({"event":{"source.ip":"203.0.113.9","threat.technique.id":["T1110","T1078"],)"
    R"("threat.technique.name":["Brute Force","Valid Accounts"],"threat.technique.subtechnique.id":"T1110.003",)"
    R"("threat.technique.subtechnique.name":"Spraying","file.hash.sha256":")"
    + sha256 + "\"}}";
  BOOST_TEST(found(dotted) == expected);
  BOOST_TEST(found(R"({"threat":{"technique":{"id":"T1110"}},"source":{"ip":"203.0.113.9"}})")
             == "203.0.113.9 T1110");
}

BOOST_AUTO_TEST_CASE(event_in_the_open_cybersecurity_schema_is_read) {
  const std::string attack =
    R"([{"technique":{"uid":"T1110","name":"Brute Force"},"sub_technique":{"uid":"T1110.001","name":"Guessing"}}])";
  const std::string techniques = "T1110(Brute Force) T1110.001(Guessing)";
  BOOST_TEST(found(R"({"event":{"src_endpoint":{"ip":"203.0.113.9"},"file":{"hashes":[{"value":")" + md5
                   + R"("}]},"attacks":)" + attack + "}}")
             == "203.0.113.9 " + md5 + " " + techniques);
  BOOST_TEST(found(R"({"event":{"finding_info":{"attacks":)" + attack
                   + R"(},"evidences":[{"src_endpoint":{"ip":"203.0.113.9"}},{"file":{"hashes":[{"value":")"
                   + md5 + R"("}]}},7,{"src_endpoint":"x","file":[]}]}})")
             == "203.0.113.9 " + md5 + " " + techniques);
}

BOOST_AUTO_TEST_CASE(wrong_types_are_passed_over) {
  for (const char* value : {"null", "7", "true", "1.5", "[]", "{}", "[[]]", "[{}]", "[null,7]", R"("")",
                            R"("x")", R"({"ip":7})", R"({"id":7,"name":[]})", R"({"hash":[7]})",
                            R"({"technique":null})", R"([{"technique":[{"id":{}}]}])"})
    for (const char* name :
         {"sourceIP", "source", "source.ip", "client", "src_endpoint", "hash", "sha256", "file",
          "file.hash.md5", "mitre", "mitreTechnique", "threat", "threat.technique.id", "attacks",
          "finding_info", "evidences", "metadata", "raw", "details"}) {
      const auto event = "{" + quoted(name) + ":" + value + "}";
      BOOST_TEST(found(R"({"event":)" + event + R"(,"verdict":)" + event + "}") == "", name << ' ' << value);
    }
}

BOOST_AUTO_TEST_CASE(techniques_within_techniques_end_somewhere) {
  std::string nested = R"({"id":"T1110"})";
  for (int i = 0; i < 500; ++i) nested = R"({"technique":)" + nested + "}";
  BOOST_TEST(found(R"({"event":{"mitre":)" + nested + "}}") == "");
}

BOOST_AUTO_TEST_CASE(operators_own_kinds_come_from_their_pointers) {
  const std::string item =
    R"({"event":{"user":{"name":" jane ","id":17,"ratio":1.50,"admin":true,"a/b":"slash","c~d":"tilde"},)"
    R"("list":["x",{"y":"deep"}],"big":18446744073709551615,"none":null},"verdict":{"rule":"R7"}})";
  BOOST_TEST(found(item, with_pointers({{"account", "/user/name"}})) == "account=jane");
  BOOST_TEST(found(item, with_pointers({{"k", "/user/id"}})) == "k=17");
  BOOST_TEST(found(item, with_pointers({{"k", "/user/ratio"}})) == "k=1.5");
  BOOST_TEST(found(item, with_pointers({{"k", "/user/admin"}})) == "k=true");
  BOOST_TEST(found(item, with_pointers({{"k", "/user/a~1b"}})) == "k=slash");
  BOOST_TEST(found(item, with_pointers({{"k", "/user/c~0d"}})) == "k=tilde");
  BOOST_TEST(found(item, with_pointers({{"k", "/list/1/y"}})) == "k=deep");
  BOOST_TEST(found(item, with_pointers({{"k", "/big"}})) == "k=18446744073709551615");
  for (const char* nothing : {"", "/", "user/name", "/user", "/list", "/list/9", "/list/-", "/none",
                              "/user/name/x", "/rule", "/user/c~d", "/~"})
    BOOST_TEST(found(item, with_pointers({{"k", nothing}})) == "", nothing);
}

BOOST_AUTO_TEST_CASE(pointer_beside_the_event_is_tried_on_the_item) {
  const std::string item = R"({"event":{"user":"jane"},"verdict":{"rule":"R7"},"extra":"e"})";
  BOOST_TEST(found(item, with_pointers({{"k", "/verdict/rule"}})) == "k=R7");
  BOOST_TEST(found(item, with_pointers({{"k", "/event/user"}})) == "k=jane");
  BOOST_TEST(found(item, with_pointers({{"k", "/extra"}})) == "");
  BOOST_TEST(
    found(R"({"event":{"event":{"code":"4625"},"eventual":1}})", with_pointers({{"k", "/event/code"}}))
    == "k=4625");
  BOOST_TEST(found(R"({"event":{},"eventual":"x"})", with_pointers({{"k", "/eventual"}})) == "");
}

BOOST_AUTO_TEST_CASE(order_is_the_operators_kinds_then_addresses_hashes_and_techniques) {
  const auto reader = with_pointers({{"zone", "/z"}, {"account", "/a"}});
  const auto item = R"({"event":{"mitre":"T1110","hash":")" + md5 + R"(","raw":{"md5":")"
                    + std::string(32, 'b') + R"("},"src_ip":"203.0.113.9","z":"1","a":"2"}})";
  BOOST_TEST(found(item, reader)
             == "account=2 zone=1 203.0.113.9 " + md5 + " " + std::string(32, 'b') + " T1110");
}

BOOST_AUTO_TEST_CASE(event_shows_at_most_as_many_as_the_limit) {
  std::string addresses;
  for (int i = 0; i < 200; ++i) addresses += (i ? "," : "") + quoted("203.0.113." + std::to_string(i));
  const auto item = R"({"event":{"a":"x","src_ip":[)" + addresses + R"(],"source_ip":"198.51.100.1"}})";
  const auto all = read(item, with_pointers({{"k", "/a"}}));
  BOOST_REQUIRE(all.size() == sighting_reader::most);
  BOOST_TEST(all.front().kind == "k");
  BOOST_TEST(all.back().value == "203.0.113.62");
}

BOOST_AUTO_TEST_SUITE_END()
