/// gzip: deflate over zlib, bare (as in zip archives) and in gzip's wrapping.
/// The header and trailer of gzip are read and written here, byte by byte, since
/// the command shows what they hold.
/// Source: RFC 1951 (deflate), RFC 1952 (gzip); zlib manual.
#pragma once
#include <string>

#include "algo/codec.h"

namespace nacre {

/// What a gzip member's header and trailer say.
struct GzipHeader {
  uint8_t method = 8, flags = 0, extra_flags = 0, os = 3;
  uint32_t mtime = 0;        ///< seconds since 1970; 0 = unknown
  std::string name;          ///< without its NUL; cut at 64 KiB
  uint64_t size = 0;         ///< bytes of the header
  bool complete = false;     ///< the whole header was read
  uint32_t crc = 0, computed_crc = 0;    ///< of the trailer, and of what came out
  uint32_t length = 0, computed_length = 0;   ///< modulo 2^32
};

/// Level 0 to 9; 0 stores.
std::unique_ptr<Codec> make_deflate(int level);
std::unique_ptr<Codec> make_inflate();
/// Writes `header` (name, mtime) before and crc and length after. `rsyncable`: begins afresh at
/// points that depend on the content, so that equal parts give equal bytes.
std::unique_ptr<Codec> make_gzip(int level, const GzipHeader& header, bool rsyncable = false);
/// Fills *header (may be null; must outlive it) as it goes. `lenient`: unknown flags are no error.
std::unique_ptr<Codec> make_gunzip(GzipHeader* header = nullptr, bool lenient = false);

/// CRC-32 of gzip and zip, continued from `crc` (0 at first).
uint32_t crc32_update(uint32_t crc, std::string_view bytes);

}  // namespace nacre
