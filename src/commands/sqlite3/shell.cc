#include "commands/sqlite3/shell.h"

#include <cstdarg>
#include <new>

#include "algo/date.h"
#include "commands/capture.h"
#include "commands/zone.h"

namespace nacre::sqlite {
namespace {

// Memory is counted as the run's own (base/run_watch.h); what does not fit is refused, and SQLite says so.
void* allocate(int n) { return ::operator new(static_cast<size_t>(n) + 16, std::nothrow); }

/// Blocks hold their size in front, which SQLite asks for.
void* sized(void* block, int n) {
  if (!block) return nullptr;
  *static_cast<int64_t*>(block) = n;
  return static_cast<char*>(block) + 16;
}
int size_of(void* p) { return p ? static_cast<int>(*reinterpret_cast<int64_t*>(static_cast<char*>(p) - 16)) : 0; }
void* mem_alloc(int n) { return sized(allocate(n), n); }
void mem_free(void* p) {
  if (p) ::operator delete(static_cast<char*>(p) - 16);
}
void* mem_realloc(void* p, int n) {
  if (n <= size_of(p) && n >= size_of(p) / 2) return p;
  void* made = mem_alloc(n);
  if (!made) return nullptr;
  __builtin_memcpy(made, p, static_cast<size_t>(std::min(n, size_of(p))));
  mem_free(p);
  return made;
}
int mem_round(int n) { return (n + 7) & ~7; }
int mem_init(void*) { return SQLITE_OK; }
void mem_end(void*) {}

/// localtime() by the process's time zone.
int local_time(const void* when, void* out) {
  if (!active_process) return 1;
  int64_t seconds = *static_cast<const time_t*>(when);
  CivilTime t;
  try {
    t = process_zone(*active_process).local(seconds);
  } catch (const ProcessDeath&) {
    return 1;   // the next call dies again, where it may
  }
  auto& tm = *static_cast<struct tm*>(out);
  tm = {};
  tm.tm_year = static_cast<int>(t.year - 1900);
  tm.tm_mon = t.month - 1;
  tm.tm_mday = t.day;
  tm.tm_hour = t.hour;
  tm.tm_min = t.minute;
  tm.tm_sec = t.second;
  tm.tm_wday = t.weekday;
  tm.tm_yday = t.yearday;
  tm.tm_isdst = t.dst;
  return 0;
}

bool configure() {
  log_errors();
  static const sqlite3_mem_methods memory = {mem_alloc, mem_free, mem_realloc, size_of, mem_round, mem_init, mem_end, nullptr};
  bool good = sqlite3_config(SQLITE_CONFIG_MALLOC, &memory) == SQLITE_OK && sqlite3_config(SQLITE_CONFIG_MULTITHREAD) == SQLITE_OK &&
              sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) == SQLITE_OK && sqlite3_config(SQLITE_CONFIG_URI, 1) == SQLITE_OK && sqlite3_initialize() == SQLITE_OK;
  // Databases in memory by name would be shared among sandboxes.
  if (sqlite3_vfs* memdb = sqlite3_vfs_find("memdb")) sqlite3_vfs_unregister(memdb);
  sqlite3_test_control(SQLITE_TESTCTRL_LOCALTIME_FAULT, 2, &local_time);
  return good;
}

}  // namespace

bool start_library() {
  static const bool good = configure();
  return good;
}

Shell::Shell(Process& p) : p_(p), vfs_(p), stdout_(std::make_unique<Output>(p)), out_(stdout_.get()) {
  enlist(true);
  connections_[0].named = true;
}

Shell::~Shell() {
  for (auto& c : connections_)
    if (c.db && &c != &connections_[connection_]) sqlite3_close_v2(c.db);
  close();
  enlist(false);
  file_out_.reset();
  if (file_fd_ >= 0) (void)p_.close(file_fd_);
}

void Shell::close() {
  if (!db_) return;
  active_process = &p_;
  sqlite3_progress_handler(db_, 0, nullptr, nullptr);
  sqlite3_close_v2(db_);
  db_ = nullptr;
}

void Shell::open(bool keep) {
  if (db_) return;
  active_process = &p_;
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI | (no_follow ? SQLITE_OPEN_NOFOLLOW : 0) |
              (read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  int rc = sqlite3_open_v2(file.c_str(), &db_, flags, vfs_.name());
  vfs_.alive();
  if (!db_ || rc != SQLITE_OK) {
    error("Error: unable to open database \"%s\": %s\n", file.c_str(), db_ ? sqlite3_errmsg(db_) : "out of memory");
    if (!keep) {
      out_->flush();
      p_.exit(1);
    }
    sqlite3_close(db_);
    db_ = nullptr;
    int memory = sqlite3_open_v2(":memory:", &db_, flags | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, vfs_.name());
    if (memory != SQLITE_OK) p_.exit(1);
  }
  watch_progress();
  if (safe) watch_authorizer();
  sqlite3_db_config(db_, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
  add_functions(*this, db_);
}

void Shell::printf(const char* fmt, ...) {
  va_list args;
  va_start(args, fmt);
  char* text = sqlite3_vmprintf(fmt, args);
  va_end(args);
  print(take(text));
}

void Shell::error(const char* fmt, ...) {
  va_list args;
  va_start(args, fmt);
  char* text = sqlite3_vmprintf(fmt, args);
  va_end(args);
  write_error(p_, take(text));
}

bool Shell::redirect(const std::string& to, bool byte_order_mark) {
  out_->flush();
  out_ = stdout_.get();
  file_out_.reset();
  if (pipe_pid_) {
    ShellPipe pipe{file_fd_, pipe_pid_};
    file_fd_ = -1;
    pipe_pid_ = 0;
    close_shell_pipe(p_, pipe);
  } else if (file_fd_ >= 0) {
    (void)p_.close(file_fd_);
    file_fd_ = -1;
  }
  output_name = "stdout";
  if (to.empty() || to == "stdout") return true;
  if (to[0] == '|') {
    ShellPipe pipe = open_shell_pipe(p_, to.substr(1), false);
    if (pipe.fd < 0) {
      error("Error: cannot open pipe \"%s\"\n", to.c_str() + 1);
      return false;
    }
    file_fd_ = pipe.fd;
    pipe_pid_ = pipe.pid;
  } else if (to == "stderr") {
    file_fd_ = -1;
  } else if (to != "off") {
    auto fd = p_.open(to, kOpenWrite | kOpenCreate | kOpenTruncate | kOpenCloexec);
    if (!fd) {
      error("Error: cannot write to \"%s\"\n", to.c_str());
      return false;
    }
    file_fd_ = *fd;
  } else {
    auto fd = p_.open("/dev/null", kOpenWrite | kOpenCloexec);
    if (!fd) return false;
    file_fd_ = *fd;
  }
  file_out_ = std::make_unique<Output>(p_, file_fd_ < 0 ? 2 : file_fd_);
  out_ = file_out_.get();
  output_name = to;
  if (byte_order_mark) print("\xef\xbb\xbf");
  return true;
}

}  // namespace nacre::sqlite
