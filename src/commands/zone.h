/// zone: the time zone of a process: $TZ, with files of /usr/share/zoneinfo.
/// Source: POSIX XBD 8.3.
#pragma once
#include "algo/date.h"
#include "commands/text_io.h"
#include "kernel/process.h"

namespace nacre {

inline TimeZone zone_named(Process& p, const char* tz) {
  return TimeZone::from_tz(tz, [&](std::string_view name) -> std::optional<std::string> {
    if (name.empty() || name.find("..") != std::string_view::npos) return std::nullopt;
    auto text = read_file(p, name[0] == '/' ? std::string(name) : "/usr/share/zoneinfo/" + std::string(name));
    if (!text) return std::nullopt;
    return *text;
  });
}

inline TimeZone process_zone(Process& p) { return zone_named(p, p.getenv("TZ")); }

}  // namespace nacre
