/// xz: the .xz and .lzma formats and raw streams, over liblzma.
/// Source: xz 5.4 manual; liblzma's headers; The .xz File Format 1.1.0.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "algo/codec.h"

namespace nacre {

enum class XzFormat : uint8_t { Auto, Xz, Lzma, Raw };
enum class XzCheck : uint8_t { None, Crc32, Crc64, Sha256 };

/// How to compress. The chain is as liblzma writes chains: "lzma2:preset=6e,dict=4MiB" or
/// "x86 lzma2"; empty: the preset alone.
struct XzOptions {
  XzFormat format = XzFormat::Xz;
  XzCheck check = XzCheck::Crc64;
  int preset = 6;
  bool extreme = false;
  std::string chain;
  uint64_t block_size = 0;      ///< .xz: a new block each so many bytes; 0: one block
};

/// Null and *error when the chain is wrong.
std::unique_ptr<Codec> make_xz(const XzOptions& options, std::string* error = nullptr);
/// `memory_limit`: bytes the decoder may take. With Raw, `chain` is needed. `ignore_check`: the
/// integrity is not verified. Concatenated streams are the caller's business.
std::unique_ptr<Codec> make_unxz(XzFormat format, uint64_t memory_limit, const XzOptions& options = {}, bool ignore_check = false,
                                 std::string* error = nullptr);
/// Bytes that make_xz's Codec, or what reads its output, will take.
uint64_t xz_encoder_memory(const XzOptions& options);
uint64_t xz_decoder_memory(const XzOptions& options);

/// What xz --list tells of one stream or of several in one file.
struct XzInfo {
  uint64_t streams = 0, blocks = 0, compressed = 0, uncompressed = 0, padding = 0;
  uint32_t checks = 0;          ///< bit mask of check ids
  uint64_t memory = 0;
};
/// Reads the indexes of a file through `read(offset, buffer)` -> bytes read.
class XzFileReader {
 public:
  virtual ~XzFileReader() = default;
  virtual bool read(uint64_t offset, std::span<char> out) = 0;
};
CodecStatus read_xz_info(XzFileReader& file, uint64_t size, XzInfo& info);

}  // namespace nacre
