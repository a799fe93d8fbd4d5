#include "cli/options.h"

#include <algorithm>
#include <iterator>

#include "config/values.h"

namespace nacre::cli {
namespace {

using config::Id;
using config::Item;
using config::Settings;

constexpr char kHelp[] =
    "nacre: a sandboxed bash. Runs scripts over a virtual file system; starts no host program.\n"
    "\n"
    "Usage:\n"
    "  nacre [options] -c SCRIPT [name [args...]]   run a script given as text\n"
    "  nacre [options] FILE [args...]               run a script file of the host\n"
    "  nacre [options]                              run a script from standard input\n"
    "  nacre [options] -i                           interactive shell\n"
    "  nacre exec [options] COMMAND                 run a command; bare mounts are read-write\n"
    "  nacre create | run | list | show | history | diff | apply | snapshot | snapshots | rollback | fork |\n"
    "        export | import | terminate | gc | doctor\n"
    "                                               sessions that last; nacre run --help tells more\n"
    "  nacre config [options] | presets             the values in force, and the presets there are\n"
    "\n"
    "Options:\n"
    "  --mount HOST:GUEST[:ro|:rw|:cow][,max-file=SIZE]\n"
    "                                     show a host directory in the sandbox (repeatable); cow: writes stay\n"
    "                                     in the sandbox; max-file: larger files cannot be read\n"
    "  --file HOST:GUEST                  put a copy of a host file into the sandbox (repeatable)\n"
    "  --env NAME=VALUE                   set an environment variable (repeatable)\n"
    "  --inherit-env NAME                 take a variable from the host's environment\n"
    "  --workdir PATH                     working directory in the sandbox\n"
    "  --timeout DURATION                 end the run after so long: 500ms, 10s, 2m, 1h (exit status 124)\n"
    "  --limit NAME=VALUE                 memory_bytes, steps, output_bytes, shown_bytes, file_bytes,\n"
    "                                     inodes, processes, fds, pipe_bytes, nesting, script_bytes,\n"
    "                                     wall_ms; VALUE may end in k, M, G, T\n"
    "  --allow-command NAME               only the named commands and the shell's builtins (repeatable)\n"
    "  --deny-command NAME                all commands but the named ones (repeatable)\n"
    "  --allow-url PREFIX                 let curl and wget reach URLs below https://HOST[:PORT][/PATH] (repeatable);\n"
    "                                     without it there is no network\n"
    "  --allow-method NAME                besides GET and HEAD (repeatable)\n"
    "  --allow-private                    private and loopback addresses too\n"
    "  --allow-insecure                   curl -k works\n"
    "  --inject-header 'PREFIX NAME=env:VARIABLE' (or =file:PATH)\n"
    "                                     add a header whose value scripts never see (repeatable)\n"
    "  --preset NAME                      take what the configuration has under [presets.NAME]\n"
    "  --config FILE                      instead of ~/.config/nacre/config.toml; docs/configuration.md\n"
    "  --backend NAME                     what runs the sandbox: virtual\n"
    "  --seed N                           repeatable randomness and a virtual clock\n"
    "  --json                             print the result as JSON\n"
    "  --dump-ast                         print the syntax tree as JSON, run nothing\n"
    "  -i                                 interactive shell\n"
    "  --version, --help\n"
    "\n"
    "Exit status: the script's; 124 on timeout; 128+N when it died of signal N;\n"
    "2 when nacre itself was called wrongly.\n";

constexpr std::string_view kFlags[] = {"--allow-private", "--allow-insecure"};
constexpr std::string_view kValued[] = {"--mount",        "--file",    "--env",       "--inherit-env",  "--workdir",       "--timeout",
                                        "--limit",        "--seed",    "--allow-url", "--allow-method", "--inject-header", "--allow-command",
                                        "--deny-command", "--backend", "--preset",    "--config"};

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
    bool without_value = false;
    if (!is_config_option(name, &without_value)) return error(a + ": unknown option; nacre --help lists them");
    if (without_value) {
      bool on = false;
      Parsed p = flag(name, has_value, on);
      if (on) out_.flags.set(name == "--allow-private" ? Id::AllowPrivate : Id::AllowInsecure, {.number = 1, .origin = name});
      return p;
    }
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
    Settings& f = out_.flags;
    if (name == "--mount") {
      Item item{.origin = name};
      const Mount::Mode bare = out_.is_exec ? Mount::Mode::ReadWrite : Mount::Mode::Cow;
      if (std::string wrong = config::parse_mount(value, bare, &item.mount); !wrong.empty()) return error("--mount " + value + ": " + wrong);
      f.add(Id::Mounts, std::move(item));
    } else if (name == "--file") {
      Item item{.origin = name};
      if (std::string wrong = config::parse_file(value, &item.mount); !wrong.empty()) return error("--file " + value + ": " + wrong);
      f.add(Id::Files, std::move(item));
    } else if (name == "--env") {
      size_t eq = value.find('=');
      if (eq == value.npos || eq == 0) return error("--env " + value + ": not of the form NAME=VALUE; to take a variable from the host, --inherit-env NAME");
      f.add(Id::Env, {.name = value.substr(0, eq), .text = value.substr(eq + 1), .origin = name});
    } else if (name == "--inherit-env") {
      f.add(Id::Env, {.name = value, .from = "env:" + value, .origin = name});
    } else if (name == "--workdir" || name == "--timeout" || name == "--backend") {
      const Id id = name == "--workdir" ? Id::Workdir : name == "--timeout" ? Id::Timeout : Id::Backend;
      if (std::string wrong = f.set_text(config::key_of(id), value, name); !wrong.empty()) return error(name + " " + value + ": " + wrong);
    } else if (name == "--allow-url" || name == "--allow-method") {
      f.add(name == "--allow-url" ? Id::AllowUrls : Id::AllowMethods, {.text = value, .origin = name});
    } else if (name == "--allow-command" || name == "--deny-command") {
      f.add(name == "--allow-command" ? Id::AllowCommands : Id::DenyCommands, {.text = value, .origin = name});
    } else if (name == "--preset" || name == "--config") {
      if (value.empty()) return error(name + ": a value is missing; see nacre --help");
      (name == "--preset" ? out_.preset : out_.config_file) = value;
    } else if (name == "--inject-header") {
      return injected_header(value);
    } else if (name == "--seed") {
      uint64_t n = 0;
      if (!config::parse_size(value, &n)) return error("--seed " + value + ": not a whole number");
      out_.seed = n;
    } else {
      return limit(value);
    }
    return Parsed::Run;
  }

  Parsed limit(const std::string& text) {
    const size_t eq = text.find('=');
    if (eq == text.npos) return error("--limit " + text + ": not of the form NAME=NUMBER; nacre --help lists the names");
    const std::string name = text.substr(0, eq);
    const config::Key* key = config::find_key("limits", name == "memory" ? "memory_bytes" : name);
    if (!key) {
      std::vector<std::string> known;
      for (const config::Key& k : config::all_keys())
        if (k.section == "limits") known.emplace_back(k.name);
      return error("--limit " + text + ": no such limit" + config::suggestion(name, known));
    }
    std::string wrong = out_.flags.set_text(*key, std::string_view(text).substr(eq + 1), "--limit");
    return wrong.empty() ? Parsed::Run : error("--limit " + text + ": " + wrong);
  }

  /// "URL-PREFIX NAME=env:VARIABLE" or "... NAME=file:PATH": the value itself never stands in argv.
  Parsed injected_header(const std::string& text) {
    size_t blank = text.find(' '), eq = blank == text.npos ? text.npos : text.find('=', blank);
    if (eq == text.npos) return error("--inject-header " + text + ": not of the form 'URL-PREFIX NAME=env:VARIABLE' or '... NAME=file:PATH'");
    Item h{.name = text.substr(blank + 1, eq - blank - 1), .from = text.substr(eq + 1), .url = text.substr(0, blank), .origin = "--inject-header"};
    if (!h.from.starts_with("env:") && !h.from.starts_with("file:"))
      return error("--inject-header " + h.name + ": the value comes from env:VARIABLE or file:PATH");
    out_.flags.add(Id::Headers, std::move(h));
    return Parsed::Run;
  }

  const std::vector<std::string>& args_;
  Options& out_;
  std::string& message_;
  size_t at_ = 0;
};

}  // namespace

bool is_config_option(std::string_view name, bool* flag) {
  *flag = std::find(std::begin(kFlags), std::end(kFlags), name) != std::end(kFlags);
  return *flag || std::find(std::begin(kValued), std::end(kValued), name) != std::end(kValued);
}

Parsed parse_options(const std::vector<std::string>& args, bool stdin_is_terminal, Options* out, std::string* message) {
  return Parser(args, out, message).run(stdin_is_terminal);
}

}  // namespace nacre::cli
