#include "base/utf8.h"

#include <cstring>

namespace nacre::utf8 {

Char decode(std::string_view s) {
  auto byte = [&](size_t i) { return static_cast<uint8_t>(s[i]); };
  uint8_t a = byte(0);
  if (a < 0x80) return {a, 1, true};
  auto tail = [&](size_t i) { return i < s.size() && (byte(i) & 0xc0) == 0x80; };
  if (a >= 0xc2 && a <= 0xdf && tail(1)) return {static_cast<uint32_t>((a & 0x1f) << 6 | (byte(1) & 0x3f)), 2, true};
  if (a >= 0xe0 && a <= 0xef && tail(1) && tail(2)) {
    uint32_t c = (a & 0x0f) << 12 | (byte(1) & 0x3f) << 6 | (byte(2) & 0x3f);
    if (c >= 0x800 && (c < 0xd800 || c > 0xdfff)) return {c, 3, true};
  }
  if (a >= 0xf0 && a <= 0xf4 && tail(1) && tail(2) && tail(3)) {
    uint32_t c = (a & 0x07) << 18 | (byte(1) & 0x3f) << 12 | (byte(2) & 0x3f) << 6 | (byte(3) & 0x3f);
    if (c >= 0x10000 && c <= 0x10ffff) return {c, 4, true};
  }
  return {a, 1, false};
}

void append(std::string& out, uint32_t c) {
  auto put = [&](uint32_t b) { out.push_back(static_cast<char>(b)); };
  if (c < 0x80) return put(c);
  int tails = c < 0x800 ? 1 : c < 0x10000 ? 2 : c < 0x200000 ? 3 : c < 0x4000000 ? 4 : 5;
  uint32_t lead = (0xff00 >> (tails + 1)) & 0xff;
  put(lead | c >> (6 * tails));
  for (int i = tails - 1; i >= 0; i--) put(0x80 | (c >> (6 * i) & 0x3f));
}

// Most text is ASCII: 32 bytes at a time.
size_t ascii_prefix(std::string_view s) {
  size_t i = 0;
  for (; s.size() - i >= 32; i += 32) {
    uint64_t w[4];
    std::memcpy(w, s.data() + i, sizeof w);
    if ((w[0] | w[1] | w[2] | w[3]) & 0x8080808080808080u) break;
  }
  for (; s.size() - i >= 8; i += 8) {
    uint64_t w;
    std::memcpy(&w, s.data() + i, sizeof w);
    if (w & 0x8080808080808080u) break;
  }
  if (s.size() >= 8 && s.size() - i < 8) {   // the last eight at once, some of them for the second time
    uint64_t w;
    std::memcpy(&w, s.data() + s.size() - 8, sizeof w);
    if ((w & 0x8080808080808080u) == 0) return s.size();
  }
  while (i < s.size() && static_cast<uint8_t>(s[i]) < 0x80) i++;
  return i;
}

size_t length(std::string_view s) {
  size_t n = ascii_prefix(s);
  for (size_t i = n; i < s.size(); n++) {
    if (static_cast<uint8_t>(s[i]) < 0x80) {
      size_t plain = ascii_prefix(s.substr(i));
      i += plain;
      n += plain - 1;
    } else {
      i += decode(s.substr(i)).length;
    }
  }
  return n;
}

size_t offset(std::string_view s, size_t n) {
  size_t i = 0;
  while (n-- > 0 && i < s.size()) i += static_cast<uint8_t>(s[i]) < 0x80 ? 1 : decode(s.substr(i)).length;
  return i;
}

bool valid(std::string_view s) {
  for (size_t i = 0; i < s.size();) {
    if (static_cast<uint8_t>(s[i]) < 0x80) {
      i += ascii_prefix(s.substr(i));
      continue;
    }
    Char c = decode(s.substr(i));
    if (!c.valid) return false;
    i += c.length;
  }
  return true;
}

}  // namespace nacre::utf8
