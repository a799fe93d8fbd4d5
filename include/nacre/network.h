/// NetworkPolicy: what scripts may reach over HTTP. Without one (the default) a
/// sandbox has no network, and neither curl nor wget.
///
/// A request goes out when all of it is allowed: its URL begins with an allowed
/// prefix, its method is allowed, and the address that is really connected to is a
/// public one. Redirects are requests of their own and are checked anew. Nothing of
/// the host's environment (proxies, .netrc, cookies) is used.
/// Source: docs/network.md.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace nacre {

/// A header that the host adds to requests below a URL prefix, so that its value (a token)
/// never enters the sandbox. A header of that name set by the script is dropped; the value is
/// masked with '*' where the server's answer holds it.
struct HeaderInjection {
  std::string url_prefix;   ///< as in NetworkPolicy::allow_urls
  std::string name;         ///< "Authorization"
  std::string value;        ///< without line breaks; or empty, and
  std::string from;         ///< "env:VARIABLE" or "file:PATH" of the host: read when a sandbox is made
};

struct NetworkPolicy {
  /// "https://host[:port][/path]". Scheme, host and port must be equal; a path is a prefix that
  /// ends at a boundary: https://h/api allows /api, /api/x and /api?y, but not /apix.
  std::vector<std::string> allow_urls;
  std::vector<std::string> allow_methods{"GET", "HEAD"};
  /// Private, loopback, link-local, multicast and other special addresses are refused at the time
  /// of connecting, whatever name led there. True: they may be reached.
  bool allow_private = false;
  /// curl -k works: certificates are not checked.
  bool allow_insecure = false;
  std::vector<HeaderInjection> headers;
  uint64_t max_response_bytes = 256ull << 20;   ///< of one answer's body
  uint64_t max_ms = 300'000;                    ///< one request, in milliseconds
};

}  // namespace nacre
