#include "commands/wget/session.h"

#include "algo/http_date.h"
#include "algo/unicode.h"
#include "commands/numbers.h"

namespace nacre {
namespace {

bool is_newer(const Download& d, const Stat& there) { return parse_http_date(d.modified).value_or(INT64_MAX) > there.mtime.sec; }
bool ends_as_page(std::string_view name) { return with_extension(std::string(name), ".html") == name; }

}  // namespace

void WgetSession::log(const std::string& text) {
  if (!o_.quiet && !o_.brief) log_always(text);
}
void WgetSession::log_always(const std::string& text) {
  if (log_fd_ == 2) write_error(p_, text);
  else (void)p_.write(log_fd_, text);
}
int WgetSession::fail(int status, const std::string& text) {
  if (!o_.quiet) log_always(text);
  return status;
}

bool WgetSession::open_files() {
  const std::string& name = o_.append_log.empty() ? o_.log_file : o_.append_log;
  if (!name.empty()) {
    auto fd = name == "-" ? Result<int>(1) : p_.open(name, kOpenWrite | kOpenCreate | kOpenCloexec | (o_.append_log.empty() ? kOpenTruncate : kOpenAppend));
    if (!fd) {
      write_error(p_, name + ": " + std::string(message(fd.error())) + "\n");
      return false;
    }
    log_fd_ = *fd;
  }
  if (o_.document.empty() || o_.spider) return true;
  document_fd_ = 1;
  if (o_.document != "-") {
    auto fd = p_.open(o_.document, kOpenWrite | kOpenCreate | kOpenCloexec | (o_.resume ? kOpenAppend : kOpenTruncate));
    if (!fd) {
      write_error(p_, o_.document + ": " + std::string(message(fd.error())) + "\n");
      return false;
    }
    document_fd_ = *fd;
  }
  document_ = std::make_unique<Output>(p_, document_fd_, kWgetFileError);
  return true;
}

int WgetSession::run(const std::vector<std::string>& urls) {
  if (auto why = filter_.prepare()) return fail(kWgetParse, *why + "\n");
  if (!open_files()) return kWgetGeneric;
  if (!o_.load_cookies.empty()) load_cookies();
  int worst = 0;
  for (const auto& text : urls) {
    HttpEnd why;
    const std::string url = client_.normalize(url_encoded(text), &why);
    int status;
    if (url.empty()) {
      status = fail(kWgetGeneric, text + ": " + why.message + ".\n");
    } else if (o_.recursive || o_.requisites) {
      status = tree(url);
    } else {
      const Got got = one(url, o_.referer);
      status = got.status;
      if (o_.convert && (got.page || got.style) && !document_) pages_.push_back({got.file, got.url, got.style});
      if (o_.delete_after && !got.file.empty() && !document_) (void)p_.unlink(got.file);
    }
    // The lowest number wins, but for 0.
    if (status && (!worst || status < worst)) worst = status;
  }
  if (document_) document_->flush();
  if (o_.convert && !o_.delete_after) convert_all();
  if (!o_.save_cookies.empty()) save_cookies();
  return worst;
}

bool WgetSession::quota_reached() const {
  if (o_.quota.empty() || o_.quota == "0" || o_.quota == "inf") return false;
  const auto limit = parse_size(o_.quota, "kKmMgG");
  return limit && received_ >= *limit;
}

void WgetSession::wait_between() {
  if (fetched_++ == 0 || o_.wait.empty()) return;
  double seconds = atof(o_.wait.c_str());
  if (o_.random_wait) seconds *= 0.5 + static_cast<double>(p_.random() % 1000) / 1000;
  const auto whole = static_cast<int64_t>(seconds);
  p_.sleep({whole, static_cast<int32_t>((seconds - static_cast<double>(whole)) * 1e9)});
}

// What each request has. A status after a message.
int WgetSession::set_up(HttpRequest& r, const std::string& referer) {
  r.method = o_.method.empty() ? (o_.spider ? "HEAD" : "GET") : o_.method;
  r.headers = {"User-Agent: " + o_.agent};
  r.decompress = o_.compressed;
  if (!o_.compressed) r.headers.emplace_back("Accept-Encoding: identity");
  const std::string& user = o_.http_user.empty() ? o_.user : o_.http_user;
  if (!user.empty()) r.headers.push_back(basic_authorization(user + ":" + (o_.http_password.empty() ? o_.password : o_.http_password)));
  if (!referer.empty()) r.headers.push_back("Referer: " + referer);
  if (o_.no_cache) {
    r.headers.emplace_back("Cache-Control: no-cache");
    r.headers.emplace_back("Pragma: no-cache");
  }
  for (const std::string& h : o_.headers) r.headers.push_back(h);
  r.insecure = o_.insecure;
  r.timeout_ms = static_cast<uint64_t>(std::max(0.0, atof(o_.timeout.c_str())) * 1000);
  r.connect_timeout_ms = static_cast<uint64_t>(std::max(0.0, atof(o_.connect_timeout.c_str())) * 1000);
  if (!o_.have_body) return 0;
  r.has_body = true;
  r.body = o_.body;
  if (o_.body_file.empty()) return 0;
  auto body = read_file(p_, o_.body_file);
  if (!body) return fail(kWgetFileError, "BODY data file ‘" + o_.body_file + "’ missing: " + std::string(message(body.error())) + "\n");
  r.body = *body;
  return 0;
}

WgetSession::Got WgetSession::one(const std::string& url, const std::string& referer) {
  Got got;
  got.url = url;
  wait_between();
  Download d(p_, o_, jar_, [this](const std::string& line) { log_always(line); });
  d.document = document_.get();
  d.file = wget_local_name(o_, url);
  uint64_t have = o_.start.empty() ? 0 : static_cast<uint64_t>(std::max<int64_t>(0, parse_int(o_.start).value_or(0)));
  std::optional<Stat> there;   // with -N
  if (!document_ && !o_.spider) {
    std::string expected = d.file;
    auto st = p_.stat(expected);
    if (!st && o_.adjust && !ends_as_page(d.file)) st = p_.stat(expected = d.file + ".html");
    if (st && !st->is_dir() && o_.no_clobber) {
      got.status = fail(0, "File ‘" + expected + "’ already there; not retrieving.\n\n");
      got.file = expected;
      got.page = ends_as_page(expected);
      return got;
    }
    if (st && o_.resume && o_.start.empty()) have = st->size;
    if (st && o_.newer) {
      there = *st;
      d.file = expected;
    }
    // An older file of that name stays, unless names are those of the server.
    d.fresh_name = !o_.resume && !o_.newer && !o_.with_directories() && o_.backups == 0;
    if (d.fresh_name || (st && st->is_dir())) d.file = unused_name(p_, d.file);
  }
  HttpRequest r;
  r.url = url;
  if ((got.status = set_up(r, referer))) return got;
  if (have) r.headers.push_back("Range: bytes=" + std::to_string(have) + "-");
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
    got.status = exchange(head, d, 0, again, got);
    looking_ = false;
    if (got.status) return got;
    if (d.modified.empty()) log("Last-modified header missing -- time-stamps turned off.\n");
    else if (!is_newer(d, *there) && (d.length.empty() || d.length == std::to_string(there->size))) {
      log("Server file no newer than local file ‘" + d.file + "’ -- not retrieving.\n\n");
      got.file = d.file;
      got.page = d.is_page();
      got.style = d.is_style();
      return got;
    }
  }
  got.status = attempts(r, d, have, got);
  received_ += d.received;
  return got;
}

// A file has the time that the server told.
void WgetSession::date(const Download& d) {
  if (o_.own_times || (document_ && o_.document == "-") || d.modified.empty()) return;
  const auto when = parse_http_date(d.modified);
  if (!when) return log("Last-modified header invalid -- time-stamp ignored.\n");
  const Timespec time{*when, 0}, now = p_.now(Clock::Realtime);
  if (document_) document_->flush();
  (void)p_.utimens(document_ ? o_.document : d.file, &now, &time, false);
}

bool WgetSession::retries_status(int status) const {
  for (std::string_view rest = o_.retry_errors; !rest.empty();) {
    const size_t comma = std::min(rest.find(','), rest.size());
    if (parse_int(rest.substr(0, comma)).value_or(0) == status) return true;
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return false;
}

int WgetSession::attempts(const HttpRequest& request, Download& d, uint64_t have, Got& got) {
  long tries = atol(o_.tries.c_str());
  if (tries <= 0) tries = 1'000'000;
  for (long n = 1;; n++) {
    bool again = false;
    int status = exchange(request, d, have, again, got);
    if (!again || n >= tries) return status;
    log("Retrying.\n\n");
    p_.sleep({std::min<long>(n, std::max<long>(0, atol(o_.wait_retry.c_str()))), 0});
  }
}

int WgetSession::exchange(HttpRequest r, Download& d, uint64_t have, bool& again, Got& got) {
  long left = atol(o_.redirects.c_str());
  Fetched f;
  for (;;) {
    log("--  " + r.url + "\n" + "HTTP request sent, awaiting response... ");
    d.place = CookiePlace::of_url(r.url);
    if (const UrlPlace place = place_of_url(r.url); !place.port.empty()) ports_[place.host] = place.port;
    HttpRequest sent = r;
    bool full = false;
    if (const std::string cookies = jar_.header(d.place, p_.now(Clock::Realtime).sec, &full); !cookies.empty()) sent.headers.push_back("Cookie: " + cookies);
    f = fetch(p_, client_, sent, d);
    if (d.failed) return kWgetFileError;
    got.url = r.url;
    if (d.omitted) {
      got.file = d.file;
      got.page = d.is_page();
      got.style = d.is_style();
      return log("Server ignored If-Modified-Since header for file ‘" + d.file + "’.\nYou might want to add --no-if-modified-since option.\n\n"), 0;
    }
    if (f.end.error) {
      log("\n");
      again = !f.end.denied && (f.end.error == 28 || f.end.error == 52 || f.end.error == 56 || (f.end.error == 7 && o_.retry_refused));
      return fail(kWgetNetwork, "wget: " + f.end.message + "\n");
    }
    if (!o_.server_response) log(d.status_line + "\n");
    if (d.status < 301 || d.status > 308 || d.status == 304 || d.location.empty()) break;
    if (left-- <= 0) return fail(kWgetServer, o_.redirects + " redirections exceeded.\n");
    log("Location: " + d.location + " [following]\n");
    r.url = client_.resolve(r.url, d.location);
    if (o_.trust_names && !document_ && !o_.newer && !o_.resume) {
      d.file = wget_local_name(o_, r.url);
      if (d.fresh_name) d.file = unused_name(p_, d.file);
    }
    if (r.has_body && d.status != 307 && d.status != 308) {
      r.method = "GET";
      r.has_body = false;
      r.body.clear();
    }
  }
  if (d.status == 416 && have) return log("\n    The file is already fully retrieved; nothing to do.\n\n"), 0;
  if (d.status >= 400 && o_.spider && d.status == 404) return fail(kWgetServer, "Remote file does not exist -- broken link!!!\n\n");
  if (d.status >= 400) {
    again = retries_status(d.status);
    if (o_.keep_errors && !again && d.start()) d.close();
    if (o_.brief && !o_.quiet) log_always(r.url + ":\n");
    return fail(kWgetServer, "ERROR " + std::to_string(d.status) + ": " + (d.status_line.size() > 4 ? d.status_line.substr(4) : "") + ".\n");
  }
  if (looking_) return 0;
  if (d.status == 304 && o_.newer) {
    got.file = d.file;
    got.page = ends_as_page(d.file);
    return log("File ‘" + d.file + "’ not modified on server. Omitting download.\n\n"), 0;
  }
  if (o_.spider) return log("Remote file exists.\n\n"), 0;
  return saved(r.url, d, got);
}

int WgetSession::saved(const std::string& url, Download& d, Got& got) {
  if (!d.start()) return kWgetFileError;
  d.close();
  date(d);
  const std::string name = document_ ? (o_.document == "-" ? "STDOUT" : o_.document) : d.file;
  log("Length: " + (d.length.empty() ? std::string("unspecified") : d.length) + " [" + d.type + "]\nSaving to: ‘" + name + "’\n\n‘" + name + "’ saved [" +
      std::to_string(d.received) + (d.length.empty() ? "" : "/" + d.length) + "]\n\n");
  if (o_.brief && !o_.quiet)
    log_always("URL:" + url + " [" + std::to_string(d.received) + (d.length.empty() ? "" : "/" + d.length) + "] -> \"" + (document_ ? o_.document : d.file) +
               "\" [1]\n");
  got.file = document_ ? o_.document : d.file;
  got.plain = d.plain;
  got.page = d.is_page();
  got.style = d.is_style();
  return 0;
}

}  // namespace nacre
