// The network policy: a prefix that is allowed, a path asked for, and an address. What lies below a prefix
// is below it for a server too that decodes a path and resolves its dots before it looks.
#include <algorithm>
#include <array>

#include "driver.h"
#include "host/url_policy.h"

namespace {

// The segments of a path as such a server sees them.
std::vector<std::string> segments(std::string_view path) {
  std::string plain;
  auto digit = [](char c) { return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1; };
  for (size_t i = 0; i < path.size(); i++) {
    const bool encoded = path[i] == '%' && i + 2 < path.size() && digit(path[i + 1]) >= 0 && digit(path[i + 2]) >= 0;
    plain += encoded ? static_cast<char>(digit(path[i + 1]) * 16 + digit(path[i + 2])) : path[i];
    if (encoded) i += 2;
  }
  std::replace(plain.begin(), plain.end(), '\\', '/');
  std::vector<std::string> out;
  for (size_t from = 0; from < plain.size();) {
    const size_t end = std::min(plain.find('/', from), plain.size());
    const std::string segment = plain.substr(from, end - from), name = segment.substr(0, segment.find(';'));
    from = end + 1;
    if (name == "..") {
      if (!out.empty()) out.pop_back();
    } else if (name != "." && !segment.empty()) {
      out.push_back(segment);
    }
  }
  return out;
}

void addresses(std::string_view text) {
  std::array<unsigned char, 16> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, any{};
  for (size_t i = 0; i < std::min<size_t>(text.size(), 16); i++) any[i] = static_cast<unsigned char>(text[i]);
  std::copy_n(any.begin(), 4, mapped.begin() + 12);
  if (nacre::is_public({any.data(), 4}) != nacre::is_public(mapped)) __builtin_trap();
  (void)nacre::is_public(any);
}

}  // namespace

FUZZ_TARGET(text) {
  auto lines = nacre::fuzz::lines(text);
  lines.resize(4);
  addresses(lines[2]);
  nacre::NetworkPolicy policy;
  policy.allow_urls = {std::string(lines[0])};
  policy.headers = {{std::string(lines[0]), std::string(lines[3]), "value", ""}};
  const std::string wrong = nacre::check_policy(policy);
  nacre::UrlParts prefix;
  std::string error;
  if (!nacre::parse_prefix(lines[0], &prefix, &error)) {
    if (error.empty() || wrong.empty()) __builtin_trap();
    return;
  }
  if (!nacre::is_below(prefix, prefix)) __builtin_trap();
  nacre::UrlParts url = prefix;
  url.path = std::string(lines[1]);
  if (!nacre::is_below(url, prefix)) return;
  const auto allowed = segments(prefix.path), asked = segments(url.path);
  if (asked.size() < allowed.size() || !std::equal(allowed.begin(), allowed.end(), asked.begin())) __builtin_trap();
  url.user = true;
  if (nacre::is_below(url, prefix)) __builtin_trap();
}
