// The low-level calls of libcrypto, not EVP: EVP links the whole of OpenSSL (340 KB of tables to
// relocate at every start of the binary) and reads a configuration file of the host.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "algo/digest.h"

#include <openssl/md5.h>
#include <openssl/sha.h>

#include <type_traits>

#include "algo/blake2b.h"
#include "algo/sm3.h"

// libcrypto asks what the processor can do before main(), with instructions that trap in a virtual machine: a tenth of a
// millisecond. The linker gives that call to the one here (--wrap), and it is made with the first digest.
// NOLINTBEGIN(bugprone-reserved-identifier)
extern "C" {
void __real_OPENSSL_cpuid_setup(void);
void __wrap_OPENSSL_cpuid_setup(void);
void __wrap_OPENSSL_cpuid_setup(void) {}
}
// NOLINTEND(bugprone-reserved-identifier)

namespace nacre {
namespace {

void find_processor() {
  static const bool found = (__real_OPENSSL_cpuid_setup(), true);
  (void)found;
}

std::string hexadecimal(const unsigned char* bytes, size_t n) {
  std::string hex;
  hex.reserve(2 * n);
  for (size_t i = 0; i < n; i++) {
    hex += "0123456789abcdef"[bytes[i] >> 4];
    hex += "0123456789abcdef"[bytes[i] & 15];
  }
  return hex;
}

/// libcrypto's three calls of one algorithm.
template <class Context, int (*Init)(Context*), int (*Update)(Context*, const void*, size_t), int (*Final)(unsigned char*, Context*), size_t Size>
class CryptoDigest final : public Digest {
 public:
  CryptoDigest() {
    find_processor();
    Init(&context_);
  }
  void update(std::string_view bytes) override { Update(&context_, bytes.data(), bytes.size()); }
  std::string finish() override {
    unsigned char out[Size];
    Final(out, &context_);
    return hexadecimal(out, Size);
  }

 private:
  Context context_;
};

using Md5 = CryptoDigest<MD5_CTX, MD5_Init, MD5_Update, MD5_Final, MD5_DIGEST_LENGTH>;
using Sha1 = CryptoDigest<SHA_CTX, SHA1_Init, SHA1_Update, SHA1_Final, SHA_DIGEST_LENGTH>;
using Sha224 = CryptoDigest<SHA256_CTX, SHA224_Init, SHA224_Update, SHA224_Final, SHA224_DIGEST_LENGTH>;
using Sha256 = CryptoDigest<SHA256_CTX, SHA256_Init, SHA256_Update, SHA256_Final, SHA256_DIGEST_LENGTH>;
using Sha384 = CryptoDigest<SHA512_CTX, SHA384_Init, SHA384_Update, SHA384_Final, SHA384_DIGEST_LENGTH>;
using Sha512 = CryptoDigest<SHA512_CTX, SHA512_Init, SHA512_Update, SHA512_Final, SHA512_DIGEST_LENGTH>;

class Blake2bDigest final : public Digest {
 public:
  explicit Blake2bDigest(size_t bytes) : state_(bytes), bytes_(bytes) {}
  void update(std::string_view bytes) override { state_.update(bytes); }
  std::string finish() override {
    unsigned char out[Blake2b::kMost];
    state_.finish(out);
    return hexadecimal(out, bytes_);
  }

 private:
  Blake2b state_;
  size_t bytes_;
};

class Sm3Digest final : public Digest {
 public:
  void update(std::string_view bytes) override { state_.update(bytes); }
  std::string finish() override {
    unsigned char out[Sm3::kSize];
    state_.finish(out);
    return hexadecimal(out, Sm3::kSize);
  }

 private:
  Sm3 state_;
};

}  // namespace

std::unique_ptr<Digest> Digest::make(std::string_view algorithm, size_t bits) {
  if (algorithm == "md5") return std::make_unique<Md5>();
  if (algorithm == "sha1") return std::make_unique<Sha1>();
  if (algorithm == "sha224") return std::make_unique<Sha224>();
  if (algorithm == "sha256") return std::make_unique<Sha256>();
  if (algorithm == "sha384") return std::make_unique<Sha384>();
  if (algorithm == "sha512") return std::make_unique<Sha512>();
  if (algorithm == "blake2b") return std::make_unique<Blake2bDigest>(bits / 8);
  if (algorithm == "sm3") return std::make_unique<Sm3Digest>();
  return nullptr;
}

}  // namespace nacre
