/// xz: the .xz and .lzma formats and raw streams, over liblzma.
/// Source: xz 5.4 manual; liblzma's headers; The .xz File Format 1.1.0.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "algo/codec.h"

struct lzma_index_s;   // liblzma's, of <lzma.h>

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
  std::vector<uint64_t> block_list;   ///< sizes of the first blocks; the last counts for all that follow; 0: the rest
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

/// Makes the dictionary smaller until the encoder takes no more than `limit`, and writes the chain so.
struct XzFit {
  bool fits = false, changed = false, lzma1 = false;
  uint64_t memory = 0;          ///< what it takes now, or at least took
  uint32_t from = 0, to = 0;    ///< bytes of the dictionary
};
XzFit fit_xz_memory(XzOptions& options, uint64_t limit);

/// What xz --list tells of a file, all its streams together.
struct XzInfo {
  uint64_t streams = 0, blocks = 0, compressed = 0, uncompressed = 0, padding = 0;
  uint32_t checks = 0;          ///< bit mask of check ids
};
/// One stream; offsets and sizes in bytes, `number` from 1.
struct XzStreamInfo {
  uint64_t number, blocks, compressed_offset, uncompressed_offset, compressed, uncompressed, padding;
  uint32_t check;
};
/// One block, as the index tells; what stands below comes from its header.
struct XzBlockInfo {
  uint64_t stream, number, number_in_file, compressed_offset, uncompressed_offset, total, uncompressed;
  uint32_t check;
  std::string check_value, filters;   ///< bytes; as options of xz ("--lzma2=dict=8MiB")
  uint32_t header = 0, least_version = 50000002;
  bool has_compressed = false, has_uncompressed = false;   ///< sizes are in the header
  uint64_t compressed = 0, memory = 0;
};
/// Reads a file through `read(offset, buffer)`; false where it has not so many bytes.
class XzFileReader {
 public:
  virtual ~XzFileReader() = default;
  virtual bool read(uint64_t offset, std::span<char> out) = 0;
};
/// The indexes of a .xz file's streams.
class XzIndex {
 public:
  XzIndex() = default;
  ~XzIndex();
  XzIndex(const XzIndex&) = delete;
  CodecStatus load(XzFileReader& file, uint64_t size);
  XzInfo info() const;
  void each_stream(const std::function<void(const XzStreamInfo&)>& fn) const;
  /// `file`, if any: the headers are read from it. Ends where `fn` says false or a header is wrong.
  CodecStatus each_block(XzFileReader* file, const std::function<bool(const XzBlockInfo&)>& fn) const;

 private:
  lzma_index_s* index_ = nullptr;
};

}  // namespace nacre
