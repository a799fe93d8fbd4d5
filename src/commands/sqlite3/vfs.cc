#include "commands/sqlite3/vfs.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "commands/sqlite3/locks.h"

namespace nacre::sqlite {
namespace {

/// One open file. SQLite gives the memory (szOsFile bytes) and knows only the base.
struct OpenFile {
  sqlite3_file base{};
  SandboxVfs* vfs;
  int fd;
  std::string path;                     ///< "" for temporary files
  bool remove = false;                  ///< at close
  int level = SQLITE_LOCK_NONE;
  std::shared_ptr<SharedFile> shared;   ///< main databases only
  bool mapped = false;                  ///< uses the shared memory
  uint16_t slots_shared = 0, slots_exclusive = 0;
  bool persist_wal = false;
  int chunk = 0;

  Process& p() const { return vfs->process(); }
};

OpenFile& of(sqlite3_file* f) { return *reinterpret_cast<OpenFile*>(f); }
SandboxVfs& of(sqlite3_vfs* v) { return *static_cast<SandboxVfs*>(v->pAppData); }

int unmap(sqlite3_file* file, int) {
  OpenFile& f = of(file);
  if (!f.mapped) return SQLITE_OK;
  f.mapped = false;
  (void)f.shared->lock_slots(0, SQLITE_SHM_NLOCK, SQLITE_SHM_UNLOCK, f.slots_shared, f.slots_exclusive);
  if (--f.shared->users == 0) f.shared->drop_regions();
  return SQLITE_OK;
}

int close_file(sqlite3_file* file) {
  OpenFile& f = of(file);
  unmap(file, 0);
  if (f.shared) f.shared->unlock(f.level, SQLITE_LOCK_NONE);
  (void)f.p().close(f.fd);
  if (f.remove) f.vfs->guard(0, [&] { return (void)f.p().unlink(f.path), 0; });
  f.~OpenFile();
  return SQLITE_OK;
}

int read_file(sqlite3_file* file, void* out, int n, sqlite3_int64 at) {
  OpenFile& f = of(file);
  return f.vfs->guard(SQLITE_IOERR_READ, [&] {
    std::span<char> left(static_cast<char*>(out), static_cast<size_t>(n));
    while (!left.empty()) {
      auto got = f.p().pread(f.fd, left, static_cast<uint64_t>(at));
      if (!got) return SQLITE_IOERR_READ;
      if (*got == 0) break;
      left = left.subspan(*got);
      at += static_cast<sqlite3_int64>(*got);
    }
    if (left.empty()) return SQLITE_OK;
    std::fill(left.begin(), left.end(), '\0');
    return SQLITE_IOERR_SHORT_READ;
  });
}

int write_file(sqlite3_file* file, const void* data, int n, sqlite3_int64 at) {
  OpenFile& f = of(file);
  return f.vfs->guard(SQLITE_IOERR_WRITE, [&] {
    std::string_view left(static_cast<const char*>(data), static_cast<size_t>(n));
    while (!left.empty()) {
      auto put = f.p().pwrite(f.fd, left, static_cast<uint64_t>(at));
      if (!put || *put == 0) return !put && put.error() != Errno::NOSPC ? SQLITE_IOERR_WRITE : SQLITE_FULL;
      left.remove_prefix(*put);
      at += static_cast<sqlite3_int64>(*put);
    }
    return SQLITE_OK;
  });
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  OpenFile& f = of(file);
  return f.vfs->guard(SQLITE_IOERR_TRUNCATE, [&] { return f.p().ftruncate(f.fd, static_cast<uint64_t>(size)) ? SQLITE_OK : SQLITE_IOERR_TRUNCATE; });
}

// What is written is in the sandbox's file system at once.
int sync_file(sqlite3_file*, int) { return SQLITE_OK; }

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  OpenFile& f = of(file);
  return f.vfs->guard(SQLITE_IOERR_FSTAT, [&] {
    auto st = f.p().fstat(f.fd);
    if (!st) return SQLITE_IOERR_FSTAT;
    *size = static_cast<sqlite3_int64>(st->size);
    return SQLITE_OK;
  });
}

int lock_file(sqlite3_file* file, int to) {
  OpenFile& f = of(file);
  return f.shared ? f.shared->lock(f.level, f.level, to) : SQLITE_OK;
}

int unlock_file(sqlite3_file* file, int to) {
  OpenFile& f = of(file);
  if (f.shared) f.shared->unlock(f.level, to);
  return SQLITE_OK;
}

int is_reserved(sqlite3_file* file, int* out) {
  *out = of(file).shared && of(file).shared->reserved();
  return SQLITE_OK;
}

int control(sqlite3_file* file, int op, void* arg) {
  OpenFile& f = of(file);
  switch (op) {
    case SQLITE_FCNTL_LOCKSTATE: *static_cast<int*>(arg) = f.level; return SQLITE_OK;
    case SQLITE_FCNTL_PERSIST_WAL: {
      int& value = *static_cast<int*>(arg);
      if (value < 0) value = f.persist_wal;
      else f.persist_wal = value != 0;
      return SQLITE_OK;
    }
    case SQLITE_FCNTL_HAS_MOVED:
      return f.vfs->guard(SQLITE_IOERR, [&] {
        auto here = f.p().stat(f.path), open = f.p().fstat(f.fd);
        *static_cast<int*>(arg) = !here || !open || here->ino != open->ino;
        return SQLITE_OK;
      });
    default: return SQLITE_NOTFOUND;
  }
}

int sector_size(sqlite3_file*) { return 4096; }
int characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

int map_region(sqlite3_file* file, int index, int bytes, int extend, void volatile** out) {
  OpenFile& f = of(file);
  *out = nullptr;
  return f.vfs->guard(SQLITE_IOERR_SHMMAP, [&] {
    if (!f.mapped) {
      f.mapped = true;
      f.shared->users++;
    }
    *out = f.shared->region(static_cast<size_t>(index), static_cast<size_t>(bytes), extend != 0);
    return SQLITE_OK;
  });
}

int lock_region(sqlite3_file* file, int first, int n, int flags) {
  OpenFile& f = of(file);
  return f.shared->lock_slots(first, n, flags, f.slots_shared, f.slots_exclusive);
}

void barrier(sqlite3_file*) {}   // one thread

const sqlite3_io_methods kMethods = {2,           close_file,  read_file,   write_file, truncate_file, sync_file,       file_size,
                                     lock_file,   unlock_file, is_reserved, control,    sector_size,   characteristics, map_region,
                                     lock_region, barrier,     unmap,       nullptr,    nullptr};

/// A file without a name, gone from its directory at once. Descriptor, or -1.
int open_temporary(Process& p) {
  for (const char* dir : {p.getenv("SQLITE_TMPDIR"), p.getenv("TMPDIR"), "/var/tmp", "/usr/tmp", "/tmp", "."}) {
    if (!dir) continue;
    char name[64];
    snprintf(name, sizeof name, "/etilqs_%016llx", static_cast<unsigned long long>(p.random()));
    std::string path = std::string(dir) + name;
    if (auto fd = p.open(path, kOpenReadWrite | kOpenCreate | kOpenExclusive | kOpenCloexec, 0600)) {
      (void)p.unlink(path);
      return *fd;
    }
  }
  return -1;
}

/// A journal may be read by whom the database may.
Mode creation_mode(Process& p, const std::string& path, int flags) {
  if (!(flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL))) return 0644;
  size_t dash = path.rfind('-');
  auto st = dash == path.npos ? Result<Stat>(Errno::NOENT) : p.stat(path.substr(0, dash));
  return st ? st->mode & 0777 : 0644;
}

int open_named(SandboxVfs& vfs, OpenFile& f, int flags, int* out_flags) {
  Process& p = vfs.process();
  uint32_t how = kOpenCloexec | (flags & SQLITE_OPEN_READWRITE ? kOpenReadWrite : kOpenRead);
  if (flags & SQLITE_OPEN_CREATE) how |= kOpenCreate;
  if (flags & SQLITE_OPEN_EXCLUSIVE) how |= kOpenExclusive | kOpenNoFollow;
  if (flags & SQLITE_OPEN_NOFOLLOW) how |= kOpenNoFollow;
  // Opening a FIFO or a device would wait, or be no database.
  if (auto st = p.stat(f.path); st && !st->is_regular()) return st->is_dir() ? SQLITE_CANTOPEN_ISDIR : SQLITE_CANTOPEN;
  auto fd = p.open(f.path, how, creation_mode(p, f.path, flags));
  if (!fd && (flags & SQLITE_OPEN_READWRITE) && (fd.error() == Errno::ACCES || fd.error() == Errno::ROFS)) {
    fd = p.open(f.path, kOpenCloexec | kOpenRead, 0);
    flags = (flags & ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)) | SQLITE_OPEN_READONLY;
  }
  if (!fd) return SQLITE_CANTOPEN;
  f.fd = *fd;
  f.remove = flags & SQLITE_OPEN_DELETEONCLOSE;
  if (flags & SQLITE_OPEN_MAIN_DB) f.shared = SharedFile::of(p.kernel(), p.file(f.fd)->node());
  if (out_flags) *out_flags = flags;
  return SQLITE_OK;
}

int open_file(sqlite3_vfs* v, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  SandboxVfs& vfs = of(v);
  file->pMethods = nullptr;
  auto* f = new (file) OpenFile{{}, &vfs, -1, name ? name : "", false, SQLITE_LOCK_NONE, {}, false, 0, 0, false, 0};
  int rc = vfs.guard(SQLITE_CANTOPEN, [&] {
    if (name) return open_named(vfs, *f, flags, out_flags);
    f->fd = open_temporary(vfs.process());
    if (f->fd < 0) return SQLITE_CANTOPEN;
    if (out_flags) *out_flags = flags;
    return SQLITE_OK;
  });
  if (rc == SQLITE_OK) {
    f->base.pMethods = &kMethods;
  } else {
    f->~OpenFile();
    file->pMethods = nullptr;
  }
  return rc;
}

int remove_file(sqlite3_vfs* v, const char* name, int) {
  return of(v).guard(SQLITE_IOERR_DELETE, [&] {
    auto r = of(v).process().unlink(name);
    return r ? SQLITE_OK : r.error() == Errno::NOENT ? SQLITE_IOERR_DELETE_NOENT : SQLITE_IOERR_DELETE;
  });
}

int access_file(sqlite3_vfs* v, const char* name, int what, int* out) {
  Process& p = of(v).process();
  *out = 0;
  return of(v).guard(SQLITE_IOERR_ACCESS, [&] {
    if (what == SQLITE_ACCESS_EXISTS) {
      auto st = p.stat(name);
      *out = st && (!st->is_regular() || st->size > 0);
    } else {
      *out = p.access(name, what == SQLITE_ACCESS_READWRITE ? kRead | kWrite : kRead).ok();
    }
    return SQLITE_OK;
  });
}

int full_path(sqlite3_vfs* v, const char* name, int n, char* out) {
  Process& p = of(v).process();
  return of(v).guard(SQLITE_CANTOPEN, [&] {
    std::string path = name;
    if (auto real = p.realpath(path, true)) {
      path = *real;
    } else if (!path.starts_with('/')) {
      auto cwd = p.getcwd();
      if (!cwd) return SQLITE_CANTOPEN;
      path = *cwd + "/" + path;
    }
    if (path.size() >= static_cast<size_t>(n)) return SQLITE_CANTOPEN;
    std::memcpy(out, path.c_str(), path.size() + 1);
    auto st = p.lstat(name);
    return st && st->is_symlink() ? SQLITE_OK_SYMLINK : SQLITE_OK;
  });
}

int random_bytes(sqlite3_vfs*, int n, char* out) {
  for (int i = 0; i < n; i++) out[i] = active_process ? static_cast<char>(active_process->random()) : '\0';
  return n;
}

int sleep(sqlite3_vfs* v, int microseconds) {
  of(v).guard(0, [&] {
    Process& p = of(v).process();
    p.sleep({microseconds / 1'000'000, microseconds % 1'000'000 * 1000});
    active_process = &p;
    return 0;
  });
  return microseconds;
}

int current_time(sqlite3_vfs* v, sqlite3_int64* out) {
  Timespec t = of(v).process().now();
  *out = 210866760000000 + t.sec * 1000 + t.nsec / 1'000'000;   // milliseconds of the Julian epoch
  return SQLITE_OK;
}

int current_day(sqlite3_vfs* v, double* out) {
  sqlite3_int64 t;
  current_time(v, &t);
  *out = static_cast<double>(t) / 86400000.0;
  return SQLITE_OK;
}

int last_error(sqlite3_vfs*, int, char*) { return 0; }

}  // namespace

thread_local Process* active_process = nullptr;

SandboxVfs::SandboxVfs(Process& p) : p_(p) {
  uint64_t word[2];
  p.kernel().host().entropy({reinterpret_cast<char*>(word), sizeof word});
  char text[48];
  snprintf(text, sizeof text, "nacre-%016llx%016llx", static_cast<unsigned long long>(word[0]), static_cast<unsigned long long>(word[1]));
  name_ = text;
  vfs_.iVersion = 2;
  vfs_.szOsFile = sizeof(OpenFile);
  vfs_.mxPathname = 4096;
  vfs_.zName = name_.c_str();
  vfs_.pAppData = this;
  vfs_.xOpen = open_file;
  vfs_.xDelete = remove_file;
  vfs_.xAccess = access_file;
  vfs_.xFullPathname = full_path;
  vfs_.xRandomness = random_bytes;
  vfs_.xSleep = sleep;
  vfs_.xCurrentTime = current_day;
  vfs_.xCurrentTimeInt64 = current_time;
  vfs_.xGetLastError = last_error;
  active_process = &p;
  sqlite3_vfs_register(&vfs_, 0);
}

SandboxVfs::~SandboxVfs() {
  sqlite3_vfs_unregister(&vfs_);
  if (active_process == &p_) active_process = nullptr;
}

}  // namespace nacre::sqlite

// The library would sort on threads of its own after `PRAGMA threads`; here the work is done at once.
namespace {
struct DoneWork {
  void* result;
};
}  // namespace
extern "C" int nacre_sqlite3ThreadCreate(DoneWork** out, void* (*work)(void*), void* arg) {
  *out = static_cast<DoneWork*>(sqlite3_malloc64(sizeof(DoneWork)));
  if (!*out) return SQLITE_NOMEM;
  (*out)->result = work(arg);
  return SQLITE_OK;
}
extern "C" int nacre_sqlite3ThreadJoin(DoneWork* done, void** out) {
  if (!done) return SQLITE_NOMEM;
  *out = done->result;
  sqlite3_free(done);
  return SQLITE_OK;
}

// What the library's Unix layer would define, were it linked. The default VFS opens nothing: a
// connection has to name one of the above.
extern "C" int nacre_sqlite3_os_init(void) {
  static sqlite3_vfs none = [] {
    sqlite3_vfs v{};
    v.iVersion = 1;
    v.szOsFile = sizeof(sqlite3_file);
    v.mxPathname = 64;
    v.zName = "none";
    v.xOpen = [](sqlite3_vfs*, const char*, sqlite3_file* f, int, int*) { return f->pMethods = nullptr, SQLITE_CANTOPEN; };
    v.xDelete = [](sqlite3_vfs*, const char*, int) { return SQLITE_IOERR_DELETE; };
    v.xAccess = [](sqlite3_vfs*, const char*, int, int* out) { return *out = 0, SQLITE_OK; };
    v.xFullPathname = [](sqlite3_vfs*, const char*, int, char*) { return SQLITE_CANTOPEN; };
    v.xRandomness = nacre::sqlite::random_bytes;
    v.xSleep = [](sqlite3_vfs*, int) { return 0; };
    v.xCurrentTime = [](sqlite3_vfs*, double* out) { return *out = 0, SQLITE_ERROR; };
    v.xGetLastError = nacre::sqlite::last_error;
    return v;
  }();
  return sqlite3_vfs_register(&none, 1);
}
extern "C" int nacre_sqlite3_os_end(void) { return SQLITE_OK; }
