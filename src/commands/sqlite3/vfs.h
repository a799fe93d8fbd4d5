/// vfs: SQLite's operating system is the sandbox. Every file of a database goes
/// through the Process that runs the command; none is a host file.
///
/// One SandboxVfs a process. Its name is unguessable, so that a connection of
/// another sandbox cannot open through it (`ATTACH 'file:x?vfs=...'`), and its
/// address differs, so that no cache is shared between processes.
///
/// Locks and the shared memory of write-ahead logs belong to the node of the file
/// and are seen by all processes of the sandbox (not by other sandboxes that mount
/// the same host directory).
///
/// ProcessDeath never passes SQLite's frames: a call that dies answers with an I/O
/// error and notes it; alive() raises it again where no C frame is below.
/// Source: sqlite.org/vfs.html, sqlite.org/lockingv3.html, sqlite.org/walformat.html.
#pragma once
#include <memory>
#include <string>

#include "kernel/process.h"
#include "sqlite3_private.h"

namespace nacre::sqlite {

class SandboxVfs {
 public:
  explicit SandboxVfs(Process& p);
  ~SandboxVfs();
  SandboxVfs(const SandboxVfs&) = delete;

  Process& process() { return p_; }
  /// For sqlite3_open_v2.
  const char* name() const { return name_.c_str(); }
  /// Runs f, which may die, below SQLite's frames. `dead`: what to answer then.
  template <class F>
  int guard(int dead, F&& f) {
    if (dying_) return dead;
    try {
      return f();
    } catch (const ProcessDeath&) {
      dying_ = true;
      return dead;
    }
  }
  bool dying() const { return dying_; }
  /// Dies now if a call below SQLite's frames had to.
  void alive() {
    if (dying_) throw ProcessDeath{};
  }

 private:
  Process& p_;
  std::string name_;
  sqlite3_vfs vfs_{};
  bool dying_ = false;
};

/// Sets the library up, once. False: it cannot be used.
bool start_library();

/// What the library asks without a connection at hand (local time, entropy) is asked of this process.
/// Set around calls and after every switch of fibers.
extern thread_local Process* active_process;

}  // namespace nacre::sqlite
