/// duration: time spans as sleep and timeout take them: "1.5", "2m", "inf".
/// Source: GNU coreutils manual, "sleep invocation".
#pragma once
#include <cmath>
#include <cstdlib>
#include <optional>
#include <string>

#include "nacre/host.h"

namespace nacre {

/// Seconds; nullopt if it is no time span.
inline std::optional<double> parse_duration(const std::string& text) {
  if (text.empty()) return std::nullopt;
  char* end = nullptr;
  double value = std::strtod(text.c_str(), &end);
  if (end == text.c_str() || std::isnan(value) || value < 0) return std::nullopt;
  switch (*end) {
    case 0: return value;
    case 's': break;
    case 'm': value *= 60; break;
    case 'h': value *= 3600; break;
    case 'd': value *= 86400; break;
    default: return std::nullopt;
  }
  if (end[1] != 0) return std::nullopt;
  return value;
}

/// Rounded up to a nanosecond, at most some centuries.
inline Timespec to_timespec(double seconds) {
  if (seconds > 1e10) return {10'000'000'000, 0};
  auto whole = static_cast<int64_t>(seconds);
  auto nanos = static_cast<int32_t>(std::ceil((seconds - static_cast<double>(whole)) * 1e9 - 1e-3));
  if (nanos >= 1'000'000'000) return {whole + 1, 0};
  return {whole, nanos < 0 ? 0 : nanos};
}

}  // namespace nacre
