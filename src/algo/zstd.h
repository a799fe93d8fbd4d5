/// zstd: Zstandard frames, over libzstd.
/// Source: RFC 8878; zstd 1.5 manual.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "algo/codec.h"

namespace nacre {

struct ZstdOptions {
  int level = 3;                ///< -131072 (fastest) to 22
  bool checksum = true;
  bool content_size = true;
  int window_log = 0;           ///< 0: by the level
  bool long_distance = false;
  uint64_t size = UINT64_MAX;   ///< of the whole input, where known: stored in the frame
  uint64_t size_hint = 0;
  std::string dictionary;
};

std::unique_ptr<Codec> make_zstd(const ZstdOptions& options);
/// Frames that need a window of more than 2^window_log_max bytes are refused with Memory.
std::unique_ptr<Codec> make_unzstd(int window_log_max = 27, const std::string& dictionary = "", bool ignore_checksum = false);

/// The header of a frame, from its first 18 bytes or fewer. False: not one, or cut.
struct ZstdFrame {
  bool skippable = false;
  std::optional<uint64_t> content_size;
  uint64_t window = 0;
  uint32_t dictionary = 0;
  bool checksum = false;
  uint64_t header_size = 0;
};
bool read_zstd_frame(std::string_view bytes, ZstdFrame& frame);

}  // namespace nacre
