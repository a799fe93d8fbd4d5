/// env - run a program in a modified environment.
/// Source: GNU coreutils 9 manual, "env invocation"; POSIX XCU env.
/// Differs: none known.
#include <utility>

#include "algo/unicode.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/env_signals.h"
#include "commands/quoting.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: env [OPTION]... [-] [NAME=VALUE]... [COMMAND [ARG]...]\n"
    "Set each NAME to VALUE in the environment and run COMMAND, or print the environment.\n\n"
    "  -i, --ignore-environment  start with an empty environment ('-' means the same)\n"
    "  -0, --null           end each output line with NUL, not newline\n"
    "  -u, --unset=NAME     remove variable from the environment\n"
    "  -C, --chdir=DIR      change working directory to DIR\n"
    "  -S, --split-string=S  process and split S into separate arguments\n"
    "      --block-signal[=SIG]    block delivery of SIG signal(s) to COMMAND\n"
    "      --default-signal[=SIG]  reset handling of SIG signal(s) to the default\n"
    "      --ignore-signal[=SIG]   set handling of SIG signal(s) to do nothing\n"
    "      --list-signal-handling  list non default signal handling to stderr\n"
    "  -v, --debug          print verbose information for each processing step\n"
    "      --help           display this help and exit\n"
    "      --version        output version information and exit\n\n"
    "SIG is a name, PIPE, or a number, 13; several are separated by commas, and without it all signals are meant.\n";

struct Options {
  bool ignore = false, null = false, debug = false, list_signals = false;
  std::vector<std::string> unset;
  EnvSignals signals;
  std::string dir;
};

void set_variable(EnvList& env, const std::string& assignment) {
  std::string prefix = assignment.substr(0, assignment.find('=') + 1);
  for (auto& e : env) {
    if (e.compare(0, prefix.size(), prefix) == 0) {
      e = assignment;
      return;
    }
  }
  env.push_back(assignment);
}

void unset_variable(EnvList& env, const std::string& name) {
  std::string prefix = name + "=";
  std::erase_if(env, [&](const std::string& e) { return e.compare(0, prefix.size(), prefix) == 0; });
}

/// The words of -S: quotes, escapes, ${NAME}, # comments.
class Splitter {
 public:
  Splitter(Process& p, std::string_view s) : p_(p), s_(s) {}

  bool split(std::vector<std::string>& out) {
    std::string word;
    bool in_word = false, single = false, dbl = false;
    auto end_word = [&] {
      if (in_word) out.push_back(std::exchange(word, {}));
      in_word = false;
    };
    for (size_t i = 0; i < s_.size(); i++) {
      char c = s_[i];
      if (c == '\'' && !dbl) {
        single = !single;
        in_word = true;
        continue;
      }
      if (c == '"' && !single) {
        dbl = !dbl;
        in_word = true;
        continue;
      }
      if (!single && !dbl && ascii_space(c)) {
        end_word();
        continue;
      }
      if (!single && !dbl && c == '#' && !in_word) break;
      if (c == '\\' && i + 1 < s_.size() && !(single && s_[i + 1] != '\\' && s_[i + 1] != '\'')) {
        char e = s_[++i];
        if (e == 'c' && !single) {
          if (dbl) return fail("'\\c' must not appear in double-quoted -S string");
          break;
        }
        if (e == '_' && !dbl) {
          end_word();
          continue;
        }
        constexpr std::string_view from = "fnrtv_", to = "\f\n\r\t\v ";
        size_t k = from.find(e);
        if (k == std::string_view::npos && std::string_view("\"#$'\\").find(e) == std::string_view::npos) {
          return fail((std::string("invalid sequence '\\") + e + "' in -S").c_str());
        }
        word.push_back(k == std::string_view::npos ? e : to[k]);
        in_word = true;
        continue;
      }
      if (c == '$' && !single) {
        size_t close = s_.substr(i, 2) == "${" ? s_.find('}', i) : std::string_view::npos;
        if (close == std::string_view::npos) return fail(("only ${VARNAME} expansion is supported, error at: " + std::string(s_.substr(i))).c_str());
        if (const char* v = p_.getenv(s_.substr(i + 2, close - i - 2))) {
          word += v;
          in_word = true;
        }
        i = close;
        continue;
      }
      word.push_back(c);
      in_word = true;
    }
    if (single || dbl) return fail("no terminating quote in -S string");
    end_word();
    return true;
  }

 private:
  bool fail(const char* message) {
    p_.warn("%s", message);
    return false;
  }
  Process& p_;
  std::string_view s_;
};

constexpr Flag<Options> kFlags[] = {
    {'i', "ignore-environment", &Options::ignore},
    {'0', "null", &Options::null},
    {'u', "unset", &Options::unset},
    {'C', "chdir", &Options::dir},
    {'S', "split-string", +[](Options&, std::string_view) {}},
    {0, "block-signal", +[](Process& p, Options& o, std::optional<std::string_view> v) { return o.signals.block(p, v); }},
    {0, "default-signal", +[](Process& p, Options& o, std::optional<std::string_view> v) { return o.signals.reset(p, v); }},
    {0, "ignore-signal", +[](Process& p, Options& o, std::optional<std::string_view> v) { return o.signals.ignore(p, v); }},
    {0, "list-signal-handling", &Options::list_signals},
    {'v', "debug", &Options::debug},
};

// -S is replaced by its words before the options are read.
std::optional<std::vector<std::string>> expand_split(Process& p, const std::vector<std::string>& argv) {
  std::vector<std::string> out = {argv[0]};
  bool told = false;   // -v came before
  for (size_t i = 1; i < argv.size(); i++) {
    const std::string& a = argv[i];
    std::optional<std::string> text;
    std::string bundle;
    size_t used = i;
    if (a.rfind("--split-string=", 0) == 0) text = a.substr(15);
    else if (a == "--split-string" && i + 1 < argv.size()) text = argv[++used];
    else if (a.size() > 1 && a[0] == '-' && a[1] != '-') {
      size_t s = a.find_first_not_of("i0v", 1);
      if (s != std::string::npos && a[s] == 'S') {
        bundle = a.substr(0, s);
        if (s + 1 < a.size()) text = a.substr(s + 1);
        else if (i + 1 < argv.size()) text = argv[++used];
      }
    }
    if (!text) {
      bool takes = a == "-u" || a == "-C" || a == "--unset" || a == "--chdir";
      if (a.empty() || a[0] != '-' || a == "--") {
        out.insert(out.end(), argv.begin() + static_cast<long>(i), argv.end());
        return out;
      }
      told = told || a == "--debug" || (a.size() > 1 && a[1] != '-' && a.find_first_not_of("i0v", 1) == std::string::npos && a.find('v') != std::string::npos);
      out.push_back(a);
      if (takes && i + 1 < argv.size()) out.push_back(argv[++i]);
      continue;
    }
    i = used;
    if (bundle.size() > 1) out.push_back(bundle);
    const size_t before = out.size();
    if (!Splitter(p, *text).split(out)) return std::nullopt;
    told = told || bundle.find('v') != std::string::npos;
    if (!told) continue;
    std::string lines = "split -S:  " + quote(p, *text) + "\n";
    for (size_t k = before; k < out.size(); k++) lines += (k == before ? " into:    " : "     &    ") + quote(p, out[k]) + "\n";
    write_error(p, lines);
  }
  return out;
}

int env_main(Process& p) {
  Options o;
  auto argv = expand_split(p, p.argv());
  if (!argv) return 125;
  std::vector<std::string> words;
  if (auto status = parse_argv(p, kUsage, kFlags, o, *argv, words, {.error_status = 125, .in_order = true})) return *status;
  size_t i = 0;
  if (i < words.size() && words[i] == "-") {
    o.ignore = true;
    i++;
  }
  auto tell = [&](const std::string& text) {
    if (o.debug) write_error(p, text + "\n");
  };
  EnvList env = o.ignore ? EnvList{} : p.env();
  if (o.ignore) tell("cleaning environ");
  for (const auto& name : o.unset) {
    if (o.ignore) break;
    tell("unset:    " + name);
    if (name.empty() || name.find('=') != std::string::npos) {
      p.warn(Errno::INVAL, "cannot unset %s", quote(p, name).c_str());
      return 125;
    }
    unset_variable(env, name);
  }
  for (; i < words.size() && words[i].find('=') != std::string::npos; i++) {
    tell("setenv:   " + words[i]);
    set_variable(env, words[i]);
  }
  if (i == words.size()) {
    if (!o.dir.empty()) {
      p.warn("must specify command with --chdir (-C)");
      return try_help(p, 125);
    }
    Output out(p, 1, 125);
    for (const auto& e : env) out.line(e, o.null ? '\0' : '\n');
    return out.finish(0);
  }
  if (o.null) {
    p.warn("cannot specify --null (-0) with command");
    return try_help(p, 125);
  }
  if (auto status = o.signals.apply(p, o.debug)) return *status;
  if (o.list_signals) list_signal_handling(p);
  if (!o.dir.empty()) {
    tell("chdir:    " + quote_file(p, o.dir));
    if (auto done = p.chdir(o.dir); !done) {
      p.warn(done.error(), "cannot change directory to %s", quote_file(p, o.dir).c_str());
      return 125;
    }
  }
  std::vector<std::string> command(words.begin() + static_cast<long>(i), words.end());
  tell("executing: " + command[0]);
  for (size_t k = 0; k < command.size(); k++) tell("   arg[" + std::to_string(k) + "]= " + quote(p, command[k]));
  auto shared = std::make_shared<const EnvList>(std::move(env));
  Errno e = p.exec_program(command, shared);
  p.warn(e, "%s", quote(p, command[0]).c_str());
  if (e == Errno::NOENT && command[0].find_first_of(" \t") != std::string::npos) p.warn("use -[v]S to pass options in shebang lines");
  return e == Errno::NOENT ? 127 : 126;
}

}  // namespace

Command env_command() { return {{"env"}, kUsage, env_main}; }

}  // namespace nacre
