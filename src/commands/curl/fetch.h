/// fetch: one HTTP exchange for curl and wget: waits without keeping other processes
/// from running, hands out what comes, follows redirects.
/// Source: RFC 9110, 15.4 "Redirection"; base/http.h.
#pragma once
#include <functional>

#include "base/http.h"
#include "kernel/process.h"

namespace nacre {

class HttpSink {
 public:
  virtual ~HttpSink() = default;
  /// One line of headers with its line break; an empty one ends an answer's head. False ends the transfer.
  virtual bool header(std::string_view line) = 0;
  virtual bool body(std::string_view bytes) = 0;
};

struct Fetched {
  HttpEnd end;
  HttpInfo info;
  uint64_t head_bytes = 0, body_bytes = 0;
  bool stopped = false;        ///< by the sink
};

/// Sends a request and hands the answer to the sink. Dies with the process.
Fetched fetch(Process& p, HttpClient& client, const HttpRequest& request, HttpSink& sink);
/// The client of the sandbox; null when it has no network.
HttpClient* http_client(Process& p);

/// Value of a header line when it has this name; nullopt otherwise.
std::optional<std::string_view> header_value(std::string_view line, std::string_view name);
/// Adds "Authorization: Basic ..." for "user:password".
std::string basic_authorization(std::string_view user);

}  // namespace nacre
