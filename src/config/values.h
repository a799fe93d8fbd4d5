/// The texts of values, as flags, the configuration file and the environment write them. Pure functions.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "nacre/sandbox.h"

namespace nacre::config {

/// A whole number with an optional unit: k, M, G, T, also as KB, KiB, B; powers of 1024, any case.
bool parse_size(std::string_view text, uint64_t* out);
/// A number of seconds, or with a unit: ms, s, m, h, d; "0" and "none": 0. Milliseconds; what is not 0 is at least 1.
bool parse_duration(std::string_view text, uint64_t* out);
/// HOST:GUEST[:ro|:rw|:cow][,max-file=SIZE]; options in any order. `otherwise`: the mode when none is named.
/// "" or what is wrong.
std::string parse_mount(std::string_view text, Mount::Mode otherwise, Mount* out);

/// HOST:GUEST, a file; only these two of `out` are set. "" or what is wrong.
std::string parse_file(std::string_view text, Mount* out);

/// What parse_mount reads as m, in full.
std::string mount_text(const Mount& m);
/// The shortest text that parse_size reads as n: "512M".
std::string size_text(uint64_t n);
/// The shortest text that parse_duration reads as ms: "90s", "2h"; 0: "none".
std::string duration_text(uint64_t ms);
bool parse_mode(std::string_view name, Mount::Mode* out);   ///< ro, rw, cow
const char* mode_name(Mount::Mode mode);

}  // namespace nacre::config
