/// last_lines: where the last lines of a text or of a file begin, for tail and head -n -N. What
/// has no delimiter at its end is a line too.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "kernel/process.h"

namespace nacre {

/// Where the last n lines of text begin.
size_t last_lines(std::string_view text, uint64_t n, char delimiter);
/// Where those of the bytes start to end of a file begin, which is read backwards. None where it cannot be.
std::optional<uint64_t> last_lines_of_file(Process& p, int fd, uint64_t start, uint64_t end, uint64_t n, char delimiter);

}  // namespace nacre
