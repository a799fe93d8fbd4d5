#include "host/url_policy.h"

#include <algorithm>
#include <cstring>

namespace nacre {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

std::string lower(std::string_view s) {
  std::string out(s);
  for (char& c : out) c = lower(c);
  return out;
}

/// Could be read as another path by a server that decodes before it looks.
bool ambiguous(std::string_view path) {
  std::string p = lower(path);
  if (p.find('\\') != p.npos || p.find("%2f") != p.npos || p.find("%5c") != p.npos || p.find("%00") != p.npos) return true;
  // Segments of dots, plain or encoded.
  size_t from = 0;
  while (from <= p.size()) {
    size_t end = std::min(p.find('/', from), p.size());
    std::string_view segment = std::string_view(p).substr(from, end - from);
    std::string decoded;
    for (size_t i = 0; i < segment.size(); i++) {
      if (segment.substr(i, 3) == "%2e") decoded += '.', i += 2;
      else decoded += segment[i];
    }
    decoded = decoded.substr(0, decoded.find(';'));   // path parameters
    if (decoded == "." || decoded == "..") return true;
    from = end + 1;
  }
  return false;
}

bool token(std::string_view s) {
  return !s.empty() && std::all_of(s.begin(), s.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && std::strchr("!#$%&'*+-.^_`|~", c));
  });
}

struct Range {
  unsigned char net[16];
  int bits;
};

bool in_range(const unsigned char* a, const Range& r) {
  int whole = r.bits / 8, rest = r.bits % 8;
  if (std::memcmp(a, r.net, static_cast<size_t>(whole)) != 0) return false;
  return rest == 0 || ((a[whole] ^ r.net[whole]) >> (8 - rest)) == 0;
}

// Source: RFC 6890 and the IANA registries of special-purpose addresses.
constexpr Range kSpecial4[] = {
    {{0}, 8},          {{10}, 8},           {{100, 64}, 10},  {{127}, 8},      {{169, 254}, 16},     {{172, 16}, 12},     {{192, 0, 0}, 24},
    {{192, 0, 2}, 24}, {{192, 88, 99}, 24}, {{192, 168}, 16}, {{198, 18}, 15}, {{198, 51, 100}, 24}, {{203, 0, 113}, 24}, {{224}, 4},
    {{240}, 4},
};
constexpr Range kSpecial6[] = {
    {{0x01, 0x00}, 64},
    {{0x20, 0x01, 0x0d, 0xb8}, 32},
    {{0x20, 0x01, 0x00}, 23},
    {{0x3f, 0xff}, 20},
    {{0x5f, 0x00}, 16},
    {{0xfc}, 7},
    {{0xfe, 0x80}, 10},
    {{0xfe, 0xc0}, 10},
    {{0xff}, 8},
};

}  // namespace

bool parse_prefix(std::string_view text, UrlParts* out, std::string* error) {
  auto wrong = [&](const char* why) {
    *error = std::string(text) + ": " + why;
    return false;
  };
  *out = {};
  size_t colon = text.find("://");
  out->scheme = colon == text.npos ? "" : lower(text.substr(0, colon));
  if (out->scheme != "http" && out->scheme != "https") return wrong("a URL prefix begins with https:// or http://");
  std::string_view rest = text.substr(colon + 3);
  for (char c : rest)
    if (static_cast<unsigned char>(c) <= ' ' || static_cast<unsigned char>(c) >= 127) return wrong("a URL prefix holds printable ASCII only");
  size_t slash = rest.find('/');
  std::string_view where = rest.substr(0, slash);
  out->path = slash == rest.npos ? "/" : std::string(rest.substr(slash));
  if (where.find_first_of("@?#\\%") != where.npos) return wrong("a URL prefix has a plain host and no user");
  if (out->path.find_first_of("?#") != out->path.npos) return wrong("a URL prefix has neither query nor fragment");
  if (ambiguous(out->path)) return wrong("a URL prefix has no dots or encoded slashes as segments");
  out->port = out->scheme == "https" ? 443 : 80;
  size_t end = where.starts_with('[') ? where.find(']') : where.find(':');
  if (where.starts_with('[') && end != where.npos) end++;
  out->host = lower(where.substr(0, end));
  if (out->host.empty() || out->host == "*") return wrong("a URL prefix names a host");
  if (end < where.size()) {
    std::string_view digits = where.substr(end);
    if (digits.size() < 2 || digits.size() > 6 || digits[0] != ':') return wrong("not a port");
    out->port = 0;
    for (char c : digits.substr(1)) {
      if (c < '0' || c > '9') return wrong("not a port");
      out->port = out->port * 10 + (c - '0');
    }
    if (out->port < 1 || out->port > 65535) return wrong("not a port");
  }
  return true;
}

bool is_below(const UrlParts& url, const UrlParts& prefix) {
  if (url.user || url.scheme != prefix.scheme || url.host != prefix.host || url.port != prefix.port) return false;
  if (prefix.path == "/") return true;
  if (ambiguous(url.path) || !std::string_view(url.path).starts_with(prefix.path)) return false;
  return url.path.size() == prefix.path.size() || prefix.path.ends_with('/') || url.path[prefix.path.size()] == '/';
}

bool is_public(std::span<const unsigned char> a) {
  if (a.size() == 4) return std::none_of(std::begin(kSpecial4), std::end(kSpecial4), [&](const Range& r) { return in_range(a.data(), r); });
  if (a.size() != 16) return false;
  // IPv4 within: mapped, compatible, NAT64, 6to4.
  constexpr Range kMapped{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96}, kCompatible{{0}, 96}, kNat64{{0, 0x64, 0xff, 0x9b}, 96},
      kLocalNat64{{0, 0x64, 0xff, 0x9b, 0, 1}, 48}, k6to4{{0x20, 0x02}, 16};
  if (in_range(a.data(), kCompatible) || in_range(a.data(), kLocalNat64)) return false;
  if (in_range(a.data(), kMapped) || in_range(a.data(), kNat64)) return is_public(a.subspan(12, 4));
  if (in_range(a.data(), k6to4)) return is_public(a.subspan(2, 4));
  return std::none_of(std::begin(kSpecial6), std::end(kSpecial6), [&](const Range& r) { return in_range(a.data(), r); });
}

std::string check_policy(const NetworkPolicy& policy) {
  UrlParts parts;
  std::string error;
  for (const std::string& url : policy.allow_urls)
    if (!parse_prefix(url, &parts, &error)) return error;
  for (const std::string& method : policy.allow_methods)
    if (!token(method)) return method + ": not a method";
  for (const HeaderInjection& h : policy.headers) {
    if (!parse_prefix(h.url_prefix, &parts, &error)) return error;
    if (!token(h.name)) return h.name + ": not the name of a header";
    if (h.value.empty() || h.value.find_first_of(std::string_view("\r\n\0", 3)) != h.value.npos)
      return "the value of the header " + h.name + " is empty or has line breaks";
  }
  return "";
}

}  // namespace nacre
