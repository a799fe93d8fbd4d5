/// ZipCipher: the traditional encryption of PKZIP: three keys, advanced by each plain byte.
/// It keeps nothing secret from anyone who tries; archives that have it are read and written.
/// Source: PKWARE APPNOTE 6.3, "Traditional PKWARE Encryption".
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "algo/gzip.h"

namespace nacre {

constexpr size_t kZipCipherHead = 12;   ///< random bytes before the data; the last two tell whether the password fits

class ZipCipher {
 public:
  explicit ZipCipher(std::string_view password) {
    for (char c : password) advance(static_cast<uint8_t>(c));
  }
  char decrypt(char c) {
    const auto plain = static_cast<uint8_t>(static_cast<uint8_t>(c) ^ mask());
    advance(plain);
    return static_cast<char>(plain);
  }
  char encrypt(char c) {
    const auto plain = static_cast<uint8_t>(c);
    const auto out = static_cast<char>(plain ^ mask());
    advance(plain);
    return out;
  }

 private:
  uint8_t mask() const {
    const uint32_t t = (keys_[2] | 2) & 0xffff;
    return static_cast<uint8_t>(t * (t ^ 1u) >> 8);
  }
  // One step of the CRC without its inversions.
  static uint32_t crc(uint32_t key, uint8_t c) {
    char byte = static_cast<char>(c);
    return ~crc32_update(~key, {&byte, 1});
  }
  void advance(uint8_t c) {
    keys_[0] = crc(keys_[0], c);
    keys_[1] = (keys_[1] + (keys_[0] & 0xff)) * 134775813u + 1;
    keys_[2] = crc(keys_[2], static_cast<uint8_t>(keys_[1] >> 24));
  }
  uint32_t keys_[3] = {0x12345678, 0x23456789, 0x34567890};
};

}  // namespace nacre
