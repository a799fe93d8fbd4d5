/// Times as text for printf's %(...)T, HISTTIMEFORMAT and the like.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "shell/shell.h"

namespace nacre {

/// strftime of seconds since the epoch, in the zone TZ names; "" as format means %X.
std::string time_text(Shell& sh, std::string_view format, int64_t seconds);

}  // namespace nacre
