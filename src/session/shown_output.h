/// What a result shows of a long output: its beginning, a line that says so, and its end; the whole goes to a file in
/// the sandbox. Source: design.md, section 6.
#pragma once
#include <cstdint>
#include <string>

#include "nacre/sandbox.h"

namespace nacre {

/// Shortens `output` to about `shown` bytes, at line ends where there are any near. `name`: of the stream. Gives the
/// path of the whole, "" where it could not be written (the line says why).
std::string shorten_output(std::string& output, uint64_t shown, const std::string& name, Files& files);

}  // namespace nacre
