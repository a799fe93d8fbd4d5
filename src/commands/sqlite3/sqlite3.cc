/// sqlite3 - SQL over database files.
/// Source: sqlite.org/cli.html; the sqlite3 shell 3.40 as observed.
/// The library is the real one; its files are the sandbox's (vfs.h).
/// Differs: .archive, .dbinfo, .expert, .filectrl, .imposter, .lint, .recover, .session, .testctrl and .vfs* are not known, nor are the
/// options -append, -deserialize, -memtrace, -mmap, -pagecache, -lookaside, -vfs, -zip; extensions are never
/// loaded; no cache is shared between connections; .stats shows only what belongs to the connection and the
/// statement; of the shell's SQL functions there are readfile, writefile, regexp, generate_series, sha3, sha3_query and the
/// collation uint; help is in our own words.
#include <cstring>

#include "base/deep_call.h"
#include "commands/command.h"
#include "commands/sqlite3/shell.h"

namespace nacre {
namespace sqlite {
namespace {

constexpr char kUsage[] =
    "Usage: sqlite3 [OPTIONS] FILENAME [SQL]\n"
    "FILENAME is a database; it is made if it does not exist. Without one, the\n"
    "database is in memory.\n"
    "OPTIONS:\n"
    "   -ascii               output mode 'ascii'\n"
    "   -backslash           C escapes in SQL from standard input\n"
    "   -bail                stop after an error\n"
    "   -batch               no prompts\n"
    "   -box                 output mode 'box'\n"
    "   -cmd COMMAND         run COMMAND before anything else\n"
    "   -column              output mode 'column'\n"
    "   -csv                 output mode 'csv'\n"
    "   -echo                show what is run\n"
    "   -eqp                 explain each query's plan\n"
    "   -[no]header          names of columns, or not\n"
    "   -help                show this text\n"
    "   -html                output mode 'html'\n"
    "   -init FILENAME       read this file first\n"
    "   -interactive         with prompts\n"
    "   -json                output mode 'json'\n"
    "   -line                output mode 'line'\n"
    "   -list                output mode 'list'\n"
    "   -markdown            output mode 'markdown'\n"
    "   -newline SEP         separator of rows. Default: '\\n'\n"
    "   -nofollow            the database may not be a symbolic link\n"
    "   -nonce STRING        what .nonce lifts -safe for a command with\n"
    "   -nullvalue TEXT      what stands for NULL. Default: ''\n"
    "   -quote               output mode 'quote'\n"
    "   -readonly            nothing is written\n"
    "   -safe                no other files, no commands, no ATTACH\n"
    "   -separator SEP       separator of columns. Default: '|'\n"
    "   -stats               numbers about each statement\n"
    "   -table               output mode 'table'\n"
    "   -tabs                output mode 'tabs'\n"
    "   -version             show the version of the library\n";

constexpr size_t kStack = 16u << 20;   // expressions, JSON and patterns recurse up to the library's limits

class Program {
 public:
  explicit Program(Process& p) : p_(p), sh_(p) {}

  int main() {
    sh_.interactive = p_.isatty(0);
    if (auto over = first_pass()) return finish(*over);
    if (!have_file_) sh_.file = ":memory:";
    if (p_.access(sh_.file, 0)) sh_.open();
    read_init();
    if (auto over = second_pass()) return finish(*over);
    if (!commands_.empty()) return finish(run_commands());
    if (sh_.interactive) greet();
    Input in(p_, 0, "stdin", false);
    int rc = sh_.run_input(in, true);
    return finish(sh_.exit_status ? sh_.exit_status : rc);
  }

 private:
  int finish(int status) {
    sh_.redirect("");
    return sh_.out().finish(status);
  }

  /// The option without its dashes; "" if it is none.
  static std::string_view option(const std::string& arg) {
    std::string_view z = arg;
    if (!z.starts_with('-')) return "";
    z.remove_prefix(z.starts_with("--") ? 2 : 1);
    return z;
  }
  static bool takes_value(std::string_view z) {
    for (std::string_view o : {"separator", "nullvalue", "newline", "cmd", "init", "nonce"})
      if (z == o) return true;
    return false;
  }

  /// What must be known before the database is opened.
  std::optional<int> first_pass() {
    const auto& argv = p_.argv();
    for (size_t i = 1; i < argv.size(); i++) {
      std::string_view z = option(argv[i]);
      if (!argv[i].starts_with('-')) {
        if (!have_file_) sh_.file = argv[i], have_file_ = true;
        else commands_.push_back(argv[i]);
        continue;
      }
      if (takes_value(z)) {
        if (i + 1 == argv.size()) {
          sh_.error("%s: Error: missing argument to %s\n", argv[0].c_str(), argv.back().c_str());
          return 1;
        }
        i++;
        if (z == "init") sh_.init_file = argv[i];
        if (z == "nonce") sh_.nonce = argv[i];
      } else if (z == "batch") {
        sh_.interactive = false;
      } else if (z == "readonly") {
        sh_.read_only = true;
      } else if (z == "nofollow") {
        sh_.no_follow = true;
      } else if (z == "safe") {
        sh_.safe = true;
      } else if (z == "bail") {
        sh_.bail = true;
      }
    }
    return std::nullopt;
  }

  void read_init() {
    std::string file = sh_.init_file;
    if (file.empty()) {
      const char* home = p_.getenv("HOME");
      if (!home) return;
      file = std::string(home) + "/.sqliterc";
    }
    auto fd = p_.open(file, kOpenRead | kOpenCloexec);
    if (fd) {
      if (sh_.interactive) sh_.error("-- Loading resources from %s\n", file.c_str());
      Input in(p_, *fd, file);
      if (sh_.run_input(in, false) && sh_.bail) p_.exit(1);
    } else if (!sh_.init_file.empty()) {
      sh_.error("cannot open: \"%s\"\n", file.c_str());
      if (sh_.bail) p_.exit(1);
    }
  }

  bool set_mode(std::string_view z) {
    struct Named {
      std::string_view name;
      Show mode;
      const char *column, *row;
    };
    static constexpr Named kNamed[] = {
        {"html", Show::Html, nullptr, nullptr},
        {"list", Show::List, nullptr, nullptr},
        {"quote", Show::Quote, ",", "\n"},
        {"line", Show::Line, nullptr, nullptr},
        {"column", Show::Column, nullptr, nullptr},
        {"json", Show::Json, nullptr, nullptr},
        {"markdown", Show::Markdown, nullptr, nullptr},
        {"table", Show::Table, nullptr, nullptr},
        {"box", Show::Box, nullptr, nullptr},
        {"csv", Show::Csv, ",", nullptr},
        {"ascii", Show::Ascii, "\x1f", "\x1e"},
        {"tabs", Show::List, "\t", "\n"},
    };
    for (const Named& n : kNamed) {
      if (n.name != z) continue;
      sh_.format.mode = n.mode;
      if (n.column) sh_.format.column_separator = n.column;
      if (n.row) sh_.format.row_separator = n.row;
      return true;
    }
    return false;
  }

  std::optional<int> second_pass() {
    const auto& argv = p_.argv();
    Format& f = sh_.format;
    for (size_t i = 1; i < argv.size(); i++) {
      if (!argv[i].starts_with('-')) continue;
      std::string_view z = option(argv[i]);
      if (z == "init" || z == "nonce") i++;
      else if (set_mode(z)) continue;
      else if (z == "separator") f.column_separator = argv[++i].substr(0, 19);
      else if (z == "newline") f.row_separator = argv[++i].substr(0, 19);
      else if (z == "nullvalue") f.null_value = argv[++i].substr(0, 19);
      else if (z == "header" || z == "noheader") f.header = z == "header", f.header_set = true;
      else if (z == "echo") sh_.echo = true;
      else if (z == "eqp") sh_.eqp = 1;
      else if (z == "eqpfull") sh_.eqp = 3;
      else if (z == "stats") sh_.stats = true;
      else if (z == "backslash") sh_.backslash = true;
      else if (z == "batch") sh_.interactive = false;
      else if (z == "bail" || z == "readonly" || z == "nofollow" || z == "safe") continue;
      else if (z == "interactive") sh_.interactive = true;
      else if (z == "version") return sh_.printf("%s %s\n", sqlite3_libversion(), sqlite3_sourceid()), 0;
      else if (z == "help" && argv[i].starts_with("--")) return sh_.print(kUsage), 0;
      else if (z == "help") return sh_.error("%s", kUsage), 1;
      else if (z == "cmd") {
        if (auto over = run_before(argv[++i])) return over;
      } else {
        sh_.error("%s: Error: unknown option: %s\nUse -help for a list of options.\n", argv[0].c_str(), ("-" + std::string(z)).c_str());
        return 1;
      }
    }
    return std::nullopt;
  }

  /// -cmd.
  std::optional<int> run_before(const std::string& text) {
    if (text.starts_with('.')) {
      int rc = sh_.dot(text);
      if (rc && sh_.bail) return rc == 2 ? 0 : rc;
      return std::nullopt;
    }
    sh_.open();
    std::string message;
    int rc = sh_.exec(text.c_str(), &message);
    if (rc == SQLITE_OK && message.empty()) return std::nullopt;
    sh_.out().flush();
    if (!message.empty()) sh_.error("Error: %s\n", message.c_str());
    else sh_.error("Error: unable to process SQL \"%s\"\n", text.c_str());
    if (sh_.bail) return rc ? rc : 1;
    return std::nullopt;
  }

  int run_commands() {
    for (const std::string& text : commands_) {
      if (text.starts_with('.')) {
        int rc = sh_.dot(text);
        if (rc) return rc == 2 ? sh_.exit_status : rc;
        continue;
      }
      sh_.open();
      std::string message;
      int rc = sh_.exec(text.c_str(), &message);
      if (rc == SQLITE_OK && message.empty()) continue;
      if (!message.empty()) sh_.error("Error: %s\n", message.c_str());
      else sh_.error("Error: unable to process SQL: %s\n", text.c_str());
      return rc;
    }
    return 0;
  }

  void greet() {
    sh_.printf("SQLite version %s\nEnter \".help\" for usage hints.\n", sqlite3_libversion());
    if (p_.argv().size() == 1) sh_.print("Connected to a transient in-memory database.\nUse \".open FILENAME\" to reopen on a persistent database.\n");
  }

  Process& p_;
  Shell sh_;
  bool have_file_ = false;
  std::vector<std::string> commands_;
};

int sqlite3_main(Process& p) {
  if (!start_library()) {
    write_error(p, "sqlite3: the library cannot be used\n");
    return 1;
  }
  int status = 1;
  on_large_stack(kStack, [&] { status = Program(p).main(); });
  return status;
}

}  // namespace
}  // namespace sqlite

Command sqlite3_command() { return {{"sqlite3"}, sqlite::kUsage, sqlite::sqlite3_main}; }

}  // namespace nacre
