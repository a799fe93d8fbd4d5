/// zone_rules: time zones by their name in the tz database, where its files are not at hand.
#pragma once
#include <string>
#include <string_view>

namespace nacre {

/// "CET-1CEST,M3.5.0,M10.5.0/3" of "Europe/Berlin"; "" of a name that is not known.
std::string_view zone_rule(std::string_view name);

}  // namespace nacre
