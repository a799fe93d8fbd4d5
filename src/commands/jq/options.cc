/// The command line of jq.
#include "commands/jq/options.h"

#include "algo/unicode.h"
#include "commands/args.h"
#include "commands/jq/json_read.h"
#include "commands/text_io.h"

namespace nacre::jq {

const char kUsage[] =
    "Usage: jq [OPTION]... FILTER [FILE]...\n"
    "       jq [OPTION]... -f FILTER_FILE [FILE]...\n"
    "       jq [OPTION]... --args FILTER [STRING]...\n"
    "       jq [OPTION]... --jsonargs FILTER [JSON]...\n\n"
    "Run FILTER, a program in the jq language, on each JSON text of the FILEs (or standard input).\n\n"
    "  -n, --null-input         use null as the only input; read with input and inputs\n"
    "  -R, --raw-input          each line is a string, not JSON\n"
    "  -s, --slurp              read all inputs into one array (with -R: one string)\n"
    "  -c, --compact-output     one line per result\n"
    "  -r, --raw-output         strings without quotes\n"
    "      --raw-output0        like -r, a NUL after each result\n"
    "  -j, --join-output        like -r, no newline after each result\n"
    "  -a, --ascii-output       only ASCII, the rest escaped\n"
    "  -S, --sort-keys          keys of objects in order\n"
    "  -C, --color-output       in colors (see JQ_COLORS); -M, --monochrome-output without\n"
    "      --tab                indent by tabs\n"
    "      --indent N           indent by N blanks (0 to 7)\n"
    "      --unbuffered         write each result at once\n"
    "      --stream             inputs as events of [path, leaf]\n"
    "      --stream-errors      like --stream; what is not valid becomes an event too\n"
    "      --seq                texts are separated by RS, in and out (RFC 7464)\n"
    "  -f, --from-file FILE     read the filter from FILE\n"
    "  -L, --library-path DIR   look for modules in DIR\n"
    "  -e, --exit-status        1 when the last result is false or null, 4 without any\n"
    "      --arg NAME VALUE     $NAME is the string VALUE\n"
    "      --argjson NAME JSON  $NAME is that value\n"
    "      --slurpfile NAME F   $NAME is an array of the texts in F\n"
    "      --rawfile NAME F     $NAME is the text of F\n"
    "      --args               what follows are strings, $ARGS.positional\n"
    "      --jsonargs           the same with JSON\n"
    "  -h, --help               display this help and exit\n"
    "  -V, --version            output version information and exit\n";

namespace {

constexpr char kHelpHint[] = "Use jq --help for help with command-line options,\nor see the jq manpage, or online docs at https://jqlang.org\n";

class OptionParser {
 public:
  OptionParser(Process& p, Options& o) : p_(p), o_(o), argv_(p.argv()) {}

  std::optional<int> run() {
    bool options = true;
    for (at_ = 1; at_ < argv_.size(); at_++) {
      const std::string& a = argv_[at_];
      if (options && a == "--") {
        options = false;
        continue;
      }
      std::optional<int> over = options && is_option(a) ? option(a) : operand(a);
      if (over) return over;
    }
    if (!o_.have_program) {
      if (o_.from_file || (p_.isatty(0) && p_.isatty(1))) {
        write_error(p_, kUsage);
        return 2;
      }
      o_.program = ".";
    }
    return std::nullopt;
  }

 private:
  // `-.a` and `-(1)` are programs.
  static bool is_option(const std::string& a) { return a.size() > 1 && a[0] == '-' && (a[1] == '-' || ascii_alpha(a[1])); }

  enum class Rest : uint8_t { Files, Strings, Json } rest_ = Rest::Files;

  std::optional<int> operand(const std::string& a) {
    if (!o_.have_program) {
      o_.program = a;
      o_.have_program = true;
    } else if (rest_ == Rest::Strings) {
      o_.positional.push(Value::string(valid_utf8(a)));
    } else if (rest_ == Rest::Json) {
      Value v = json(a);
      if (!v.valid()) return complain("invalid JSON text passed to --jsonargs");
      o_.positional.push(std::move(v));
    } else {
      o_.files.push_back(a);
    }
    return std::nullopt;
  }

  int complain(const std::string& text) {
    write_error(p_, "jq: " + text + "\n" + kHelpHint);
    return 2;
  }

  static Value json(std::string_view text) {
    JsonReader r;
    r.feed(text);
    r.finish();
    Value v, extra;
    return r.next(v) == Read::Value && r.next(extra) == Read::End ? v : Value();
  }

  // The n arguments of a long option, or nothing after a message.
  const std::string* take(const std::string& option, size_t n, const char* what) {
    if (argv_.size() - at_ - 1 < n) {
      complain(option + " takes " + what);
      return nullptr;
    }
    const std::string* first = &argv_[at_ + 1];
    at_ += n;
    return first;
  }

  std::optional<int> option(const std::string& a) {
    if (a[1] == '-') return long_option(a.substr(2), a);
    for (size_t i = 1; i < a.size(); i++) {
      if (a[i] == 'L') {   // the directory may follow at once
        if (i + 1 < a.size()) {
          library(a.substr(i + 1));
          return std::nullopt;
        }
        const std::string* dir = take("-L", 1, "a parameter: (e.g. -L /search/path or -L/search/path)");
        if (!dir) return 2;
        library(*dir);
        return std::nullopt;
      }
      if (auto over = short_option(a[i], a)) return over;
    }
    return std::nullopt;
  }

  void library(const std::string& dir) {
    o_.library.push_back(dir);
    o_.have_library = true;
  }

  std::optional<int> short_option(char c, const std::string& all) {
    constexpr std::pair<char, const char*> kLong[] = {{'s', "slurp"},        {'r', "raw-output"},        {'j', "join-output"},  {'c', "compact-output"},
                                                      {'C', "color-output"}, {'M', "monochrome-output"}, {'a', "ascii-output"}, {'S', "sort-keys"},
                                                      {'R', "raw-input"},    {'n', "null-input"},        {'f', "from-file"},    {'e', "exit-status"},
                                                      {'h', "help"},         {'V', "version"},           {'b', "binary"}};
    for (auto [letter, name] : kLong)
      if (letter == c) return long_option(name, all);
    return complain("Unknown option " + all);
  }

  std::optional<int> long_option(const std::string& name, const std::string& given) {
    struct Switch {
      const char* name;
      bool Options::* to;
    };
    constexpr Switch kSwitches[] = {{"slurp", &Options::slurp},
                                    {"raw-output", &Options::raw},
                                    {"raw-input", &Options::raw_input},
                                    {"null-input", &Options::null_input},
                                    {"ascii-output", &Options::ascii},
                                    {"sort-keys", &Options::sort},
                                    {"seq", &Options::seq},
                                    {"stream", &Options::stream},
                                    {"exit-status", &Options::exit_status},
                                    {"unbuffered", &Options::unbuffered}};
    for (const Switch& s : kSwitches) {
      if (name == s.name) {
        o_.*(s.to) = true;
        return std::nullopt;
      }
    }
    if (name == "join-output") o_.raw = o_.join = true;
    else if (name == "raw-output0") o_.raw = o_.raw0 = true;
    else if (name == "compact-output") {
      o_.indent = 0;
      o_.tab = false;
    } else if (name == "color-output") o_.color = true;
    else if (name == "monochrome-output") o_.color = false;
    else if (name == "tab") o_.tab = true;
    else if (name == "stream-errors") o_.stream = o_.stream_errors = true;
    else if (name == "args") rest_ = Rest::Strings;
    else if (name == "jsonargs") rest_ = Rest::Json;
    else if (name == "binary") return std::nullopt;   // there are no other line ends
    else if (name == "from-file") return from_file();
    else if (name == "indent") return indent();
    else if (name == "library-path") {
      const std::string* dir = take("--library-path", 1, "a parameter");
      if (!dir) return 2;
      library(*dir);
    } else if (name == "arg" || name == "argjson" || name == "slurpfile" || name == "rawfile") return variable(name);
    else if (name == "help") {
      Output out(p_);
      out.write(kUsage);
      return out.finish(0);
    } else if (name == "version") {
      Output out(p_);
      out.write("jq-1.8.1\n");
      return out.finish(0);
    } else if (name == "build-configuration") {
      Output out(p_);
      out.write("decnum oniguruma\n");
      return out.finish(0);
    } else return complain("Unknown option " + given);
    return std::nullopt;
  }

  // The file is what follows, or else the first operand; what was taken for the program is data then.
  std::optional<int> from_file() {
    o_.from_file = true;
    if (at_ + 1 >= argv_.size() || is_option(argv_[at_ + 1])) return std::nullopt;
    if (o_.have_program) o_.files.insert(o_.files.begin(), o_.program);
    o_.program = argv_[++at_];
    o_.have_program = true;
    return std::nullopt;
  }

  std::optional<int> indent() {
    const std::string* text = take("--indent", 1, "one parameter");
    if (!text) return 2;
    auto n = parse_int(*text);
    o_.tab = false;
    if (!n || *n < -1 || *n > 7) return complain("--indent takes a number between -1 and 7");
    if (*n == -1) o_.tab = true;
    else o_.indent = static_cast<int>(*n);
    return std::nullopt;
  }

  std::optional<int> variable(const std::string& name) {
    bool file = name == "slurpfile" || name == "rawfile";
    const std::string* both = take("--" + name, 2,
                                   file            ? "two parameters (e.g. --slurpfile varname filename)"
                                   : name == "arg" ? "two parameters (e.g. --arg varname value)"
                                                   : "two parameters (e.g. --argjson varname text)");
    if (!both) return 2;
    const std::string& variable = both[0];
    const std::string& text = both[1];
    if (o_.named.count(variable)) return std::nullopt;   // the first one counts
    Value v;
    if (name == "arg") {
      v = Value::string(valid_utf8(text));
    } else if (name == "argjson") {
      v = json(text);
      if (!v.valid()) return complain("invalid JSON text passed to --argjson");
    } else {
      auto data = read_file(p_, text);
      auto bad = [&](const std::string& why) {
        write_error(p_, "jq: Bad JSON in --" + name + " " + variable + " " + text + ": " + why + "\n");
        return 2;
      };
      if (!data) return bad("Could not open " + text + ": " + std::string(message(data.error())));
      if (name == "rawfile") {
        v = Value::string(valid_utf8(*data));
      } else {
        v = Value::array();
        JsonReader r;
        r.feed(*data);
        r.finish();
        Value one;
        Read got;
        while ((got = r.next(one)) == Read::Value) v.push(std::move(one));
        if (got == Read::Error) return bad(r.error());
      }
    }
    o_.named.emplace(variable, std::move(v));
    return std::nullopt;
  }

  Process& p_;
  Options& o_;
  const std::vector<std::string>& argv_;
  size_t at_ = 1;
};

}  // namespace

std::optional<int> parse_options(Process& p, Options& o) { return OptionParser(p, o).run(); }

}  // namespace nacre::jq
