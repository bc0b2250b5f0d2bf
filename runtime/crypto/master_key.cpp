// The key file and the keys that are derived from it.
#include "runtime/crypto/master_key.hpp"

#include "messages/errors.hpp"
#include "runtime/crypto/aes_gcm.hpp"
#include "runtime/crypto/base64.hpp"

#include <boost/algorithm/hex.hpp>

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <iterator>
#include <stdexcept>
#include <system_error>

namespace muster {

namespace {

constexpr size_t key_bytes = aes_key_bytes;
constexpr size_t file_bytes = 2 * key_bytes + 1;
constexpr std::string_view sealed_form = "1:";  // before base64 of nonce and ciphertext

caf::error refusal(const std::string& what) { return caf::make_error(fleet_error::store_failed, what); }

caf::error refusal(const std::string& doing, int code) {
  return refusal("cannot " + doing + ": " + std::generic_category().message(code));
}

class open_file {
 public:
  explicit open_file(int number) : number_(number) {}
  open_file(const open_file&) = delete;
  ~open_file() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }

 private:
  int number_;
};

// Nothing unless it is 64 digits.
std::optional<std::string> key_in(std::string_view text) {
  if (text.size() != 2 * key_bytes) return std::nullopt;
  std::string key;
  try {
    boost::algorithm::unhex(text.begin(), text.end(), std::back_inserter(key));
  } catch (const boost::algorithm::hex_decode_error&) {
    return std::nullopt;
  }
  return key;
}

std::string problem_of(const struct stat& facts) {
  if (!S_ISREG(facts.st_mode)) return "is not a plain file";
  if (facts.st_uid != ::geteuid() && facts.st_uid != 0) return "belongs to another user";
  if ((facts.st_mode & (S_IRWXG | S_IRWXO)) != 0) return "can be used by others: its mode must be 0600";
  return {};
}

caf::expected<std::string> read_key(int file, const std::string& name) {
  struct stat facts {};
  if (::fstat(file, &facts) != 0) return refusal("look at " + name, errno);
  if (const auto problem = problem_of(facts); !problem.empty()) return refusal(name + " " + problem);
  std::array<char, file_bytes + 1> text{};
  const auto size = ::read(file, text.data(), text.size());
  if (size < 0) return refusal("read " + name, errno);
  std::string_view line{text.data(), static_cast<size_t>(size)};
  if (line.ends_with('\n')) line.remove_suffix(1);
  auto key = key_in(line);
  if (!key) return refusal(name + " does not hold a key, which is 64 hexadecimal digits");
  return std::move(*key);
}

bool write_whole(const std::filesystem::path& path, const std::string& text) {
  const open_file file{::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)};
  return file.number() >= 0 && ::fchmod(file.number(), 0600) == 0
         && ::write(file.number(), text.data(), text.size()) == static_cast<ssize_t>(text.size())
         && ::fsync(file.number()) == 0;
}

// The name, too, must outlive a loss of power: what is sealed soon after does.
bool sync_directory(const std::filesystem::path& directory) {
  const open_file file{::open(directory.empty() ? "." : directory.c_str(), O_RDONLY | O_CLOEXEC)};
  return file.number() >= 0 && ::fsync(file.number()) == 0;
}

// Appears whole or not at all, and never over another.
caf::error make_key(const std::filesystem::path& file) {
  std::array<unsigned char, key_bytes> key{};
  if (RAND_bytes(key.data(), key_bytes) != 1) return refusal("OpenSSL has no random numbers");
  auto fresh = file;
  fresh += ".new";
  std::string text;
  boost::algorithm::hex_lower(key.begin(), key.end(), std::back_inserter(text));
  text += '\n';
  const bool made = write_whole(fresh, text) && ::link(fresh.c_str(), file.c_str()) == 0;
  const auto code = errno;
  ::unlink(fresh.c_str());
  if (made && sync_directory(file.parent_path())) return {};
  return refusal("make " + file.string(), made ? errno : code);
}

std::string hmac(std::string_view key, std::string_view message) {
  std::array<unsigned char, 32> out{};
  unsigned size = 0;
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(message.data()), message.size(), out.data(), &size)
      == nullptr)
    throw std::runtime_error{"OpenSSL has no HMAC"};
  return {reinterpret_cast<const char*>(out.data()), size};
}

}  // namespace

caf::expected<std::string> open_master_key(const std::filesystem::path& file, absent_key when_absent) {
  const auto name = "the key file " + file.string();
  int number = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (number < 0 && errno == ENOENT) {
    if (when_absent == absent_key::refuse)
      return refusal(name + " is missing, and the ledger holds what was sealed with it: bring it back");
    if (auto failed = make_key(file)) return failed;
    number = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  }
  const open_file opened{number};
  if (number < 0) return refusal("open " + name, errno);
  return read_key(number, name);
}

master_vault::master_vault(std::string_view master_key)
  : sealing_key_(hmac(master_key, "muster sealing 1")), pair_root_(hmac(master_key, "muster pair keys 1")) {
  if (master_key.size() != key_bytes) throw std::invalid_argument{"a master key has 32 bytes"};
}

std::string master_vault::seal(std::string_view place, std::string_view secret) const {
  const auto sealed = gcm_seal(sealing_key_, secret, place);
  return std::string{sealed_form} + to_base64(sealed.nonce + sealed.ciphertext);
}

caf::expected<std::string> master_vault::open(std::string_view place, std::string_view sealed) const {
  const auto broken = [place] {
    return refusal("what is sealed at " + std::string{place}
                   + " does not open: it was changed, or sealed with another key");
  };
  if (!sealed.starts_with(sealed_form)) return broken();
  const auto bytes = from_base64(sealed.substr(sealed_form.size()));
  if (!bytes || bytes->size() < gcm_nonce_bytes) return broken();
  const std::string_view whole{*bytes};
  auto secret =
    gcm_open(sealing_key_, whole.substr(0, gcm_nonce_bytes), whole.substr(gcm_nonce_bytes), place);
  if (!secret) return broken();
  return std::move(*secret);
}

std::string master_vault::pair_key(agent_id one, agent_id other, uint32_t generation) const {
  const auto first = std::min(raw(one), raw(other));
  const auto second = std::max(raw(one), raw(other));
  return to_base64(hmac(pair_root_, to_string(agent_id{first}) + " " + to_string(agent_id{second}) + " "
                                      + std::to_string(generation)));
}

}  // namespace muster
