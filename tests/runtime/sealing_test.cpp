// Sealing: for nodes under their keys, and at rest under the key of a file.
#include "runtime/crypto/master_key.hpp"

#include "messages/errors.hpp"
#include "runtime/crypto/base64.hpp"
#include "runtime/crypto/node_keys.hpp"
#include "runtime/wire/plexd_secret.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <set>

using namespace muster;

namespace {

const std::string node_key = "kR8w2mZ0pQ4vT6yB1nD5hJ9sL3xC7fGa";

struct key_directory {
  key_directory() {
    std::string name = (std::filesystem::temp_directory_path() / "muster-key-XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  ~key_directory() { std::filesystem::remove_all(path); }
  std::filesystem::path file() const { return path / "master.key"; }
  void write(const std::string& text, mode_t mode) const {
    std::ofstream{file()} << text;
    ::chmod(file().c_str(), mode);
  }
  std::string text() const {
    std::ifstream in{file()};
    return {std::istreambuf_iterator<char>{in}, {}};
  }

  std::filesystem::path path;
};

mode_t mode_of(const std::filesystem::path& path) {
  struct stat facts {};
  BOOST_TEST_REQUIRE(::stat(path.c_str(), &facts) == 0);
  return facts.st_mode & 07777;
}

std::string problem_with(const caf::expected<std::string>& result) {
  BOOST_TEST_REQUIRE(!result);
  BOOST_TEST_REQUIRE((result.error() == fleet_error::store_failed));
  return result.error().context().get_as<std::string>(0);
}

const std::string digits(64, 'a');

}  // namespace

BOOST_AUTO_TEST_SUITE(aes_gcm)

BOOST_AUTO_TEST_CASE(what_another_program_encrypted_opens) {
  // Test case 15 of those that the authors of GCM published: AES-256 without additional data.
  const auto key = from_base64("/v/pkoZlcxxtao+UZzCDCP7/6ZKGZXMcbWqPlGcwgwg=");
  const auto nonce = from_base64("yv66vvrO263eyviI");
  const auto ciphertext = from_base64(
    "Ui3B8JlWfQf0fzejKoRCfWQ6jNy/5cDJdZiivSVV0aqMsI5IWQ27PaewixBWgog4xfYeY5O6"
    "egq8yfZiiYAVrbCU2sXZNHG97BpQInDjzGw=");
  const auto text = from_base64(
    "2TEyJfiEBuWlWQnFr/UmmoanqVMVNPfaLkwwPYoxinIcPAyVlWgJUy/PDiRJprUlsWrt9aoN"
    "5le6Y3s5Gq/SVQ==");
  BOOST_TEST_REQUIRE((key && nonce && ciphertext && text));
  BOOST_TEST((gcm_open(*key, *nonce, *ciphertext) == text));
}

BOOST_AUTO_TEST_CASE(a_text_comes_back_under_the_same_key_and_context_only) {
  for (const std::string& text : {std::string{}, std::string{"secret"}, std::string(100'000, 'x')}) {
    const auto sealed = gcm_seal(node_key, text, "here");
    BOOST_TEST(sealed.nonce.size() == gcm_nonce_bytes);
    BOOST_TEST(sealed.ciphertext.size() == text.size() + gcm_tag_bytes);
    BOOST_TEST((gcm_open(node_key, sealed.nonce, sealed.ciphertext, "here") == text));
    BOOST_TEST(!gcm_open(node_key, sealed.nonce, sealed.ciphertext, "there"));
    BOOST_TEST(!gcm_open(std::string(32, 'k'), sealed.nonce, sealed.ciphertext, "here"));
    auto changed = sealed.ciphertext;
    changed.back() ^= 1;
    BOOST_TEST(!gcm_open(node_key, sealed.nonce, changed, "here"));
  }
}

BOOST_AUTO_TEST_CASE(the_same_text_is_never_sealed_alike) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) BOOST_TEST_REQUIRE(seen.insert(gcm_seal(node_key, "x").nonce).second);
}

BOOST_AUTO_TEST_CASE(what_is_too_short_or_has_another_nonce_does_not_open) {
  const auto sealed = gcm_seal(node_key, "secret");
  BOOST_TEST(!gcm_open(node_key, sealed.nonce, sealed.ciphertext.substr(0, 15)));
  BOOST_TEST(!gcm_open(node_key, sealed.nonce.substr(1), sealed.ciphertext));
  BOOST_TEST(!gcm_open(node_key, sealed.nonce, ""));
  BOOST_CHECK_THROW(gcm_seal("short", "secret"), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(a_node_gets_a_secret_as_its_client_reads_it) {
  const auto body = nlohmann::json::parse(plexd::write_secret("tls", 2, node_key, "pem"));
  BOOST_TEST(body.size() == 4u);
  BOOST_TEST(body["key"] == "tls");
  BOOST_TEST(body["version"] == 2);
  const auto nonce = from_base64(body["nonce"].get<std::string>());
  const auto ciphertext = from_base64(body["ciphertext"].get<std::string>());
  BOOST_TEST_REQUIRE((nonce && ciphertext));
  BOOST_TEST(nonce->size() == 12u);
  BOOST_TEST((gcm_open(node_key, *nonce, *ciphertext) == "pem"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(master_key)

BOOST_AUTO_TEST_CASE(the_first_start_makes_a_key_that_only_its_owner_can_use) {
  const key_directory at;
  const auto before = ::umask(0);
  const auto made = open_master_key(at.file(), absent_key::make);
  ::umask(before);
  BOOST_TEST_REQUIRE(!!made);
  BOOST_TEST(made->size() == 32u);
  BOOST_TEST(mode_of(at.file()) == 0600u);
  BOOST_TEST(at.text().size() == 65u);
  const auto again = open_master_key(at.file(), absent_key::refuse);
  BOOST_TEST((again && *again == *made));
  const key_directory elsewhere;
  BOOST_TEST(*open_master_key(elsewhere.file(), absent_key::make) != *made);
  BOOST_TEST(std::distance(std::filesystem::directory_iterator{at.path}, {}) == 1);
}

BOOST_AUTO_TEST_CASE(no_key_is_made_where_one_must_have_been) {
  const key_directory at;
  BOOST_TEST(problem_with(open_master_key(at.file(), absent_key::refuse)).find("is missing")
             != std::string::npos);
  BOOST_TEST(!std::filesystem::exists(at.file()));
}

BOOST_AUTO_TEST_CASE(a_key_that_others_can_use_is_refused) {
  for (mode_t open : {0640, 0604, 0660, 0610, 0601}) {
    const key_directory at;
    at.write(digits + "\n", open);
    BOOST_TEST(problem_with(open_master_key(at.file(), absent_key::make)).find("its mode must be 0600")
               != std::string::npos);
    BOOST_TEST(at.text() == digits + "\n");
  }
  const key_directory at;
  at.write(digits, 0400);
  BOOST_TEST((*open_master_key(at.file(), absent_key::make) == std::string(32, '\xAA')));
}

BOOST_AUTO_TEST_CASE(a_file_that_holds_no_key_is_refused_and_left_alone) {
  for (const auto& wrong :
       {std::string{}, digits.substr(1), digits + "a", digits + "aa", digits + "\n\n", digits + " ",
        "0x" + digits.substr(2), std::string(64, 'g'), "-" + digits.substr(1)}) {
    const key_directory at;
    at.write(wrong, 0600);
    BOOST_TEST(problem_with(open_master_key(at.file(), absent_key::make)).find("does not hold a key")
               != std::string::npos);
    BOOST_TEST(at.text() == wrong);
  }
}

BOOST_AUTO_TEST_CASE(only_a_plain_file_is_a_key_file) {
  const key_directory at;
  std::filesystem::create_directory(at.file());
  BOOST_TEST(problem_with(open_master_key(at.file(), absent_key::make)).find("is not a plain file")
             != std::string::npos);
  BOOST_TEST(problem_with(open_master_key(at.path / "none" / "key", absent_key::make)).find("cannot make")
             != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(master_vaults)

BOOST_AUTO_TEST_CASE(a_secret_opens_in_its_place_with_its_key_only) {
  const master_vault mine{std::string(32, 'a')};
  const auto sealed = mine.seal("nodes/1", "secret");
  BOOST_TEST(sealed.find("secret") == std::string::npos);
  BOOST_TEST((*mine.open("nodes/1", sealed) == "secret"));
  BOOST_TEST(!mine.open("nodes/2", sealed));
  BOOST_TEST((!master_vault{std::string(32, 'b')}.open("nodes/1", sealed)));
  BOOST_TEST(!mine.open("nodes/1", sealed.substr(2)));
  BOOST_TEST(problem_with(mine.open("nodes/1", "1:AAAA")).find("nodes/1") != std::string::npos);
  for (size_t i = 0; i < sealed.size(); ++i) {
    auto changed = sealed;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    BOOST_TEST(!mine.open("nodes/1", changed));
  }
  BOOST_CHECK_THROW(master_vault{"short"}, std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(two_nodes_share_a_key_that_nobody_else_has) {
  const master_vault mine{std::string(32, 'a')};
  const auto one = agent_id{1}, two = agent_id{2}, three = agent_id{3};
  const auto shared = mine.pair_key(one, two, 1);
  BOOST_TEST(from_base64(shared)->size() == 32u);
  BOOST_TEST(mine.pair_key(two, one, 1) == shared);
  BOOST_TEST(mine.pair_key(one, two, 2) != shared);
  BOOST_TEST(mine.pair_key(one, three, 1) != shared);
  BOOST_TEST(master_vault(std::string(32, 'b')).pair_key(one, two, 1) != shared);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(node_keys)

BOOST_AUTO_TEST_CASE(a_node_key_is_32_printable_characters_and_an_aes_key) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const auto key = random_node_key();
    BOOST_TEST_REQUIRE(key.size() == aes_key_bytes);
    BOOST_TEST_REQUIRE(
      key.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") == key.npos);
    BOOST_TEST_REQUIRE(seen.insert(key).second);
  }
}

BOOST_AUTO_TEST_CASE(secrets_are_issued_with_their_digest) {
  random_node_credentials source;
  token_hasher hasher;
  const auto key = source.issue_key();
  const auto token = source.issue_bootstrap_token();
  BOOST_TEST((hasher.digest(key.secret) == key.digest));
  BOOST_TEST((hasher.digest(token.secret) == token.digest));
  BOOST_TEST(token.secret.starts_with("mb_"));
  BOOST_TEST(token.secret.size() == 46u);
  BOOST_TEST(source.issue_bootstrap_token().secret != token.secret);
}

BOOST_AUTO_TEST_CASE(a_secret_is_found_by_its_digest) {
  random_node_credentials source;
  digest_index index;
  const auto one = source.issue_key(), two = source.issue_key();
  BOOST_TEST(index.insert(one.digest, 1));
  BOOST_TEST(index.insert(two.digest, 2));
  BOOST_TEST(!index.insert(one.digest, 3));
  BOOST_TEST((index.find(one.digest) == 1u));
  BOOST_TEST((index.find(two.digest) == 2u));
  BOOST_TEST(!index.find(source.issue_key().digest));
  index.erase(one.digest, 3);
  BOOST_TEST((index.find(one.digest) == 1u));
  index.erase(one.digest, 1);
  BOOST_TEST(!index.find(one.digest));
  BOOST_TEST(index.size() == 1u);
  BOOST_TEST(!index.find(token_digest{}));
}

BOOST_AUTO_TEST_SUITE_END()
