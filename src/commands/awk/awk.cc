/// awk, gawk, mawk - pattern scanning and processing language.
/// Source: POSIX XCU awk; gawk 5.2 manual for the extensions.
/// Differs: no extensions but inplace, no -M, no profiler or debugger;
/// rand() has a sequence of its own.
#include "commands/args.h"
#include "commands/awk/interp.h"
#include "commands/awk/parser.h"
#include "commands/awk/pretty.h"
#include "commands/command.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: awk [POSIX or GNU style options] -f progfile [--] file ...\n"
    "Usage: awk [POSIX or GNU style options] [--] 'program' file ...\n\n"
    "  -f progfile, --file=progfile       read the program from progfile\n"
    "  -F fs, --field-separator=fs        set FS\n"
    "  -v var=val, --assign=var=val       set a variable before the program begins\n"
    "  -b, --characters-as-bytes          characters are bytes\n"
    "  -c, --traditional                  without gawk's extensions\n"
    "  -d[file], --dump-variables[=file]  write the variables to file (awkvars.out) in the end\n"
    "  -e 'program', --source='program'   take program text\n"
    "  -E file, --exec=file               like -f, and the last option\n"
    "  -h, --help                         display this help and exit\n"
    "  -i file, --include=file            include a file; 'inplace' edits files in place\n"
    "  -L[fatal|invalid|no-ext], --lint[=...]  warn of what is doubtful; fatal: as an error;\n"
    "                                     no-ext: but not of gawk's extensions\n"
    "  -n, --non-decimal-data             input may have octal and hexadecimal numbers\n"
    "  -N, --use-lc-numeric               the decimal point of the locale, which is always a dot here\n"
    "  -o[file], --pretty-print[=file]    write the program to file (awkprof.out), do not run it\n"
    "  -O, --optimize, -s, --no-optimize  the program does the same with and without\n"
    "  -P, --posix                        -c, and what else POSIX wants\n"
    "  -r, --re-interval                  {n,m} in regular expressions, also with -c\n"
    "  -S, --sandbox                      no system(), redirections or pipes\n"
    "  -t, --lint-old                     warn of what old awks do not know\n"
    "  -V, --version                      output version information and exit\n";

struct Options {
  std::vector<std::string> assigns, includes;
  std::vector<AwkSource> sources;
  std::optional<std::string> fs, exec, dump, pretty;   ///< files of -d and -o
  AwkInterp::Modes modes;
  AwkDialect dialect;
  const char* refused = nullptr;
  bool bytes = false, has_program = false, help = false, version = false;
};
using O = Options;

std::optional<int> add_file(Process& p, O& o, const std::string& name) {
  auto text = read_file(p, name);
  if (!text) {
    p.warn("fatal: cannot open source file `%s' for reading: %s", name.c_str(), std::string(message(text.error())).c_str());
    return 2;
  }
  // A first line "#!..." is a comment.
  o.sources.push_back({name, std::move(*text)});
  return std::nullopt;
}

// Along $AWKPATH, with and without ".awk".
std::optional<AwkSource> find_include(Process& p, const std::string& name, std::string* error) {
  const char* path = p.getenv("AWKPATH");
  std::string dirs = path && *path ? path : ".:/usr/local/share/awk:/usr/share/awk";
  if (name.find('/') != std::string::npos) dirs = "";
  Errno why = Errno::NOENT;
  for (size_t at = 0; at <= dirs.size();) {
    size_t end = std::min(dirs.find(':', at), dirs.size());
    std::string dir = dirs.substr(at, end - at);
    at = end + 1;
    for (const char* suffix : {"", ".awk"}) {
      std::string file = (dir.empty() || dir == "." ? "" : dir + "/") + name + suffix;
      auto text = read_file(p, file);
      if (text) return AwkSource{file, std::move(*text)};
      if (text.error() != Errno::NOENT) why = text.error();
    }
  }
  *error = message(why);
  return std::nullopt;
}

std::optional<int> refuse(Process& p, const std::string& why) {
  p.warn("%s", why.c_str());
  return 2;
}

// A file to write to, "-" for standard output; where it cannot be opened, the error output takes it, as in gawk.
void write_report(Process& p, const std::string& name, std::string_view text, const char* what) {
  auto fd = name == "-" ? Result<int>(1) : p.open(name, kOpenWrite | kOpenCreate | kOpenTruncate);
  if (!fd) {
    p.warn("warning: could not open `%s' for writing: %s", name.c_str(), std::string(message(fd.error())).c_str());
    p.warn("warning: sending %s to standard error", what);
  }
  Output out(p, fd ? *fd : 2, 2);
  out.write(text);
  out.flush();
  if (fd && *fd > 2) (void)p.close(*fd);
}

constexpr Flag<O> kFlags[] = {
    {'f', "file",
     +[](Process& p, O& o, std::string_view v) {
       o.has_program = true;
       return add_file(p, o, std::string(v));
     }},
    {'F', "field-separator", +[](O& o, std::string_view v) { o.fs = std::string(v); }},
    {'v', "assign", &O::assigns},
    {'e', "source",
     +[](O& o, std::string_view v) {
       o.has_program = true;
       o.sources.push_back({"cmd. line", std::string(v)});
     }},
    {'i', "include",
     +[](Process& p, O& o, std::string_view v) -> std::optional<int> {
       if (v == "inplace" || v == "inplace.awk") {
         o.modes.inplace = true;
         return std::nullopt;
       }
       std::string error;
       auto text = find_include(p, std::string(v), &error);
       if (!text) {
         p.warn("fatal: cannot open source file `%s' for reading: %s", std::string(v).c_str(), error.c_str());
         return 2;
       }
       o.includes.insert(o.includes.begin(), std::string(v));
       o.sources.push_back(std::move(*text));
       return std::nullopt;
     }},
    {'E', "exec", &O::exec},
    {'b', "characters-as-bytes", &O::bytes},
    {'S', "sandbox", +[](O& o) { o.modes.sandbox = true; }},
    {'c', "traditional", +[](O& o) { o.dialect.traditional = true; }},
    {'d', "dump-variables", +[](O& o, std::optional<std::string_view> v) { o.dump = std::string(v.value_or("awkvars.out")); }},
    {'D', "debug", +[](Process& p, O&, std::optional<std::string_view>) { return refuse(p, "-D: there is no debugger"); }},
    {'L', "lint",
     +[](O& o, std::optional<std::string_view> v) {
       o.dialect.lint = true;
       o.dialect.lint_fatal = v == "fatal";
       o.dialect.lint_extensions = v != "no-ext";
     }},
    {'t', "lint-old", +[](O& o) { o.dialect.lint_old = true; }},
    {'l', "load",
     +[](Process& p, O& o, std::string_view v) -> std::optional<int> {
       if (v == "inplace") {
         o.modes.inplace = true;
         return std::nullopt;
       }
       return refuse(p, "fatal: cannot open shared library `" + std::string(v) + "' for reading: No such file or directory");
     }},
    {'M', "bignum", +[](O& o) { o.refused = "-M: there is no arbitrary precision"; }},
    {'n', "non-decimal-data", +[](O& o) { o.modes.non_decimal = true; }},
    {'N', "use-lc-numeric", +[](O&) {}},
    {'o', "pretty-print",
     +[](O& o, std::optional<std::string_view> v) {
       o.pretty = std::string(v.value_or("awkprof.out"));
       o.dialect.notes = true;
     }},
    {'p', "profile", +[](Process& p, O&, std::optional<std::string_view>) { return refuse(p, "-p: there is no profiler; -o shows the program"); }},
    {'P', "posix", +[](O& o) { o.dialect.traditional = o.dialect.posix = true; }},
    {'O', "optimize", +[](O&) {}},
    {'s', "no-optimize", +[](O&) {}},
    {'r', "re-interval", +[](O& o) { o.dialect.intervals = true; }},
    {'h', "", &O::help},
    {'V', "", &O::version},
};

// -v: a status when it is not NAME=VALUE.
std::optional<int> assign(Process& p, AwkInterp& interp, const std::string& a) {
  if (a.find('=') == std::string::npos) {
    p.warn("`%s' argument to `-v' not in `var=value' form\n", a.c_str());
    write_error(p, kUsage);
    return 1;
  }
  if (interp.assign_operand(a)) return std::nullopt;
  p.warn("fatal: `%s' is not a legal variable name", a.substr(0, a.find('=')).c_str());
  return 2;
}

// -E FILE ends the options; what follows are operands, whatever it looks like.
std::vector<std::string> split_exec(const std::vector<std::string>& argv, std::vector<std::string>& rest) {
  for (size_t i = 1; i + 1 < argv.size() && argv[i].size() > 1 && argv[i][0] == '-' && argv[i] != "--"; i++) {
    if (argv[i].starts_with("--exec=")) {
      rest.assign(argv.begin() + static_cast<long>(i) + 1, argv.end());
      return {argv.begin(), argv.begin() + static_cast<long>(i) + 1};
    }
    if (argv[i] == "-f" || argv[i] == "-v" || argv[i] == "-F" || argv[i] == "-e" || argv[i] == "-i") i++;
    if (i + 1 >= argv.size() || (argv[i] != "-E" && argv[i] != "--exec")) continue;
    rest.assign(argv.begin() + static_cast<long>(i) + 2, argv.end());
    return {argv.begin(), argv.begin() + static_cast<long>(i) + 2};
  }
  return argv;
}

int awk_main(Process& p) {
  O o;
  std::vector<std::string> operands, rest;
  if (auto status = parse_argv(p, kUsage, kFlags, o, split_exec(p.argv(), rest), operands, {.error_status = 1, .in_order = true, .short_help = true}))
    return *status;
  if (o.refused) return *refuse(p, o.refused);
  if (o.version) return print_version(p);
  if (o.help) {
    Output out(p);
    out.write(kUsage);
    return out.finish(0);
  }
  if (o.exec) {
    if (auto status = add_file(p, o, *o.exec)) return *status;
    operands = rest;
  } else if (!o.has_program) {
    if (operands.empty()) {
      write_error(p, kUsage);
      return 1;
    }
    o.sources.push_back({"cmd. line", operands.front()});
    operands.erase(operands.begin());
  }
  o.dialect.utf8 = p.utf8() && !o.bytes;
  if (p.getenv("POSIXLY_CORRECT")) o.dialect.traditional = o.dialect.posix = true;
  auto program = parse_awk(std::move(o.sources), [&](const std::string& name, std::string* error) { return find_include(p, name, error); }, o.dialect);
  for (const auto& w : program->warnings) p.warn("%s", w.c_str());
  if (!program->error.empty()) {
    for (const auto& line : program->error) p.warn("%s", line.c_str());
    return program->error_status;
  }
  if (o.pretty) {
    for (const auto& name : o.includes) program->notes->includes.insert(program->notes->includes.begin(), name);
    write_report(p, *o.pretty, awk_pretty(*program), "profile");
    return 0;
  }
  if (o.dump)   // it shows these, too, when the program has none such
    for (const auto& a : o.assigns) program->global(a.substr(0, a.find('=')));
  AwkInterp interp(p, *program, o.dialect);
  interp.set_modes(o.modes);
  if (o.fs) interp.assign_operand("FS=" + (o.dialect.traditional && !o.dialect.posix && *o.fs == "t" ? "\t" : *o.fs));
  for (const auto& a : o.assigns)
    if (auto status = assign(p, interp, a)) return *status;
  const int status = interp.run(std::string(p.argv()[0]), operands);
  if (o.dump) write_report(p, *o.dump, interp.dump_variables(), "variable list");
  return status;
}

}  // namespace

Command awk_command() { return {{"awk", "gawk", "mawk"}, kUsage, awk_main, MessageName::Short}; }

}  // namespace nacre
