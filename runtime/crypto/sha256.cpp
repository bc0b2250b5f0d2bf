// OpenSSL does it.
#include "runtime/crypto/sha256.hpp"

#include <boost/algorithm/hex.hpp>

#include <openssl/evp.h>

#include <array>
#include <iterator>
#include <stdexcept>

namespace muster {

void sha256::forget::operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }

sha256::sha256() : context_(EVP_MD_CTX_new()) {
  if (!context_ || EVP_DigestInit_ex2(context_.get(), EVP_sha256(), nullptr) != 1)
    throw std::runtime_error{"OpenSSL has no SHA-256"};
}

void sha256::add(std::string_view bytes) { EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()); }

std::string sha256::finish() {
  std::array<unsigned char, 32> sum{};
  EVP_DigestFinal_ex(context_.get(), sum.data(), nullptr);
  std::string out;
  boost::algorithm::hex_lower(sum.begin(), sum.end(), std::back_inserter(out));
  return out;
}

}  // namespace muster
