/// lzw: expands the .Z format of compress(1).
/// Source: Welch, "A Technique for High-Performance Data Compression" (1984); the format as
/// POSIX XCU compress describes it and ncompress writes it.
#pragma once
#include "algo/codec.h"

namespace nacre {

/// Unsupported: made with more bits than 16. Data: a code that cannot be.
std::unique_ptr<Codec> make_uncompress();

}  // namespace nacre
