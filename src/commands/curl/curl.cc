/// curl - transfer a URL, over HTTP and HTTPS.
/// There only when the sandbox has a network policy; what may be reached is decided by the host (nacre/network.h).
/// Source: curl(1) 7.88, checked against the tool.
/// Differs: no progress meter; no list of public suffixes (a cookie for co.uk is kept), no proxies; -Z fetches one file at a time; only
/// http and https; refused headers: Host, Content-Length, Transfer-Encoding, Connection, Upgrade; -v shows
/// the headers of both sides and nothing of the connection; help is in our own words and --version short.
#include <algorithm>
#include <functional>
#include <utility>

#include "algo/http_date.h"
#include "algo/unicode.h"
#include "commands/command.h"
#include "commands/curl/answer.h"
#include "commands/curl/fetch.h"
#include "commands/curl/help.h"
#include "commands/curl/options.h"
#include "commands/curl/url_glob.h"
#include "commands/text_io.h"
#include "kernel/kernel.h"

namespace nacre {
namespace curl {
namespace {

constexpr char kWriteMessage[] = "Failure writing output to destination";
constexpr int kMalformedUrl = 3, kHttpError = 22, kTooManyRedirects = 47;

/// What -w can tell of a transfer.
struct Report {
  Fetched fetched;
  std::string url, method, redirect_url;
  uint64_t upload = 0, head_bytes = 0;
  int redirects = 0, error = 0, status = 0;   ///< status: in place of the server's, unless 0
  std::string message, file;
};

class Program {
 public:
  Program(Process& p, HttpClient& client, Options& o, CookieJar& jar) : p_(p), client_(client), o_(o), jar_(jar) {}

  /// *over: no other part is to be done.
  int main(bool* stop) {
    if (!o_.dump_header.empty()) head_target_ = std::make_unique<Target>(p_, o_.dump_header, o_);
    int status = 0;
    bool over = false;
    for (size_t i = 0; i < o_.urls.size() && !over; i++) {
      status = each(o_.urls[i],
                    i < o_.outputs.size() ? std::optional(o_.outputs[i])
                    : o_.remote_name_all  ? std::optional<std::string>("")
                                          : std::nullopt,
                    over);
    }
    if (head_target_) head_target_->flush();
    *stop = over;
    return status;
  }

 private:
  int fail(int code, const std::string& text) {
    if (!o_.silent || o_.show_error) write_error(p_, "curl: (" + std::to_string(code) + ") " + text + "\n");
    return code;
  }

  // Every URL that a word stands for. A wrong word ends the run.
  int each(const std::string& word, const std::optional<std::string>& output, bool& over) {
    if (o_.glob_off) {
      const int status = with_cookies(word, output);
      over = status && o_.fail_early;
      return status;
    }
    UrlGlob glob;
    std::string error;
    if (!glob.parse(word, &error)) return over = true, fail(kMalformedUrl, error);
    int status = 0;
    for (uint64_t i = 0; i < glob.size(); i++) {
      p_.tick();   // no URL may get as far as a transfer
      const std::string url = glob.url(i);
      std::optional<std::string> file = output;
      if (file) file = glob.file_name(*file, i);
      status = with_cookies(url, file);
      if (status && o_.fail_early) {
        over = true;
        break;
      }
    }
    return status;
  }

  bool keeps_cookies() const { return !o_.cookie_jar.empty() || !o_.cookie_files.empty(); }

  // Each transfer reads the files of -b and writes that of -c.
  int with_cookies(const std::string& url, const std::optional<std::string>& output) {
    if (!keeps_cookies()) return one(url, output);
    for (const std::string& name : o_.cookie_files) {
      auto text = name == "-" ? standard_input() : read_file(p_, name);
      if (text) jar_.load(*text, p_.now(Clock::Realtime).sec, !o_.junk_sessions);
    }
    const int status = one(url, output);
    if (!o_.cookie_jar.empty()) write_jar();
    return status;
  }

  // What cannot be written is told by -v only.
  void write_jar() {
    const std::string text = jar_.netscape(p_.now(Clock::Realtime).sec);
    if (o_.cookie_jar == "-") {
      Output out(p_, 1, kWriteError);
      out.write(text);
      return out.flush();
    }
    auto fd = p_.open(o_.cookie_jar, kOpenWrite | kOpenCreate | kOpenTruncate | kOpenCloexec);
    if (!fd) {
      if (o_.verbose) write_error(p_, "* WARNING: failed to save cookies in " + o_.cookie_jar + ": Failed writing received data to disk/application\n");
      return;
    }
    Output out(p_, *fd, kWriteError);
    out.write(text);
    out.flush();
    (void)p_.close(*fd);
  }

  std::string cookies_for(const CookiePlace& place) {
    bool full = false;
    std::string cookies = keeps_cookies() ? jar_.header(place, p_.now(Clock::Realtime).sec, &full) : "";
    // Those of the command line are sent after the others, unless -H has a line of its own.
    if (!o_.cookie.empty() && !full && !has_header("Cookie")) cookies += (cookies.empty() ? "" : "; ") + o_.cookie;
    return cookies;
  }

  int one(const std::string& text, std::optional<std::string> output) {
    HttpEnd why;
    const bool bare = text.find("://") == text.npos;
    std::string url = client_.normalize(bare && !o_.proto_default.empty() ? o_.proto_default + "://" + text : text, &why);
    if (url.empty()) return fail(why.error, why.message);
    if (o_.no_username && url.substr(0, url.find('/', url.find("://") + 3)).find('@') != url.npos) return fail(67, "Login denied");
    if (o_.protocols && !is_in(*o_.protocols, url)) return fail(1, not_supported(url));
    std::string file = output.value_or("-");
    if (output && output->empty()) {
      std::string path = url.substr(0, url.find_first_of("?#"));
      file = path.substr(path.rfind('/') + 1);
      if (file.empty()) {
        if (!o_.silent) write_error(p_, "curl: Remote file name has no length!\n");
        return fail(kWriteError, kWriteMessage);
      }
    }
    if (file != "-" && !o_.output_dir.empty()) file = o_.output_dir + "/" + file;
    HttpRequest request;
    if (auto error = prepare(url, request)) return *error;
    uint64_t resume = o_.resume;
    if (o_.resume_rest && file != "-")
      if (auto st = p_.stat(file)) resume = st->size;
    if (resume) request.headers.push_back("Range: bytes=" + std::to_string(resume) + "-");
    std::string etag;
    if (!o_.etag_save.empty()) save_etag("");
    const auto condition = time_condition(request);
    const Timespec begin = p_.now(Clock::Monotonic);
    uint64_t wait = o_.retry_delay_s ? o_.retry_delay_s : 1;
    for (long left = o_.retries;; left--) {
      Report report;
      Target target(p_, file, o_);
      Answer answer(p_, o_, target, head_target_.get(), keeps_cookies() ? &jar_ : nullptr);
      target.append = resume || o_.resume_rest;
      answer.resume = resume;
      answer.newer = condition;
      answer.named_by_server = o_.remote_header_name && output && output->empty();
      if (!o_.etag_save.empty()) answer.etag = &etag;
      int code = exchange(request, answer, target, report);
      auto passed = static_cast<uint64_t>(subtract(p_.now(Clock::Monotonic), begin).sec);
      if (left > 0 && passing(code, answer.status) && (!o_.retry_max_s || passed + wait < o_.retry_max_s)) {
        uint64_t pause = std::max<uint64_t>(wait, answer.retry_after > 0 && answer.retry_after < 3600 ? static_cast<uint64_t>(answer.retry_after) : 0);
        if (!o_.silent)
          write_error(p_, "Warning: Problem: " +
                              std::string(code == 28                   ? "timeout"
                                          : code && code != kHttpError ? "transfer error"
                                                                       : "HTTP error") +
                              ". Will retry in " + std::to_string(pause) + " seconds. " + std::to_string(left) + " retries left.\n");
        p_.sleep({static_cast<int64_t>(pause), 0});
        if (!o_.retry_delay_s) wait = std::min<uint64_t>(wait * 2, 600);
        continue;
      }
      if (!code && answer.status && !answer.failed && !answer.unmet && target.is_file() && !target.open()) code = kWriteError;
      target.flush();
      if (answer.unmet) report.status = 304;
      if (!etag.empty()) save_etag(etag);
      if (!code && o_.remote_time && target.is_file() && target.opened()) set_time(target.file(), answer.modified);
      if (code && o_.remove_on_error && target.is_file() && target.opened()) (void)p_.unlink(target.file());
      if (code && report.message.empty()) report.message = kWriteMessage;
      if (code) fail(code, report.message);
      report.error = code;
      report.file = target.file();
      write_out(report);
      return code;
    }
  }

  static bool is_in(const std::vector<std::string>& protocols, const std::string& url) {
    return std::find(protocols.begin(), protocols.end(), url.substr(0, url.find(':'))) != protocols.end();
  }
  static std::string not_supported(const std::string& url) { return "Protocol \"" + url.substr(0, url.find(':')) + "\" not supported or disabled in libcurl"; }

  void save_etag(const std::string& etag) {
    auto fd = p_.open(o_.etag_save, kOpenWrite | kOpenCreate | kOpenTruncate | kOpenCloexec);
    if (!fd) {
      if (!o_.silent) write_error(p_, "Warning: Failed creating file for saving etags: \"" + o_.etag_save + "\". Skip this transfer\n");
      return;
    }
    if (!etag.empty()) (void)p_.write(*fd, etag + "\n");
    (void)p_.close(*fd);
  }

  void set_time(const std::string& file, const std::string& modified) {
    const auto when = parse_http_date(modified);
    if (!when) return;
    const Timespec time{*when, 0};
    (void)p_.utimens(file, &time, &time, false);
  }

  // What -z asks for: a header, and which times are wanted.
  std::function<bool(int64_t)> time_condition(HttpRequest& r) {
    if (o_.time_condition.empty()) return nullptr;
    std::string text = o_.time_condition;
    const char how = text[0];
    if (how == '-' || how == '=' || how == '+') text.erase(0, 1);
    int64_t time;
    if (const auto date = parse_http_date(text)) {
      time = *date;
    } else if (auto st = p_.stat(text)) {
      time = st->mtime.sec;
    } else {
      if (!o_.silent)
        write_error(p_,
                    "Warning: Illegal date format for -z, --time-cond (and not a file name). \n"
                    "Warning: Disabling time condition. See curl_getdate(3) for valid date syntax.\n");
      return nullptr;
    }
    const char* name = how == '-' ? "If-Unmodified-Since: " : how == '=' ? "Last-Modified: " : "If-Modified-Since: ";
    r.headers.push_back(name + format_http_date(time));
    if (how == '=') return nullptr;
    return [how, time](int64_t last) { return how == '-' ? last < time : last > time; };
  }

  bool passing(int code, int status) const {
    if (o_.retry_all && code) return true;
    if (code == 28 || (code == 7 && o_.retry_refused)) return true;
    return (code == 0 || code == kHttpError) && (status == 408 || status == 429 || status == 500 || status == 502 || status == 503 || status == 504);
  }

  bool has_header(std::string_view name) const {
    for (const std::string& h : o_.headers) {
      std::string_view n = std::string_view(h).substr(0, h.find_first_of(":;"));
      if (lower(n, false) == lower(name, false)) return true;
    }
    return false;
  }

  std::optional<int> prepare(std::string& url, HttpRequest& r) {
    if (o_.have_agent && !has_header("User-Agent")) r.headers.push_back("User-Agent: " + o_.agent);
    if (!o_.referer.empty()) r.headers.push_back("Referer: " + o_.referer);
    std::string login = o_.user;
    if (login.empty() && o_.netrc) login = login_for(url);
    if (!o_.bearer.empty()) r.headers.push_back("Authorization: Bearer " + o_.bearer);
    else if (!login.empty()) r.headers.push_back(basic_authorization(login));
    if (!o_.etag_compare.empty()) {
      auto etag = read_file(p_, o_.etag_compare);
      if (!etag) return fail(26, "Failed to open/read local data from file/application");
      const std::string value = etag->substr(0, etag->find_first_of("\r\n"));
      r.headers.push_back("If-None-Match: " + (value.empty() ? "\"\"" : value));
    }
    if (!o_.url_query.empty() && !(o_.get && o_.have_data)) {
      const size_t hash = std::min(url.find('#'), url.size());
      url.insert(hash, (url.substr(0, hash).find('?') == url.npos ? "?" : "&") + o_.url_query);
    }
    if (!o_.range.empty()) r.headers.push_back("Range: bytes=" + o_.range);
    if (o_.json && !has_header("Content-Type")) r.headers.push_back("Content-Type: application/json");
    if (o_.json && !has_header("Accept")) r.headers.push_back("Accept: application/json");
    r.method = "GET";
    if (o_.get && o_.have_data) {
      size_t hash = url.find('#');
      std::string fragment = hash == url.npos ? "" : url.substr(hash);
      url = url.substr(0, hash);
      url += (url.find('?') == url.npos ? "?" : "&") + o_.data + fragment;
    } else if (o_.have_data) {
      r.method = "POST";
      r.body = o_.data;
      r.has_body = true;
    } else if (!o_.forms.empty()) {
      r.method = "POST";
      r.has_body = true;
      multipart(r);
    } else if (o_.have_upload) {
      auto text = o_.upload == "-" || o_.upload == "." ? standard_input() : read_file(p_, o_.upload);
      if (!text) {
        write_error(p_, "curl: Can't open '" + o_.upload + "'!\n" + "curl: try 'curl --help' or 'curl --manual' for more information\n");
        return 26;
      }
      r.method = "PUT";
      r.body = *text;
      r.has_body = true;
      if (!has_header("Content-Type")) r.headers.push_back("Content-Type:");
      if (!has_header("Expect")) r.headers.push_back("Expect: 100-continue");
      if (url.ends_with('/') && o_.upload != "-") url += o_.upload.substr(o_.upload.rfind('/') + 1);
    }
    if (o_.head) r.method = "HEAD";
    if (!o_.method.empty()) r.method = o_.method;
    for (const std::string& h : o_.headers) r.headers.push_back(h);
    r.url = url;
    r.decompress = o_.compressed;
    r.insecure = o_.insecure;
    r.http_version = o_.http_version;
    r.least_tls = o_.least_tls;
    r.timeout_ms = o_.max_time_ms;
    r.connect_timeout_ms = o_.connect_timeout_ms;
    return std::nullopt;
  }

  std::string login_for(const std::string& url) {
    std::string file = o_.netrc_file;
    const char* home = p_.getenv("HOME");
    if (file.empty() && home) file = std::string(home) + "/.netrc";
    auto text = read_file(p_, file);
    return text ? netrc_login(*text, CookiePlace::of_url(url).host).value_or("") : "";
  }
  Result<std::string> standard_input() {
    Input in(p_, 0, "-", false);
    return std::string(in.all());
  }

  void multipart(HttpRequest& r) {
    char mark[48];
    snprintf(mark, sizeof mark, "------------------------%016llx", static_cast<unsigned long long>(p_.random()));
    auto quoted = [this](const std::string& s) {
      std::string out;
      for (char c : s)
        out += o_.form_escape && (c == '"' || c == '\\') ? std::string("\\") + c : c == '"' ? "%22" : c == '\r' ? "%0D" : c == '\n' ? "%0A" : std::string(1, c);
      return out;
    };
    for (const Options::Form& f : o_.forms) {
      r.body += std::string("--") + mark + "\r\nContent-Disposition: form-data; name=\"" + quoted(f.name) + "\"";
      if (f.from_file || f.has_filename) r.body += "; filename=\"" + quoted(f.has_filename ? f.filename : f.file.substr(f.file.rfind('/') + 1)) + "\"";
      std::string type = f.type.empty() && f.from_file ? media_type(f.has_filename ? f.filename : f.file) : f.type;
      if (!type.empty()) r.body += "\r\nContent-Type: " + type;
      r.body += "\r\n\r\n" + f.value + "\r\n";
    }
    r.body += std::string("--") + mark + "--\r\n";
    r.headers.push_back(std::string("Content-Type: multipart/form-data; boundary=") + mark);
  }

  static std::string media_type(const std::string& file) {
    struct Type {
      const char* end;
      const char* type;
    };
    static constexpr Type kTypes[] = {{".gif", "image/gif"},       {".jpg", "image/jpeg"},     {".jpeg", "image/jpeg"}, {".png", "image/png"},
                                      {".svg", "image/svg+xml"},   {".txt", "text/plain"},     {".htm", "text/html"},   {".html", "text/html"},
                                      {".pdf", "application/pdf"}, {".xml", "application/xml"}};
    for (const Type& t : kTypes)
      if (file.ends_with(t.end)) return t.type;
    return "application/octet-stream";
  }

  static std::string origin(const std::string& url) { return url.substr(0, url.find('/', url.find("://") + 3)); }

  /// The request and, with -L, where it is sent on to. 0, or curl's number of the error.
  int exchange(HttpRequest request, Answer& answer, Target& target, Report& report) {
    const std::string first = origin(request.url);
    for (;;) {
      report.url = request.url;
      report.method = request.method;
      answer.place = CookiePlace::of_url(request.url);
      HttpRequest sent = request;
      if (const std::string cookies = cookies_for(answer.place); !cookies.empty()) sent.headers.insert(sent.headers.begin(), "Cookie: " + cookies);
      if (o_.verbose) show_request(sent);
      report.fetched = fetch(p_, client_, sent, answer);
      report.head_bytes += report.fetched.head_bytes;
      report.upload += request.body.size();
      report.redirect_url = answer.status >= 300 && answer.status < 400 && !answer.location.empty() ? client_.resolve(request.url, answer.location) : "";
      if (answer.write_failed) return report.message = kWriteMessage, kWriteError;
      if (answer.refused == 33) return report.message = "HTTP server doesn't seem to support byte ranges. Cannot resume.", 33;
      if (answer.refused) return report.message = "Maximum file size exceeded", answer.refused;
      if (answer.unmet) return 0;
      if (answer.failed) return report.message = "The requested URL returned error: " + std::to_string(answer.status), kHttpError;
      if (report.fetched.end.error) return report.message = report.fetched.end.message, report.fetched.end.error;
      if (!o_.location || report.redirect_url.empty()) break;
      if (report.redirects++ >= o_.max_redirects)
        return report.message = "Maximum (" + std::to_string(o_.max_redirects) + ") redirects followed", kTooManyRedirects;
      if (o_.redirect_protocols && !is_in(*o_.redirect_protocols, report.redirect_url)) return report.message = not_supported(report.redirect_url), 1;
      follow(request, answer.status, report.redirect_url, first);
    }
    if (o_.fail_with_body && answer.status >= 400) {
      target.flush();
      return report.message = "The requested URL returned error: " + std::to_string(answer.status), kHttpError;
    }
    return 0;
  }

  void follow(HttpRequest& r, int status, const std::string& to, const std::string& first) {
    r.url = to;
    bool keep = status == 307 || status == 308 || (status >= 301 && status <= 303 && o_.post_kept[status - 301]);
    if (!keep && r.has_body && o_.method.empty()) {
      r.method = "GET";
      r.body.clear();
      r.has_body = false;
      std::erase_if(r.headers, [](const std::string& h) { return header_value(h, "Content-Type").has_value(); });
    } else if (!keep && r.has_body && (r.method == "POST" || status == 303)) {
      r.body.clear();
      r.has_body = false;
    }
    // What proves who one is goes to nobody else.
    if (origin(to) != first && !o_.location_trusted)
      std::erase_if(r.headers, [](const std::string& h) { return header_value(h, "Authorization").has_value() || header_value(h, "Cookie").has_value(); });
  }

  void show_request(const HttpRequest& r) {
    size_t path = r.url.find('/', r.url.find("://") + 3);
    std::string text = "> " + r.method + " " + (path == r.url.npos ? "/" : r.url.substr(path, r.url.find('#') - path)) +
                       " HTTP/1.1\n> Host: " + origin(r.url).substr(r.url.find("://") + 3) + "\n";
    for (const std::string& h : r.headers) text += "> " + h + "\n";
    write_error(p_, text + "> \n");
  }

  void write_out(const Report& r) {
    if (o_.write_out.empty()) return;
    std::string out;
    bool to_stderr = false;
    auto send = [&] {
      if (to_stderr) return write_error(p_, std::exchange(out, ""));
      Output o(p_, 1, kWriteError);
      o.write(std::exchange(out, ""));
      o.flush();
    };
    const std::string& f = o_.write_out;
    for (size_t i = 0; i < f.size(); i++) {
      if (f[i] == '\\' && i + 1 < f.size()) {
        char c = f[++i];
        if (c == 'n') out += '\n';
        else if (c == 't') out += '\t';
        else if (c == 'r') out += '\r';
        else out += {'\\', c};
      } else if (f[i] == '%' && i + 1 < f.size() && f[i + 1] == '%') {
        out += '%';
        i++;
      } else if (f[i] == '%' && i + 1 < f.size() && f[i + 1] == '{' && f.find('}', i) != f.npos) {
        size_t end = f.find('}', i);
        std::string name = f.substr(i + 2, end - i - 2);
        if (auto v = variable(name, r)) out += *v;
        else if (name == "stderr" || name == "stdout") send(), to_stderr = name == "stderr";
        else write_error(p_, "curl: unknown --write-out variable: '" + name + "'\n");
        i = end;
      } else {
        out += f[i];
      }
    }
    send();
  }

  std::optional<std::string> variable(const std::string& n, const Report& r) {
    const HttpInfo& i = r.fetched.info;
    auto seconds = [](double d) {
      char text[32];
      snprintf(text, sizeof text, "%.6f", d);
      return std::string(text);
    };
    char code[8];
    snprintf(code, sizeof code, "%03ld", r.status ? long{r.status} : i.status);
    if (n == "http_code" || n == "response_code") return code;
    if (n == "url_effective") return r.url;
    if (n == "url") return r.url;
    if (n == "method") return r.method;
    if (n == "content_type") return i.content_type;
    if (n == "size_download") return std::to_string(r.fetched.body_bytes);
    if (n == "size_header") return std::to_string(r.head_bytes);
    if (n == "size_upload") return std::to_string(r.upload);
    if (n == "num_redirects") return std::to_string(r.redirects);
    if (n == "redirect_url") return o_.location ? "" : r.redirect_url;
    if (n == "remote_ip") return i.remote_ip;
    if (n == "remote_port") return std::to_string(i.remote_port);
    if (n == "http_version") return i.http_version;
    if (n == "scheme") return upper(r.url.substr(0, r.url.find(':')), false);
    if (n == "exitcode") return std::to_string(r.error);
    if (n == "errormsg") return r.message;
    if (n == "filename_effective") return r.file == "-" ? "" : r.file;
    if (n == "num_connects") return i.status ? "1" : "0";
    if (n == "time_total") return seconds(i.time_total);
    if (n == "time_connect") return seconds(i.time_connect);
    if (n == "time_starttransfer") return seconds(i.time_start);
    if (n == "time_namelookup") return seconds(i.time_lookup);
    if (n == "speed_download") return std::to_string(i.time_total > 0 ? static_cast<uint64_t>(static_cast<double>(r.fetched.body_bytes) / i.time_total) : 0);
    return std::nullopt;
  }

  Process& p_;
  HttpClient& client_;
  Options& o_;
  std::unique_ptr<Target> head_target_;
  CookieJar& jar_;
};

// --stderr; "-" is standard output.
void redirect_errors(Process& p, const std::string& file) {
  if (file == "-") {
    (void)p.dup2(1, 2);
    return;
  }
  auto fd = p.open(file, kOpenWrite | kOpenCreate | kOpenTruncate);
  if (!fd) return write_error(p, "Warning: Failed to open " + file + "!\n");
  (void)p.dup2(*fd, 2);
  (void)p.close(*fd);
}

int curl_main(Process& p) {
  std::vector<Options> parts;
  if (auto over = read_options(p, parts)) return *over;
  if (!parts[0].stderr_file.empty()) redirect_errors(p, parts[0].stderr_file);
  HttpClient* client = http_client(p);
  if (!client) {
    write_error(p, "curl: (7) this sandbox has no network\n");
    return 7;
  }
  CookieJar jar;
  int status = 0;
  bool stop = false;
  for (auto& o : parts) {
    if (o.urls.empty()) {
      write_error(p, "curl: no URL specified!\ncurl: try 'curl --help' or 'curl --manual' for more information\n");
      return 2;
    }
    status = Program(p, *client, o, jar).main(&stop);
    if (stop) break;
  }
  return status;
}

}  // namespace
}  // namespace curl

Command curl_command() { return {{"curl"}, curl::kHelp, curl::curl_main, MessageName::Short}; }

}  // namespace nacre
