#include "commands/curl/options.h"

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/text_encoding.h"
#include "commands/curl/fetch.h"
#include "commands/curl/help.h"
#include "commands/text_io.h"

namespace nacre::curl {
namespace {

constexpr char kTry[] = "curl: try 'curl --help' or 'curl --manual' for more information\n";

struct Spec {
  char letter;
  const char* name;
  bool value;
};
constexpr Spec kSpecs[] = {
    {'A', "user-agent", true},
    {'b', "cookie", true},
    {'c', "cookie-jar", true},
    {'j', "junk-session-cookies", false},
    {'d', "data", true},
    {0, "data-ascii", true},
    {0, "data-raw", true},
    {0, "data-binary", true},
    {0, "data-urlencode", true},
    {0, "json", true},
    {'D', "dump-header", true},
    {'e', "referer", true},
    {'f', "fail", false},
    {0, "fail-with-body", false},
    {'F', "form", true},
    {0, "form-string", true},
    {'G', "get", false},
    {'H', "header", true},
    {'h', "help", false},
    {'I', "head", false},
    {'i', "include", false},
    {'k', "insecure", false},
    {'L', "location", false},
    {0, "location-trusted", false},
    {'m', "max-time", true},
    {0, "connect-timeout", true},
    {0, "max-redirs", true},
    {'o', "output", true},
    {'O', "remote-name", false},
    {0, "remote-name-all", false},
    {0, "output-dir", true},
    {0, "create-dirs", false},
    {'r', "range", true},
    {0, "retry", true},
    {0, "retry-delay", true},
    {0, "retry-max-time", true},
    {0, "retry-all-errors", false},
    {0, "retry-connrefused", false},
    {'s', "silent", false},
    {'S', "show-error", false},
    {'T', "upload-file", true},
    {'u', "user", true},
    {0, "url", true},
    {'v', "verbose", false},
    {'V', "version", false},
    {'w', "write-out", true},
    {'X', "request", true},
    {0, "compressed", false},
    {'#', "progress-bar", false},
    {0, "progress-meter", false},
    {'N', "no-buffer", false},
    {'g', "globoff", false},
    {'q', "disable", false},
    {0, "post301", false},
    {0, "post302", false},
    {0, "post303", false},
    {'C', "continue-at", true},
    {'J', "remote-header-name", false},
    {'R', "remote-time", false},
    {'K', "config", true},
    {':', "next", false},
    {'n', "netrc", false},
    {0, "netrc-optional", false},
    {0, "netrc-file", true},
    {'z', "time-cond", true},
    {'Z', "parallel", false},
    {0, "parallel-immediate", false},
    {0, "parallel-max", true},
    {'0', "http1.0", false},
    {0, "http1.1", false},
    {0, "http2", false},
    {'1', "tlsv1", false},
    {0, "tlsv1.0", false},
    {0, "tlsv1.1", false},
    {0, "tlsv1.2", false},
    {0, "tlsv1.3", false},
    {0, "basic", false},
    {0, "clobber", false},
    {0, "disallow-username-in-url", false},
    {0, "etag-compare", true},
    {0, "etag-save", true},
    {0, "fail-early", false},
    {0, "form-escape", false},
    {0, "max-filesize", true},
    {0, "noproxy", true},
    {0, "oauth2-bearer", true},
    {0, "proto", true},
    {0, "proto-default", true},
    {0, "proto-redir", true},
    {0, "remove-on-error", false},
    {0, "stderr", true},
    {0, "url-query", true},
};

class Reader {
 public:
  Reader(Process& p, std::vector<Options>& all) : p_(p), all_(all) {}

  std::optional<int> run() {
    const auto& argv = p_.argv();
    bool operands = false;
    const bool plain = argv.size() > 1 && (argv[1].starts_with("-q") || argv[1] == "--disable");
    if (!plain) read_own_config();
    for (size_t i = 1; i < argv.size(); i++) {
      const std::string& a = argv[i];
      std::optional<int> over;
      if (operands || a.size() < 2 || a[0] != '-') o_.urls.push_back(a);
      else if (a == "--") operands = true;
      else if (a.starts_with("--")) over = long_option(a.substr(2), argv, i);
      else over = short_options(a, argv, i);
      if (over) return over;
    }
    if (o_.urls.empty() && all_.empty()) return write_error(p_, kTry), 2;
    if (o_.remote_header_name && (o_.include || o_.head)) return fail("showing headers and --remote-header-name cannot be combined", true), 2;
    if (o_.have_data && !o_.forms.empty()) return fail("You can only select one HTTP request method!", false), 2;
    if (o_.head && (o_.have_data || !o_.forms.empty()) && !o_.get) {
      write_error(p_, "Warning: You can only select one HTTP request method! You asked for both \nWarning: POST (-d, --data) and HEAD (-I, --head).\n");
      return 2;
    }
    all_.push_back(o_);
    return std::nullopt;
  }

 private:
  void fail(const std::string& text, bool hint) { write_error(p_, "curl: " + text + "\n" + (hint ? kTry : "")); }

  std::optional<int> long_option(const std::string& name, const std::vector<std::string>& argv, size_t& i) {
    bool on = true;
    const Spec* found = find(name);
    if (!found && name.starts_with("no-")) {
      found = find(name.substr(3));
      on = false;
      if (found && found->value) found = nullptr;
    }
    if (!found) return fail("option --" + name + ": is unknown", true), 2;
    given_ = "--" + name;
    if (!found->value) return apply(*found, "", on);
    if (i + 1 >= argv.size()) return fail("option --" + name + ": requires parameter", true), 2;
    return apply(*found, argv[++i], true);
  }

  /// By name, or an unambiguous beginning of one.
  static const Spec* find(std::string_view name) {
    const Spec* found = nullptr;
    int n = 0;
    for (const Spec& s : kSpecs) {
      if (s.name == name) return &s;
      if (std::string_view(s.name).starts_with(name)) found = &s, n++;
    }
    return n == 1 ? found : nullptr;
  }

  std::optional<int> short_options(const std::string& a, const std::vector<std::string>& argv, size_t& i) {
    for (size_t k = 1; k < a.size(); k++) {
      const Spec* found = nullptr;
      for (const Spec& s : kSpecs)
        if (s.letter == a[k]) found = &s;
      if (!found) return fail("option " + (k == 1 && a.size() == 2 ? a : std::string("-") + a[k]) + ": is unknown", true), 2;
      if (!found->value) {
        if (auto over = apply(*found, "", true)) return over;
        continue;
      }
      std::string value = a.substr(k + 1);
      given_ = std::string("-") + a[k];
      if (value.empty()) {
        if (i + 1 >= argv.size()) return fail("option " + (a.size() == 2 ? a : std::string("-") + a[k]) + ": requires parameter", true), 2;
        value = argv[++i];
      }
      return apply(*found, value, true);
    }
    return std::nullopt;
  }

  bool number(const std::string& text, double& to) {
    char* end;
    to = std::strtod(text.c_str(), &end);
    return !text.empty() && !*end && std::isfinite(to) && to >= 0 && to < 1e9;
  }

  std::optional<int> apply(const Spec& s, const std::string& v, bool on) {
    std::string_view n = s.name;
    double d = 0;
    auto wrong = [&] { return fail("option " + given_ + ": expected a proper numerical parameter", true), 2; };
    if (n == "fail") o_.fail = on;
    else if (n == "fail-with-body") o_.fail_with_body = on;
    else if (n == "get") o_.get = on;
    else if (n == "head") o_.head = on, o_.include = on;
    else if (n == "include") o_.include = on;
    else if (n == "insecure") o_.insecure = on;
    else if (n == "location" || n == "location-trusted") o_.location = on, o_.location_trusted = on && n == "location-trusted";
    else if (n == "remote-name") o_.outputs.push_back("");
    else if (n == "remote-name-all") o_.remote_name_all = on;
    else if (n == "create-dirs") o_.create_dirs = on;
    else if (n == "silent") o_.silent = on;
    else if (n == "show-error") o_.show_error = on;
    else if (n == "verbose") o_.verbose = on;
    else if (n == "compressed") o_.compressed = on;
    else if (n == "retry-all-errors") o_.retry_all = on;
    else if (n == "retry-connrefused") o_.retry_refused = on;
    else if (n.starts_with("post30")) o_.post_kept[n[6] - '1'] = on;
    else if (n == "progress-bar" || n == "progress-meter" || n == "no-buffer" || n == "disable") return std::nullopt;   // what they are about is not here
    else if (n == "globoff") o_.glob_off = on;
    else if (n == "next") next();
    else if (n == "config") return config(v);
    else if (auto over = more(n, v, on); over != kOther) return over;
    else if (n == "help") return print(kHelp);
    else if (n == "version") return print(kVersion);
    else if (n == "user-agent") o_.agent = v, o_.have_agent = !v.empty();
    else if (n == "cookie") cookie(v);
    else if (n == "cookie-jar") o_.cookie_jar = v;
    else if (n == "junk-session-cookies") o_.junk_sessions = on;
    else if (n == "header") return header(v);
    else if (n == "dump-header") o_.dump_header = v;
    else if (n == "referer") o_.referer = v;
    else if (n == "output") o_.outputs.push_back(v);
    else if (n == "output-dir") o_.output_dir = v;
    else if (n == "range") o_.range = v;
    else if (n == "upload-file") o_.upload = v, o_.have_upload = true;
    else if (n == "user") o_.user = v;
    else if (n == "url") o_.urls.push_back(v);
    else if (n == "request") o_.method = v;
    else if (n == "write-out") return write_out(v);
    else if (n == "form" || n == "form-string") return form(v, n == "form-string");
    else if (n == "max-time" || n == "connect-timeout") {
      if (!number(v, d)) return wrong();
      (n == "max-time" ? o_.max_time_ms : o_.connect_timeout_ms) = static_cast<uint64_t>(d * 1000);
    } else if (n == "max-redirs" && v == "-1") {
      o_.max_redirects = 1'000'000;
    } else if (n == "retry" || n == "retry-delay" || n == "retry-max-time" || n == "max-redirs") {
      if (!number(v, d) || d != std::floor(d)) return wrong();
      if (n == "retry") o_.retries = static_cast<long>(d);
      else if (n == "max-redirs") o_.max_redirects = static_cast<long>(d);
      else (n == "retry-delay" ? o_.retry_delay_s : o_.retry_max_s) = static_cast<uint64_t>(d);
    } else {
      return data(n, v);
    }
    return std::nullopt;
  }

  static constexpr std::optional<int> kOther = -1;

  // kOther: none of these.
  std::optional<int> more(std::string_view n, const std::string& v, bool on) {
    auto wrong = [&] { return fail("option " + given_ + ": expected a proper numerical parameter", true), 2; };
    if (n == "continue-at") {
      double d = 0;
      o_.resume_rest = v == "-";
      if (!o_.resume_rest && (!number(v, d) || d != std::floor(d))) return wrong();
      o_.resume = static_cast<uint64_t>(d);
    } else if (n == "max-filesize") {
      const std::string digits = v.substr(0, v.find_first_not_of("0123456789"));
      const std::string unit = v.substr(digits.size());
      const size_t power = unit.empty() ? 0 : std::string_view("bkmgtp").find(static_cast<char>(unit[0] | 32));
      if (digits.empty() || digits.size() > 15 || unit.size() > 1 || power == std::string_view::npos)
        return fail("option " + given_ + ": is badly used here", true), 2;
      o_.max_size = std::strtoull(digits.c_str(), nullptr, 10) << 10 * power;
    } else if (n == "remote-header-name") o_.remote_header_name = on;
    else if (n == "remote-time") o_.remote_time = on;
    else if (n == "netrc" || n == "netrc-optional") o_.netrc = on;
    else if (n == "netrc-file") o_.netrc_file = v, o_.netrc = true;
    else if (n == "time-cond") o_.time_condition = v;
    else if (n == "http1.0") o_.http_version = 10;
    else if (n == "http1.1") o_.http_version = 11;
    else if (n == "http2") o_.http_version = 20;
    else if (n.starts_with("tlsv1")) o_.least_tls = n == "tlsv1" ? 10 : 10 + (n.back() - '0');
    else if (n == "clobber") o_.clobber = on;
    else if (n == "disallow-username-in-url") o_.no_username = on;
    else if (n == "etag-compare") o_.etag_compare = v;
    else if (n == "etag-save") o_.etag_save = v;
    else if (n == "fail-early") o_.fail_early = on;
    else if (n == "form-escape") o_.form_escape = on;
    else if (n == "oauth2-bearer") o_.bearer = v;
    else if (n == "proto") o_.protocols = protocols(v, {"http", "https"});
    else if (n == "proto-redir") o_.redirect_protocols = protocols(v, {"http", "https"});
    else if (n == "proto-default") {
      if (v != "http" && v != "https") return fail("option " + given_ + ": a specified protocol is unsupported by libcurl", true), 1;
      o_.proto_default = v;
    } else if (n == "remove-on-error") o_.remove_on_error = on;
    else if (n == "stderr") o_.stderr_file = v;
    else if (n == "url-query") return url_query(v);
    // One transfer at a time, no proxy, and Basic are all there is here.
    else if (n.starts_with("parallel") || n == "noproxy" || n == "basic") return std::nullopt;
    else return kOther;
    return std::nullopt;
  }

  // "=https", "-all,http", "+http"
  static std::vector<std::string> protocols(std::string_view list, std::vector<std::string> set) {
    while (!list.empty()) {
      const size_t comma = std::min(list.find(','), list.size());
      std::string_view word = list.substr(0, comma);
      list.remove_prefix(std::min(comma + 1, list.size()));
      char how = '+';
      while (!word.empty() && (word[0] == '=' || word[0] == '-' || word[0] == '+')) {
        how = word[0];
        word.remove_prefix(1);
      }
      if (how == '=') set.clear();
      for (std::string_view known : {"http", "https"}) {
        if (word != known && word != "all") continue;
        std::erase(set, std::string(known));
        if (how != '-') set.emplace_back(known);
      }
    }
    return set;
  }

  std::optional<int> url_query(const std::string& v) {
    std::string piece;
    if (v.starts_with('+')) {
      piece = v.substr(1);
    } else {
      auto coded = urlencoded(v);
      if (!coded) return 26;
      // In a URL the letters of such numbers are small.
      for (size_t i = 0; i < coded->size(); i++) {
        piece += (*coded)[i];
        if ((*coded)[i] != '%') continue;
        for (size_t k = 0; k < 2 && i + 1 < coded->size(); k++) piece += static_cast<char>(std::tolower(static_cast<unsigned char>((*coded)[++i])));
      }
    }
    o_.url_query += (o_.url_query.empty() ? "" : "&") + piece;
    return std::nullopt;
  }

  // What follows has settings of its own, but for those that count for all.
  void next() {
    if (o_.urls.empty()) return;
    Options fresh;
    fresh.silent = o_.silent;
    fresh.show_error = o_.show_error;
    fresh.verbose = o_.verbose;
    fresh.fail_early = o_.fail_early;
    fresh.stderr_file = o_.stderr_file;
    all_.push_back(std::exchange(o_, fresh));
  }

  // A file of options. One within another is read, too, but not without end.
  std::optional<int> config(const std::string& name) {
    auto text = name == "-" ? read_stdin() : read_file(p_, name);
    if (!text || depth_ > 10) {
      write_error(p_, "curl: cannot read config from '" + name + "'\ncurl: option -K: error encountered when reading a file\n" + kTry);
      return 26;
    }
    depth_++;
    const auto over = config_text(*text, name);
    depth_--;
    return over;
  }
  std::optional<int> config_text(std::string_view text, const std::string& name) {
    for (size_t number = 1; !text.empty(); number++) {
      const size_t end = std::min(text.find('\n'), text.size());
      const auto line = read_config_line(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
      if (!line) continue;
      std::vector<std::string> words = {line->option};
      if (line->value) words.push_back(*line->value);
      size_t i = 0;
      // A wrong line is told of and passed over.
      const auto over = line->option.starts_with("--") ? long_option(line->option.substr(2), words, i) : short_options(line->option, words, i);
      if (over && *over != 2) return over;
      if (over) write_error(p_, "Warning: " + name + ":" + std::to_string(number) + ": warning: '" + line->option + "' is wrong\n");
    }
    return std::nullopt;
  }
  void read_own_config() {
    for (const char* variable : {"CURL_HOME", "XDG_CONFIG_HOME", "HOME"}) {
      const char* home = p_.getenv(variable);
      if (!home) continue;
      const std::string file = std::string(home) + "/.curlrc";
      auto text = read_file(p_, file);
      if (!text) continue;
      (void)config_text(*text, file);
      return;
    }
  }

  int print(const char* text) {
    Output out(p_);
    out.write(text);
    return out.finish(0);
  }

  /// A file ("-": standard input), for @file. nullopt after a message.
  std::optional<std::string> file(const std::string& name) {
    auto text = name == "-" ? read_stdin() : read_file(p_, name);
    if (text) return *text;
    write_error(p_, "curl: option -d: error encountered when reading a file\n" + std::string(kTry));
    return std::nullopt;
  }
  Result<std::string> read_stdin() {
    Input in(p_, 0, "-", false);
    return std::string(in.all());
  }

  std::optional<int> header(const std::string& v) {
    if (!v.starts_with('@')) return o_.headers.push_back(v), std::nullopt;
    auto text = file(v.substr(1));
    if (!text) return 26;
    for (size_t from = 0; from < text->size();) {
      size_t end = std::min(text->find('\n', from), text->size());
      std::string line = text->substr(from, end - from);
      if (line.ends_with('\r')) line.pop_back();
      if (!line.empty()) o_.headers.push_back(line);
      from = end + 1;
    }
    return std::nullopt;
  }

  void cookie(const std::string& v) {
    if (v.find('=') == v.npos) o_.cookie_files.push_back(v);
    else o_.cookie += (o_.cookie.empty() ? "" : ";") + v;
  }

  std::optional<int> write_out(const std::string& v) {
    o_.write_out = v;
    if (!v.starts_with('@')) return std::nullopt;
    auto text = file(v.substr(1));
    if (!text) return 26;
    o_.write_out = *text;
    std::erase_if(o_.write_out, [](char c) { return c == '\n' || c == '\r' || c == '\0'; });
    return std::nullopt;
  }

  // CONTENT, NAME=CONTENT, NAME@FILE. nullopt after a message.
  std::optional<std::string> urlencoded(const std::string& v) {
    size_t at = v.find_first_of("=@");
    std::string name = at == v.npos ? "" : v.substr(0, at), content = at == v.npos ? v : v.substr(at + 1);
    if (at != v.npos && v[at] == '@') {
      auto text = file(content);
      if (!text) return std::nullopt;
      content = *text;
    }
    std::string piece = percent_encode(content);
    for (size_t k = piece.find("%20"); k != piece.npos; k = piece.find("%20", k)) piece.replace(k, 3, "+");
    return name.empty() ? piece : name + "=" + piece;
  }

  std::optional<int> data(std::string_view n, const std::string& v) {
    std::string piece = v;
    if (n == "data-urlencode") {
      auto coded = urlencoded(v);
      if (!coded) return 26;
      piece = *coded;
    } else if (n != "data-raw" && v.starts_with('@')) {
      auto text = file(v.substr(1));
      if (!text) return 26;
      piece = *text;
      if (n == "data" || n == "data-ascii") std::erase_if(piece, [](char c) { return c == '\n' || c == '\r' || c == '\0'; });
    }
    if (n == "json") o_.json = true;
    if (o_.have_data && n != "json") o_.data += '&';
    o_.data += piece;
    o_.have_data = true;
    return std::nullopt;
  }

  /// NAME=CONTENT, NAME=@FILE, NAME=<FILE; with ;type=T and ;filename=N.
  std::optional<int> form(const std::string& v, bool plain) {
    size_t eq = v.find('=');
    if (eq == v.npos && !o_.silent) write_error(p_, "Warning: Illegally formatted input field\n");
    if (eq == v.npos) return fail("option -F: is badly used here", true), 2;
    Options::Form f;
    f.name = v.substr(0, eq);
    std::string rest = v.substr(eq + 1);
    char how = plain || rest.empty() ? 0 : rest[0];
    if (!plain) {
      for (std::string_view key : {";type=", ";filename="}) {
        size_t at = rest.find(key);
        if (at == rest.npos) continue;
        size_t from = at + key.size();
        // A media type may hold parameters of its own.
        size_t end = key == ";type=" ? std::min(rest.find(";filename=", from), rest.size()) : std::min(rest.find(';', from), rest.size());
        std::string value = rest.substr(from, end - from);
        if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
        rest.erase(at, end - at);
        if (key == ";type=") f.type = value;
        else f.filename = value, f.has_filename = true;
      }
    }
    if (how == '@' || how == '<') {
      f.from_file = how == '@';
      f.file = rest.substr(1);
      auto text = f.file == "-" ? read_stdin() : read_file(p_, f.file);
      if (!text) {
        if (!o_.silent || o_.show_error) fail("(26) Failed to open/read local data from file/application", false);
        return 26;
      }
      f.value = *text;
    } else {
      f.value = rest;
    }
    o_.forms.push_back(std::move(f));
    return std::nullopt;
  }

  Process& p_;
  std::vector<Options>& all_;
  Options o_;           ///< of the part that is read
  int depth_ = 0;       ///< of -K
  std::string given_;   ///< the option as it was written
};

}  // namespace

std::optional<int> read_options(Process& p, std::vector<Options>& all) { return Reader(p, all).run(); }

}  // namespace nacre::curl
