#include "commands/curl/cookies.h"

#include <algorithm>
#include <climits>
#include <optional>

#include "algo/http_date.h"
#include "algo/unicode.h"

namespace nacre {
namespace {

constexpr size_t kMaxLine = 5000, kMaxName = 4096, kMaxHeader = 8190, kMaxSent = 150;
constexpr size_t kMaxDate = 80;

bool same(std::string_view a, std::string_view b) { return lower(a, false) == lower(b, false); }
bool begins(std::string_view s, std::string_view with) { return s.size() >= with.size() && same(s.substr(0, with.size()), with); }
bool blank(char c) { return c == ' ' || c == '\t'; }

std::string_view without_blanks(std::string_view s) {
  while (!s.empty() && blank(s.front())) s.remove_prefix(1);
  while (!s.empty() && blank(s.back())) s.remove_suffix(1);
  return s;
}

// Four numbers of at most 255, or something with a colon.
bool is_address(std::string_view host) {
  if (host.find(':') != host.npos) return true;
  int parts = 0;
  while (!host.empty()) {
    const size_t end = std::min(host.find('.'), host.size());
    const std::string_view part = host.substr(0, end);
    if (part.empty() || part.size() > 3 || part.find_first_not_of("0123456789") != part.npos || (part.size() > 1 && part[0] == '0') ||
        std::stoi(std::string(part)) > 255)
      return false;
    parts++;
    if (end == host.size()) return parts == 4;
    host.remove_prefix(end + 1);
  }
  return false;
}

// example.com is in com.example, and so is www.example.com.
bool tail_matches(std::string_view domain, std::string_view host) {
  if (domain.size() > host.size() || !same(host.substr(host.size() - domain.size()), domain)) return false;
  return domain.size() == host.size() || host[host.size() - domain.size() - 1] == '.';
}

bool path_matches(std::string_view cookie, std::string_view request) {
  if (cookie.size() <= 1) return true;
  if (!request.starts_with('/')) request = "/";
  request = request.substr(0, request.find('?'));
  return request.starts_with(cookie) && (request.size() == cookie.size() || request[cookie.size()] == '/');
}

// Hosts share what they are searched among with those of the same last two labels; a cookie without
// a domain lies where those of addresses do.
std::string_view shelf(std::string_view domain) {
  if (domain.empty() || is_address(domain)) return "";
  size_t dot = domain.rfind('.');
  if (dot != domain.npos && dot > 0) dot = domain.rfind('.', dot - 1);
  return dot == domain.npos ? domain : domain.substr(dot + 1);
}

// A control character can be no part of a cookie.
bool is_text(std::string_view s) {
  return std::none_of(s.begin(), s.end(), [](char c) { return (static_cast<unsigned char>(c) < 32 && c != '\t') || c == 127; });
}

struct Number {
  int64_t value = 0;
  bool read = false, overflow = false;
};
Number leading_number(std::string_view s) {
  Number n;
  while (!s.empty() && ascii_space(s[0])) s.remove_prefix(1);
  const bool negative = s.starts_with('-');
  if (negative || s.starts_with('+')) s.remove_prefix(1);
  for (; !s.empty() && ascii_digit(s[0]); s.remove_prefix(1)) {
    n.read = true;
    if (__builtin_mul_overflow(n.value, 10, &n.value) || __builtin_add_overflow(n.value, s[0] - '0', &n.value)) n.overflow = true;
  }
  if (negative) n.value = -n.value;
  return n;
}

}  // namespace

CookiePlace CookiePlace::of_url(std::string_view url) {
  CookiePlace place;
  const size_t scheme = url.find("://");
  const std::string_view rest = scheme == url.npos ? url : url.substr(scheme + 3);
  const size_t slash = std::min(rest.find_first_of("/?#"), rest.size());
  std::string_view host = rest.substr(0, slash);
  host = host.substr(host.rfind('@') + 1);
  if (host.starts_with('[')) host = host.substr(1, host.find(']') - 1);
  else host = host.substr(0, host.rfind(':'));
  place.host = host;
  place.path = rest.substr(slash, rest.find('#') - slash);
  if (!place.path.starts_with('/')) place.path.insert(0, "/");
  place.secure = begins(url, "https:") || same(host, "localhost") || host == "127.0.0.1" || host == "::1";
  return place;
}

std::string CookieJar::Cookie::match_path() const {
  std::string_view s = path;
  if (s.starts_with('"')) s.remove_prefix(1);
  if (s.ends_with('"')) s.remove_suffix(1);
  if (!s.starts_with('/')) return "/";
  if (s.size() > 1 && s.ends_with('/')) s.remove_suffix(1);
  return std::string(s);
}

// What a name that begins with __Secure- or __Host- promises.
bool CookieJar::keeps_prefix(const Cookie& c) {
  if (begins(c.name, "__Secure-")) return c.secure;
  if (begins(c.name, "__Host-")) return c.secure && c.path == "/" && !c.below;
  return true;
}

bool CookieJar::parse_header(std::string_view line, const CookiePlace* from, int64_t now, Cookie& c) const {
  if (line.size() > kMaxLine) return false;
  bool named = false;
  for (;;) {
    while (!line.empty() && blank(line[0])) line.remove_prefix(1);
    const size_t name_size = std::min(line.find_first_of(";\t\r\n="), line.size());
    if (name_size > 0) {
      const std::string_view name = without_blanks(line.substr(0, name_size));
      line.remove_prefix(name_size);
      const bool equals = line.starts_with('=');
      std::string_view value, after = line;
      while (!after.empty() && blank(after[0])) after.remove_prefix(1);   // a tab ends a name; only an attribute's may
      if (after.starts_with('=')) {
        line = after;
        line.remove_prefix(1);
        const size_t end = std::min(line.find_first_of(";\r\n"), line.size());
        value = without_blanks(line.substr(0, end));
        line.remove_prefix(end);
        if (value.find('\t') != value.npos) return false;
      }
      if (name.size() >= kMaxName - 1 || value.size() >= kMaxName - 1 || name.size() + value.size() > kMaxName) return false;
      if (!named) {
        if (!equals || !is_text(name) || !is_text(value)) return false;
        named = true;
        c.name = name;
        c.value = value;
      } else if (value.empty() && same(name, "secure")) {
        if (from && !from->secure) return false;
        c.secure = true;
      } else if (value.empty() && same(name, "httponly")) {
        c.http_only = true;
      } else if ((equals || !value.empty()) && !attribute(name, value, from, now, c)) {
        return false;
      }
    }
    const size_t next = line.find(';');
    if (next == line.npos) break;
    line.remove_prefix(next + 1);
  }
  if (!named) return false;
  if (!c.has_domain && from) c.domain = from->host, c.has_domain = true;
  if (!c.has_path && from) {
    const size_t slash = std::string_view(from->path).substr(0, from->path.find('?')).rfind('/');
    c.path = from->path.substr(0, slash + 1);
    c.has_path = true;
  }
  return true;
}

// False: the cookie is none.
bool CookieJar::attribute(std::string_view name, std::string_view value, const CookiePlace* from, int64_t now, Cookie& c) const {
  if (same(name, "path")) {
    c.path = value;
    c.has_path = true;
  } else if (same(name, "domain") && !value.empty()) {
    if (value.starts_with('.')) value.remove_prefix(1);
    const bool address = is_address(from ? std::string_view(from->host) : value);
    if (from && !(address ? value == from->host : tail_matches(value, from->host))) return false;
    // A name without a dot is no domain to set cookies for, unless it is the host itself.
    if (from && !address && value.find('.') == value.npos && !same(value, from->host)) return false;
    c.domain = value;
    c.has_domain = true;
    if (!address) c.below = true;
  } else if (same(name, "max-age")) {
    const Number n = leading_number(value.starts_with('"') ? value.substr(1) : value);
    if (!n.read) c.expires = 1;
    else if (n.overflow) c.expires = INT64_MAX;
    else if (n.value == 0) c.expires = 1;
    else if (__builtin_add_overflow(n.value, now, &c.expires)) c.expires = INT64_MAX;
  } else if (same(name, "expires") && !c.expires && value.size() < kMaxDate) {
    const int64_t when = parse_http_date(value).value_or(-1);
    c.expires = when == 0 ? 1 : std::max<int64_t>(when, 0);
  }
  return true;
}

// domain, whether hosts below it too, path, secure, expires, name, value.
bool CookieJar::parse_fields(std::string_view line, Cookie& c) {
  if (line.starts_with("#HttpOnly_")) {
    line.remove_prefix(10);
    c.http_only = true;
  }
  if (line.starts_with('#')) return false;   // a comment
  line = line.substr(0, line.find_first_of("\r\n"));
  int fields = 0;
  for (size_t at = 0; at < line.size();) {
    at = line.find_first_not_of('\t', at);
    if (at == line.npos) break;
    const size_t end = std::min(line.find('\t', at), line.size());
    std::string_view field = line.substr(at, end - at);
    at = end;
    if (fields == 2 && (field == "TRUE" || field == "FALSE")) {   // no path
      c.path = "/";
      c.has_path = true;
      fields++;
    }
    switch (fields++) {
      case 0:
        if (field.starts_with('.')) field.remove_prefix(1);
        c.domain = field;
        c.has_domain = true;
        break;
      case 1: c.below = same(field, "TRUE"); break;
      case 2:
        c.path = field;
        c.has_path = true;
        break;
      case 3: c.secure = same(field, "TRUE"); break;
      case 4: {
        const Number n = leading_number(field);
        if (!n.read || n.overflow) return false;
        c.expires = n.value;
        break;
      }
      case 5: c.name = field; break;
      case 6: c.value = field; break;
      default: break;
    }
  }
  return fields == 6 || fields == 7;
}

void CookieJar::load(std::string_view text, int64_t now, bool sessions) {
  for (size_t from = 0; from < text.size();) {
    const size_t end = std::min(text.find('\n', from), text.size());
    std::string_view line = text.substr(from, end - from);
    from = end + 1;
    if (line.size() >= kMaxLine - 1) continue;
    line = line.substr(0, line.find('\0'));
    Cookie c;
    if (begins(line, "Set-Cookie:") ? !parse_header(line.substr(11), nullptr, now, c) : !parse_fields(line, c)) continue;
    if (keeps_prefix(c) && (sessions || c.expires)) add(std::move(c), false, true);
  }
  remove_expired(now);
}

void CookieJar::set(std::string_view line, const CookiePlace& from, int64_t now) {
  Cookie c;
  if (!parse_header(line, &from, now, c) || !keeps_prefix(c)) return;
  remove_expired(now);
  add(std::move(c), true, from.secure);
}

void CookieJar::add(Cookie c, bool live, bool secure) {
  c.live = live;
  c.order = ++made_;
  Cookie* old = nullptr;
  for (Cookie& o : cookies_) {
    if (!same(o.name, c.name) || o.has_domain != c.has_domain || !same(o.domain, c.domain)) continue;
    if (o.has_path && c.has_path && o.secure && !c.secure && !secure) {
      // What came over a safe way is not replaced over another.
      const std::string path = o.match_path();
      const std::string_view top = std::string_view(path).substr(0, path.find('/', 1));
      if (begins(c.match_path(), top)) return;
    }
    if (old || (c.has_domain && o.below != c.below) || o.has_path != c.has_path || (c.has_path && !same(o.match_path(), c.match_path()))) continue;
    if (o.live && !live) return;
    old = &o;
  }
  if (!old) return cookies_.push_back(std::move(c));
  c.order = old->order;
  *old = std::move(c);
}

void CookieJar::remove_expired(int64_t now) {
  std::erase_if(cookies_, [now](const Cookie& c) { return c.expires && c.expires < now; });
}

std::string CookieJar::header(const CookiePlace& to, int64_t now, bool* full) {
  remove_expired(now);
  const bool address = is_address(to.host);
  std::vector<const Cookie*> found;
  for (const Cookie& c : cookies_) {
    if (found.size() == kMaxSent) break;
    if ((c.secure && !to.secure) || !same(shelf(c.domain), shelf(to.host))) continue;
    if (c.has_domain && !(c.below && !address ? tail_matches(c.domain, to.host) : same(c.domain, to.host))) continue;
    if (!c.has_path || path_matches(c.match_path(), to.path)) found.push_back(&c);
  }
  std::stable_sort(found.begin(), found.end(), [](const Cookie* a, const Cookie* b) {
    if (a->path.size() != b->path.size()) return a->path.size() > b->path.size();
    if (a->domain.size() != b->domain.size()) return a->domain.size() > b->domain.size();
    if (a->name.size() != b->name.size()) return a->name.size() > b->name.size();
    return a->order > b->order;
  });
  std::string out;
  size_t size = 8;   // of the name "Cookie: "
  for (const Cookie* c : found) {
    const size_t more = c->name.size() + c->value.size() + 1;
    if (size + more >= kMaxHeader) {
      *full = true;
      break;
    }
    size += more + (out.empty() ? 0 : 2);
    out += (out.empty() ? "" : "; ") + c->name + "=" + c->value;
  }
  return out;
}

std::string CookieJar::netscape(int64_t now) {
  remove_expired(now);
  std::vector<const Cookie*> kept;
  for (const Cookie& c : cookies_)
    if (c.has_domain) kept.push_back(&c);
  std::sort(kept.begin(), kept.end(), [](const Cookie* a, const Cookie* b) { return a->order > b->order; });
  std::string out = "# Netscape HTTP Cookie File\n# https://curl.se/docs/http-cookies.html\n# This file was generated by libcurl! Edit at your own risk.\n\n";
  auto truth = [](bool b) { return b ? "TRUE\t" : "FALSE\t"; };
  for (const Cookie* c : kept) {
    out += c->http_only ? "#HttpOnly_" : "";
    out += (c->below && !c->domain.starts_with('.') ? "." : "") + c->domain + "\t" + truth(c->below);
    out += (c->has_path ? c->path : "/") + "\t" + truth(c->secure) + std::to_string(c->expires) + "\t" + c->name + "\t" + c->value + "\n";
  }
  return out;
}

}  // namespace nacre
