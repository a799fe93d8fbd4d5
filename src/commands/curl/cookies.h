/// CookieJar: the cookies of a run of curl or wget, and the file they are kept in.
/// One thread; holds text only, knows no files.
/// Source: RFC 6265; curl's docs/HTTP-COOKIES (the Netscape format); order and limits are curl 7.88's.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nacre {

/// What a cookie is set for or asked for by.
struct CookiePlace {
  std::string host, path;   ///< path: with the query, if there is one
  bool secure = false;      ///< https, or this machine

  static CookiePlace of_url(std::string_view url);
};

class CookieJar {
 public:
  /// The lines of a file: seven fields between tabs, or "Set-Cookie: ..." lines of headers. What cannot be a
  /// cookie is passed over, and without `sessions` what has no time of its end. Cookies that came from a server stay.
  void load(std::string_view text, int64_t now, bool sessions);
  /// What follows "Set-Cookie:" in an answer.
  void set(std::string_view line, const CookiePlace& from, int64_t now);
  /// "a=1; b=2" for a request; "" if there are none. *full: some were left out, for their size.
  std::string header(const CookiePlace& to, int64_t now, bool* full);
  /// The file's text.
  std::string netscape(int64_t now);

 private:
  struct Cookie {
    std::string name, value, domain, path;
    int64_t expires = 0;   ///< seconds; 0: with the session
    bool below = false;    ///< hosts below the domain too
    bool secure = false, http_only = false, has_domain = false, has_path = false;
    bool live = false;     ///< from a server, not from a file
    uint64_t order = 0;    ///< of creation
    /// The path as it is compared: from a slash, without quotes and the last slash.
    std::string match_path() const;
  };
  bool parse_header(std::string_view line, const CookiePlace* from, int64_t now, Cookie& c) const;
  bool attribute(std::string_view name, std::string_view value, const CookiePlace* from, int64_t now, Cookie& c) const;
  static bool parse_fields(std::string_view line, Cookie& c);
  static bool keeps_prefix(const Cookie& c);
  void add(Cookie c, bool live, bool secure);
  void remove_expired(int64_t now);

  std::vector<Cookie> cookies_;
  uint64_t made_ = 0;
};

}  // namespace nacre
