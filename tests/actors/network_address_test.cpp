// Addresses and ranges as text and as values.
#include "actors/manager/network_address.hpp"

#include <boost/test/unit_test.hpp>

#include <utility>
#include <vector>

using namespace muster;

namespace {

std::string again(std::string_view text) {
  const auto address = parse_network_address(text);
  return address ? to_string(*address) : "none";
}
std::string range_again(std::string_view text) {
  const auto range = parse_network_range(text);
  return range ? to_string(*range) : "none";
}
bool holds(std::string_view range, std::string_view address) {
  return parse_network_range(range)->contains(*parse_network_address(address));
}
bool covers(std::string_view outer, std::string_view inner) {
  return parse_network_range(outer)->contains(*parse_network_range(inner));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(network_addresses)

BOOST_AUTO_TEST_CASE(every_spelling_of_an_address_becomes_its_canonical_text) {
  const std::vector<std::pair<const char*, const char*>> texts{
    {"0.0.0.0", "0.0.0.0"},
    {"203.0.113.9", "203.0.113.9"},
    {"255.255.255.255", "255.255.255.255"},
    {"::", "::"},
    {"::1", "::1"},
    {"1::", "1::"},
    {"2001:DB8:0:0:0:0:0:1", "2001:db8::1"},
    {"2001:0db8:0000:0000:0001:0000:0000:0001", "2001:db8::1:0:0:1"},
    {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
    {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
    {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
    {"::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"},
    {"fe80::a:0", "fe80::a:0"},
    {"::ffff:203.0.113.9", "203.0.113.9"},
    {"::FFFF:cb00:7109", "203.0.113.9"},
    {"0:0:0:0:0:ffff:203.0.113.9", "203.0.113.9"},
    {"64:ff9b::192.0.2.33", "64:ff9b::c000:221"},
  };
  for (const auto& [text, canonical] : texts) BOOST_TEST(again(text) == canonical, text);
}

BOOST_AUTO_TEST_CASE(what_is_no_whole_address_is_refused) {
  for (const char* text : {"",
                           " ",
                           "1",
                           "1.2.3",
                           "1.2.3.4.5",
                           "1.2.3.256",
                           "1.2.3.04",
                           "01.2.3.4",
                           "1.2.3.-4",
                           "1.2.3.",
                           ".1.2.3",
                           "1..2.3",
                           "1.2.3.4 ",
                           " 1.2.3.4",
                           "1.2.3.4:80",
                           "0x7f.1.1.1",
                           "a.b.c.d",
                           ":",
                           ":::",
                           "::1::",
                           "1::2::3",
                           "1:2:3:4:5:6:7",
                           "1:2:3:4:5:6:7:8:9",
                           "1:2:3:4:5:6:7:8::",
                           "::1:2:3:4:5:6:7:8",
                           "1:2:3:4::5:6:7:8",
                           ":1:2:3:4:5:6:7",
                           "1:2:3:4:5:6:7:",
                           "12345::",
                           "g::",
                           "[::1]",
                           "fe80::1%eth0",
                           "::1.2.3",
                           "::1.2.3.4:5",
                           "1.2.3.4::",
                           "1:2:3:4:5:6:7:1.2.3.4",
                           "1:2:3:4:5:1.2.3.4",
                           "::ffff:1.2.3.256",
                           "+1::",
                           "::-1"})
    BOOST_TEST(again(text) == "none", text);
}

BOOST_AUTO_TEST_CASE(only_mapped_addresses_are_ipv4) {
  BOOST_TEST(parse_network_address("1.2.3.4")->is_ipv4());
  BOOST_TEST(parse_network_address("::ffff:1.2.3.4")->is_ipv4());
  BOOST_TEST(!parse_network_address("::1.2.3.4")->is_ipv4());
  BOOST_TEST((parse_network_address("1.2.3.4") == parse_network_address("::ffff:102:304")));
}

BOOST_AUTO_TEST_CASE(range_drops_the_bits_behind_its_prefix) {
  const std::vector<std::pair<const char*, const char*>> texts{
    {"10.0.0.0/8", "10.0.0.0/8"},
    {"10.1.2.3/8", "10.0.0.0/8"},
    {"10.255.255.255/9", "10.128.0.0/9"},
    {"192.0.2.7/31", "192.0.2.6/31"},
    {"192.0.2.7", "192.0.2.7"},
    {"192.0.2.7/32", "192.0.2.7"},
    {"1.2.3.4/0", "0.0.0.0/0"},
    {"fd12::3/8", "fd00::/8"},
    {"2001:DB8::1", "2001:db8::1"},
    {"2001:db8::1/128", "2001:db8::1"},
    {"::1/0", "::/0"},
    {"::ffff:10.1.2.3/104", "10.0.0.0/8"},
  };
  for (const auto& [text, canonical] : texts) BOOST_TEST(range_again(text) == canonical, text);
}

BOOST_AUTO_TEST_CASE(what_is_no_range_is_refused) {
  for (const char* text :
       {"", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8 ", "10.0.0.0/a",
        "10.0.0.0/8/8", "10.0.0/8", "fd00::/129", "fd00::/0128", "10.0.0.0/255.0.0.0"})
    BOOST_TEST(range_again(text) == "none", text);
}

BOOST_AUTO_TEST_CASE(range_contains_exactly_the_addresses_of_its_prefix) {
  BOOST_TEST(holds("10.0.0.0/8", "10.0.0.0"));
  BOOST_TEST(holds("10.0.0.0/8", "10.255.255.255"));
  BOOST_TEST(!holds("10.0.0.0/8", "11.0.0.0"));
  BOOST_TEST(!holds("10.0.0.0/8", "9.255.255.255"));
  BOOST_TEST(holds("172.16.0.0/12", "172.31.255.255"));
  BOOST_TEST(!holds("172.16.0.0/12", "172.32.0.0"));
  BOOST_TEST(holds("192.0.2.7", "192.0.2.7"));
  BOOST_TEST(!holds("192.0.2.7", "192.0.2.6"));
  BOOST_TEST(holds("0.0.0.0/0", "203.0.113.9"));
  BOOST_TEST(holds("fd00::/8", "fdff::1"));
  BOOST_TEST(!holds("fd00::/8", "fe00::"));
  BOOST_TEST(holds("2001:db8::/33", "2001:db8:7fff::"));
  BOOST_TEST(!holds("2001:db8::/33", "2001:db8:8000::"));
}

BOOST_AUTO_TEST_CASE(range_of_one_family_contains_nothing_of_the_other) {
  BOOST_TEST(!holds("::/0", "1.2.3.4"));
  BOOST_TEST(!holds("0.0.0.0/0", "::1"));
  BOOST_TEST(!covers("::/0", "1.2.3.4/32"));
  BOOST_TEST(holds("::ffff:0.0.0.0/96", "1.2.3.4"));
}

BOOST_AUTO_TEST_CASE(range_contains_narrower_ranges_and_itself) {
  BOOST_TEST(covers("10.0.0.0/8", "10.2.0.0/16"));
  BOOST_TEST(covers("10.0.0.0/8", "10.0.0.0/8"));
  BOOST_TEST(!covers("10.2.0.0/16", "10.0.0.0/8"));
  BOOST_TEST(!covers("10.0.0.0/8", "11.0.0.0/16"));
  BOOST_TEST(covers("::/0", "fd00::/8"));
}

BOOST_AUTO_TEST_SUITE_END()
