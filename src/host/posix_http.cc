#include "host/posix_http.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <errno.h>
#include <netinet/in.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/library.h"
#include "host/url_policy.h"

namespace nacre {
namespace {

constexpr size_t kMostBuffered = 1 << 20;   // of a body that nobody reads
constexpr size_t kMostHead = 1 << 20;       // of headers

struct Curl {
  decltype(&::curl_global_init) global_init = nullptr;
  decltype(&::curl_easy_init) easy_init = nullptr;
  decltype(&::curl_easy_cleanup) easy_cleanup = nullptr;
  decltype(&::curl_easy_setopt) setopt = nullptr;
  decltype(&::curl_easy_getinfo) getinfo = nullptr;
  decltype(&::curl_easy_pause) pause = nullptr;
  decltype(&::curl_easy_strerror) strerror = nullptr;
  decltype(&::curl_multi_init) multi_init = nullptr;
  decltype(&::curl_multi_cleanup) multi_cleanup = nullptr;
  decltype(&::curl_multi_setopt) multi_setopt = nullptr;
  decltype(&::curl_multi_add_handle) add_handle = nullptr;
  decltype(&::curl_multi_remove_handle) remove_handle = nullptr;
  decltype(&::curl_multi_socket_action) socket_action = nullptr;
  decltype(&::curl_multi_info_read) info_read = nullptr;
  decltype(&::curl_slist_append) append = nullptr;
  decltype(&::curl_slist_free_all) free_list = nullptr;
  decltype(&::curl_url) url = nullptr;
  decltype(&::curl_url_cleanup) url_cleanup = nullptr;
  decltype(&::curl_url_get) url_get = nullptr;
  decltype(&::curl_url_set) url_set = nullptr;
  decltype(&::curl_free) free = nullptr;
  bool good = false;

  Curl() {
    good = get(global_init, "curl_global_init") && get(easy_init, "curl_easy_init") && get(easy_cleanup, "curl_easy_cleanup") &&
           get(setopt, "curl_easy_setopt") && get(getinfo, "curl_easy_getinfo") && get(pause, "curl_easy_pause") && get(strerror, "curl_easy_strerror") &&
           get(multi_init, "curl_multi_init") && get(multi_cleanup, "curl_multi_cleanup") && get(multi_setopt, "curl_multi_setopt") &&
           get(add_handle, "curl_multi_add_handle") && get(remove_handle, "curl_multi_remove_handle") && get(socket_action, "curl_multi_socket_action") &&
           get(info_read, "curl_multi_info_read") && get(append, "curl_slist_append") && get(free_list, "curl_slist_free_all") && get(url, "curl_url") &&
           get(url_cleanup, "curl_url_cleanup") && get(url_get, "curl_url_get") && get(url_set, "curl_url_set") && get(free, "curl_free") &&
           global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  }
  template <class T>
  static bool get(T*& to, const char* name) {
    to = library_symbol ? reinterpret_cast<T*>(library_symbol("libcurl.so.4", name)) : nullptr;
    return to != nullptr;
  }
};

const Curl& curl() {
  static const Curl c;
  return c;
}

/// A parsed URL. The same object is checked and connected with, so that no second reading of the text can differ.
class Url {
 public:
  Url() : handle_(curl().url()) {}
  ~Url() {
    if (handle_) curl().url_cleanup(handle_);
  }
  Url(const Url&) = delete;
  Url(Url&& o) noexcept : handle_(std::exchange(o.handle_, nullptr)) {}

  /// Relative to what was set before, if anything.
  bool set(const std::string& text, bool guess = false) {
    return handle_ && text.find('\0') == text.npos && curl().url_set(handle_, CURLUPART_URL, text.c_str(), guess ? CURLU_GUESS_SCHEME : 0) == CURLUE_OK;
  }
  std::string part(CURLUPart which, unsigned flags = 0) const {
    char* text = nullptr;
    if (curl().url_get(handle_, which, &text, flags) != CURLUE_OK) return "";
    std::string out = text;
    curl().free(text);
    return out;
  }
  UrlParts parts() const {
    auto lower = [](std::string s) {
      for (char& c : s)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
      return s;
    };
    UrlParts p;
    p.scheme = lower(part(CURLUPART_SCHEME));
    p.host = lower(part(CURLUPART_HOST));
    p.port = atoi(part(CURLUPART_PORT, CURLU_DEFAULT_PORT).c_str());
    p.path = part(CURLUPART_PATH);
    if (p.path.empty()) p.path = "/";
    p.user = !part(CURLUPART_USER).empty() || !part(CURLUPART_PASSWORD).empty();
    return p;
  }
  CURLU* handle() const { return handle_; }

 private:
  CURLU* handle_;
};

bool same_name(std::string_view a, std::string_view b) { return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0; }

/// The name of "Name: value", "Name;" or "Name:".
std::string_view header_name(std::string_view line) {
  std::string_view name = line.substr(0, line.find_first_of(":;"));
  while (!name.empty() && (name.back() == ' ' || name.back() == '\t')) name.remove_suffix(1);
  return name;
}

/// Bytes in which secrets are masked, also where one spans two pieces.
class Mask {
 public:
  explicit Mask(std::vector<std::string> secrets) : secrets_(std::move(secrets)) {
    for (const std::string& s : secrets_) keep_ = std::max(keep_, s.size() - 1);
  }
  void add(std::string_view piece, std::string& out) {
    if (secrets_.empty()) return (void)out.append(piece);
    held_ += piece;
    for (const std::string& s : secrets_)
      for (size_t at = held_.find(s); at != held_.npos; at = held_.find(s, at + s.size())) held_.replace(at, s.size(), s.size(), '*');
    size_t ready = held_.size() > keep_ ? held_.size() - keep_ : 0;
    out.append(held_, 0, ready);
    held_.erase(0, ready);
  }
  void finish(std::string& out) { out += std::exchange(held_, ""); }

 private:
  std::vector<std::string> secrets_;
  std::string held_;
  size_t keep_ = 0;
};

class Transfer final : public HttpTransfer {
 public:
  Transfer(const NetworkPolicy& policy, const HttpRequest& request, Url url, const std::vector<std::string>& secrets)
      : policy_(policy), request_(request), url_(std::move(url)), head_mask_(secrets), body_mask_(secrets) {}
  ~Transfer() override {
    if (added_) curl().remove_handle(multi_, easy_);
    if (easy_) curl().easy_cleanup(easy_);
    if (multi_) curl().multi_cleanup(multi_);
    curl().free_list(headers_);
    if (timer_ >= 0) close(timer_);
    if (epoll_ >= 0) close(epoll_);
  }

  bool begin(const std::vector<std::string>& headers) {
    epoll_ = epoll_create1(EPOLL_CLOEXEC);
    timer_ = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    easy_ = curl().easy_init();
    multi_ = curl().multi_init();
    if (epoll_ < 0 || timer_ < 0 || !easy_ || !multi_) return false;
    epoll_event event{.events = EPOLLIN, .data = {.fd = timer_}};
    epoll_ctl(epoll_, EPOLL_CTL_ADD, timer_, &event);
    curl().multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &on_socket);
    curl().multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
    curl().multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &on_timer);
    curl().multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
    for (const std::string& h : headers) headers_ = curl().append(headers_, h.c_str());
    options();
    added_ = curl().add_handle(multi_, easy_) == CURLM_OK;
    return added_;
  }

  bool advance() override {
    if (ended_) return false;
    if (paused_ && body.size() < kMostBuffered / 2) {
      paused_ = false;
      curl().pause(easy_, CURLPAUSE_CONT);
    }
    epoll_event events[16];
    int n = epoll_wait(epoll_, events, 16, 0);
    int running = 1;
    for (int i = 0; i < n; i++) {
      if (events[i].data.fd == timer_) {
        uint64_t count;
        [[maybe_unused]] ssize_t got = read(timer_, &count, sizeof count);
        curl().socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running);
      } else {
        int how = (events[i].events & (EPOLLIN | EPOLLHUP) ? CURL_CSELECT_IN : 0) | (events[i].events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
                  (events[i].events & EPOLLERR ? CURL_CSELECT_ERR : 0);
        curl().socket_action(multi_, events[i].data.fd, how, &running);
      }
    }
    int left;
    while (CURLMsg* message = curl().info_read(multi_, &left))
      if (message->msg == CURLMSG_DONE) finish(message->data.result);
    return !ended_;
  }

  int poll_handle() override { return epoll_; }
  const HttpEnd& end() const override { return end_; }

  HttpInfo info() override {
    HttpInfo i;
    const char* text = nullptr;
    long version = 0;
    curl().getinfo(easy_, CURLINFO_RESPONSE_CODE, &i.status);
    if (curl().getinfo(easy_, CURLINFO_CONTENT_TYPE, &text) == CURLE_OK && text) i.content_type = text;
    if (curl().getinfo(easy_, CURLINFO_PRIMARY_IP, &text) == CURLE_OK && text) i.remote_ip = text;
    curl().getinfo(easy_, CURLINFO_PRIMARY_PORT, &i.remote_port);
    curl().getinfo(easy_, CURLINFO_TOTAL_TIME, &i.time_total);
    curl().getinfo(easy_, CURLINFO_CONNECT_TIME, &i.time_connect);
    curl().getinfo(easy_, CURLINFO_STARTTRANSFER_TIME, &i.time_start);
    curl().getinfo(easy_, CURLINFO_NAMELOOKUP_TIME, &i.time_lookup);
    curl().getinfo(easy_, CURLINFO_HTTP_VERSION, &version);
    i.http_version = version == CURL_HTTP_VERSION_1_0 ? "1.0" : version == CURL_HTTP_VERSION_1_1 ? "1.1" : version == CURL_HTTP_VERSION_2_0 ? "2" : "0";
    return i;
  }

 private:
  void options() {
    auto set = [&](CURLoption o, auto value) { curl().setopt(easy_, o, value); };
    set(CURLOPT_CURLU, url_.handle());
    set(CURLOPT_ERRORBUFFER, error_);
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_PROXY, "");
    set(CURLOPT_NOPROXY, "*");
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    set(CURLOPT_OPENSOCKETFUNCTION, &on_open);
    set(CURLOPT_OPENSOCKETDATA, this);
    set(CURLOPT_HEADERFUNCTION, &on_header);
    set(CURLOPT_HEADERDATA, this);
    set(CURLOPT_WRITEFUNCTION, &on_body);
    set(CURLOPT_WRITEDATA, this);
    set(CURLOPT_HTTPHEADER, headers_);
    uint64_t most = policy_.max_ms ? policy_.max_ms : 300'000;
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(request_.timeout_ms ? std::min(request_.timeout_ms, most) : most));
    if (request_.connect_timeout_ms) set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request_.connect_timeout_ms));
    if (request_.decompress) set(CURLOPT_ACCEPT_ENCODING, "");
    if (request_.http_version)
      set(CURLOPT_HTTP_VERSION, request_.http_version == 10   ? long{CURL_HTTP_VERSION_1_0}
                                : request_.http_version == 11 ? long{CURL_HTTP_VERSION_1_1}
                                                              : long{CURL_HTTP_VERSION_2_0});
    if (request_.least_tls) {
      constexpr long kVersions[] = {CURL_SSLVERSION_TLSv1_0, CURL_SSLVERSION_TLSv1_1, CURL_SSLVERSION_TLSv1_2, CURL_SSLVERSION_TLSv1_3};
      set(CURLOPT_SSLVERSION, kVersions[std::clamp(request_.least_tls, 10, 13) - 10]);
    }
    if (request_.insecure) {
      set(CURLOPT_SSL_VERIFYPEER, 0L);
      set(CURLOPT_SSL_VERIFYHOST, 0L);
    }
    if (request_.has_body) {
      set(CURLOPT_POST, 1L);
      set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
      set(CURLOPT_POSTFIELDS, request_.body.c_str());
    }
    if (request_.method == "HEAD") set(CURLOPT_NOBODY, 1L);
    else if (request_.method != (request_.has_body ? "POST" : "GET")) set(CURLOPT_CUSTOMREQUEST, request_.method.c_str());
  }

  void finish(CURLcode code) {
    ended_ = true;
    head_mask_.finish(head);
    body_mask_.finish(body);
    if (denied_) {
      end_ = {CURLE_COULDNT_CONNECT,
              "the address of " + url_.part(CURLUPART_HOST) + " (" + refused_ + ") is not a public one; the network policy does not allow it", true};
    } else if (too_large_) {
      end_ = {CURLE_FILESIZE_EXCEEDED, "the answer is larger than the network policy allows (" + std::to_string(policy_.max_response_bytes) + " bytes)", true};
    } else if (code != CURLE_OK) {
      end_ = {code, *error_ ? error_ : curl().strerror(code), false};
    }
  }

  static int on_socket(CURL*, curl_socket_t fd, int what, void* self, void* known) {
    auto& t = *static_cast<Transfer*>(self);
    if (what == CURL_POLL_REMOVE) return epoll_ctl(t.epoll_, EPOLL_CTL_DEL, fd, nullptr), 0;
    epoll_event event{.events = (what & CURL_POLL_IN ? EPOLLIN : 0u) | (what & CURL_POLL_OUT ? EPOLLOUT : 0u), .data = {.fd = fd}};
    (void)known;
    if (epoll_ctl(t.epoll_, EPOLL_CTL_MOD, fd, &event) != 0) epoll_ctl(t.epoll_, EPOLL_CTL_ADD, fd, &event);
    return 0;
  }

  static int on_timer(CURLM*, long ms, void* self) {
    itimerspec when{};
    if (ms >= 0) when.it_value = {ms / 1000, ms > 0 ? ms % 1000 * 1'000'000 : 1};   // 0 would mean never
    timerfd_settime(static_cast<Transfer*>(self)->timer_, 0, &when, nullptr);
    return 0;
  }

  /// The last word on where a connection goes: this is the address itself, whatever name or redirect led to it.
  static curl_socket_t on_open(void* self, curlsocktype, struct curl_sockaddr* a) {
    auto& t = *static_cast<Transfer*>(self);
    char text[INET6_ADDRSTRLEN] = "?";
    std::span<const unsigned char> bytes;
    if (a->family == AF_INET) bytes = {reinterpret_cast<const unsigned char*>(&reinterpret_cast<sockaddr_in*>(&a->addr)->sin_addr), 4};
    if (a->family == AF_INET6) bytes = {reinterpret_cast<const unsigned char*>(&reinterpret_cast<sockaddr_in6*>(&a->addr)->sin6_addr), 16};
    if (bytes.empty()) return CURL_SOCKET_BAD;
    inet_ntop(a->family, bytes.data(), text, sizeof text);
    if (!t.policy_.allow_private && !is_public(bytes)) {
      t.denied_ = true;
      t.refused_ = text;
      return CURL_SOCKET_BAD;
    }
    t.denied_ = false;   // another address of the same name was refused before
    return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
  }

  static size_t on_header(char* data, size_t, size_t n, void* self) {
    auto& t = *static_cast<Transfer*>(self);
    if ((t.head_bytes_ += n) > kMostHead) return 0;
    t.head_mask_.add({data, n}, t.head);
    t.head_mask_.finish(t.head);   // lines come whole
    return n;
  }

  static size_t on_body(char* data, size_t, size_t n, void* self) {
    auto& t = *static_cast<Transfer*>(self);
    if (t.body.size() >= kMostBuffered) {
      t.paused_ = true;
      return CURL_WRITEFUNC_PAUSE;
    }
    t.body_bytes_ += n;
    if (t.policy_.max_response_bytes && t.body_bytes_ > t.policy_.max_response_bytes) {
      t.too_large_ = true;
      return 0;
    }
    t.body_mask_.add({data, n}, t.body);
    return n;
  }

  const NetworkPolicy& policy_;
  HttpRequest request_;
  Url url_;
  Mask head_mask_, body_mask_;
  CURL* easy_ = nullptr;
  CURLM* multi_ = nullptr;
  curl_slist* headers_ = nullptr;
  int epoll_ = -1, timer_ = -1;
  bool added_ = false, ended_ = false, paused_ = false, denied_ = false, too_large_ = false;
  std::string refused_;
  uint64_t body_bytes_ = 0, head_bytes_ = 0;
  HttpEnd end_;
  char error_[CURL_ERROR_SIZE] = "";
};

class Client final : public HttpClient {
 public:
  explicit Client(const NetworkPolicy& policy) : policy_(policy) {
    std::string error;
    for (const std::string& text : policy_.allow_urls) (void)parse_prefix(text, &prefixes_.emplace_back(), &error);
    for (const HeaderInjection& h : policy_.headers) (void)parse_prefix(h.url_prefix, &injections_.emplace_back(), &error);
  }

  std::unique_ptr<HttpTransfer> start(const HttpRequest& request, HttpEnd* why) override {
    if (!usable(why)) return nullptr;
    Url url;
    if (!url.set(request.url)) return *why = {CURLE_URL_MALFORMAT, "URL using bad/illegal format or missing URL", false}, nullptr;
    UrlParts parts = url.parts();
    if (std::string denial = denied(request, parts); !denial.empty()) return *why = {CURLE_COULDNT_CONNECT, denial, true}, nullptr;
    std::vector<std::string> headers, secrets;
    for (size_t i = 0; i < injections_.size(); i++) {
      if (!is_below(parts, injections_[i])) continue;
      headers.push_back(policy_.headers[i].name + ": " + policy_.headers[i].value);
      secrets.push_back(policy_.headers[i].value);
      // "Bearer x": x alone is secret as well.
      if (size_t blank = secrets.back().rfind(' '); blank != std::string::npos && secrets.back().size() - blank > 8)
        secrets.push_back(secrets.back().substr(blank + 1));
    }
    const bool secret = !secrets.empty();
    for (const std::string& line : request.headers) {
      std::string_view name = header_name(line);
      bool ours = false;
      for (const std::string& h : headers) ours |= same_name(header_name(h), name);
      // In a compressed answer, or one in pieces, a secret could not be seen.
      if (secret && (same_name(name, "Accept-Encoding") || same_name(name, "Range"))) ours = true;
      if (!ours) headers.push_back(line);
    }
    auto t = std::make_unique<Transfer>(policy_, request, std::move(url), secrets);
    if (!t->begin(headers)) return *why = {CURLE_FAILED_INIT, "Failed initialization", false}, nullptr;
    return t;
  }

  std::string resolve(const std::string& base, const std::string& reference) override {
    HttpEnd why;
    Url url;
    return usable(&why) && url.set(base) && url.set(reference) ? url.part(CURLUPART_URL) : "";
  }

  std::string normalize(const std::string& text, HttpEnd* why) override {
    if (!usable(why)) return "";
    Url url;
    if (!url.set(text, true)) return *why = {CURLE_URL_MALFORMAT, "URL using bad/illegal format or missing URL", false}, "";
    return url.part(CURLUPART_URL);
  }

 private:
  static bool usable(HttpEnd* why) {
    if (curl().good) return true;
    *why = {CURLE_FAILED_INIT, "libcurl.so.4 cannot be loaded", false};
    return false;
  }

  /// What forbids the request; "" if nothing does.
  std::string denied(const HttpRequest& request, const UrlParts& url) const {
    const std::string where = url.scheme + "://" + url.host + ((url.scheme == "https" ? 443 : 80) == url.port ? "" : ":" + std::to_string(url.port)) + url.path;
    if (url.user) return "the network policy allows no user in a URL";
    if (std::none_of(prefixes_.begin(), prefixes_.end(), [&](const UrlParts& p) { return is_below(url, p); })) {
      std::string allowed;
      for (const std::string& p : policy_.allow_urls) allowed += (allowed.empty() ? "" : ", ") + p;
      return where + " is not allowed by the network policy (allowed: " + (allowed.empty() ? "nothing" : allowed) + ")";
    }
    if (std::find(policy_.allow_methods.begin(), policy_.allow_methods.end(), request.method) == policy_.allow_methods.end())
      return "the method " + request.method + " is not allowed by the network policy";
    if (request.insecure && !policy_.allow_insecure) return "the network policy does not allow connections without checked certificates";
    for (const std::string& line : request.headers) {
      if (line.find_first_of(std::string_view("\r\n\0", 3)) != line.npos) return "a header has a line break";
      std::string_view name = header_name(line);
      // Another Host would lead to another site at the same address; the length and the encoding of the
      // body belong to who sends it.
      for (std::string_view own : {"Host", "Content-Length", "Transfer-Encoding", "Connection", "Upgrade"})
        if (same_name(name, own)) return "the network policy does not allow to set the header " + std::string(own);
    }
    return "";
  }

  NetworkPolicy policy_;
  std::vector<UrlParts> prefixes_, injections_;
};

}  // namespace

std::shared_ptr<HttpClient> make_http_client(const NetworkPolicy& policy) { return std::make_shared<Client>(policy); }

}  // namespace nacre
