/// wget - fetch files over HTTP and HTTPS.
/// There only when the sandbox has a network policy; what may be reached is decided by the host (nacre/network.h).
/// Source: wget(1) 1.21, checked against the tool.
/// Differs: no recursion, no -b, cookies last for the run (no --load-cookies, --save-cookies), no configuration files; the log holds no times of
/// day, addresses and progress; help is in our own words.
#include "algo/http_date.h"
#include "algo/unicode.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/curl/cookies.h"
#include "commands/curl/fetch.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: wget [OPTION]... [URL]...\n"
    "Fetch files. What may be reached is the sandbox's network policy.\n\n"
    "  -q, --quiet                  no log\n"
    "  -nv, --no-verbose            one line for each file\n"
    "  -O, --output-document=FILE   write everything there\n"
    "  -P, --directory-prefix=DIR   make the files there\n"
    "  -c, --continue               go on with a file that is there in part\n"
    "  -nc, --no-clobber            leave files that are there\n"
    "  -N, --timestamping           only what is newer than the file that is there, or of another size\n"
    "      --no-if-modified-since   ask first, with HEAD\n"
    "      --no-use-server-timestamps  files get the time of now\n"
    "      --no-cookies             without those that servers set\n"
    "      --referer=URL\n"
    "  -i, --input-file=FILE        URLs from FILE, one a line\n"
    "  -S, --server-response        show the headers\n"
    "      --spider                 only look whether it is there\n"
    "  -t, --tries=N                try N times (20)\n"
    "  -T, --timeout=SECONDS\n"
    "  -w, --wait=SECONDS           between fetches\n"
    "  -U, --user-agent=NAME\n"
    "      --header=LINE            another header\n"
    "      --post-data=TEXT, --post-file=FILE\n"
    "      --method=NAME, --body-data=TEXT, --body-file=FILE\n"
    "      --user=NAME, --password=TEXT\n"
    "      --max-redirect=N         follow at most N (20)\n"
    "      --content-on-error       keep what comes with an error\n"
    "      --no-check-certificate   where the policy allows it\n";

constexpr int kGeneric = 1, kParse = 2, kFileError = 3, kNetwork = 4, kServer = 8;

struct Options {
  bool quiet = false, brief = false, resume = false, no_clobber = false, server_response = false, spider = false, insecure = false, keep_errors = false,
       verbose = false, at_once = false, newer = false, ask_first = false, own_times = false, no_cookies = false;
  std::string document, prefix, input, agent = "Wget/1.21.3", referer, method, body, body_file, user, password, tries = "20", timeout, wait, redirects = "20";
  bool have_body = false;
  std::vector<std::string> headers;
};

constexpr Flag<Options> kFlags[] = {
    {'q', "quiet", &Options::quiet},
    {0, "no-verbose", &Options::brief},
    {'v', "verbose", &Options::verbose},
    {'O', "output-document", &Options::document},
    {'P', "directory-prefix", &Options::prefix},
    {'c', "continue", &Options::resume},
    {0, "no-clobber", &Options::no_clobber},
    {'N', "timestamping", &Options::newer},
    {0, "no-if-modified-since", &Options::ask_first},
    {0, "no-use-server-timestamps", &Options::own_times},
    {0, "no-cookies", &Options::no_cookies},
    {0, "referer", &Options::referer},
    {'i', "input-file", &Options::input},
    {'S', "server-response", &Options::server_response},
    {0, "spider", &Options::spider},
    {'t', "tries", &Options::tries},
    {'T', "timeout", &Options::timeout},
    {'w', "wait", &Options::wait},
    {'U', "user-agent", &Options::agent},
    {0, "header", &Options::headers},
    {0, "user", &Options::user},
    {0, "password", &Options::password},
    {0, "max-redirect", &Options::redirects},
    {0, "content-on-error", &Options::keep_errors},
    {0, "no-check-certificate", &Options::insecure},
    {0, "auth-no-challenge", &Options::at_once},   // it is never otherwise here
    {0, "post-data",
     +[](Options& o, std::string_view s) {
       o.method = "POST";
       o.body = s;
       o.have_body = true;
     }},
    {0, "post-file",
     +[](Options& o, std::string_view s) {
       o.method = "POST";
       o.body_file = s;
       o.have_body = true;
     }},
    {0, "method", &Options::method},
    {0, "body-data",
     +[](Options& o, std::string_view s) {
       o.body = s;
       o.have_body = true;
     }},
    {0, "body-file",
     +[](Options& o, std::string_view s) {
       o.body_file = s;
       o.have_body = true;
     }},
};

/// One answer into a file.
class Download final : public HttpSink {
 public:
  Download(Process& p, const Options& o, CookieJar& jar) : p_(p), o_(o), jar_(jar) {}
  ~Download() override { close(); }

  bool header(std::string_view line) override {
    if (line.starts_with("HTTP/")) {
      size_t at = line.find(' ');
      status_line = at == line.npos ? "" : std::string(line.substr(at + 1));
      while (!status_line.empty() && ascii_space(status_line.back())) status_line.pop_back();
      status = atoi(status_line.c_str());
      location.clear();
      length.clear();
      type.clear();
      modified.clear();
    }
    if (auto v = header_value(line, "Last-Modified")) modified = *v;
    if (auto v = header_value(line, "Set-Cookie"); v && !o_.no_cookies) jar_.set(*v, place, p_.now(Clock::Realtime).sec);
    if (auto v = header_value(line, "Location")) location = *v;
    if (auto v = header_value(line, "Content-Length")) length = *v;
    if (auto v = header_value(line, "Content-Type")) type = v->substr(0, v->find(';'));
    if (o_.server_response && !o_.quiet && line.size() > 2) {
      std::string_view text = line;
      while (!text.empty() && ascii_space(text.back())) text.remove_suffix(1);
      write_error(p_, "  " + std::string(text) + "\n");
    }
    return true;
  }

  bool body(std::string_view bytes) override {
    if (status >= 300 && !(status >= 400 && o_.keep_errors)) return true;
    if (unwanted && unwanted()) return omitted = true, false;
    if (!start()) return false;
    received += bytes.size();
    out->write(bytes);
    return true;
  }

  /// Opens the file, once. False after a message.
  bool start() {
    if (out) return true;
    if (document) {
      out = document;
      return true;
    }
    auto made = p_.open(file, kOpenWrite | kOpenCreate | kOpenCloexec | (status == 206 ? kOpenAppend : kOpenTruncate));
    if (!made) {
      write_error(p_, file + ": " + std::string(message(made.error())) + "\n\nCannot write to ‘" + file + "’ (Success).\n");
      failed = true;
      return false;
    }
    fd_ = *made;
    own_ = std::make_unique<Output>(p_, fd_, kFileError);
    out = own_.get();
    return true;
  }
  void close() {
    if (own_) own_->flush();
    own_.reset();
    if (fd_ >= 0) (void)p_.close(fd_);
    fd_ = -1;
    out = nullptr;
  }

  int status = 0;
  std::string status_line, location, length, type, modified, file;
  CookiePlace place;                ///< of the request that is answered
  std::function<bool()> unwanted;   ///< asked before a file is written to: is it there already?
  bool omitted = false;
  Output* document = nullptr;   ///< -O
  Output* out = nullptr;
  uint64_t received = 0;
  bool failed = false;

 private:
  Process& p_;
  const Options& o_;
  CookieJar& jar_;
  int fd_ = -1;
  std::unique_ptr<Output> own_;
};

class Program {
 public:
  Program(Process& p, HttpClient& client, Options& o) : p_(p), client_(client), o_(o) {}

  int main(std::vector<std::string> urls) {
    if (!o_.document.empty() && !o_.spider) {
      document_fd_ = 1;
      if (o_.document != "-") {
        auto fd = p_.open(o_.document, kOpenWrite | kOpenCreate | kOpenCloexec | (o_.resume ? kOpenAppend : kOpenTruncate));
        if (!fd) {
          write_error(p_, o_.document + ": " + std::string(message(fd.error())) + "\n");
          return kGeneric;
        }
        document_fd_ = *fd;
      }
      document_ = std::make_unique<Output>(p_, document_fd_, kFileError);
    }
    int worst = 0;
    for (size_t i = 0; i < urls.size(); i++) {
      if (i && !o_.wait.empty()) p_.sleep({atol(o_.wait.c_str()), 0});
      int status = one(urls[i]);
      // The lowest number wins, but for 0.
      if (status && (!worst || status < worst)) worst = status;
    }
    if (document_) document_->flush();
    return worst;
  }

 private:
  void log(const std::string& text) {
    if (!o_.quiet && !o_.brief) write_error(p_, text);
  }
  int fail(int status, const std::string& text) {
    if (!o_.quiet) write_error(p_, text);
    return status;
  }

  std::string file_for(const std::string& url) {
    size_t path = url.find('/', url.find("://") + 3);
    std::string rest = path == url.npos ? "/" : url.substr(path, url.find('#') - path);
    size_t query = rest.find('?');
    std::string name = rest.substr(0, query);
    name = name.substr(name.rfind('/') + 1);
    if (name.empty()) name = "index.html";
    if (query != rest.npos) name += rest.substr(query);
    for (char& c : name)
      if (c == '/') c = '_';
    return o_.prefix.empty() || o_.prefix == "." ? name : o_.prefix + "/" + name;
  }

  int one(const std::string& text) {
    HttpEnd why;
    std::string url = client_.normalize(text, &why);
    if (url.empty()) return fail(kGeneric, text + ": " + why.message + ".\n");
    Download d(p_, o_, jar_);
    d.document = document_.get();
    d.file = file_for(url);
    uint64_t have = 0;
    std::optional<Stat> there;   // with -N
    if (!document_ && !o_.spider) {
      for (size_t at = d.file.find('/', 1); at != d.file.npos; at = d.file.find('/', at + 1)) (void)p_.mkdir(d.file.substr(0, at));
      auto st = p_.stat(d.file);
      if (st && o_.no_clobber) return fail(0, "File ‘" + d.file + "’ already there; not retrieving.\n\n");
      if (st && o_.resume) have = st->size;
      // An older file of that name stays.
      std::string base = d.file;
      if (st && o_.newer) there = *st;
      for (int n = 1; st && !o_.resume && !o_.newer; n++) {
        d.file = base + "." + std::to_string(n);
        st = p_.stat(d.file);
      }
    }
    HttpRequest r;
    r.url = url;
    r.method = o_.method.empty() ? (o_.spider ? "HEAD" : "GET") : o_.method;
    r.headers = {"User-Agent: " + o_.agent, "Accept-Encoding: identity"};
    if (have) r.headers.push_back("Range: bytes=" + std::to_string(have) + "-");
    if (!o_.user.empty()) r.headers.push_back(basic_authorization(o_.user + ":" + o_.password));
    if (!o_.referer.empty()) r.headers.push_back("Referer: " + o_.referer);
    for (const std::string& h : o_.headers) r.headers.push_back(h);
    r.insecure = o_.insecure;
    r.timeout_ms = static_cast<uint64_t>(atof(o_.timeout.c_str()) * 1000);
    if (o_.have_body) {
      r.has_body = true;
      r.body = o_.body;
      if (!o_.body_file.empty()) {
        auto body = read_file(p_, o_.body_file);
        if (!body) return fail(kFileError, "BODY data file ‘" + o_.body_file + "’ missing: " + std::string(message(body.error())) + "\n");
        r.body = *body;
      }
    }
    if (there && !o_.ask_first) {
      r.headers.push_back("If-Modified-Since: " + format_http_date(there->mtime.sec));
      // A server that heeds no condition is believed about time and size.
      d.unwanted = [&d, there] { return d.status == 200 && !is_newer(d, *there) && d.length == std::to_string(there->size); };
    } else if (there) {
      HttpRequest head = r;
      head.method = "HEAD";
      head.has_body = false;
      head.body.clear();
      bool again = false;
      looking_ = true;
      const int status = exchange(head, d, 0, again);
      looking_ = false;
      if (status) return status;
      if (d.modified.empty()) log("Last-modified header missing -- time-stamps turned off.\n");
      else if (!is_newer(d, *there) && (d.length.empty() || d.length == std::to_string(there->size)))
        return log("Server file no newer than local file ‘" + d.file + "’ -- not retrieving.\n\n"), 0;
    }
    return attempts(r, d, have);
  }

  static bool is_newer(const Download& d, const Stat& there) { return parse_http_date(d.modified).value_or(INT64_MAX) > there.mtime.sec; }

  // A file has the time that the server told.
  void date(const Download& d) {
    if (o_.own_times || (document_ && o_.document == "-") || d.modified.empty()) return;
    const auto when = parse_http_date(d.modified);
    if (!when) return log("Last-modified header invalid -- time-stamp ignored.\n");
    const Timespec time{*when, 0}, now = p_.now(Clock::Realtime);
    if (document_) document_->flush();
    (void)p_.utimens(document_ ? o_.document : d.file, &now, &time, false);
  }

  int attempts(const HttpRequest& request, Download& d, uint64_t have) {
    long tries = atol(o_.tries.c_str());
    if (tries <= 0) tries = 1'000'000;
    for (long n = 1;; n++) {
      bool again = false;
      int status = exchange(request, d, have, again);
      if (!again || n >= tries) return status;
      log("Retrying.\n\n");
      p_.sleep({std::min<long>(n, 10), 0});
    }
  }

  int exchange(HttpRequest r, Download& d, uint64_t have, bool& again) {
    long left = atol(o_.redirects.c_str());
    Fetched f;
    for (;;) {
      log("--  " + r.url + "\n" + "HTTP request sent, awaiting response... ");
      d.place = CookiePlace::of_url(r.url);
      HttpRequest sent = r;
      bool full = false;
      if (const std::string cookies = jar_.header(d.place, p_.now(Clock::Realtime).sec, &full); !cookies.empty()) sent.headers.push_back("Cookie: " + cookies);
      f = fetch(p_, client_, sent, d);
      if (d.failed) return kFileError;
      if (d.omitted)
        return log("Server ignored If-Modified-Since header for file ‘" + d.file + "’.\nYou might want to add --no-if-modified-since option.\n\n"), 0;
      if (f.end.error) {
        log("\n");
        again = !f.end.denied && (f.end.error == 28 || f.end.error == 52 || f.end.error == 56);
        return fail(kNetwork, "wget: " + f.end.message + "\n");
      }
      if (!o_.server_response) log(d.status_line + "\n");
      if (d.status < 301 || d.status > 308 || d.status == 304 || d.location.empty()) break;
      if (left-- <= 0) return fail(kServer, o_.redirects + " redirections exceeded.\n");
      log("Location: " + d.location + " [following]\n");
      r.url = client_.resolve(r.url, d.location);
      if (r.has_body && d.status != 307 && d.status != 308) {
        r.method = "GET";
        r.has_body = false;
        r.body.clear();
      }
    }
    if (d.status == 416 && have) return log("\n    The file is already fully retrieved; nothing to do.\n\n"), 0;
    if (d.status >= 400 && o_.spider && d.status == 404) return fail(kServer, "Remote file does not exist -- broken link!!!\n\n");
    if (d.status >= 400) {
      if (o_.keep_errors && d.start()) d.close();
      if (o_.brief && !o_.quiet) write_error(p_, r.url + ":\n");
      return fail(kServer, "ERROR " + std::to_string(d.status) + ": " + (d.status_line.size() > 4 ? d.status_line.substr(4) : "") + ".\n");
    }
    if (looking_) return 0;
    if (d.status == 304 && o_.newer) return log("File ‘" + d.file + "’ not modified on server. Omitting download.\n\n"), 0;
    if (o_.spider) return log("Remote file exists.\n\n"), 0;
    if (!d.start()) return kFileError;
    d.close();
    date(d);
    const std::string name = document_ ? (o_.document == "-" ? "STDOUT" : o_.document) : d.file;
    log("Length: " + (d.length.empty() ? std::string("unspecified") : d.length) + " [" + d.type + "]\nSaving to: ‘" + name + "’\n\n‘" + name + "’ saved [" +
        std::to_string(d.received) + (d.length.empty() ? "" : "/" + d.length) + "]\n\n");
    if (o_.brief && !o_.quiet)
      write_error(p_, "URL:" + r.url + " [" + std::to_string(d.received) + (d.length.empty() ? "" : "/" + d.length) + "] -> \"" +
                          (document_ ? o_.document : d.file) + "\" [1]\n");
    return 0;
  }

  Process& p_;
  HttpClient& client_;
  Options& o_;
  CookieJar jar_;
  bool looking_ = false;   ///< for the head of what may be newer
  int document_fd_ = -1;
  std::unique_ptr<Output> document_;
};

int wget_main(Process& p) {
  Options o;
  std::vector<std::string> urls, argv;
  // -nv and -nc are of one piece.
  for (const std::string& a : p.argv()) argv.push_back(a == "-nv" ? "--no-verbose" : a == "-nc" ? "--no-clobber" : a);
  if (auto status = parse_argv(p, kUsage, kFlags, o, argv, urls, {.error_status = kParse})) return *status;
  if (o.newer && o.no_clobber) {
    write_error(p, "Can't timestamp and not clobber old files at the same time.\nUsage: wget [OPTION]... [URL]...\n");
    return kGeneric;
  }
  if (o.newer && !o.document.empty()) {
    o.newer = false;
    write_error(p, "WARNING: timestamping does nothing in combination with -O. See the manual\nfor details.\n\n");
  }
  if (!o.input.empty()) {
    auto in = open_input(p, o.input);
    if (!in) return kGeneric;
    std::string_view line;
    while (in->next_line(line)) {
      while (!line.empty() && ascii_space(line.back())) line.remove_suffix(1);
      if (!line.empty()) urls.emplace_back(line);
    }
  }
  if (urls.empty()) {
    write_error(p, "wget: missing URL\nUsage: wget [OPTION]... [URL]...\n\nTry `wget --help' for more options.\n");
    return kGeneric;
  }
  HttpClient* client = http_client(p);
  if (!client) {
    write_error(p, "wget: this sandbox has no network\n");
    return kNetwork;
  }
  return Program(p, *client, o).main(std::move(urls));
}

}  // namespace

Command wget_command() { return {{"wget"}, kUsage, wget_main, MessageName::Short}; }

}  // namespace nacre
