#include "cli/options.h"

#include <charconv>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace nacre::cli {
namespace {

constexpr char kHelp[] =
    "nacre: a sandboxed bash. Runs scripts over a virtual file system; starts no host program.\n"
    "\n"
    "Usage:\n"
    "  nacre [options] -c SCRIPT [name [args...]]   run a script given as text\n"
    "  nacre [options] FILE [args...]               run a script file of the host\n"
    "  nacre [options]                              run a script from standard input\n"
    "  nacre [options] -i                           interactive shell\n"
    "  nacre exec [options] COMMAND                 run a command; bare mounts are read-write\n"
    "  nacre create | run | list | show | history | snapshot | snapshots | rollback | fork | terminate | gc\n"
    "                                               sessions that last; nacre run --help tells more\n"
    "\n"
    "Options:\n"
    "  --mount HOST:GUEST[:ro|:rw|:cow]   show a host directory in the sandbox (repeatable);\n"
    "                                     cow: writes stay in the sandbox\n"
    "  --env NAME=VALUE                   set an environment variable (repeatable)\n"
    "  --inherit-env NAME                 take a variable from the host's environment\n"
    "  --workdir PATH                     working directory in the sandbox\n"
    "  --timeout DURATION                 end the run after so long: 500ms, 10s, 2m (exit status 124)\n"
    "  --limit NAME=VALUE                 memory_bytes, steps, output_bytes, file_bytes, inodes,\n"
    "                                     processes, fds, pipe_bytes, nesting, script_bytes, wall_ms;\n"
    "                                     VALUE may end in k, M, G\n"
    "  --allow-url PREFIX                 let curl and wget reach URLs below https://HOST[:PORT][/PATH] (repeatable);\n"
    "                                     without it there is no network\n"
    "  --allow-method NAME                besides GET and HEAD (repeatable)\n"
    "  --allow-private                    private and loopback addresses too\n"
    "  --allow-insecure                   curl -k works\n"
    "  --inject-header 'PREFIX NAME=env:VARIABLE' (or =file:PATH)\n"
    "                                     add a header whose value scripts never see (repeatable)\n"
    "  --seed N                           repeatable randomness and a virtual clock\n"
    "  --json                             print the result as JSON\n"
    "  --dump-ast                         print the syntax tree as JSON, run nothing\n"
    "  -i                                 interactive shell\n"
    "  --version, --help\n"
    "\n"
    "Exit status: the script's; 124 on timeout; 128+N when it died of signal N;\n"
    "2 when nacre itself was called wrongly.\n";

bool number(std::string_view s, uint64_t* out) {
  uint64_t unit = 1;
  if (!s.empty()) {
    switch (s.back()) {
      case 'k':
      case 'K': unit = 1ull << 10; break;
      case 'm':
      case 'M': unit = 1ull << 20; break;
      case 'g':
      case 'G': unit = 1ull << 30; break;
      default: break;
    }
    if (unit != 1) s.remove_suffix(1);
  }
  uint64_t n = 0;
  auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), n);
  if (s.empty() || error != std::errc() || end != s.data() + s.size()) return false;
  return !__builtin_mul_overflow(n, unit, out);
}

bool duration_ms(std::string_view s, uint64_t* out) {
  double unit = 1000;
  if (s.ends_with("ms")) unit = 1, s.remove_suffix(2);
  else if (s.ends_with("s")) s.remove_suffix(1);
  else if (s.ends_with("m")) unit = 60'000, s.remove_suffix(1);
  else if (s.ends_with("h")) unit = 3'600'000, s.remove_suffix(1);
  std::string text(s);
  char* end = nullptr;
  double n = std::strtod(text.c_str(), &end);
  if (text.empty() || *end || !(n >= 0) || n * unit > 1e15) return false;
  *out = static_cast<uint64_t>(n * unit);
  if (*out == 0) *out = 1;
  return true;
}

bool set_limit(Limits& l, std::string_view name, uint64_t value) {
  auto narrow = [&](uint32_t& field) {
    if (value > UINT32_MAX) return false;
    field = static_cast<uint32_t>(value);
    return true;
  };
  if (name == "wall_ms") l.wall_ms = value;
  else if (name == "steps") l.steps = value;
  else if (name == "memory_bytes" || name == "memory") l.memory_bytes = value;
  else if (name == "script_bytes") l.script_bytes = value;
  else if (name == "file_bytes") l.file_bytes = value;
  else if (name == "inodes") l.inodes = value;
  else if (name == "output_bytes") l.output_bytes = value;
  else if (name == "nesting") return narrow(l.nesting);
  else if (name == "processes") return narrow(l.processes);
  else if (name == "fds") return narrow(l.fds);
  else if (name == "pipe_bytes") return narrow(l.pipe_bytes);
  else return false;
  return true;
}

class Parser {
 public:
  Parser(const std::vector<std::string>& args, Options* out, std::string* message) : args_(args), out_(*out), message_(*message) {}

  Parsed run(bool stdin_is_terminal) {
    if (!args_.empty() && args_[0] == "exec") {
      out_.is_exec = true;
      at_ = 1;
    }
    bool command = false, interactive = false;
    for (; at_ < args_.size(); at_++) {
      const std::string& a = args_[at_];
      if (a == "--") {
        at_++;
        break;
      }
      if (a.empty() || a[0] != '-' || a == "-") break;
      if (a == "-c" && !out_.is_exec) {
        command = true;
        at_++;
        break;
      }
      if (a == "-i") {
        interactive = true;
        continue;
      }
      Parsed p = option(a);
      if (p != Parsed::Run) return p;
    }
    std::vector<std::string> rest(args_.begin() + static_cast<ptrdiff_t>(std::min(at_, args_.size())), args_.end());
    if (!mounts() || !network()) return Parsed::Error;
    return choose(command, interactive, rest, stdin_is_terminal);
  }

 private:
  Parsed error(const std::string& text) {
    message_ = text;
    return Parsed::Error;
  }

  Parsed choose(bool command, bool interactive, std::vector<std::string>& rest, bool stdin_is_terminal) {
    if (out_.is_exec) {
      if (rest.empty()) return error("exec: no command given; write nacre exec \"COMMAND\"");
      out_.mode = Options::Mode::Command;
      out_.script = rest[0];
      out_.args.assign(rest.begin() + 1, rest.end());
      return Parsed::Run;
    }
    if (command) {
      if (rest.empty()) return error("-c: no script given; write nacre -c 'SCRIPT'");
      out_.mode = Options::Mode::Command;
      out_.script = rest[0];
      if (rest.size() > 1) out_.name = rest[1];
      if (rest.size() > 2) out_.args.assign(rest.begin() + 2, rest.end());
      return Parsed::Run;
    }
    if (!rest.empty() && rest[0] != "-") {
      out_.mode = Options::Mode::File;
      out_.script = rest[0];
      out_.args.assign(rest.begin() + 1, rest.end());
      return Parsed::Run;
    }
    out_.mode = interactive || (stdin_is_terminal && !out_.dump_ast) ? Options::Mode::Interactive : Options::Mode::Stdin;
    return Parsed::Run;
  }

  Parsed option(const std::string& a) {
    std::string name = a, value;
    bool has_value = false;
    if (size_t eq = a.find('='); eq != a.npos && a.starts_with("--")) {
      name = a.substr(0, eq);
      value = a.substr(eq + 1);
      has_value = true;
    }
    if (name == "--help" || name == "-h") return message_ = kHelp, Parsed::Text;
    if (name == "--version") return message_ = std::string("nacre ") + version() + "\n", Parsed::Text;
    if (name == "--json") return flag(name, has_value, out_.json);
    if (name == "--dump-ast") return flag(name, has_value, out_.dump_ast);
    if (name == "--allow-private") return flag(name, has_value, network_.allow_private);
    if (name == "--allow-insecure") return flag(name, has_value, network_.allow_insecure);
    constexpr const char* with_value[] = {"--mount", "--env",  "--inherit-env", "--workdir",      "--timeout",
                                          "--limit", "--seed", "--allow-url",   "--allow-method", "--inject-header"};
    bool known = false;
    for (const char* w : with_value) known |= name == w;
    if (!known) return error(a + ": unknown option; nacre --help lists them");
    if (!has_value) {
      if (at_ + 1 >= args_.size()) return error(name + ": a value is missing; see nacre --help");
      value = args_[++at_];
    }
    return valued(name, value);
  }

  Parsed flag(const std::string& name, bool has_value, bool& target) {
    if (has_value) return error(name + " takes no value");
    target = true;
    return Parsed::Run;
  }

  Parsed valued(const std::string& name, const std::string& value) {
    Config& c = out_.config;
    uint64_t n = 0;
    if (name == "--mount") {
      mount_texts_.push_back(value);
    } else if (name == "--env") {
      size_t eq = value.find('=');
      if (eq == value.npos || eq == 0) return error("--env " + value + ": not of the form NAME=VALUE; to take a variable from the host, --inherit-env NAME");
      c.env.emplace_back(value.substr(0, eq), value.substr(eq + 1));
    } else if (name == "--inherit-env") {
      if (const char* v = std::getenv(value.c_str())) c.env.emplace_back(value, v);
    } else if (name == "--workdir") {
      if (value.empty() || value[0] != '/') return error("--workdir " + value + ": must be an absolute path in the sandbox");
      c.workdir = value;
    } else if (name == "--timeout") {
      if (!duration_ms(value, &n)) return error("--timeout " + value + ": not a duration; write 500ms, 10s or 2m");
      c.limits.wall_ms = n;
    } else if (name == "--allow-url") {
      network_.allow_urls.push_back(value);
    } else if (name == "--allow-method") {
      network_.allow_methods.push_back(value);
    } else if (name == "--inject-header") {
      return injected_header(value);
    } else if (name == "--seed") {
      if (!number(value, &n)) return error("--seed " + value + ": not a whole number");
      c.seed = n;
      c.virtual_clock = true;
    } else {
      size_t eq = value.find('=');
      if (eq == value.npos || !number(std::string_view(value).substr(eq + 1), &n))
        return error("--limit " + value + ": not of the form NAME=NUMBER; nacre --help lists the names");
      if (!set_limit(c.limits, std::string_view(value).substr(0, eq), n))
        return error("--limit " + value + ": no such limit, or too large; nacre --help lists the names");
    }
    return Parsed::Run;
  }

  /// "URL-PREFIX NAME=env:VARIABLE" or "... NAME=file:PATH": the value itself never stands in argv.
  Parsed injected_header(const std::string& text) {
    size_t blank = text.find(' '), eq = blank == text.npos ? text.npos : text.find('=', blank);
    if (eq == text.npos) return error("--inject-header " + text + ": not of the form 'URL-PREFIX NAME=env:VARIABLE' or '... NAME=file:PATH'");
    HeaderInjection h{text.substr(0, blank), text.substr(blank + 1, eq - blank - 1), ""};
    std::string from = text.substr(eq + 1);
    if (from.starts_with("env:")) {
      const char* v = std::getenv(from.c_str() + 4);
      if (!v) return error("--inject-header " + h.name + ": the variable " + from.substr(4) + " is not set");
      h.value = v;
    } else if (from.starts_with("file:")) {
      std::FILE* f = std::fopen(from.c_str() + 5, "re");
      if (!f) return error("--inject-header " + h.name + ": " + from.substr(5) + ": " + std::strerror(errno));
      char buffer[16384];
      h.value.assign(buffer, std::fread(buffer, 1, sizeof buffer, f));
      std::fclose(f);
      while (h.value.ends_with('\n') || h.value.ends_with('\r')) h.value.pop_back();
    } else {
      return error("--inject-header " + h.name + ": the value comes from env:VARIABLE or file:PATH");
    }
    network_.headers.push_back(std::move(h));
    return Parsed::Run;
  }

  bool network() {
    if (!network_.allow_urls.empty()) {
      out_.config.network = network_;
      return true;
    }
    if (!network_.allow_private && !network_.allow_insecure && network_.headers.empty() && network_.allow_methods.size() == 2) return true;
    message_ = "without --allow-url PREFIX there is no network";
    return false;
  }

  /// HOST:GUEST[:MODE]. A relative host path is relative to the working directory.
  bool mounts() {
    for (const std::string& text : mount_texts_) {
      std::string rest = text;
      Mount m;
      m.mode = out_.is_exec ? Mount::Mode::ReadWrite : Mount::Mode::Cow;
      for (auto [suffix, mode] : {std::pair{":ro", Mount::Mode::ReadOnly}, {":rw", Mount::Mode::ReadWrite}, {":cow", Mount::Mode::Cow}}) {
        if (!rest.ends_with(suffix)) continue;
        rest.resize(rest.size() - std::char_traits<char>::length(suffix));
        m.mode = mode;
        break;
      }
      size_t colon = rest.rfind(':');
      if (colon == rest.npos || colon == 0 || colon + 1 == rest.size() || rest[colon + 1] != '/') {
        message_ = "--mount " + text + ": not of the form HOST:GUEST[:ro|:rw|:cow] with an absolute GUEST";
        return false;
      }
      m.host = rest.substr(0, colon);
      m.guest = rest.substr(colon + 1);
      out_.config.mounts.push_back(std::move(m));
    }
    return true;
  }

  const std::vector<std::string>& args_;
  Options& out_;
  std::string& message_;
  size_t at_ = 0;
  std::vector<std::string> mount_texts_;
  NetworkPolicy network_;
};

}  // namespace

Parsed parse_options(const std::vector<std::string>& args, bool stdin_is_terminal, Options* out, std::string* message) {
  return Parser(args, out, message).run(stdin_is_terminal);
}

}  // namespace nacre::cli
