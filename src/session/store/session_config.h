/// What of a Config a session keeps, as bytes.
#pragma once
#include <string>
#include <string_view>

#include "nacre/sandbox.h"

namespace nacre {

/// "" or what of it cannot be kept.
std::string not_kept(const Config& config);
std::string encode_config(const Config& config);
/// False: damaged.
bool decode_config(std::string_view bytes, Config* out);

}  // namespace nacre
