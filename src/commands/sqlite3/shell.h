/// shell: the state of one sqlite3 command: its connection, its output and the
/// settings that dot-commands and options change.
///
/// exec() runs SQL and shows rows in the present mode; dot() runs a dot-command;
/// run_input() reads a script or a person's lines. Errors of SQLite end as text on
/// stderr in the words of the original.
/// Source: sqlite.org/cli.html; the sqlite3 shell 3.40 as observed.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "commands/sqlite3/vfs.h"
#include "commands/text_io.h"

namespace nacre::sqlite {

enum class Show : uint8_t { Line, Column, List, Semi, Html, Insert, Quote, Tcl, Csv, Explain, Ascii, Pretty, Eqp, Json, Markdown, Table, Box };
const char* mode_name(Show m);

/// How rows are shown.
struct Format {
  Show mode = Show::List;
  bool header = false, header_set = false;
  std::string column_separator = "|", row_separator = "\n", null_value;
  std::string table = "table";              ///< of mode insert, quoted where it must be
  std::vector<int> widths;                  ///< negative: right-aligned
  int wrap = 0;                             ///< columnar modes: most columns of a cell, 0 = no limit
  bool word_wrap = false, quote = false;
  bool newlines = false;                    ///< insert: newlines as they are
};

struct StatementDeleter {
  void operator()(sqlite3_stmt* s) const { sqlite3_finalize(s); }
};
using Statement = std::unique_ptr<sqlite3_stmt, StatementDeleter>;

struct SqliteFree {
  void operator()(void* p) const { sqlite3_free(p); }
};
/// Text made by SQLite, as a string.
std::string take(char* text);

/// Where a trace or a log is written.
struct Observed {
  Output* to = nullptr;
  std::unique_ptr<Output> own;
  int fd = -1;

  void write(const std::string& text) {
    to->write(text);
    if (own) own->flush();
  }
};
/// What is told of SQLite's work: .trace, .log, .auth, .progress.
struct Observer {
  Observed trace, log;
  unsigned trace_kinds = 0;
  bool expanded = false, authorize = false;
  int progress_every = 0, progress_steps = 0;   ///< steps of the virtual machine
  unsigned progress_limit = 0, progress_count = 0;
  bool progress_quiet = false, progress_once = false, progress_reset = false;
};

class Shell {
 public:
  explicit Shell(Process& p);
  ~Shell();
  Shell(const Shell&) = delete;

  Process& process() { return p_; }
  SandboxVfs& vfs() { return vfs_; }

  // ---- the connection
  /// Opens what is to be opened, unless it is; exits the process with 1 if that fails (keep: stays closed).
  void open(bool keep = false);
  void close();
  sqlite3* db() { return open(), db_; }
  bool is_open() const { return db_ != nullptr; }
  Statement prepare(const std::string& sql);
  /// Runs SQL without showing anything.
  int quiet(const std::string& sql);
  /// The first column of the rows of a query.
  std::vector<std::string> column(const std::string& sql);
  /// Raises what a callback could not.
  void alive() {
    vfs_.alive();
    if (!violation.empty()) forbid(std::exchange(violation, ""));
    active_process = &p_;
  }
  int step(sqlite3_stmt* s) {
    active_process = &p_;
    int rc = sqlite3_step(s);
    alive();
    return rc;
  }

  // ---- running
  /// Runs each statement of sql. On an error: the status, and its message in *error when asked for.
  int exec(const char* sql, std::string* error);
  /// 0 good, 1 an error, 2 the program is to end. `line` begins with a dot.
  int dot(std::string line);
  /// Reads all of it. 1 if there was an error and, unless interactive, the exit status is.
  int run_input(Input& in, bool standard_input);
  /// One row in the present mode.
  void show_row(int n, const char* const* values, const char* const* names, const int* types, sqlite3_stmt* s);

  /// Numbers about the connection and, unless null, a statement.
  void show_stats(sqlite3_stmt* s);

  // ---- observe.cc, connections.cc
  void observe(Observed& o, const std::string& name);
  void watch_trace();
  void watch_progress();
  void watch_authorizer();
  int progress();
  /// The shell of a process; null: it has none.
  static Shell* of(Process* p);
  /// Ends the program for what -safe forbids.
  [[noreturn]] void forbid(const std::string& why);
  void switch_connection(int to);
  void name_connection() { connections_[connection_].named = true; }
  int connections_shown();
  int close_connection(int which);

  // ---- output
  Output& out() { return *out_; }
  void print(std::string_view s) { out_->write(s); }
  void printf(const char* format, ...) __attribute__((format(printf, 2, 3)));
  /// On stderr.
  void error(const char* format, ...) __attribute__((format(printf, 2, 3)));
  /// Output goes to a file, a command ("|cmd") or, "", back to standard output. False after a message.
  bool redirect(const std::string& to, bool byte_order_mark = false);

  Format format;
  std::string file = ":memory:";            ///< what open() opens
  bool read_only = false, no_follow = false;
  std::string init_file;
  bool bail = false, echo = false, changes = false, timer = false, stats = false, backslash = false, safe = false;
  bool excused = false;                     ///< from -safe, for one command
  std::string violation;                    ///< what -safe forbids and was tried below SQLite's frames
  std::string nonce, test_name;
  Observer observer;
  int eqp = 0;                              ///< 1 on, 2 trigger, 3 full
  bool auto_explain = true;
  bool interactive = false;
  std::string prompt = "sqlite> ", prompt_more = "   ...> ";
  int once = 0;                             ///< 1: .once, output goes back after the next statement
  int exit_status = 0;                      ///< of .exit N
  std::string output_name = "stdout";
  int depth = 0;                            ///< of .read
  long line = 0;                            ///< of the input

 private:
  friend class Columns;
  void enlist(bool on);
  int run_statement(sqlite3_stmt* s, const char* sql);
  void show_plan(const char* sql, Statement& s);
  void show_rows(sqlite3_stmt* s);
  void show_columns(sqlite3_stmt* s);
  void bind_parameters(sqlite3_stmt* s);
  void prepare_explain(sqlite3_stmt* s);
  void add_plan_row(int id, int parent, const char* text);
  void show_plan_tree();
  void plan_level(int parent, const std::string& prefix);
  std::string error_text(const char* when, int rc, const char* sql);
  bool run_sql(const std::string& sql, bool prompted, long start);

  Process& p_;
  SandboxVfs vfs_;
  sqlite3* db_ = nullptr;
  int progress_step_ = 1000;                ///< of the virtual machine, between two looks
  struct Connection {
    sqlite3* db = nullptr;
    std::string file;
    bool named = false;
  };
  Connection connections_[5];               ///< the present one's is stale
  int connection_ = 0;
  std::unique_ptr<Output> stdout_;
  std::unique_ptr<Output> file_out_;
  int file_fd_ = -1, pipe_pid_ = 0;
  Output* out_ = nullptr;
  Show shown_ = Show::List;                 ///< of the statement that runs (explain, eqp)
  int64_t rows_ = 0;
  struct PlanRow {
    int id, parent;
    std::string text;
  };
  std::vector<PlanRow> plan_;
  std::vector<int> indents_;
  size_t next_indent_ = 0;
};

// ---- text (text.cc)
bool space(char c);
/// '"' where a name must be quoted in SQL, else 0.
char quote_char(const char* name);
std::string quote_name(const char* name);
/// 'text' with quotes doubled.
std::string sql_quote(std::string_view s);
/// The same, with newlines by replace().
std::string sql_quote_escaped(const char* s);
std::string hex_blob(const void* data, int n);
std::string c_quote_text(const char* s);
std::string html_escape(const char* s);
std::string csv_field(const Shell& sh, const char* s);
/// \n \t \\ and so on become what they mean.
std::string unescape(std::string_view s);
/// A double as SQL text that reads back the same.
std::string real_text(double r, bool whole);
/// A CREATE statement with its end; see printSchemaLine of the manual page's shell.
std::string schema_line(std::string sql, const char* tail);
std::string pretty_schema(const char* sql);
size_t characters(std::string_view s);
/// As wide as |w| at least and, like the original, at most; negative: right-aligned.
std::string padded(const char* s, int w);
bool boolean(Shell& sh, const std::string& s);

// ---- parts of the dot-commands; each returns 0 or 1
using Words = std::vector<std::string>;
int dot_schema(Shell& sh, const Words& w);
int dot_fullschema(Shell& sh, const Words& w);
int dot_tables(Shell& sh, const Words& w);
int dot_dump(Shell& sh, const Words& w);
int dot_import(Shell& sh, const Words& w);
int dot_mode(Shell& sh, const Words& w);
int dot_show(Shell& sh, const Words& w);
int dot_parameter(Shell& sh, const Words& w);
int dot_backup(Shell& sh, const Words& w);
int dot_restore(Shell& sh, const Words& w);
int dot_clone(Shell& sh, const Words& w);
int dot_databases(Shell& sh, const Words& w);
int dot_limit(Shell& sh, const Words& w);
int dot_trace(Shell& sh, const Words& w);
int dot_log(Shell& sh, const Words& w);
int dot_auth(Shell& sh, const Words& w);
int dot_progress(Shell& sh, const Words& w);
int dot_testcase(Shell& sh, const Words& w);
int dot_check(Shell& sh, const Words& w);
int dot_selftest(Shell& sh, const Words& w);
int dot_sha3sum(Shell& sh, const Words& w);
int dot_connection(Shell& sh, const Words& w);
int dot_dbconfig(Shell& sh, const Words& w);
int dot_nonce(Shell& sh, const Words& w);
int dot_binary(Shell& sh, const Words& w);
int dot_scanstats(Shell& sh, const Words& w);
/// Before the library starts: its errors are heard by .log.
void log_errors();
/// sha3(), sha3_query().
void add_check_functions(sqlite3* db);
/// The lines of .help about a command; false if there is none.
bool print_help(Shell& sh, const std::string& about, bool all, bool to_output);

// ---- SQL functions of the shell (functions.cc)
void add_functions(Shell& sh, sqlite3* db);

}  // namespace nacre::sqlite
