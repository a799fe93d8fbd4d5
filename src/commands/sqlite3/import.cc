// .import: rows of a text file into a table.
#include <cstring>
#include <map>

#include "algo/unicode.h"
#include "commands/capture.h"
#include "commands/sqlite3/shell.h"

namespace nacre::sqlite {
namespace {

constexpr int kEnd = -1;

/// Fields one by one. As in the original, a NUL ends a field's text.
class Fields {
 public:
  Fields(Shell& sh, Input& in, std::string name, int column, int row, bool quotes)
      : sh_(sh), in_(in), name_(std::move(name)), column_(column), row_(row), quotes_(quotes) {}

  /// False at the end.
  bool next() {
    field_.clear();
    int c = get();
    if (c == kEnd) return end_ = kEnd, false;
    if (!quotes_) {
      while (c != kEnd && c != column_ && c != row_) add(c), c = get();
      if (c == row_) line++;
      end_ = c;
      return true;
    }
    if (c == '"') return quoted(), true;
    if (first_ && c == 0xef) {
      add(c);
      if ((c = get()) == 0xbb) {
        add(c);
        if ((c = get()) == 0xbf) {
          first_ = false;
          return next();
        }
      }
    }
    while (c != kEnd && c != column_ && c != row_) add(c), c = get();
    if (c == row_) {
      line++;
      if (field_.ends_with('\r')) field_.pop_back();
    }
    end_ = c;
    first_ = false;
    return true;
  }

  const std::string& field() const { return field_; }
  const std::string& name() const { return name_; }
  bool at_column() const { return end_ == column_; }
  bool at_end() const { return end_ == kEnd; }
  int line = 1;

 private:
  int get() {
    if (at_ == block_.size()) {
      in_.consume(at_);
      block_ = in_.block();
      at_ = 0;
      if (block_.empty()) return kEnd;
      sh_.process().tick(16);
    }
    return static_cast<unsigned char>(block_[at_++]);
  }
  void add(int c) {
    field_ += static_cast<char>(c);
    if ((field_.size() & 0xfffff) == 0) sh_.process().check_memory(field_.size());
  }

  void quoted() {
    const int start = line;
    int before = 0, before_that = 0;
    for (;;) {
      int c = get();
      if (c == row_) line++;
      if (c == '"' && before == '"') {
        before = 0;
        continue;
      }
      bool ended = before == '"' && (c == column_ || c == row_ || c == kEnd);
      if (ended || (c == row_ && before == '\r' && before_that == '"')) {
        field_.erase(field_.rfind('"'));
        end_ = c;
        break;
      }
      if (before == '"' && c != '\r') sh_.error("%s:%d: unescaped \" character\n", name_.c_str(), line);
      if (c == kEnd) {
        sh_.error("%s:%d: unterminated \"-quoted field\n", name_.c_str(), start);
        end_ = c;
        break;
      }
      add(c);
      before_that = before;
      before = c;
    }
    first_ = false;
  }

  Shell& sh_;
  Input& in_;
  std::string name_;
  int column_, row_;
  bool quotes_;
  std::string_view block_;
  size_t at_ = 0;
  std::string field_;
  int end_ = 0;
  bool first_ = true;
};

struct Options {
  std::string file, table, schema;
  bool have_file = false, have_table = false, from_mode = true, ascii = false;
  int skip = 0, verbose = 0;
  int column = ',', row = '\n';
};

std::optional<int> read_options(Shell& sh, const Words& w, Options& o) {
  auto wrong = [&](const std::string& text) {
    sh.print("ERROR: " + text + " Usage:\n");
    print_help(sh, "import", true, true);
    return 1;
  };
  for (size_t i = 1; i < w.size(); i++) {
    std::string z = w[i];
    if (z.starts_with("--")) z.erase(0, 1);
    if (z[0] != '-') {
      if (!o.have_file) o.file = z, o.have_file = true;
      else if (!o.have_table) o.table = z, o.have_table = true;
      else return wrong("extra argument: \"" + w[i] + "\". ");
    } else if (z == "-v") {
      o.verbose++;
    } else if (z == "-schema" && i + 1 < w.size()) {
      o.schema = w[++i];
    } else if (z == "-skip" && i + 1 < w.size()) {
      o.skip = atoi(w[++i].c_str());
    } else if (z == "-ascii") {
      o.column = 0x1f;
      o.row = 0x1e;
      o.ascii = true;
      o.from_mode = false;
    } else if (z == "-csv") {
      o.from_mode = false;
    } else {
      return wrong("unknown option: \"" + z + "\". ");
    }
  }
  if (!o.have_table) return wrong(std::string("missing ") + (o.have_file ? "TABLE" : "FILE") + " argument.");
  return std::nullopt;
}

/// Separators as the output mode has them.
bool from_mode(Shell& sh, Options& o) {
  const Format& f = sh.format;
  std::string row = f.row_separator;
  if (f.mode == Show::Csv && row == "\r\n") row = sh.format.row_separator = "\n";
  const char* trouble = f.column_separator.empty()      ? "non-null column separator required for import"
                        : f.column_separator.size() > 1 ? "multi-character column separators not allowed for import"
                        : row.empty()                   ? "non-null row separator required for import"
                        : row.size() > 1                ? "multi-character row separators not allowed for import"
                                                        : nullptr;
  if (trouble) {
    sh.error("Error: %s\n", trouble);
    return false;
  }
  o.column = static_cast<unsigned char>(f.column_separator[0]);
  o.row = static_cast<unsigned char>(row[0]);
  o.ascii = f.mode == Show::Ascii;
  return true;
}

/// Columns for a new table from the first row. Equal names get numbers, and *renames says so.
std::string column_definitions(const std::vector<std::string>& names, std::string* renames) {
  auto folded = [](std::string s) {
    for (char& c : s) c = ascii_lower(c);
    return s;
  };
  std::map<std::string, int> count;
  for (const std::string& n : names) count[folded(n)]++;
  bool clash = false;
  for (const auto& [name, n] : count) clash |= n > 1;
  // As many digits as the number of columns has, and a separator that makes all of them different.
  size_t digits = std::to_string(names.size()).size();
  std::string out = "(\n", told;
  std::map<std::string, int> seen;
  for (size_t i = 0; i < names.size(); i++) {
    std::string name = names[i].empty() ? "?" : names[i];
    if (clash && count[folded(names[i])] > 1) {
      std::string number = std::to_string(i + 1);
      name += "_" + std::string(digits - std::min(digits, number.size()), '0') + number;
      told += (told.empty() ? "" : ",\n") + take(sqlite3_mprintf("\"%w\" to \"%w\"", names[i].empty() ? "?" : names[i].c_str(), name.c_str()));
    }
    out += (i ? ", " : "") + take(sqlite3_mprintf("\"%w\" ", name.c_str())) + "TEXT";
  }
  *renames = told;
  return out + ")";
}

class Import {
 public:
  Import(Shell& sh, const Options& o, Fields& fields) : sh_(sh), o_(o), fields_(fields) {}

  int run() {
    for (int i = 0; i < o_.skip; i++)
      while (fields_.next() && fields_.at_column()) {
      }
    std::string target =
        take(o_.schema.empty() ? sqlite3_mprintf("\"%w\"", o_.table.c_str()) : sqlite3_mprintf("\"%w\".\"%w\"", o_.schema.c_str(), o_.table.c_str()));
    Statement select = sh_.prepare("SELECT * FROM " + target);
    if (!select && sqlite3_strglob("no such table: *", sqlite3_errmsg(sh_.db())) == 0) {
      if (!create(target)) return 1;
      select = sh_.prepare("SELECT * FROM " + target);
    }
    if (!select) return failed();
    const int columns = sqlite3_column_count(select.get());
    select.reset();
    if (columns == 0) return 0;
    std::string sql = "INSERT INTO " + target + " VALUES(?";
    for (int i = 1; i < columns; i++) sql += ",?";
    sql += ")";
    if (o_.verbose >= 2) sh_.printf("Insert using: %s\n", sql.c_str());
    Statement insert = sh_.prepare(sql);
    if (!insert) return failed();
    bool commit = sqlite3_get_autocommit(sh_.db());
    if (commit) sh_.quiet("BEGIN");
    rows(insert.get(), columns);
    insert.reset();
    if (commit) sh_.quiet("COMMIT");
    if (o_.verbose > 0) sh_.printf("Added %d rows with %d errors using %d lines of input\n", added_, errors_, fields_.line - 1);
    return 0;
  }

 private:
  int failed() {
    sh_.error("Error: %s\n", sqlite3_errmsg(sh_.db()));
    return 1;
  }

  bool create(const std::string& target) {
    std::vector<std::string> names;
    while (fields_.next()) {
      names.push_back(fields_.field().c_str());
      if (!fields_.at_column()) break;
    }
    std::string renames;
    if (names.empty()) {
      sh_.error("%s: empty file\n", fields_.name().c_str());
      return false;
    }
    std::string definition = column_definitions(names, &renames);
    if (!renames.empty()) sh_.error("Columns renamed during .import %s due to duplicates:\n%s\n", fields_.name().c_str(), renames.c_str());
    std::string sql = "CREATE TABLE " + target + definition + "\n";
    if (o_.verbose >= 1) sh_.printf("%s\n", sql.c_str());
    if (sh_.quiet(sql) == SQLITE_OK) return true;
    sh_.error("%s failed:\n%s\n", sql.c_str(), sqlite3_errmsg(sh_.db()));
    return false;
  }

  void rows(sqlite3_stmt* insert, int columns) {
    do {
      sh_.process().tick(4);
      const int start = fields_.line;
      int i = 0;
      for (; i < columns; i++) {
        bool have = fields_.next();
        if (!have && i == 0) break;
        if (o_.ascii && i == 0 && (!have || fields_.field().empty())) break;
        if (have) sqlite3_bind_text(insert, i + 1, fields_.field().c_str(), -1, SQLITE_TRANSIENT);
        else sqlite3_bind_null(insert, i + 1);
        if (i < columns - 1 && !fields_.at_column()) {
          sh_.error("%s:%d: expected %d columns but found %d - filling the rest with NULL\n", fields_.name().c_str(), start, columns, i + 1);
          for (i += 2; i <= columns; i++) sqlite3_bind_null(insert, i);
        }
      }
      if (fields_.at_column()) {
        do {
          fields_.next();
          i++;
        } while (fields_.at_column());
        sh_.error("%s:%d: expected %d columns but found %d - extras ignored\n", fields_.name().c_str(), start, columns, i);
      }
      if (i < columns) continue;
      sh_.step(insert);
      if (sqlite3_reset(insert) != SQLITE_OK) {
        sh_.error("%s:%d: INSERT failed: %s\n", fields_.name().c_str(), start, sqlite3_errmsg(sh_.db()));
        errors_++;
      } else {
        added_++;
      }
    } while (!fields_.at_end());
  }

  Shell& sh_;
  const Options& o_;
  Fields& fields_;
  int added_ = 0, errors_ = 0;
};

}  // namespace

int dot_import(Shell& sh, const Words& w) {
  Options o;
  if (auto over = read_options(sh, w, o)) return *over;
  sh.db();
  if (o.from_mode && !from_mode(sh, o)) return 1;
  Process& p = sh.process();
  ShellPipe pipe;
  int fd = -1;
  if (o.file.starts_with('|')) {
    pipe = open_shell_pipe(p, o.file.substr(1), true);
    fd = pipe.fd;
  } else if (auto opened = p.open(o.file, kOpenRead | kOpenCloexec)) {
    fd = *opened;
  }
  if (fd < 0) {
    sh.error("Error: cannot open \"%s\"\n", o.file.c_str());
    return 1;
  }
  if (o.verbose >= 2 || (o.verbose >= 1 && o.from_mode)) {
    const char column[] = {static_cast<char>(o.column), 0}, row[] = {static_cast<char>(o.row), 0};
    sh.print("Column separator " + c_quote_text(column) + ", row separator " + c_quote_text(row) + "\n");
  }
  int status;
  {
    Input in(p, fd, o.file);
    Fields fields(sh, in, pipe.pid ? "<pipe>" : o.file, o.column, o.row, !o.ascii);
    status = Import(sh, o, fields).run();
  }
  if (pipe.pid) {
    pipe.fd = -1;
    close_shell_pipe(p, pipe);
  }
  return status;
}

}  // namespace nacre::sqlite
