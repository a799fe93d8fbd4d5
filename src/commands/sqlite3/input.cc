// Scripts and people's lines: SQL is gathered until it is complete; lines with a dot are commands.
#include "commands/sqlite3/shell.h"
#include "kernel/kernel.h"

namespace nacre::sqlite {
namespace {

constexpr int kMostNested = 25;   // .read

/// What the text so far ends in.
struct Scan {
  bool dark = false;      ///< something besides white space and comments
  bool end = false;       ///< the last dark thing is a semicolon
  char open = 0;          ///< within: ' " ` ] or * (a comment)

  void line(std::string_view s) {
    for (size_t i = 0; i < s.size(); i++) {
      char c = s[i];
      if (open == '*') {
        if (c == '*' && i + 1 < s.size() && s[i + 1] == '/') open = 0, i++;
        continue;
      }
      if (open) {
        if (c == open) open = 0;
        continue;
      }
      if (space(c)) continue;
      if (c == '-' && i + 1 < s.size() && s[i + 1] == '-') return;
      if (c == '/' && i + 1 < s.size() && s[i + 1] == '*') {
        open = '*';
        i++;
        continue;
      }
      if (c == ';') {
        end = true;
        continue;
      }
      dark = true;
      end = false;
      if (c == '\'' || c == '"' || c == '`') open = c;
      if (c == '[') open = ']';
    }
  }
  bool blank() const { return !dark && !end && !open; }
  bool complete() const { return end && !open; }
};

/// "/" or "go" alone in a line ends a statement.
bool is_terminator(std::string_view s) {
  while (!s.empty() && space(s.front())) s.remove_prefix(1);
  size_t n;
  if (s.starts_with('/')) n = 1;
  else if (s.size() >= 2 && (s[0] | 32) == 'g' && (s[1] | 32) == 'o') n = 2;
  else return false;
  for (char c : s.substr(n))
    if (!space(c)) return false;
  return true;
}

}  // namespace

bool Shell::run_sql(const std::string& sql, bool prompted, long start) {
  open();
  if (echo) printf("%s\n", sql.c_str());
  std::string message;
  Timespec begin = p_.now(Clock::Monotonic), cpu = p_.cpu_time();
  int rc = exec(backslash ? unescape(sql).c_str() : sql.c_str(), &message);
  excused = false;
  if (timer) {
    Timespec real = subtract(p_.now(Clock::Monotonic), begin), user = subtract(p_.cpu_time(), cpu);
    printf("Run Time: real %.3f user %.6f sys %.6f\n", static_cast<double>(real.sec) + real.nsec / 1e9, static_cast<double>(user.sec) + user.nsec / 1e9, 0.0);
  }
  if (rc == SQLITE_OK && message.empty()) {
    if (changes) printf("changes: %lld   total_changes: %lld\n", sqlite3_changes64(db_), sqlite3_total_changes64(db_));
    return true;
  }
  const char* kind = "Error";
  if (message.empty()) {
    message = sqlite3_errmsg(db_);
  } else if (message.starts_with("in prepare, ")) {
    kind = "Parse error";
    message.erase(0, 12);
  } else if (message.starts_with("stepping, ")) {
    kind = "Runtime error";
    message.erase(0, 10);
  }
  if (prompted) error("%s: %s\n", kind, message.c_str());
  else error("%s near line %ld: %s\n", kind, start, message.c_str());
  return false;
}

int Shell::run_input(Input& in, bool standard_input) {
  if (depth == kMostNested) {
    error("Input nesting limit (%d) reached at line %ld. Check recursion.\n", kMostNested, line);
    return 1;
  }
  struct Depth {
    Shell& sh;
    long line;
    explicit Depth(Shell& s) : sh(s), line(s.line) {
      sh.depth++;
      sh.line = 0;
    }
    ~Depth() {
      sh.depth--;
      sh.line = line;
    }
  } restore(*this);
  const bool prompted = standard_input && interactive;
  int errors = 0;
  long start = 0;
  std::string sql;
  Scan scan;
  while (errors == 0 || !bail || prompted) {
    out_->flush();
    if (prompted) {
      stdout_->write(sql.empty() ? prompt : prompt_more);
      stdout_->flush();
    }
    std::string_view read;
    if (!in.next_line(read)) {
      if (prompted) print("\n");
      break;
    }
    if (read.ends_with('\r')) read.remove_suffix(1);
    std::string text(read.substr(0, read.find('\0')));
    line++;
    if (!scan.open && is_terminator(text) && sqlite3_complete((sql + ";").c_str())) text = ";";
    scan.line(text);
    if (scan.blank() && sql.empty()) {
      if (echo) printf("%s\n", text.c_str());
      scan = {};
      continue;
    }
    if (sql.empty() && (text.starts_with('.') || text.starts_with('#'))) {
      if (echo) printf("%s\n", text.c_str());
      scan = {};
      if (text[0] == '#') continue;
      int rc = dot(text);
      if (rc == 2) break;
      errors += rc != 0;
      continue;
    }
    if (sql.empty()) {
      start = line;
      size_t skip = 0;
      while (skip < text.size() && space(text[skip])) skip++;
      sql = text.substr(skip);
    } else {
      sql += '\n';
      sql += text;
    }
    p_.check_memory(sql.size());
    if (scan.complete() && sqlite3_complete(sql.c_str())) {
      errors += !run_sql(sql, prompted, start);
      sql.clear();
      if (once) {
        redirect("");
        once = 0;
      }
      scan = {};
    } else if (!scan.dark && !scan.end && !scan.open) {
      if (echo) printf("%s\n", sql.c_str());
      sql.clear();
      scan = {};
    }
  }
  if (!sql.empty()) errors += !run_sql(sql, prompted, start);
  return errors > 0;
}

}  // namespace nacre::sqlite
