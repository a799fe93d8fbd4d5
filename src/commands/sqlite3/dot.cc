// Dot-commands: their words, their table, and those that only set something.
#include <algorithm>
#include <cstring>

#include "commands/sqlite3/shell.h"

namespace nacre::sqlite {
namespace {

struct Dot {
  const char* name;
  size_t least;                 ///< letters that are enough
  int (*run)(Shell&, const Words&);
};

int usage(Shell& sh, const char* text) {
  sh.error("Usage: %s\n", text);
  return 1;
}

int named_flag(Shell& sh, const Words& w, const char* name, bool& to) {
  if (w.size() != 2) return usage(sh, (std::string(".") + name + " on|off").c_str());
  to = boolean(sh, w[1]);
  return 0;
}

int dot_bail(Shell& sh, const Words& w) { return named_flag(sh, w, "bail", sh.bail); }
int dot_echo(Shell& sh, const Words& w) { return named_flag(sh, w, "echo", sh.echo); }
int dot_changes(Shell& sh, const Words& w) { return named_flag(sh, w, "changes", sh.changes); }

int dot_headers(Shell& sh, const Words& w) {
  sh.format.header_set |= w.size() == 2;
  return named_flag(sh, w, "headers", sh.format.header);
}

int dot_timer(Shell& sh, const Words& w) { return named_flag(sh, w, "timer", sh.timer); }

int dot_cd(Shell& sh, const Words& w) {
  if (w.size() != 2) return usage(sh, ".cd DIRECTORY");
  if (sh.process().chdir(w[1])) return 0;
  sh.error("Cannot change to directory \"%s\"\n", w[1].c_str());
  return 1;
}

int dot_eqp(Shell& sh, const Words& w) {
  if (w.size() != 2) return usage(sh, ".eqp off|on|trace|trigger|full");
  if (w[1] == "full") sh.eqp = 3;
  else if (w[1] == "trigger") sh.eqp = 2;
  else sh.eqp = boolean(sh, w[1]);
  return 0;
}

int dot_exit(Shell& sh, const Words& w) {
  if (w.size() > 1) sh.exit_status = atoi(w[1].c_str()) & 255;
  return 2;
}

int dot_explain(Shell& sh, const Words& w) {
  std::string to = w.size() >= 2 ? w[1] : "on";
  if (to == "auto") {
    sh.auto_explain = true;
    if (sh.format.mode == Show::Explain) sh.format.mode = Show::List;
  } else if (boolean(sh, to)) {
    sh.auto_explain = false;
    sh.format.mode = Show::Explain;
  } else {
    sh.auto_explain = false;
    if (sh.format.mode == Show::Explain) sh.format.mode = Show::List;
  }
  return 0;
}

int dot_nullvalue(Shell& sh, const Words& w) {
  if (w.size() != 2) return usage(sh, ".nullvalue STRING");
  sh.format.null_value = w[1].substr(0, 19);
  return 0;
}

int dot_separator(Shell& sh, const Words& w) {
  const bool wrong = w.size() < 2 || w.size() > 3;
  if (wrong) usage(sh, ".separator COL ?ROW?");   // and does what can be done, as the original
  if (w.size() >= 2) sh.format.column_separator = w[1].substr(0, 19);
  if (w.size() >= 3) sh.format.row_separator = w[2].substr(0, 19);
  return wrong;
}

int dot_print(Shell& sh, const Words& w) {
  for (size_t i = 1; i < w.size(); i++) sh.print((i > 1 ? " " : "") + w[i]);
  sh.print("\n");
  return 0;
}

int dot_prompt(Shell& sh, const Words& w) {
  if (w.size() >= 2) sh.prompt = w[1].substr(0, 19);
  if (w.size() >= 3) sh.prompt_more = w[2].substr(0, 19);
  return 0;
}

int dot_width(Shell& sh, const Words& w) {
  sh.format.widths.clear();
  for (size_t i = 1; i < w.size(); i++) sh.format.widths.push_back(std::clamp(atoi(w[i].c_str()), -1000000, 1000000));
  return 0;
}

int dot_timeout(Shell& sh, const Words& w) {
  sqlite3_busy_timeout(sh.db(), w.size() >= 2 ? atoi(w[1].c_str()) : 0);
  return 0;
}

int dot_stats(Shell& sh, const Words& w) {
  if (w.size() > 2) return usage(sh, ".stats ?on|off|stmt|vmstep?");
  if (w.size() == 2) sh.stats = boolean(sh, w[1]);
  else sh.show_stats(nullptr);
  return 0;
}

int dot_read(Shell& sh, const Words& w) {
  if (w.size() != 2) return usage(sh, ".read FILE");
  Process& p = sh.process();
  if (w[1][0] == '|') {
    sh.error("Error: .read runs no commands; use a pipe into sqlite3\n");
    return 1;
  }
  auto fd = p.open(w[1], kOpenRead | kOpenCloexec);
  auto st = fd ? p.fstat(*fd) : Result<Stat>(Errno::NOENT);
  if (!fd || !st || st->is_dir()) {
    if (fd) (void)p.close(*fd);
    sh.error("Error: cannot open \"%s\"\n", w[1].c_str());
    return 1;
  }
  Input in(p, *fd, w[1]);
  return sh.run_input(in, false);
}

int dot_shell(Shell& sh, const Words& w) {
  if (w.size() < 2) return usage(sh, ".system COMMAND");
  // Each word as it was; quoted when it has a blank.
  std::string command;
  for (size_t i = 1; i < w.size(); i++) {
    if (i > 1) command += ' ';
    command += w[i].find(' ') == std::string::npos ? w[i] : "\"" + w[i] + "\"";
  }
  sh.out().flush();
  auto done = sh.process().run({"sh", "-c", command});
  int status = !done ? 127 << 8 : done->kind == WaitStatus::Kind::Exited ? done->code << 8 : done->code;
  if (status) sh.error("System command returns %d\n", status);
  return 0;
}

int dot_open(Shell& sh, const Words& w) {
  bool fresh = false, read_only = false, no_follow = false;
  std::string name;
  for (size_t i = 1; i < w.size(); i++) {
    std::string_view z = w[i];
    if (z.starts_with('-')) {
      z.remove_prefix(z.starts_with("--") ? 2 : 1);
      if (z == "new") {
        fresh = true;
      } else if (z == "readonly") {
        read_only = true;
      } else if (z == "nofollow") {
        no_follow = true;
      } else {
        sh.error("unknown option: %s\n", w[i].c_str());
        return 1;
      }
    } else if (!name.empty()) {
      sh.error("extra argument: \"%s\"\n", w[i].c_str());
      return 1;
    } else {
      name = z;
    }
  }
  if (sh.safe && !sh.excused && !name.empty() && name != ":memory:") sh.forbid("cannot open disk-based database files in safe mode");
  sh.close();
  sh.name_connection();
  sh.read_only = read_only;
  sh.no_follow = no_follow;
  if (fresh && !name.empty()) (void)sh.process().unlink(name);
  sh.file = name.empty() ? "" : name;
  if (name.empty()) return sh.open(), 0;
  sh.open(true);
  return 0;
}

/// .output and .once.
int dot_output(Shell& sh, const Words& w) {
  const bool once = w[0].starts_with("on");
  const char* name = once ? "once" : "output";
  std::string file;
  bool mark = false, have = false;
  for (size_t i = 1; i < w.size(); i++) {
    std::string z = w[i];
    if (z[0] == '-') {
      if (z.starts_with("--")) z.erase(0, 1);
      if (z == "-bom") {
        mark = true;
        continue;
      }
      if (z == "-e" || z == "-x") {
        sh.error("Error: there is no editor and no spreadsheet here\n");
        return 1;
      }
      sh.print("ERROR: unknown option: \"" + w[i] + "\".  Usage:\n");
      print_help(sh, name, false, true);
      return 1;
    }
    if (have) {
      sh.print("ERROR: extra parameter: \"" + w[i] + "\".  Usage:\n");
      print_help(sh, name, false, true);
      return 1;
    }
    have = true;
    file = z;
    if (z[0] == '|') {
      for (size_t k = i + 1; k < w.size(); k++) file += " " + w[k];
      break;
    }
  }
  sh.once = once ? 2 : 0;
  if (sh.redirect(have ? file : "", mark)) return 0;
  sh.once = 0;
  return 1;
}

int dot_help(Shell& sh, const Words& w) {
  bool all = w.size() >= 2 && (w[1] == "-a" || w[1] == "-all" || w[1] == "--all");
  std::string about = w.size() >= 2 && !all ? w[1] : "";
  if (!print_help(sh, about, all || !about.empty(), true)) sh.printf("Nothing matches '%s'\n", about.c_str());
  return 0;
}

int dot_excel(Shell& sh, const Words&) {
  sh.error("Error: there is no spreadsheet here\n");
  return 1;
}

// What -safe forbids by name; .open by what is opened.
bool is_unsafe(std::string_view name) {
  for (std::string_view unsafe :
       {"archive", "backup", "cd", "clone", "excel", "import", "load", "log", "once", "output", "read", "restore", "save", "shell", "system"})
    if (name == unsafe) return true;
  return false;
}

int dot_load(Shell& sh, const Words&) {
  sh.error("Error: extensions cannot be loaded here\n");
  return 1;
}

// In the order in which shortened names are tried.
constexpr Dot kDots[] = {
    {"auth", 3, dot_auth},
    {"backup", 3, dot_backup},
    {"save", 3, dot_backup},
    {"bail", 3, dot_bail},
    {"binary", 3, dot_binary},
    {"cd", 2, dot_cd},
    {"changes", 3, dot_changes},
    {"check", 3, dot_check},
    {"clone", 1, dot_clone},
    {"connection", 2, dot_connection},
    {"databases", 2, dot_databases},
    {"dbconfig", 3, dot_dbconfig},
    {"dump", 1, dot_dump},
    {"echo", 1, dot_echo},
    {"eqp", 1, dot_eqp},
    {"excel", 3, dot_excel},
    {"exit", 1, dot_exit},
    {"explain", 1, dot_explain},
    {"fullschema", 1, dot_fullschema},
    {"headers", 1, dot_headers},
    {"help", 1, dot_help},
    {"import", 1, dot_import},
    {"limit", 4, dot_limit},
    {"load", 2, dot_load},
    {"log", 2, dot_log},
    {"mode", 1, dot_mode},
    {"nonce", 5, dot_nonce},
    {"nullvalue", 1, dot_nullvalue},
    {"open", 2, dot_open},
    {"output", 1, dot_output},
    {"once", 1, dot_output},
    {"parameter", 3, dot_parameter},
    {"print", 3, dot_print},
    {"progress", 3, dot_progress},
    {"prompt", 1, dot_prompt},
    {"quit", 1, dot_exit},
    {"read", 3, dot_read},
    {"restore", 3, dot_restore},
    {"scanstats", 4, dot_scanstats},
    {"schema", 3, dot_schema},
    {"selftest", 4, dot_selftest},
    {"separator", 1, dot_separator},
    {"sha3sum", 4, dot_sha3sum},
    {"shell", 1, dot_shell},
    {"system", 2, dot_shell},
    {"show", 1, dot_show},
    {"stats", 2, dot_stats},
    {"tables", 2, dot_tables},
    {"indices", 1, dot_tables},
    {"indexes", 1, dot_tables},
    {"testcase", 5, dot_testcase},
    {"timeout", 5, dot_timeout},
    {"timer", 5, dot_timer},
    {"trace", 2, dot_trace},
    {"width", 1, dot_width},
};

/// The words of a line; quotes as the original reads them.
Words words_of(const std::string& line) {
  Words out;
  size_t h = 1;
  while (h < line.size() && out.size() < 51) {
    while (h < line.size() && space(line[h])) h++;
    if (h == line.size()) break;
    std::string word;
    char quote = line[h];
    if (quote == '\'' || quote == '"') {
      size_t from = ++h;
      while (h < line.size() && line[h] != quote) {
        if (line[h] == '\\' && quote == '"' && h + 1 < line.size()) h++;
        h++;
      }
      word = line.substr(from, h - from);
      if (quote == '"') word = unescape(word);
      if (h < line.size()) h++;
    } else {
      size_t from = h;
      while (h < line.size() && !space(line[h])) h++;
      word = line.substr(from, h - from);
      h += h < line.size();
    }
    out.push_back(word);
  }
  return out;
}

}  // namespace

int Shell::dot(std::string text) {
  Words w = words_of(text);
  if (w.empty()) return 0;
  int rc = -1;
  for (const Dot& d : kDots) {
    std::string_view name = d.name;
    if (w[0].size() < d.least || !name.starts_with(w[0])) continue;
    if (safe && !excused && is_unsafe(name)) forbid("cannot run ." + w[0] + " in safe mode");
    rc = d.run(*this, w);
    if (name != "nonce") excused = false;
    break;
  }
  if (rc < 0) {
    error("Error: unknown command or invalid arguments:  \"%s\". Enter \".help\" for help\n", w[0].c_str());
    rc = 1;
  }
  // .once lasts for the command or statement after it.
  if (once && --once == 0) redirect("");
  return rc;
}

}  // namespace nacre::sqlite
