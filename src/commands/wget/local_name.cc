#include "commands/wget/local_name.h"

#include <algorithm>

#include "algo/unicode.h"
#include "base/utf8.h"

namespace nacre {
namespace {

int hex(char c) {
  c = ascii_lower(c);
  return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// One part of a path as the name of a file.
std::string part_name(const WgetOptions& o, std::string_view part) {
  const std::string& how = o.restrict_names;
  auto has = [&](std::string_view word) { return how.find(word) != how.npos; };
  const bool windows = has("windows"), control = !has("nocontrol");
  std::string plain = url_decoded(part), out;
  if (plain == ".." || plain == ".") return plain == "." ? "%2E" : "%2E%2E";
  for (size_t i = 0; i < plain.size(); i++) {
    const char c = plain[i];
    // A character of several bytes that can be shown stays.
    if (const auto d = utf8::decode(std::string_view(plain).substr(i)); d.valid && d.length > 1 && !has("ascii") && in_class(d.code, CharClass::Print)) {
      out += plain.substr(i, d.length);
      i += d.length - 1;
      continue;
    }
    const auto u = static_cast<unsigned char>(c);
    const bool odd = c == '/' || c == '\0' || (control && (u < 32 || (u >= 127 && u < 160 && u != 127))) || (u == 127 && control) ||
                     (has("ascii") && u >= 128) || (windows && std::string_view("\\|/:?\"*<>").find(c) != std::string_view::npos);
    if (odd) {
      char text[8];
      std::snprintf(text, sizeof text, "%%%02X", u);
      out += text;
    } else {
      out += has("lowercase") ? ascii_lower(c) : has("uppercase") && c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    }
  }
  return out;
}

}  // namespace

std::string url_decoded(std::string_view s) {
  std::string out;
  for (size_t i = 0; i < s.size(); i++) {
    const int high = s[i] == '%' && i + 2 < s.size() ? hex(s[i + 1]) : -1, low = high >= 0 ? hex(s[i + 2]) : -1;
    if (low < 0) {
      out += s[i];
      continue;
    }
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

std::string url_encoded(std::string_view s) {
  std::string out;
  for (size_t i = 0; i < s.size(); i++) {
    const auto u = static_cast<unsigned char>(s[i]);
    const bool lone = s[i] == '%' && !(i + 2 < s.size() && hex(s[i + 1]) >= 0 && hex(s[i + 2]) >= 0);
    if (u > 32 && u < 127 && !lone && std::string_view("\"<>\\^`{|}").find(s[i]) == std::string_view::npos) {
      out += s[i];
      continue;
    }
    char text[8];
    std::snprintf(text, sizeof text, "%%%02X", u);
    out += text;
  }
  return out;
}

UrlPlace place_of_url(std::string_view url) {
  UrlPlace place;
  url = url.substr(0, url.find('#'));
  const size_t colon = url.find("://");
  if (colon != url.npos) {
    place.scheme = url.substr(0, colon);
    url.remove_prefix(colon + 3);
  }
  std::string_view host = url.substr(0, url.find_first_of("/?"));
  url.remove_prefix(host.size());
  if (const size_t at = host.rfind('@'); at != host.npos) host.remove_prefix(at + 1);
  const size_t port = host.rfind(':');
  if (port != host.npos && host.find(']', port) == host.npos) {
    place.port = host.substr(port + 1);
    host = host.substr(0, port);
  }
  if (place.port == (place.scheme == "https" ? "443" : "80")) place.port.clear();
  for (char c : host) place.host += ascii_lower(c);
  const size_t query = url.find('?');
  if (query != url.npos) {
    place.query = url.substr(query);
    url = url.substr(0, query);
  }
  if (url.starts_with('/')) url.remove_prefix(1);
  const size_t slash = url.rfind('/');
  place.dir = slash == url.npos ? "" : url.substr(0, slash);
  place.file = slash == url.npos ? url : url.substr(slash + 1);
  return place;
}

std::string wget_local_name(const WgetOptions& o, std::string_view url) {
  const UrlPlace place = place_of_url(url);
  std::string out = o.prefix == "." ? "" : o.prefix;
  auto add = [&](const std::string& part) {
    if (!out.empty() && !out.ends_with('/')) out += '/';
    out += part;
  };
  if (o.with_directories()) {
    if (o.protocol) add(place.scheme);
    if (!o.no_host) add(place.host + (place.port.empty() ? "" : ":" + place.port));
    uint64_t cut = o.cut;
    for (std::string_view rest = place.dir; !rest.empty();) {
      const size_t end = std::min(rest.find('/'), rest.size());
      if (cut > 0) cut--;
      else if (end > 0) add(part_name(o, rest.substr(0, end)));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  std::string file = place.file.empty() ? o.default_page : part_name(o, place.file);
  if (!place.query.empty()) file += (o.restrict_names.find("windows") == std::string::npos ? "?" : "@") + part_name(o, std::string_view(place.query).substr(1));
  add(file);
  return out;
}

std::string with_extension(std::string name, std::string_view ending) {
  auto ends = [&](std::string_view tail) {
    return name.size() > tail.size() &&
           std::equal(tail.begin(), tail.end(), name.end() - static_cast<std::ptrdiff_t>(tail.size()), [](char a, char b) { return a == ascii_lower(b); });
  };
  if (ending == ".html" ? ends(".html") || ends(".htm") : ends(ending)) return name;
  return name += ending;
}

}  // namespace nacre
