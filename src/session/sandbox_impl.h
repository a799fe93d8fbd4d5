/// Sandbox behind its interface: the parts, and who owns them. Shared by sandbox.cc and the session store.
#pragma once
#include <memory>
#include <vector>

#include "kernel/kernel.h"
#include "nacre/sandbox.h"
#include "session/files.h"
#include "shell/shell.h"
#include "vfs/mem_fs.h"

namespace nacre {

/// Wall clock of the sandbox, before and after there is a kernel.
class KernelClock : public TimeSource {
 public:
  Timespec now() override { return kernel ? kernel->now() : Timespec{1735689600, 0}; }
  Kernel* kernel = nullptr;
};

struct Sandbox::Impl {
  Config config;
  Budget budget{Limits{}};
  KernelClock clock;
  std::unique_ptr<Vfs> vfs;
  std::shared_ptr<Symbols> symbols;
  std::unique_ptr<Kernel> kernel;
  Process* process = nullptr;
  uint64_t retained = 0;   ///< bytes held between runs; freed behind our back by restore and the like
  std::unique_ptr<Shell> shell;
  Vfs* files_vfs = nullptr;
  std::unique_ptr<VfsFiles> files;
  /// What a session's store keeps: the root (0) and the cow mounts (i: the i-th mount, from 1).
  std::vector<std::pair<int, MemFs*>> kept;

  ~Impl() {
    if (kernel) kernel->kill_all(nullptr);
    shell.reset();
    kernel.reset();
  }
};

/// Gives a file system by its number as in Sandbox::Impl::kept, where it is stored; null: a new one.
using StoredFiles = std::function<std::shared_ptr<StoredNodes>(int)>;
Expected<std::unique_ptr<Sandbox>> create_sandbox(const Config& config, const StoredFiles& stored);

}  // namespace nacre
