/// Digest: cryptographic checksums of streams, over libcrypto; BLAKE2b is algo/blake2b.h, SM3 algo/sm3.h.
/// Source: RFC 1321, FIPS 180-4, RFC 7693, GB/T 32905-2016.
#pragma once
#include <memory>
#include <string>
#include <string_view>

namespace nacre {

class Digest {
 public:
  /// "md5", "sha1", "sha224", "sha256", "sha384", "sha512", "blake2b", "sm3". Null: unknown.
  /// `bits`: size of a BLAKE2b digest, 8 to 512, a multiple of 8.
  static std::unique_ptr<Digest> make(std::string_view algorithm, size_t bits = 512);
  virtual ~Digest() = default;
  virtual void update(std::string_view bytes) = 0;
  /// Lower-case hexadecimal. Ends the computation.
  virtual std::string finish() = 0;
};

}  // namespace nacre
