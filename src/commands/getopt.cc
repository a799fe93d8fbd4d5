/// getopt - parses a script's options and prints them in a normal form.
/// Source: util-linux 2.38, getopt(1); glibc manual 26.2.4 for the rules and messages.
/// Differs: `W;` in the short options is not special.
#include <algorithm>

#include "algo/quote.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: getopt OPTSTRING PARAMETERS\n"
    "       getopt [OPTION]... [--] OPTSTRING PARAMETERS\n"
    "       getopt [OPTION]... -o|--options OPTSTRING [OPTION]... [--] PARAMETERS\n"
    "Parse PARAMETERS by OPTSTRING and print them so that `eval set --` can take them.\n\n"
    "  -a, --alternative        long options may start with a single -\n"
    "  -l, --longoptions NAMES  long options, separated by commas; : after one that takes an argument,\n"
    "                           :: where the argument is optional\n"
    "  -n, --name NAME          the name that messages begin with\n"
    "  -o, --options OPTSTRING  the short options\n"
    "  -q, --quiet              no messages about PARAMETERS\n"
    "  -Q, --quiet-output       messages only\n"
    "  -s, --shell SHELL        quote for sh, bash, csh or tcsh\n"
    "  -T, --test               exit with status 4, which tells this getopt from old ones\n"
    "  -u, --unquoted           do not quote\n"
    "  -h, --help               display this help and exit\n"
    "  -V, --version            output version information and exit\n";

constexpr int kBadParameter = 1, kBadUsage = 2, kEnhanced = 4;

struct LongOption {
  std::string name;
  ArgKind arg;
};

struct Settings {
  std::optional<std::string> short_options;
  std::vector<LongOption> long_options;
  std::string name = "getopt";
  bool quiet = false, no_output = false, alternative = false, csh = false, quoted = true;
};

/// Reads the parameters as getopt_long does and builds the line that is printed.
class Normalizer {
 public:
  Normalizer(Process& p, const Settings& s, const std::vector<std::string>& parameters) : p_(p), s_(s), in_(parameters), shorts_(*s.short_options) {
    in_order_ = shorts_.starts_with('-');
    posix_ = shorts_.starts_with('+') || p.getenv("POSIXLY_CORRECT");
    if (in_order_ || shorts_.starts_with('+')) shorts_.remove_prefix(1);
    silent_ = s.quiet || shorts_.starts_with(':');
  }

  int run() {
    for (; at_ < in_.size(); at_++) {
      p_.tick();
      const std::string& word = in_[at_];
      if (word == "--") {
        operands_.insert(operands_.end(), in_.begin() + static_cast<ptrdiff_t>(at_) + 1, in_.end());
        break;
      }
      if (word.size() < 2 || word[0] != '-') {
        if (in_order_) {
          add_value(word);
          continue;
        }
        if (posix_) {
          operands_.insert(operands_.end(), in_.begin() + static_cast<ptrdiff_t>(at_), in_.end());
          break;
        }
        operands_.push_back(word);
        continue;
      }
      if (word[1] == '-') long_option("--", word.substr(2));
      else if (!s_.alternative || (word.size() == 2 && find_short(word[1])) || !long_option("-", word.substr(1))) short_options(word);
    }
    if (s_.no_output) return status_;
    line_ += " --";
    for (const std::string& o : operands_) add_value(o);
    Output out(p_);
    out.line(line_);
    return out.finish(status_);
  }

 private:
  void add_value(std::string_view value) {
    line_ += ' ';
    if (!s_.quoted) line_ += value;
    else if (!s_.csh) line_ += single_quote(value);
    else line_ += csh_quote(value);
  }

  static std::string csh_quote(std::string_view value) {
    std::string out = "'";
    for (char c : value) {
      if (c == '\'') out += "'\\''";
      else if (c == '\\') out += "\\\\";
      else if (c == '\n') out += "\\n";
      else if (c == '!' || c == ' ' || c == '\t' || c == '\v' || c == '\f' || c == '\r') out += std::string("'\\") + c + "'";
      else out += c;
    }
    return out + "'";
  }

  void complain(const std::string& what) {
    status_ = kBadParameter;
    if (!silent_) write_error(p_, s_.name + ": " + what + "\n");
  }

  /// Its place in the short options; null: unknown.
  const char* find_short(char c) const {
    size_t at = c == ':' || c == ';' ? shorts_.npos : shorts_.find(c);
    return at == shorts_.npos ? nullptr : shorts_.data() + at;
  }

  void short_options(const std::string& word) {
    for (size_t i = 1; i < word.size(); i++) {
      const char* spec = find_short(word[i]);
      if (!spec) {
        complain(std::string("invalid option -- '") + word[i] + "'");
        continue;
      }
      const char* end = shorts_.data() + shorts_.size();
      bool takes = spec + 1 < end && spec[1] == ':';
      bool optional = takes && spec + 2 < end && spec[2] == ':';
      if (!takes) {
        line_ += std::string(" -") + word[i];
        continue;
      }
      std::string_view value = std::string_view(word).substr(i + 1);
      if (value.empty() && !optional) {
        if (at_ + 1 >= in_.size()) return complain(std::string("option requires an argument -- '") + word[i] + "'");
        value = in_[++at_];
      }
      line_ += std::string(" -") + word[i];
      add_value(value);
      return;
    }
  }

  /// False: no long option, and a single dash may begin short ones.
  bool long_option(const std::string& dashes, std::string_view text) {
    size_t eq = text.find('=');
    std::string_view name = text.substr(0, eq);
    const LongOption* found = nullptr;
    std::vector<const LongOption*> same;
    for (const LongOption& o : s_.long_options) {
      if (o.name == name) {
        found = &o;
        same.clear();
        break;
      }
      if (!o.name.starts_with(name)) continue;
      if (!found) found = &o;
      else same.push_back(&o);
    }
    if (!same.empty()) {
      std::string all;
      for (const LongOption& o : s_.long_options) {
        bool listed = &o == found || std::find(same.begin(), same.end(), &o) != same.end();
        if (listed) all += " '" + dashes + o.name + "'";
      }
      complain("option '" + dashes + std::string(text) + "' is ambiguous; possibilities:" + all);
      return true;
    }
    if (!found) {
      if (dashes == "-" && !text.empty() && find_short(text[0])) return false;
      complain("unrecognized option '" + dashes + std::string(text) + "'");
      return true;
    }
    std::string_view value = eq == text.npos ? std::string_view() : text.substr(eq + 1);
    if (found->arg == ArgKind::None) {
      if (eq != text.npos) complain("option '" + dashes + found->name + "' doesn't allow an argument");
      else line_ += " --" + found->name;
      return true;
    }
    if (eq == text.npos && found->arg == ArgKind::Required) {
      if (at_ + 1 >= in_.size()) {
        complain("option '" + dashes + found->name + "' requires an argument");
        return true;
      }
      value = in_[++at_];
    }
    line_ += " --" + found->name;
    add_value(value);
    return true;
  }

  Process& p_;
  const Settings& s_;
  const std::vector<std::string>& in_;
  std::string_view shorts_;
  bool in_order_, posix_, silent_;
  size_t at_ = 0;
  int status_ = 0;
  std::string line_;
  std::vector<std::string> operands_;
};

std::optional<int> add_long_options(Process& p, std::string_view list, std::vector<LongOption>& out) {
  size_t i = 0;
  while ((i = list.find_first_not_of(", \t\n", i)) != list.npos) {
    size_t end = std::min(list.find_first_of(", \t\n", i), list.size());
    std::string_view name = list.substr(i, end - i);
    ArgKind arg = name.ends_with("::") ? ArgKind::Optional : name.ends_with(':') ? ArgKind::Required : ArgKind::None;
    name.remove_suffix(arg == ArgKind::Optional ? 2 : arg == ArgKind::Required ? 1 : 0);
    if (name.empty()) {
      p.warn("empty long option after -l or --long argument");
      return try_help(p, kBadUsage);
    }
    out.push_back({std::string(name), arg});
    i = end;
  }
  return std::nullopt;
}

int getopt(Process& p) {
  Settings s;
  const std::vector<std::string>& argv = p.argv();
  bool compatible = p.getenv("GETOPT_COMPATIBLE") != nullptr;
  if (argv.size() < 2) {
    if (compatible) {
      Output out(p);
      out.line(" --");
      return out.finish(0);
    }
    p.warn("missing optstring argument");
    return try_help(p, kBadUsage);
  }
  if (compatible || !argv[1].starts_with('-')) {
    s.quoted = false;
    s.short_options = argv[1].substr(std::min(argv[1].find_first_not_of("-+"), argv[1].size()));
    std::vector<std::string> parameters(argv.begin() + 2, argv.end());
    return Normalizer(p, s, parameters).run();
  }
  constexpr OptionSpec specs[] = {
      {'a', "alternative", ArgKind::None}, {'l', "longoptions", ArgKind::Required}, {'n', "name", ArgKind::Required},  {'o', "options", ArgKind::Required},
      {'q', "quiet", ArgKind::None},       {'Q', "quiet-output", ArgKind::None},    {'s', "shell", ArgKind::Required}, {'T', "test", ArgKind::None},
      {'u', "unquoted", ArgKind::None},    {'V', "version", ArgKind::None},         {'h', "help", ArgKind::None}};
  std::vector<std::string> operands;
  ParseStyle style{.error_status = kBadUsage, .in_order = true};
  auto over = parse_options(p, kUsage, specs, argv, style, operands, [&](size_t i, std::optional<std::string_view> value) -> std::optional<int> {
    switch (specs[i].short_name) {
      case 'a': s.alternative = true; break;
      case 'l': return add_long_options(p, *value, s.long_options);
      case 'n': s.name = *value; break;
      case 'o': s.short_options = std::string(*value); break;
      case 'q': s.quiet = true; break;
      case 'Q': s.no_output = true; break;
      case 's':
        s.csh = *value == "csh" || *value == "tcsh";
        if (s.csh || *value == "sh" || *value == "bash") break;
        p.warn("unknown shell after -s or --shell argument");
        return try_help(p, kBadUsage);
      case 'T': return kEnhanced;
      case 'u': s.quoted = false; break;
      case 'V': return print_version(p);
      case 'h': {
        Output out(p);
        out.write(kUsage);
        return out.finish(0);
      }
    }
    return std::nullopt;
  });
  if (over) return *over;
  if (!s.short_options) {
    if (operands.empty()) {
      p.warn("missing optstring argument");
      return try_help(p, kBadUsage);
    }
    s.short_options = operands[0];
    operands.erase(operands.begin());
  }
  return Normalizer(p, s, operands).run();
}

}  // namespace

Command getopt_command() { return {{"getopt"}, kUsage, getopt, MessageName::Short}; }

}  // namespace nacre
