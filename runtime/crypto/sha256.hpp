// SHA-256 of what comes in parts.
#pragma once

#include <memory>
#include <string>
#include <string_view>

typedef struct evp_md_ctx_st EVP_MD_CTX;

namespace muster {

class sha256 {
 public:
  sha256();
  void add(std::string_view bytes);
  // Of all that was added, in lower-case hexadecimals. Nothing may be added afterwards.
  std::string finish();

 private:
  struct forget {
    void operator()(EVP_MD_CTX* context) const;
  };
  std::unique_ptr<EVP_MD_CTX, forget> context_;
};

}  // namespace muster
