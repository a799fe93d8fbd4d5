// Cookies: the first line is what an answer sets, the rest a file of cookies.
#include "algo/http_date.h"
#include "commands/curl/cookies.h"
#include "driver.h"

FUZZ_TARGET(text) {
  using nacre::CookieJar, nacre::CookiePlace;
  const size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end), file = text.substr(end);
  if (auto when = nacre::parse_http_date(line); when && *when > 0 && *when < 253'000'000'000 && nacre::parse_http_date(nacre::format_http_date(*when)) != when)
    __builtin_trap();
  for (const char* url : {"https://a.example.com/one/two?x", "http://127.0.0.1:80/", "http://[::1]"}) {
    const CookiePlace place = CookiePlace::of_url(url);
    CookieJar jar;
    jar.load(file, 1000, true);
    jar.set(line, place, 1000);
    bool full = false;
    const std::string sent = jar.header(place, 1000, &full);
    if (sent.size() > 8190 || sent.find('\n') != sent.npos) __builtin_trap();
    const std::string kept = jar.netscape(1000);
    CookieJar again;
    again.load(kept, 1000, true);
    (void)again.netscape(2'000'000'000);
  }
}
