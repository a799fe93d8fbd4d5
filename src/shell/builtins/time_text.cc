#include "shell/builtins/time_text.h"

#include "algo/date.h"

namespace nacre {

std::string time_text(Shell& sh, std::string_view format, int64_t seconds) {
  const std::string* tz = sh.expander().value_of(sh.symbols().intern("TZ"));
  auto load = [&](std::string_view name) -> std::optional<std::string> {
    Process& p = sh.process();
    std::string path = name.starts_with('/') ? std::string(name) : "/usr/share/zoneinfo/" + std::string(name);
    auto fd = p.open(path, kOpenRead);
    if (!fd) return std::nullopt;
    std::string data;
    char block[4096];
    while (true) {
      auto n = p.read(*fd, block);
      if (!n || *n == 0) break;
      data.append(block, *n);
    }
    (void)p.close(*fd);
    return data;
  };
  TimeZone zone = TimeZone::from_tz(tz ? tz->c_str() : nullptr, load);
  return format_time(format.empty() ? "%X" : format, zone.local(seconds), seconds, 0);
}

}  // namespace nacre
