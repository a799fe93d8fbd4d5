/// text_encoding: bytes written as text of another kind. Pure functions.
/// Source: RFC 8259 (JSON), RFC 4648 (base64), RFC 3986 (percent).
#pragma once
#include <string>
#include <string_view>

namespace nacre {

/// Appends a JSON string with its quotes. Bytes from 0x20 up stay as they are; s should be UTF-8.
void append_json_string(std::string& out, std::string_view s);
std::string json_string(std::string_view s);
/// With padding, in one line.
std::string base64_encode(std::string_view s);
/// The inverse: false for anything that base64_encode() does not give.
bool base64_decode(std::string_view s, std::string* out);
/// All but letters, digits, and "-._~" as %XX.
std::string percent_encode(std::string_view s);

}  // namespace nacre
