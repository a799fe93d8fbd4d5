// Snapshots of all mounts. A state is found again by its mount's path, so that a
// fork can go back to a snapshot of the Vfs it came from.
#include <algorithm>

#include "vfs/host_fs.h"
#include "vfs/mem_fs.h"
#include "vfs/vfs_impl.h"

namespace nacre {
namespace {

class Snapshot final : public FsSnapshot {
 public:
  struct Part {
    std::string path;
    std::shared_ptr<const MemFs::State> state;     // of a mem or cow mount
    std::shared_ptr<const ChangeLog::Mark> mark;   // of an rw mount
    const FileSystem* marked = nullptr;            // the one whose log the mark is in
  };
  const Part* find(const std::string& path) const {
    for (const Part& p : parts)
      if (p.path == path) return &p;
    return nullptr;
  }
  std::vector<Part> parts;
};

MemFs* as_mem(const MountPoint& m) { return dynamic_cast<MemFs*>(m.fs.get()); }
HostFs* as_host(const MountPoint& m) { return dynamic_cast<HostFs*>(m.fs.get()); }

}  // namespace

std::shared_ptr<const FsSnapshot> Vfs::snapshot() {
  auto out = std::make_shared<Snapshot>();
  for (size_t i = 0; i < impl_->infos.size(); ++i) {
    const MountPoint& m = impl_->table.mounts[i];
    Snapshot::Part part{impl_->infos[i].path, nullptr, nullptr, m.fs.get()};
    if (MemFs* mem = as_mem(m)) part.state = mem->snapshot();
    else if (HostFs* host = as_host(m); host && !host->read_only()) part.mark = host->mark();
    else continue;
    out->parts.push_back(std::move(part));
  }
  return out;
}

void Vfs::restore(const FsSnapshot& snapshot) {
  const auto& from = static_cast<const Snapshot&>(snapshot);
  impl_->forget_path();
  for (size_t i = 0; i < impl_->infos.size(); ++i) {
    const Snapshot::Part* part = from.find(impl_->infos[i].path);
    MemFs* mem = as_mem(impl_->table.mounts[i]);
    if (part && mem && part->state) mem->restore(part->state);
  }
  // A directory that a mount covers may be newer than the snapshot.
  for (size_t i = 1; i < impl_->infos.size(); ++i) {
    MountPoint& m = impl_->table.mounts[i];
    auto st = m.at.fs->stat(m.at.id);
    if (st && st->nlink > 0) continue;
    MountPoint moved = m;
    m.at = {};
    auto at = impl_->mount_point(impl_->infos[i].path);
    if (!at) {
      m = moved;
      continue;
    }
    m.at = *at;
    m.at.fs->hold(m.at.id);
    moved.at.fs->release(moved.at.id);
  }
}

ChangeSet Vfs::changes_since(const FsSnapshot& before) {
  const auto& from = static_cast<const Snapshot&>(before);
  ChangeSet out;
  for (size_t i = 0; i < impl_->infos.size(); ++i) {
    const std::string& path = impl_->infos[i].path;
    const Snapshot::Part* part = from.find(path);
    if (!part) continue;
    const std::string prefix = path == "/" ? "" : path;
    const MountPoint& m = impl_->table.mounts[i];
    if (MemFs* mem = as_mem(m); mem && part->state) mem->diff(*part->state, *mem->snapshot(), prefix, out);
    else if (HostFs* host = as_host(m); host && part->mark && part->marked == host) host->changes(*part->mark, prefix, out);
  }
  for (auto* list : {&out.created, &out.modified, &out.deleted, &out.mode_changed}) std::sort(list->begin(), list->end());
  std::sort(out.renamed.begin(), out.renamed.end(), [](const Rename& a, const Rename& b) { return a.from < b.from; });
  return out;
}

std::unique_ptr<Vfs> Vfs::fork_with(const std::function<std::unique_ptr<MemFs>(MemFs&)>& fork_mem) {
  auto copy = [&](const MountPoint& m) -> std::shared_ptr<FileSystem> {
    if (MemFs* mem = as_mem(m)) return fork_mem(*mem);
    if (HostFs* host = as_host(m)) return host->fork();
    return m.fs;
  };
  const std::vector<MountPoint>& mounts = impl_->table.mounts;
  auto out = std::make_unique<Vfs>(copy(mounts[0]));
  auto mine = [&](const FileSystem* theirs) {
    for (size_t i = 0;; ++i)
      if (mounts[i].fs.get() == theirs) return out->impl_->table.mounts[i].fs.get();
  };
  for (size_t i = 1; i < mounts.size(); ++i) {
    MountPoint m{copy(mounts[i]), {mine(mounts[i].at.fs), mounts[i].at.id}};
    m.at.fs->hold(m.at.id);
    out->impl_->table.mounts.push_back(std::move(m));
  }
  out->impl_->infos = impl_->infos;
  out->impl_->last_id = impl_->last_id;
  for (size_t i = 0; i < mounts.size(); ++i) out->impl_->infos[i].fs = out->impl_->table.mounts[i].fs.get();
  return out;
}

std::unique_ptr<Vfs> Vfs::fork(TimeSource* clock, Budget* budget) {
  return fork_with([&](MemFs& mem) { return mem.fork(clock, budget); });
}

std::unique_ptr<Vfs> Vfs::fork() {
  return fork_with([](MemFs& mem) { return mem.fork(mem.clock(), mem.budget()); });
}

void Vfs::refresh() {
  impl_->forget_path();
  for (const MountPoint& m : impl_->table.mounts)
    if (MemFs* mem = as_mem(m)) mem->refresh();
}

}  // namespace nacre
