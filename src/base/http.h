/// http: requests to the outside, as commands see them. The host implements it
/// (host/posix_http.cc) under the NetworkPolicy of the sandbox; without a policy there
/// is no client.
///
/// A transfer never blocks: advance() moves it on, and what it waits for is a handle
/// for Scheduler::wait_host. Destroying it ends it. One thread.
/// Source: design.md, sections 6, 9, 10.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace nacre {

struct HttpRequest {
  std::string method = "GET";
  std::string url;                     ///< absolute, http or https
  std::vector<std::string> headers;    ///< "Name: value"; with a line break the request is refused
  std::string body;
  bool has_body = false;
  bool decompress = false;             ///< asks for compression and undoes it
  bool insecure = false;               ///< certificates are not checked; the policy must allow it
  int http_version = 0;                ///< 10, 11, 20: HTTP/1.0 and so on; 0: the best that both sides know
  int least_tls = 0;                   ///< 10 to 13: TLS 1.0 and so on; 0: the library's
  uint64_t timeout_ms = 0, connect_timeout_ms = 0;   ///< 0: the policy's
};

/// How a transfer ended. Numbers are libcurl's.
struct HttpEnd {
  int error = 0;                       ///< 0: an answer came, whatever its status
  std::string message;                 ///< one line
  bool denied = false;                 ///< by the policy
};

struct HttpInfo {
  long status = 0;                     ///< 0: none came
  std::string content_type, remote_ip, http_version = "0";
  double time_total = 0, time_connect = 0, time_start = 0, time_lookup = 0;   ///< seconds
  long remote_port = 0;
};

class HttpTransfer {
 public:
  virtual ~HttpTransfer() = default;
  /// Moves on. False: it has ended, see end().
  virtual bool advance() = 0;
  /// Readable when advance() should be called again.
  virtual int poll_handle() = 0;
  virtual const HttpEnd& end() const = 0;
  virtual HttpInfo info() = 0;

  /// What came since the reader emptied them: lines of headers, complete, with their line breaks
  /// (informational answers too); bytes of the body. A full body pauses the transfer.
  std::string head, body;
};

class HttpClient {
 public:
  virtual ~HttpClient() = default;
  /// Null and *why if it may not or cannot begin.
  virtual std::unique_ptr<HttpTransfer> start(const HttpRequest& request, HttpEnd* why) = 0;
  /// Where a Location leads from a URL; "" if nowhere.
  virtual std::string resolve(const std::string& base, const std::string& reference) = 0;
  /// A URL in its normal form ("example.com" is http://example.com/); "" and *why if it is none.
  virtual std::string normalize(const std::string& url, HttpEnd* why) = 0;
};

}  // namespace nacre
