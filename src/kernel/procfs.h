/// ProcFs: /proc, a live view of the virtual kernel. Directories are made up as
/// they are asked for; files get their content when they are read.
/// Threads: the sandbox's own. Source: Linux proc(5).
#pragma once
#include <string>
#include <vector>

#include "kernel/process.h"
#include "vfs/file_system.h"

namespace nacre {

class Kernel;

class ProcFs : public FileSystem {
 public:
  explicit ProcFs(Kernel& kernel);
  NodeId root() const override { return 1; }
  Result<NodeId> lookup(NodeId dir, std::string_view name) override;
  Result<NodeId> parent(NodeId dir) override;
  Result<std::string> name_of(NodeId dir) override;
  Result<Stat> stat(NodeId node) override;
  Result<void> set_attr(NodeId, const SetAttr&) override { return Errno::PERM; }
  Result<std::string> read_link(NodeId node) override;
  Result<std::vector<DirEntry>> list(NodeId dir) override;
  Result<NodeId> create(NodeId, std::string_view, const NewNode&) override { return Errno::ACCES; }
  Result<NodeId> symlink(NodeId, std::string_view, std::string_view, uint32_t, uint32_t) override { return Errno::ACCES; }
  Result<void> link(NodeId, NodeId, std::string_view) override { return Errno::ACCES; }
  Result<void> unlink(NodeId, std::string_view) override { return Errno::ACCES; }
  Result<void> rmdir(NodeId, std::string_view) override { return Errno::ACCES; }
  Result<void> rename(NodeId, std::string_view, NodeId, std::string_view) override { return Errno::ACCES; }
  Result<size_t> read(NodeId node, uint64_t offset, std::span<char> out) override;
  Result<size_t> write(NodeId, uint64_t, std::string_view) override { return Errno::ACCES; }
  Result<void> truncate(NodeId, uint64_t) override { return Errno::ACCES; }
  void hold(NodeId) override {}
  void release(NodeId) override {}
  FsUsage usage() override { return {.type = "proc"}; }
  bool synthetic() const override { return true; }

 private:
  Result<std::string> content(NodeId node);
  std::string stat_line(const Process& p, const Process::Life& life);
  Kernel& kernel_;
  Timespec booted_;   ///< monotonic: uptime counts from here, not from when the host came up
};

}  // namespace nacre
