// .trace, .log, .progress, .auth: what SQLite does, told while it does it; and what -safe forbids.
// These are called from below SQLite's frames, which no exception may pass: vfs.h, guard().
#include <algorithm>

#include "commands/sqlite3/shell.h"

namespace nacre::sqlite {

namespace {

/// "-x" or "--x", or the beginning of it.
bool is_option(const std::string& word, std::string_view name) {
  std::string_view z = word;
  if (!z.starts_with('-')) return false;
  z.remove_prefix(z.starts_with("--") ? 2 : 1);
  return !z.empty() && name.starts_with(z);
}

int usage(Shell& sh, const char* text) {
  sh.error("Usage: %s\n", text);
  return 1;
}

int on_trace(unsigned kind, void* shell, void* what, void* more) {
  auto& sh = *static_cast<Shell*>(shell);
  return sh.vfs().guard(0, [&] {
    auto& observer = sh.observer;
    if (!observer.trace.to) return 0;
    if (kind == SQLITE_TRACE_CLOSE) {
      observer.trace.write("-- closing database connection\n");
      return 0;
    }
    auto* statement = static_cast<sqlite3_stmt*>(what);
    std::string sql;
    if (const auto* text = static_cast<const char*>(more); kind == SQLITE_TRACE_STMT && text && text[0] == '-') sql = text;
    else if (observer.expanded) sql = take(sqlite3_expanded_sql(statement));
    else if (const char* plain = sqlite3_sql(statement)) sql = plain;
    if (sql.empty()) return 0;
    while (sql.ends_with(';')) sql.pop_back();
    sql += ";";
    if (kind == SQLITE_TRACE_PROFILE) sql += " -- " + std::to_string(*static_cast<sqlite3_int64*>(more)) + " ns";
    observer.trace.write(sql + "\n");
    return 0;
  });
}

void on_log(void*, int code, const char* message) {
  Shell* sh = Shell::of(active_process);
  if (!sh || !sh->observer.log.to) return;
  (void)sh->vfs().guard(0, [&] {
    sh->observer.log.write("(" + std::to_string(code) + ") " + message + "\n");
    return 0;
  });
}

// Names of what an authorizer is asked about, by SQLite's numbers.
constexpr const char* kActions[] = {"COPY",
                                    "CREATE_INDEX",
                                    "CREATE_TABLE",
                                    "CREATE_TEMP_INDEX",
                                    "CREATE_TEMP_TABLE",
                                    "CREATE_TEMP_TRIGGER",
                                    "CREATE_TEMP_VIEW",
                                    "CREATE_TRIGGER",
                                    "CREATE_VIEW",
                                    "DELETE",
                                    "DROP_INDEX",
                                    "DROP_TABLE",
                                    "DROP_TEMP_INDEX",
                                    "DROP_TEMP_TABLE",
                                    "DROP_TEMP_TRIGGER",
                                    "DROP_TEMP_VIEW",
                                    "DROP_TRIGGER",
                                    "DROP_VIEW",
                                    "INSERT",
                                    "PRAGMA",
                                    "READ",
                                    "SELECT",
                                    "TRANSACTION",
                                    "UPDATE",
                                    "ATTACH",
                                    "DETACH",
                                    "ALTER_TABLE",
                                    "REINDEX",
                                    "ANALYZE",
                                    "CREATE_VTABLE",
                                    "DROP_VTABLE",
                                    "FUNCTION",
                                    "SAVEPOINT",
                                    "RECURSIVE"};

int on_authorize(void* shell, int action, const char* a, const char* b, const char* c, const char* d) {
  auto& sh = *static_cast<Shell*>(shell);
  return sh.vfs().guard(SQLITE_DENY, [&]() -> int {
    if (sh.observer.authorize) {
      std::string line = "authorizer: " + std::string(action >= 0 && action < static_cast<int>(std::size(kActions)) ? kActions[action] : "?");
      for (const char* s : {a, b, c, d}) line += s ? " " + c_quote_text(s) : " NULL";
      sh.print(line + "\n");
    }
    if (!sh.safe || sh.excused) return SQLITE_OK;
    if (action == SQLITE_ATTACH) {
      sh.violation = "cannot run ATTACH in safe mode";
    } else if (action == SQLITE_FUNCTION && b) {
      for (const char* name : {"edit", "fts3_tokenizer", "load_extension", "readfile", "writefile", "zipfile", "zipfile_cds"})
        if (sqlite3_stricmp(b, name) == 0) sh.violation = "cannot use the " + std::string(b) + "() function in safe mode";
    }
    return sh.violation.empty() ? SQLITE_OK : SQLITE_DENY;
  });
}

}  // namespace

void log_errors() { sqlite3_config(SQLITE_CONFIG_LOG, on_log, nullptr); }

void Shell::watch_authorizer() {
  if (db_) sqlite3_set_authorizer(db_, observer.authorize || safe ? on_authorize : nullptr, this);
}

void Shell::forbid(const std::string& why) {
  out_->flush();
  error("line %ld: %s\n", line, why.c_str());
  redirect("");
  p_.exit(1);
}

// The sandbox looks each thousand steps at least, whatever .progress asks for.
void Shell::watch_progress() {
  constexpr int kMost = 1000;
  progress_step_ = observer.progress_every > 0 && observer.progress_every <= kMost ? observer.progress_every : kMost;
  for (int step = kMost; observer.progress_every > kMost && step >= 50; step--) {
    if (observer.progress_every % step) continue;
    progress_step_ = step;
    break;
  }
  const auto call = [](void* shell) {
    auto& sh = *static_cast<Shell*>(shell);
    return sh.vfs().guard(1, [&] { return sh.progress(); });
  };
  if (db_) sqlite3_progress_handler(db_, progress_step_, call, this);
}

void Shell::watch_trace() {
  if (!db_) return;
  if (observer.trace.to) sqlite3_trace_v2(db_, observer.trace_kinds, on_trace, this);
  else sqlite3_trace_v2(db_, 0, nullptr, nullptr);
}

// After so many steps of the virtual machine. Not 0: the statement is interrupted.
int Shell::progress() {
  const int steps = progress_step_;
  p_.tick(static_cast<uint32_t>(std::max(1, steps / 4)));
  active_process = &p_;
  auto& o = observer;
  if (o.progress_every == 0 || (o.progress_steps += steps) < o.progress_every) return 0;
  o.progress_steps = 0;
  o.progress_count++;
  if (o.progress_limit && o.progress_count >= o.progress_limit) {
    printf("Progress limit reached (%u)\n", o.progress_count);
    if (o.progress_reset) o.progress_count = 0;
    if (o.progress_once) o.progress_limit = 0;
    return 1;
  }
  if (!o.progress_quiet) printf("Progress %u\n", o.progress_count);
  return 0;
}

// Where a trace or a log goes; nowhere after a message, or for "off".
void Shell::observe(Observed& o, const std::string& name) {
  o.own.reset();
  if (o.fd > 2) (void)p_.close(o.fd);
  o.fd = -1;
  o.to = nullptr;
  if (name == "off") return;
  if (name == "stdout") {
    o.to = stdout_.get();
    return;
  }
  if (name == "stderr") {
    o.own = std::make_unique<Output>(p_, 2);
  } else {
    auto made = p_.open(name, kOpenWrite | kOpenCreate | kOpenTruncate | kOpenCloexec);
    if (!made) return error("Error: cannot open \"%s\"\n", name.c_str());
    o.fd = *made;
    o.own = std::make_unique<Output>(p_, o.fd);
  }
  o.to = o.own.get();
}

namespace {
thread_local std::map<Process*, Shell*> shells;
}  // namespace

Shell* Shell::of(Process* p) {
  const auto it = shells.find(p);
  return it == shells.end() ? nullptr : it->second;
}
void Shell::enlist(bool on) {
  if (on) shells[&p_] = this;
  else shells.erase(&p_);
}

int dot_trace(Shell& sh, const Words& w) {
  auto& o = sh.observer;
  unsigned kinds = 0;
  sh.db();
  for (size_t i = 1; i < w.size(); i++) {
    const std::string& z = w[i];
    if (!z.starts_with('-')) {
      // In safe mode there are no files.
      if (sh.safe && z != "stdout" && z != "off") continue;
      sh.observe(o.trace, z);
    } else if (is_option(z, "expanded")) {
      o.expanded = true;
    } else if (is_option(z, "plain")) {
      o.expanded = false;
    } else if (is_option(z, "profile")) {
      kinds |= SQLITE_TRACE_PROFILE;
    } else if (is_option(z, "row")) {
      kinds |= SQLITE_TRACE_ROW;
    } else if (is_option(z, "stmt")) {
      kinds |= SQLITE_TRACE_STMT;
    } else if (is_option(z, "close")) {
      kinds |= SQLITE_TRACE_CLOSE;
    } else {
      sh.error("Unknown option \"%s\" on \".trace\"\n", z.c_str());
      return 1;
    }
  }
  o.trace_kinds = kinds ? kinds : unsigned{SQLITE_TRACE_STMT};
  sh.watch_trace();
  return 0;
}

int dot_log(Shell& sh, const Words& w) {
  if (w.size() != 2) return usage(sh, ".log FILENAME");
  auto& o = sh.observer;
  sh.observe(o.log, w[1]);
  return 0;
}

int dot_auth(Shell& sh, const Words& w) {
  if (w.size() != 2) return usage(sh, ".auth ON|OFF");
  sh.db();
  sh.observer.authorize = boolean(sh, w[1]);
  sh.watch_authorizer();
  return 0;
}

int dot_progress(Shell& sh, const Words& w) {
  auto& o = sh.observer;
  o.progress_quiet = o.progress_once = o.progress_reset = false;
  o.progress_limit = o.progress_count = 0;
  int every = 0;
  for (size_t i = 1; i < w.size(); i++) {
    std::string_view z = w[i];
    if (!z.starts_with('-')) {
      every = std::max(0, atoi(w[i].c_str()));
      continue;
    }
    z.remove_prefix(z.starts_with("--") ? 2 : 1);
    if (z == "quiet" || z == "q") o.progress_quiet = true;
    else if (z == "reset") o.progress_reset = true;
    else if (z == "once") o.progress_once = true;
    else if (z == "limit") {
      if (i + 1 >= w.size()) {
        sh.error("Error: missing argument on --limit\n");
        return 1;
      }
      o.progress_limit = static_cast<unsigned>(std::max(0, atoi(w[++i].c_str())));
    } else {
      sh.error("Error: unknown option: \"%s\"\n", w[i].c_str());
      return 1;
    }
  }
  o.progress_every = every;
  o.progress_steps = 0;
  sh.watch_progress();
  return 0;
}

}  // namespace nacre::sqlite
