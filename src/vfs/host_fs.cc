#include "vfs/host_fs.h"

#include <utility>

#include "vfs/host_types.h"
#include "vfs/name.h"

namespace nacre {
size_t HostFs::PlaceHash::operator()(const Place& p) const { return hash_bytes(p.name) ^ (p.dir * 0x9e3779b97f4a7c15ull); }

HostFs::HostFs(const Options& options) : options_(options) {
  NACRE_CHECK(options.dir);
  entries_[kRoot].parent = kRoot;
}

std::unique_ptr<HostFs> HostFs::create(const Options& options) { return std::unique_ptr<HostFs>(new HostFs(options)); }

HostFs::~HostFs() {
  for (auto& [id, e] : entries_) close_handles(e);
}

std::unique_ptr<HostFs> HostFs::fork() const {
  auto out = create(options_);
  for (const auto& [id, e] : entries_) {
    if (e.removed) continue;
    Entry copy = e;
    copy.holds = 0;
    copy.reader = copy.writer = -1;
    out->entries_[id] = std::move(copy);
  }
  out->places_ = places_;
  out->next_ = next_;
  return out;
}

void HostFs::close_handles(Entry& e) {
  for (int64_t* h : {&e.reader, &e.writer})
    if (*h >= 0) options_.dir->close(std::exchange(*h, -1));
}

Result<std::string> HostFs::path(NodeId node) const {
  std::vector<const std::string*> parts;
  while (node != kRoot) {
    auto at = entries_.find(node);
    if (at == entries_.end()) return Errno::STALE;
    if (at->second.removed) return Errno::NOENT;
    parts.push_back(&at->second.name);
    node = at->second.parent;
  }
  std::string out;
  for (size_t i = parts.size(); i-- > 0;) {
    if (!out.empty()) out += '/';
    out += *parts[i];
  }
  return out;
}

Result<std::string> HostFs::path(NodeId dir, std::string_view name) const {
  NACRE_TRY(std::string out, path(dir));
  if (!out.empty()) out += '/';
  return out.append(name);
}

// The node of a place; another host file there than before is another node.
NodeId HostFs::node_at(NodeId dir, std::string_view name, const HostStat* st) {
  auto [at, fresh] = places_.try_emplace(Place{dir, std::string(name)}, next_);
  if (!fresh && st) {
    Entry& e = entries_[at->second];
    if (e.ino == 0) {
      e.dev = st->dev;
      e.ino = st->ino;
    }
    if (e.dev != st->dev || e.ino != st->ino) {
      e.removed = true;
      if (!e.holds) entries_.erase(at->second);
      at->second = next_;
      fresh = true;
    }
  }
  if (fresh) {
    Entry& e = entries_[next_++];
    e.parent = dir;
    e.name = name;
    if (st) {
      e.dev = st->dev;
      e.ino = st->ino;
    }
  }
  return at->second;
}

Result<std::pair<NodeId, HostStat>> HostFs::find(NodeId dir, std::string_view name) {
  NACRE_TRY(std::string p, path(dir, name));
  HostStat st;
  if (HostResult r = options_.dir->stat(p, st); r < 0) return errno_of(r);
  return std::pair(node_at(dir, name, &st), st);
}

Result<NodeId> HostFs::lookup(NodeId dir, std::string_view name) {
  NACRE_TRY(auto found, find(dir, name));
  return found.first;
}

Result<FileSystem::Step> HostFs::step(NodeId dir, std::string_view name, const Credentials& who) {
  NACRE_TRY(Stat st, stat(dir));
  if (!st.is_dir()) return Errno::NOTDIR;
  if (!permits(st, who, kExecute)) return Errno::ACCES;
  NACRE_TRY(auto found, find(dir, name));
  return Step{found.first, type_of(found.second.type)};
}

Result<NodeId> HostFs::parent(NodeId dir) {
  auto at = entries_.find(dir);
  if (at == entries_.end()) return Errno::STALE;
  return at->second.parent;
}

Result<std::string> HostFs::name_of(NodeId dir) {
  auto at = entries_.find(dir);
  if (at == entries_.end() || at->second.removed) return Errno::NOENT;
  return at->second.name;
}

Result<HostStat> HostFs::host_stat(NodeId node) {
  HostStat st;
  auto at = entries_.find(node);
  if (at == entries_.end()) return Errno::STALE;
  const Entry& e = at->second;
  if (e.removed) {
    const int64_t handle = e.reader >= 0 ? e.reader : e.writer;
    if (handle < 0) return Errno::NOENT;
    if (HostResult r = options_.dir->stat_handle(handle, st); r < 0) return errno_of(r);
    return st;
  }
  NACRE_TRY(std::string p, path(node));
  if (HostResult r = options_.dir->stat(p, st); r < 0) return errno_of(r);
  return st;
}

Result<Stat> HostFs::stat(NodeId node) {
  NACRE_TRY(HostStat h, host_stat(node));
  Stat st;
  st.ino = h.ino ? h.ino : node;
  st.type = type_of(h.type);
  st.mode = h.mode;
  st.uid = options_.uid;
  st.gid = options_.gid;
  st.nlink = h.nlink;
  st.size = h.size;
  st.blocks = st.type == FileType::Symlink && h.size < 60 ? 0 : (h.size + 4095) / 4096 * 8;   // a short target lives in the inode
  st.atime = h.atime;
  st.mtime = h.mtime;
  st.ctime = st.btime = h.ctime;
  return st;
}

Result<void> HostFs::writable() const { return options_.read_only ? Errno::ROFS : Errno::OK; }

Result<void> HostFs::set_attr(NodeId node, const SetAttr& change) {
  NACRE_CHECKED(writable());
  if ((change.uid && *change.uid != options_.uid) || (change.gid && *change.gid != options_.gid)) return Errno::PERM;
  NACRE_TRY(std::string p, path(node));
  if (change.mode) {
    if (HostResult r = options_.dir->set_mode(p, *change.mode); r < 0) return errno_of(r);
    log_.add(ChangeLog::What::ModeChanged, p);
  }
  if (change.atime || change.mtime) {
    NACRE_TRY(HostStat st, host_stat(node));
    const Timespec &atime = change.atime ? *change.atime : st.atime, &mtime = change.mtime ? *change.mtime : st.mtime;
    if (HostResult r = options_.dir->set_times(p, atime, mtime); r < 0) return errno_of(r);
  }
  return {};
}

Result<std::string> HostFs::read_link(NodeId node) {
  NACRE_TRY(std::string p, path(node));
  std::string out;
  if (HostResult r = options_.dir->read_link(p, out); r < 0) return errno_of(r);
  return out;
}

Result<std::vector<DirEntry>> HostFs::list(NodeId dir) {
  NACRE_TRY(std::string p, path(dir));
  std::vector<HostDir::Entry> found;
  if (HostResult r = options_.dir->list(p, found); r < 0) return errno_of(r);
  std::vector<DirEntry> out;
  out.reserve(found.size());
  for (HostDir::Entry& e : found) {
    const NodeId node = node_at(dir, e.name, nullptr);
    out.push_back({std::move(e.name), node, type_of(e.type)});
  }
  return out;
}

Result<NodeId> HostFs::create(NodeId dir, std::string_view name, const NewNode& what) {
  NACRE_CHECKED(writable());
  NACRE_TRY(std::string p, path(dir, name));
  if (what.type == FileType::Directory) {
    if (HostResult r = options_.dir->make_dir(p, what.mode); r < 0) return errno_of(r);
  } else if (what.type == FileType::Regular) {
    HostResult handle = options_.dir->open(p, 2, true, what.mode);
    if (handle < 0) return errno_of(handle);
    options_.dir->close(handle);
  } else if (what.type == FileType::Fifo) {
    if (HostResult r = options_.dir->make_fifo(p, what.mode); r < 0) return errno_of(r);
  } else {
    return Errno::PERM;
  }
  log_.add(ChangeLog::What::Created, p);
  return lookup(dir, name);
}

Result<NodeId> HostFs::symlink(NodeId dir, std::string_view name, std::string_view target, uint32_t, uint32_t) {
  NACRE_CHECKED(writable());
  NACRE_TRY(std::string p, path(dir, name));
  if (HostResult r = options_.dir->make_symlink(p, std::string(target)); r < 0) return errno_of(r);
  log_.add(ChangeLog::What::Created, p);
  return lookup(dir, name);
}

Result<void> HostFs::link(NodeId node, NodeId dir, std::string_view name) {
  NACRE_CHECKED(writable());
  NACRE_TRY(std::string from, path(node));
  NACRE_TRY(std::string to, path(dir, name));
  if (HostResult r = options_.dir->make_link(from, to); r < 0) return errno_of(r);
  log_.add(ChangeLog::What::Created, to);
  return {};
}

// Before its path goes: whoever has it open goes on through handles.
void HostFs::keep_open(NodeId node) {
  auto at = entries_.find(node);
  if (at == entries_.end() || !at->second.holds) return;
  bool unused = false;
  (void)open(node, false, unused).ok();
  if (!options_.read_only) (void)open(node, true, unused).ok();
}

void HostFs::remove_entry(NodeId dir, std::string_view name) {
  auto place = places_.find(Place{dir, std::string(name)});
  if (place == places_.end()) return;
  Entry& e = entries_[place->second];
  e.removed = true;
  if (!e.holds) entries_.erase(place->second);
  places_.erase(place);
}

Result<void> HostFs::unlink(NodeId dir, std::string_view name) {
  NACRE_CHECKED(writable());
  NACRE_TRY(auto found, find(dir, name));
  if (found.second.type == HostStat::Type::Directory) return Errno::ISDIR;
  NACRE_TRY(std::string p, path(dir, name));
  keep_open(found.first);
  if (HostResult r = options_.dir->remove(p, false); r < 0) return errno_of(r);
  remove_entry(dir, name);
  log_.add(ChangeLog::What::Deleted, p);
  return {};
}

Result<void> HostFs::rmdir(NodeId dir, std::string_view name) {
  NACRE_CHECKED(writable());
  NACRE_TRY(std::string p, path(dir, name));
  if (HostResult r = options_.dir->remove(p, true); r < 0) return errno_of(r);
  remove_entry(dir, name);
  log_.add(ChangeLog::What::Deleted, p);
  return {};
}

Result<void> HostFs::rename(NodeId from_dir, std::string_view from, NodeId to_dir, std::string_view to) {
  NACRE_CHECKED(writable());
  NACRE_TRY(auto moved, find(from_dir, from));
  NACRE_TRY(std::string a, path(from_dir, from));
  NACRE_TRY(std::string b, path(to_dir, to));
  auto old = find(to_dir, to);
  // A file system without inode numbers has no hard links either.
  const bool same_file = old && (moved.second.ino ? old->second.dev == moved.second.dev && old->second.ino == moved.second.ino : old->first == moved.first);
  if (same_file) return {};
  if (old) keep_open(old->first);
  if (HostResult r = options_.dir->rename(a, b); r < 0) return errno_of(r);
  remove_entry(to_dir, to);
  places_.erase(Place{from_dir, std::string(from)});
  places_[Place{to_dir, std::string(to)}] = moved.first;
  Entry& e = entries_[moved.first];
  e.parent = to_dir;
  e.name = to;
  log_.add(old ? ChangeLog::What::RenamedOver : ChangeLog::What::Renamed, a, b);
  return {};
}

Result<int64_t> HostFs::open(NodeId node, bool to_write, bool& close_after) {
  auto at = entries_.find(node);
  if (at == entries_.end()) return Errno::STALE;
  Entry& e = at->second;
  int64_t& kept = to_write ? e.writer : e.reader;
  close_after = false;
  if (kept >= 0) return kept;
  NACRE_TRY(std::string p, path(node));
  HostResult handle = options_.dir->open(p, to_write ? 1 : 0, false, 0);
  if (handle < 0) return errno_of(handle);
  if (e.holds) kept = handle;
  else close_after = true;
  return static_cast<int64_t>(handle);
}

class HostFs::Handle {
 public:
  Handle(HostFs& fs, NodeId node, bool to_write) : fs_(fs), opened_(fs.open(node, to_write, close_)) {}
  ~Handle() {
    if (opened_ && close_) fs_.options_.dir->close(*opened_);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  Errno error() const { return opened_.error(); }
  int64_t get() const { return *opened_; }

 private:
  HostFs& fs_;
  bool close_ = false;
  Result<int64_t> opened_;
};

Result<size_t> HostFs::read(NodeId node, uint64_t offset, std::span<char> out) {
  Handle handle(*this, node, false);
  if (handle.error() != Errno::OK) return handle.error();
  HostResult n = options_.dir->read(handle.get(), offset, out);
  if (n < 0) return errno_of(n);
  return static_cast<size_t>(n);
}

Result<size_t> HostFs::write(NodeId node, uint64_t offset, std::string_view data) {
  NACRE_CHECKED(writable());
  if (offset > INT64_MAX || data.size() > INT64_MAX - offset) return Errno::FBIG;
  Handle handle(*this, node, true);
  if (handle.error() != Errno::OK) return handle.error();
  HostResult n = options_.dir->write(handle.get(), offset, data);
  if (n < 0) return errno_of(n);
  if (auto p = path(node)) log_.add(ChangeLog::What::Modified, *p);
  return static_cast<size_t>(n);
}

Result<void> HostFs::truncate(NodeId node, uint64_t size) {
  NACRE_CHECKED(writable());
  if (size > INT64_MAX) return Errno::FBIG;
  Handle handle(*this, node, true);
  if (handle.error() != Errno::OK) return handle.error();
  if (HostResult r = options_.dir->truncate(handle.get(), size); r < 0) return errno_of(r);
  if (auto p = path(node)) log_.add(ChangeLog::What::Modified, *p);
  return {};
}

Result<void> HostFs::sync(NodeId node) {
  if (options_.read_only) return {};
  Handle handle(*this, node, true);
  if (handle.error() != Errno::OK) return handle.error();
  HostResult r = options_.dir->sync(handle.get());
  return r < 0 ? errno_of(r) : Errno::OK;
}

void HostFs::hold(NodeId node) {
  auto at = entries_.find(node);
  if (at != entries_.end()) ++at->second.holds;
}

void HostFs::release(NodeId node) {
  auto at = entries_.find(node);
  if (at == entries_.end() || at->second.holds == 0 || --at->second.holds) return;
  close_handles(at->second);
  if (at->second.removed) entries_.erase(at);
}

FsUsage HostFs::usage() {
  FsUsage u;
  u.type = "host";
  HostSpace space;
  if (options_.dir->space(space) < 0) return u;
  u.block_size = space.block_size;
  u.blocks = space.blocks;
  u.blocks_free = space.blocks_free;
  u.inodes = space.files;
  u.inodes_free = space.files_free;
  return u;
}

}  // namespace nacre
