/// http_date: dates of HTTP headers and cookies, in whatever order servers write them.
/// Source: RFC 9110, 5.6.7; RFC 6265, 5.1.1; what curl 7.88 reads besides.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nacre {

/// Seconds since 1970 of "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
/// "Sun Nov  6 08:49:37 1994", "20040912 15:05:58 -0700" and their like; nullopt if it is none.
std::optional<int64_t> parse_http_date(std::string_view text);
/// "Sun, 06 Nov 1994 08:49:37 GMT".
std::string format_http_date(int64_t seconds);

}  // namespace nacre
