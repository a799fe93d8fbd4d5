/// MagicSet: what kind of data bytes are, by libmagic and its database, which the
/// host hands over (base/library.h). The library sees bytes alone: it is given no
/// path, starts no decompressor (MAGIC_COMPRESS is never set), and a descriptor
/// only of nameless memory, for tests that look at the end of a file.
///
/// One thread at a time. Source: libmagic(3) 5.44.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace nacre {

enum MagicFlags : uint32_t { kMagicContinue = 1, kMagicMimeType = 2, kMagicMimeEncoding = 4, kMagicApple = 8, kMagicExtension = 16 };

class MagicSet {
 public:
  /// Null and *error: there is no database, or it is not one.
  static std::unique_ptr<MagicSet> open(uint32_t flags, std::string* error);
  ~MagicSet();
  void set_flags(uint32_t flags);
  /// Leaves a kind of tests out: "ascii", "elf"... False: no such kind.
  bool exclude(std::string_view test);
  /// "bytes", "indir"... False: no such parameter.
  bool set_parameter(std::string_view name, size_t value);
  /// `mode`: permissions of the file, when bytes are the whole of it; -1: only its beginning. False and the reason in *out on errors.
  bool describe(std::string_view bytes, int mode, std::string* out);

 private:
  MagicSet() = default;
  void* handle_ = nullptr;
  uint32_t flags_ = 0;
  int excluded_ = 0;
};

}  // namespace nacre
