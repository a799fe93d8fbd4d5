#include "commands/curl/options.h"

#include <cmath>
#include <cstdlib>
#include <cstring>

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
};

class Reader {
 public:
  Reader(Process& p, Options& o) : p_(p), o_(o) {}

  std::optional<int> run() {
    const auto& argv = p_.argv();
    bool operands = false;
    for (size_t i = 1; i < argv.size(); i++) {
      const std::string& a = argv[i];
      std::optional<int> over;
      if (operands || a.size() < 2 || a[0] != '-') o_.urls.push_back(a);
      else if (a == "--") operands = true;
      else if (a.starts_with("--")) over = long_option(a.substr(2), argv, i);
      else over = short_options(a, argv, i);
      if (over) return over;
    }
    if (o_.urls.empty()) return write_error(p_, kTry), 2;
    if (o_.have_data && !o_.forms.empty()) return fail("You can only select one HTTP request method!", false), 2;
    if (o_.head && (o_.have_data || !o_.forms.empty()) && !o_.get) {
      write_error(p_, "Warning: You can only select one HTTP request method! You asked for both \nWarning: POST (-d, --data) and HEAD (-I, --head).\n");
      return 2;
    }
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

  std::optional<int> data(std::string_view n, const std::string& v) {
    std::string piece = v;
    if (n == "data-urlencode") {
      size_t at = v.find_first_of("=@");
      std::string name = at == v.npos ? "" : v.substr(0, at), content = at == v.npos ? v : v.substr(at + 1);
      if (at != v.npos && v[at] == '@') {
        auto text = file(content);
        if (!text) return 26;
        content = *text;
      }
      piece = percent_encode(content);
      for (size_t k = piece.find("%20"); k != piece.npos; k = piece.find("%20", k)) piece.replace(k, 3, "+");
      if (!name.empty()) piece = name + "=" + piece;
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
  Options& o_;
  std::string given_;   ///< the option as it was written
};

}  // namespace

std::optional<int> read_options(Process& p, Options& o) { return Reader(p, o).run(); }

}  // namespace nacre::curl
