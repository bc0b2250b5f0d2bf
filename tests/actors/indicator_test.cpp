// The normal form of everything that hosts are compared by.
#include "actors/manager/indicator.hpp"

#include <boost/test/unit_test.hpp>

#include <utility>
#include <vector>

using namespace muster;

namespace {

using pairs = std::vector<std::pair<std::string, std::string>>;

std::string or_none(std::optional<std::string> value) { return value.value_or("none"); }

const std::string md5 = "9e107d9d372bb6826bd81d3542a419d6";

}  // namespace

BOOST_AUTO_TEST_SUITE(indicators)

BOOST_AUTO_TEST_CASE(source_ip_is_freed_of_all_that_stands_around_it) {
  const pairs texts{
    {"203.0.113.9", "203.0.113.9"},
    {" \t203.0.113.9\r\n", "203.0.113.9"},
    {"203.0.113.9:443", "203.0.113.9"},
    {"203.0.113.9:65535", "203.0.113.9"},
    {"[203.0.113.9]:22", "203.0.113.9"},
    {"::ffff:203.0.113.9", "203.0.113.9"},
    {"[::FFFF:203.0.113.9]:22", "203.0.113.9"},
    {"2001:DB8:0::1", "2001:db8::1"},
    {"[2001:db8::1]", "2001:db8::1"},
    {"[2001:db8::1]:8443", "2001:db8::1"},
    {"fe80::1%eth0", "fe80::1"},
    {"[fe80::1%25eth0]:80", "fe80::1"},
    {"10.0.0.7", "10.0.0.7"},
    {"169.254.1.1", "169.254.1.1"},
  };
  for (const auto& [text, normal] : texts) BOOST_TEST(or_none(normal_source_ip(text)) == normal, text);
}

BOOST_AUTO_TEST_CASE(source_ip_that_is_no_address_is_refused) {
  for (const char* text : {"",
                           "  ",
                           "localhost",
                           "example.com",
                           "203.0.113",
                           "203.0.113.009",
                           "203.0.113.9:",
                           "203.0.113.9:http",
                           "203.0.113.9:1234567",
                           "203.0.113.9/32",
                           "[203.0.113.9",
                           "203.0.113.9]",
                           "[]",
                           "[2001:db8::1]x",
                           "[2001:db8::1]:",
                           "2001:db8::1]:80",
                           "203.0.113.9, 10.0.0.1",
                           "::ffff:203.0.113.9:443",
                           "unknown",
                           "%eth0"})
    BOOST_TEST(or_none(normal_source_ip(text)) == "none", text);
}

BOOST_AUTO_TEST_CASE(source_ip_that_identifies_nobody_is_refused) {
  for (const char* text :
       {"127.0.0.1", "127.8.8.8:80", "::1", "[::1]:80", "::ffff:127.0.0.1", "0.0.0.0", "::", "0.1.2.3",
        "224.0.0.1", "239.255.255.250", "255.255.255.255", "ff02::1", "ff00::"})
    BOOST_TEST(or_none(normal_source_ip(text)) == "none", text);
  BOOST_TEST(or_none(normal_source_ip("126.0.0.1")) == "126.0.0.1");
  BOOST_TEST(or_none(normal_source_ip("240.0.0.1")) == "240.0.0.1");
  BOOST_TEST(or_none(normal_source_ip("::2")) == "::2");
}

BOOST_AUTO_TEST_CASE(file_hash_of_each_length_is_lower_case_without_its_algorithm) {
  for (size_t length : {32u, 40u, 64u, 96u, 128u}) {
    const std::string upper(length, 'A'), lower(length, 'a');
    for (const std::string around : {"", "0x", "0X", "sha256:", "SHA-256:", "sha_512=", "MD5: ", "SHA1=",
                                     "sha384:", "SHA3-256:", "sha256:0x", " \t"})
      BOOST_TEST(or_none(normal_file_hash(around + upper)) == lower, around);
    BOOST_TEST(or_none(normal_file_hash(upper + " \n")) == lower);
  }
}

BOOST_AUTO_TEST_CASE(file_hash_that_is_none_is_refused) {
  for (const auto& text : {std::string{}, std::string{"sha256:"}, md5 + "0", md5.substr(1),
                           "g" + md5.substr(1), "crc32:" + md5, "sha256:sha256:" + md5, md5 + "  " + md5,
                           md5 + "\xff", std::string{"3:AXGBicFlgVNhBGcL6wCrFQEv:AXGHsNhxLsr2C"},
                           std::string(56, 'a'), std::string(300, 'a'), md5 + std::string(300, ' ') + "x"})
    BOOST_TEST(or_none(normal_file_hash(text)) == "none", text);
}

BOOST_AUTO_TEST_CASE(file_hash_of_nothing_is_refused) {
  for (const char* text :
       {"d41d8cd98f00b204e9800998ecf8427e", "DA39A3EE5E6B4B0D3255BFEF95601890AFD80709",
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b",
        "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
        "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
        "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a",
        "0c63a75b845e4f7d01107d852e4c2485c51a50aaaa94fc61995e71bbee983a2ac3713831264adb47fb6bd1e058d5f004",
        "a69f73cca23a9ac5c8b567dc185a756e97c982164fe25859e0d1dcc1475c80a6"
        "15b2123af1f5f94c11e3e9402c3ac558f500199d95b6d3e301758586281dcd26"})
    BOOST_TEST(or_none(normal_file_hash(text)) == "none", text);
  for (size_t length : {32u, 40u, 64u, 96u, 128u})
    BOOST_TEST(or_none(normal_file_hash(std::string(length, '0'))) == "none");
}

BOOST_AUTO_TEST_CASE(technique_is_read_from_ids_and_addresses) {
  const pairs texts{
    {"T1110", "T1110"},
    {" t1110 ", "T1110"},
    {"T1110.001", "T1110.001"},
    {"t1110/001", "T1110.001"},
    {"https://attack.mitre.org/techniques/T1110", "T1110"},
    {"https://attack.mitre.org/techniques/T1110/", "T1110"},
    {"https://attack.mitre.org/techniques/T1110/001", "T1110.001"},
    {"https://attack.mitre.org/versions/v14/techniques/T1110/001/?x=1#top", "T1110.001"},
  };
  for (const auto& [text, normal] : texts) BOOST_TEST(or_none(normal_technique(text)) == normal, text);
  for (const char* text :
       {"", "T", "T111", "T11100", "TA0001", "1110", "X1110", "T1110.", "T1110.1", "T1110.0001", "T1110-001",
        "T1110.00a", "T111a", "Brute Force", "https://attack.mitre.org/tactics/T1110/1",
        "https://attack.mitre.org/techniques/"})
    BOOST_TEST(or_none(normal_technique(text)) == "none", text);
}

BOOST_AUTO_TEST_CASE(parent_of_a_technique_is_what_stands_before_the_dot) {
  BOOST_TEST(parent_technique("T1110.001") == "T1110");
  BOOST_TEST(parent_technique("T1110") == "T1110");
}

BOOST_AUTO_TEST_CASE(domain_is_lower_case_without_its_last_dot) {
  const std::string label(63, 'a');
  const pairs texts{
    {"Example.COM", "example.com"},
    {" evil.example. ", "evil.example"},
    {"_dmarc.a-b.example", "_dmarc.a-b.example"},
    {"xn--bcher-kva.example", "xn--bcher-kva.example"},
    {"localhost", "localhost"},
    {"1.2.3.4.in-addr.arpa", "1.2.3.4.in-addr.arpa"},
    {label + ".example", label + ".example"},
  };
  for (const auto& [text, normal] : texts) BOOST_TEST(or_none(normal_domain(text)) == normal, text);
  for (const std::string& text :
       {std::string{}, std::string{"."}, std::string{".example"}, std::string{"a..b"}, std::string{"a.b.."},
        std::string{"-a.example"}, std::string{"a-.example"}, std::string{"a b.example"},
        std::string{"*.example"}, std::string{"bücher.example"}, std::string{"203.0.113.9"},
        std::string{"http://a.example"}, std::string{"a.example:80"}, label + "a.example",
        label + "." + label + "." + label + "." + label})
    BOOST_TEST(or_none(normal_domain(text)) == "none", text);
}

BOOST_AUTO_TEST_CASE(custom_value_is_trimmed_and_bounded) {
  BOOST_TEST(or_none(normal_custom(" \tJane Doe ✓ \n")) == "Jane Doe ✓");
  BOOST_TEST(or_none(normal_custom(std::string(256, 'x'))) == std::string(256, 'x'));
  BOOST_TEST(or_none(normal_custom("  " + std::string(256, 'x') + " ")) == std::string(256, 'x'));
  for (const std::string& text : {std::string{}, std::string{" \t\n"}, std::string(257, 'x'),
                                  std::string{"a\nb"}, std::string{"a\x7f"}, std::string("a\0b", 3)})
    BOOST_TEST(or_none(normal_custom(text)) == "none", text);
}

BOOST_AUTO_TEST_SUITE_END()
