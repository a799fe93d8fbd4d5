#include "algo/digest.h"

#include <openssl/evp.h>

namespace nacre {
namespace {

class EvpDigest : public Digest {
 public:
  explicit EvpDigest(const EVP_MD* md) : context_(EVP_MD_CTX_new()) { EVP_DigestInit_ex(context_, md, nullptr); }
  ~EvpDigest() override { EVP_MD_CTX_free(context_); }
  void update(std::string_view bytes) override { EVP_DigestUpdate(context_, bytes.data(), bytes.size()); }
  std::string finish() override {
    unsigned char out[EVP_MAX_MD_SIZE];
    unsigned int n = 0;
    EVP_DigestFinal_ex(context_, out, &n);
    std::string hex;
    for (unsigned int i = 0; i < n; i++) {
      hex += "0123456789abcdef"[out[i] >> 4];
      hex += "0123456789abcdef"[out[i] & 15];
    }
    return hex;
  }

 private:
  EVP_MD_CTX* context_;
};

}  // namespace

std::unique_ptr<Digest> Digest::make(std::string_view a) {
  const EVP_MD* md = a == "md5" ? EVP_md5() : a == "sha1" ? EVP_sha1() : a == "sha224" ? EVP_sha224() : a == "sha256" ? EVP_sha256()
                   : a == "sha384" ? EVP_sha384() : a == "sha512" ? EVP_sha512() : a == "blake2b512" ? EVP_blake2b512() : nullptr;
  return md ? std::make_unique<EvpDigest>(md) : nullptr;
}

}  // namespace nacre
