/// The value of an injected header, from a variable or a file of the host.
#pragma once
#include <string>

#include "nacre/network.h"

namespace nacre {

/// Reads `from`, if there is one, into `value`; a file without line breaks at its end, at most 16 KiB of it.
/// "" or what is wrong; the value is never part of it.
std::string read_secret(HeaderInjection* header);

}  // namespace nacre
