// SQL functions that the shell adds: files of the sandbox, regular expressions, number series; and randomness
// of the sandbox in place of the library's.
#include <cstring>

#include "algo/regex.h"
#include "commands/sqlite3/shell.h"

namespace nacre::sqlite {
namespace {

SandboxVfs& vfs_of(sqlite3_context* c) { return static_cast<Shell*>(sqlite3_user_data(c))->vfs(); }
const char* text_of(sqlite3_value* v) { return reinterpret_cast<const char*>(sqlite3_value_text(v)); }

/// readfile(FILE): a blob; NULL if it cannot be read.
void readfile(sqlite3_context* c, int, sqlite3_value** args) {
  const char* name = text_of(args[0]);
  if (!name) return;
  vfs_of(c).guard(0, [&] {
    auto text = read_file(vfs_of(c).process(), name);
    if (!text) return 0;
    if (text->size() > static_cast<size_t>(sqlite3_limit(sqlite3_context_db_handle(c), SQLITE_LIMIT_LENGTH, -1))) sqlite3_result_error_toobig(c);
    else sqlite3_result_blob64(c, text->data(), text->size(), SQLITE_TRANSIENT);
    return 0;
  });
}

bool write_whole(Process& p, const std::string& file, std::string_view data, Mode mode) {
  auto fd = p.open(file, kOpenWrite | kOpenCreate | kOpenTruncate | kOpenCloexec, mode);
  if (!fd) return false;
  bool good = p.write(*fd, data).ok();
  (void)p.close(*fd);
  return good;
}

/// One try: makes what the mode says (a file, directory or link) with its time.
bool make_file(Process& p, const std::string& file, sqlite3_value* data, uint32_t mode, int64_t mtime) {
  const uint32_t kind = mode & 0170000;
  const Mode bits = mode & 0777;
  if (kind == 0120000) {
    const char* target = text_of(data);
    if (!p.symlink(target ? target : "", file)) return false;
  } else if (kind == 0040000) {
    auto made = p.mkdir(file, bits);
    if (!made && (made.error() != Errno::EXIST || !p.stat(file) || !p.stat(file)->is_dir() || !p.chmod(file, bits))) return false;
  } else {
    auto* bytes = static_cast<const char*>(sqlite3_value_blob(data));
    if (!write_whole(p, file, {bytes ? bytes : "", static_cast<size_t>(sqlite3_value_bytes(data))}, 0666)) return false;
    if (mode && !p.chmod(file, bits)) return false;
  }
  Timespec t{mtime, 0};
  return mtime < 0 || p.utimens(file, &t, &t, false, Follow::No).ok();
}

/// writefile(FILE, DATA [, MODE [, MTIME]]): bytes written; NULL and an error where it fails.
void writefile(sqlite3_context* c, int n, sqlite3_value** args) {
  if (n < 2 || n > 4) return sqlite3_result_error(c, "wrong number of arguments to function writefile()", -1);
  const char* name = text_of(args[0]);
  if (!name) return;
  const std::string file = name;
  auto mode = n >= 3 ? static_cast<uint32_t>(sqlite3_value_int(args[2])) : 0;
  int64_t mtime = n == 4 ? sqlite3_value_int64(args[3]) : -1;
  vfs_of(c).guard(0, [&] {
    Process& p = vfs_of(c).process();
    bool good = make_file(p, file, args[1], mode, mtime);
    if (!good && file.find('/') != file.npos) {
      // Its directories may be missing.
      for (size_t at = file.find('/', 1); at != file.npos; at = file.find('/', at + 1)) (void)p.mkdir(file.substr(0, at));
      good = make_file(p, file, args[1], mode, mtime);
    }
    if (!good && n > 2 && (mode & 0170000) == 0120000) sqlite3_result_error(c, ("failed to create symlink: " + file).c_str(), -1);
    else if (!good && n > 2 && (mode & 0170000) == 0040000) sqlite3_result_error(c, ("failed to create directory: " + file).c_str(), -1);
    else if (!good) sqlite3_result_error(c, ("failed to write file: " + file).c_str(), -1);
    else if ((mode & 0170000) == 0 || (mode & 0170000) == 0100000) sqlite3_result_int64(c, sqlite3_value_bytes(args[1]));
    return 0;
  });
}

/// X REGEXP Y is regexp(Y, X).
void regexp(sqlite3_context* c, int, sqlite3_value** args) {
  auto* regex = static_cast<Regex*>(sqlite3_get_auxdata(c, 0));
  bool keep = false;
  if (!regex) {
    const char* pattern = text_of(args[0]);
    if (!pattern) return;
    std::string error;
    regex = Regex::compile(pattern, kRegexExtended | kRegexAwk | kRegexUtf8, &error).release();
    if (!regex) return sqlite3_result_error(c, error.c_str(), -1);
    keep = true;
  }
  if (const char* text = text_of(args[1])) sqlite3_result_int(c, regex->matches({text, static_cast<size_t>(sqlite3_value_bytes(args[1]))}));
  if (keep) sqlite3_set_auxdata(c, 0, regex, [](void* r) { delete static_cast<Regex*>(r); });
}

void random_number(sqlite3_context* c, int, sqlite3_value**) { sqlite3_result_int64(c, static_cast<int64_t>(vfs_of(c).process().random())); }

void random_blob(sqlite3_context* c, int, sqlite3_value** args) {
  int64_t n = std::max<int64_t>(sqlite3_value_int64(args[0]), 1);
  if (n > sqlite3_limit(sqlite3_context_db_handle(c), SQLITE_LIMIT_LENGTH, -1)) return sqlite3_result_error_toobig(c);
  auto* bytes = static_cast<char*>(sqlite3_malloc64(static_cast<uint64_t>(n)));
  if (!bytes) return sqlite3_result_error_nomem(c);
  for (int64_t i = 0; i < n; i++) bytes[i] = static_cast<char>(vfs_of(c).process().random());
  sqlite3_result_blob64(c, bytes, static_cast<uint64_t>(n), sqlite3_free);
}

// shell_add_schema(sql, schema, name): a CREATE statement with the schema in its name, and for views and
// virtual tables their columns in a comment.
std::string columns_of(sqlite3* db, const char* schema, const char* name) {
  sqlite3_stmt* raw = nullptr;
  sqlite3_prepare_v2(db, take(sqlite3_mprintf("PRAGMA \"%w\".table_info=%Q;", schema ? schema : "main", name)).c_str(), -1, &raw, nullptr);
  Statement s(raw);
  std::string out;
  if (schema) out = (sqlite3_stricmp(schema, "temp") == 0 ? schema : quote_name(schema)) + ".";
  out += quote_name(name);
  char before = '(';
  while (s && sqlite3_step(raw) == SQLITE_ROW) {
    auto* column = reinterpret_cast<const char*>(sqlite3_column_text(raw, 1));
    out += before + quote_name(column ? column : "");
    before = ',';
  }
  return before == '(' ? "" : out + ")";
}

void add_schema(sqlite3_context* c, int, sqlite3_value** args) {
  const char *sql = text_of(args[0]), *schema = text_of(args[1]), *name = text_of(args[2]);
  for (std::string kind : {"TABLE", "INDEX", "UNIQUE INDEX", "VIEW", "TRIGGER", "VIRTUAL TABLE"}) {
    if (!sql || strncmp(sql, ("CREATE " + kind + " ").c_str(), 8 + kind.size()) != 0) continue;
    size_t n = kind.size() + 7;
    std::string out = sql;
    if (schema) out = out.substr(0, n) + " " + (sqlite3_stricmp(schema, "temp") == 0 ? schema : quote_name(schema)) + "." + out.substr(n + 1);
    std::string columns = name && kind[0] == 'V' ? columns_of(sqlite3_context_db_handle(c), schema, name) : "";
    if (!columns.empty()) out += "\n/* " + columns + " */";
    return sqlite3_result_text(c, out.c_str(), -1, SQLITE_TRANSIENT);
  }
  sqlite3_result_value(c, args[0]);
}

void module_schema(sqlite3_context* c, int, sqlite3_value** args) {
  const char* name = text_of(args[0]);
  if (!name) return;
  std::string columns = columns_of(sqlite3_context_db_handle(c), nullptr, name);
  if (!columns.empty()) sqlite3_result_text(c, ("/* " + columns + " */").c_str(), -1, SQLITE_TRANSIENT);
}

/// The collation uint: runs of digits compare as numbers.
int uint_collation(void*, int n1, const void* a, int n2, const void* b) {
  auto *x = static_cast<const unsigned char*>(a), *y = static_cast<const unsigned char*>(b);
  auto digit = [](unsigned char c) { return c >= '0' && c <= '9'; };
  int i = 0, j = 0;
  while (i < n1 && j < n2) {
    if (!digit(x[i]) || !digit(y[j])) {
      if (x[i] != y[j]) return x[i] - y[j];
      i++;
      j++;
      continue;
    }
    while (i < n1 && x[i] == '0') i++;
    while (j < n2 && y[j] == '0') j++;
    int k = 0;
    while (i + k < n1 && digit(x[i + k]) && j + k < n2 && digit(y[j + k])) k++;
    if (i + k < n1 && digit(x[i + k])) return 1;
    if (j + k < n2 && digit(y[j + k])) return -1;
    if (int d = memcmp(x + i, y + j, static_cast<size_t>(k))) return d;
    i += k;
    j += k;
  }
  return (n1 - i) - (n2 - j);
}

// ---- generate_series(START, STOP, STEP)

struct SeriesCursor {
  sqlite3_vtab_cursor base{};
  int64_t value = 0, least = 0, most = 0, step = 1, row = 1;
  bool down = false, done = true;
};
SeriesCursor& series(sqlite3_vtab_cursor* c) { return *reinterpret_cast<SeriesCursor*>(c); }

int series_best(sqlite3_vtab* table, sqlite3_index_info* info) {
  int chosen[3] = {-1, -1, -1};
  bool unusable = false;
  for (int i = 0; i < info->nConstraint; i++) {
    const auto& k = info->aConstraint[i];
    if (k.iColumn < 1 || k.op != SQLITE_INDEX_CONSTRAINT_EQ) continue;
    if (k.usable) chosen[k.iColumn - 1] = i;
    else unusable = true;
  }
  int args = 0;
  info->idxNum = 0;
  for (int i = 0; i < 3; i++) {
    if (chosen[i] < 0) continue;
    info->idxNum |= 1 << i;
    info->aConstraintUsage[chosen[i]].argvIndex = ++args;
    info->aConstraintUsage[chosen[i]].omit = 1;
  }
  if (chosen[0] < 0) {
    sqlite3_free(table->zErrMsg);
    table->zErrMsg = sqlite3_mprintf("first argument to \"generate_series()\" missing or unusable");
    return SQLITE_ERROR;
  }
  if (unusable) return SQLITE_CONSTRAINT;
  if ((info->idxNum & 3) == 3) {
    info->estimatedCost = 2.0 - ((info->idxNum & 4) != 0);
    info->estimatedRows = 1000;
    if (info->nOrderBy >= 1 && info->aOrderBy[0].iColumn == 0) {
      info->idxNum |= info->aOrderBy[0].desc ? 8 : 16;
      info->orderByConsumed = 1;
    }
  } else {
    info->estimatedRows = 2147483647;
  }
  return SQLITE_OK;
}

int series_filter(sqlite3_vtab_cursor* c, int plan, const char*, int n, sqlite3_value** args) {
  SeriesCursor& s = series(c);
  int i = 0;
  s.least = plan & 1 ? sqlite3_value_int64(args[i++]) : 0;
  s.most = plan & 2 ? sqlite3_value_int64(args[i++]) : 0xffffffff;
  s.step = plan & 4 ? sqlite3_value_int64(args[i++]) : 1;
  // A negative step runs through the same range from its end.
  s.down = plan & 8 || (s.step < 0 && !(plan & 16));
  if (s.step == 0) s.step = 1;
  if (s.step < 0) s.step = s.step == INT64_MIN ? INT64_MAX : -s.step;
  s.done = s.least > s.most;
  for (int k = 0; k < n; k++) s.done |= sqlite3_value_type(args[k]) == SQLITE_NULL;
  s.value = s.least;
  if (s.down && !s.done) {
    uint64_t past = (static_cast<uint64_t>(s.most) - static_cast<uint64_t>(s.least)) % static_cast<uint64_t>(s.step);
    s.value = static_cast<int64_t>(static_cast<uint64_t>(s.most) - past);
  }
  s.row = 1;
  return SQLITE_OK;
}

int series_next(sqlite3_vtab_cursor* c) {
  SeriesCursor& s = series(c);
  bool over = s.down ? __builtin_sub_overflow(s.value, s.step, &s.value) : __builtin_add_overflow(s.value, s.step, &s.value);
  s.done = over || (s.down ? s.value < s.least : s.value > s.most);
  s.row++;
  return SQLITE_OK;
}

int series_column(sqlite3_vtab_cursor* c, sqlite3_context* out, int column) {
  SeriesCursor& s = series(c);
  sqlite3_result_int64(out, column == 1 ? s.least : column == 2 ? s.most : column == 3 ? s.step : s.value);
  return SQLITE_OK;
}

const sqlite3_module kSeries = [] {
  sqlite3_module m{};
  m.xConnect = [](sqlite3* db, void*, int, const char* const*, sqlite3_vtab** out, char**) {
    int rc = sqlite3_declare_vtab(db, "CREATE TABLE x(value,start hidden,stop hidden,step hidden)");
    if (rc == SQLITE_OK) *out = new sqlite3_vtab{};
    sqlite3_vtab_config(db, SQLITE_VTAB_INNOCUOUS);
    return rc;
  };
  m.xBestIndex = series_best;
  m.xDisconnect = [](sqlite3_vtab* t) { return delete t, SQLITE_OK; };
  m.xOpen = [](sqlite3_vtab*, sqlite3_vtab_cursor** out) { return *out = &(new SeriesCursor)->base, SQLITE_OK; };
  m.xClose = [](sqlite3_vtab_cursor* c) { return delete &series(c), SQLITE_OK; };
  m.xFilter = series_filter;
  m.xNext = series_next;
  m.xEof = [](sqlite3_vtab_cursor* c) { return static_cast<int>(series(c).done); };
  m.xColumn = series_column;
  m.xRowid = [](sqlite3_vtab_cursor* c, sqlite3_int64* out) { return *out = series(c).row, SQLITE_OK; };
  return m;
}();

}  // namespace

void add_functions(Shell& sh, sqlite3* db) {
  auto add = [&](const char* name, int n, int flags, void (*f)(sqlite3_context*, int, sqlite3_value**)) {
    sqlite3_create_function(db, name, n, SQLITE_UTF8 | flags, &sh, f, nullptr, nullptr);
  };
  add("readfile", 1, SQLITE_DIRECTONLY, readfile);
  add("writefile", -1, SQLITE_DIRECTONLY, writefile);
  add("regexp", 2, SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, regexp);
  add("random", 0, SQLITE_INNOCUOUS, random_number);
  add("randomblob", 1, SQLITE_INNOCUOUS, random_blob);
  add("shell_add_schema", 3, 0, add_schema);
  add("shell_module_schema", 1, 0, module_schema);
  add_check_functions(db);
  sqlite3_create_collation(db, "uint", SQLITE_UTF8, nullptr, uint_collation);
  sqlite3_create_module(db, "generate_series", &kSeries, nullptr);
}

}  // namespace nacre::sqlite
