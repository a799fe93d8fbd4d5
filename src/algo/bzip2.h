/// bzip2: its streams, over libbz2.
/// Source: bzip2 1.0.8 manual, chapter 3.
#pragma once
#include "algo/codec.h"

namespace nacre {

/// Level 1 to 9: blocks of that many 100 kB.
std::unique_ptr<Codec> make_bzip2(int level);
/// `small`: half the memory, half the speed. Format when the magic is missing.
std::unique_ptr<Codec> make_bunzip2(bool small = false);

}  // namespace nacre
