// Nodes and names. atime is kept as on a `noatime` mount: set at creation and by
// utimensat, never by reading, so that readers change nothing.
#include <algorithm>

#include "vfs/mem_fs_impl.h"

namespace nacre {
namespace {

constexpr uint64_t kDirectorySize = 4096;  // what ext4 shows, so `ls -l` and `du` look familiar

}  // namespace

Stat Inode::stat() const {
  Stat st;
  st.ino = id;
  st.type = type;
  st.mode = mode;
  st.uid = uid;
  st.gid = gid;
  st.nlink = nlink;
  st.atime = atime;
  st.mtime = mtime;
  st.ctime = ctime;
  st.btime = btime;
  if (const FileData* f = file()) {
    st.size = f->size();
    st.blocks = (f->allocated() + 4095) / 4096 * 8;
  } else if (is_dir()) {
    st.size = kDirectorySize;
    st.blocks = kDirectorySize / 512;
  } else if (type == FileType::Symlink) {
    st.size = target().size();
  } else {
    const Device& d = std::get<Device>(data);
    st.rdev_major = d.major;
    st.rdev_minor = d.minor;
  }
  return st;
}

std::unique_ptr<MemFs> MemFs::create(const Options& options) { return std::make_unique<MemFsImpl>(options); }

MemFsImpl::MemFsImpl(const Options& options) : options_(options) {
  NACRE_CHECK(options.clock);
  stored_ = options.stored;
  if (options.backing) lower_ = std::make_shared<LowerDir>(options.backing, options.backing_uid, options.backing_gid, stored_);
  if (stored_) {
    const StateHeader h = stored_->header();
    state_.root = h.root;
    state_.next = h.next;
    state_.bytes = h.bytes;
    state_.links = h.links;
    if (lower_) stored_->set_host_bytes([lower = lower_](const HostBytes& b) { return lower->host_bytes(b); });
  } else if (options.backing) {
    state_.root = LowerDir::kRoot;
    state_.next = 2;
  } else {
    make_root();
  }
}

void MemFsImpl::make_root() {
  state_.root = 1;
  state_.next = 2;
  Ref<Inode> root = make_ref<Inode>();
  root->id = root->parent = 1;
  root->type = FileType::Directory;
  root->mode = static_cast<uint16_t>(options_.root_mode);
  root->uid = options_.root_uid;
  root->gid = options_.root_gid;
  root->nlink = 2;
  root->atime = root->mtime = root->ctime = root->btime = options_.clock->now();
  root->data.emplace<LinkMap>();
  state_.inodes.put(std::move(root));
}

// Odd ids are the host's where there is one.
NodeId MemFsImpl::new_id() {
  NodeId id = state_.next;
  state_.next += lower_ ? 2 : 1;
  return id;
}

const Inode* MemFsImpl::find(const State& state, NodeId id) const {
  if (const Ref<Inode>* found = state.inodes.find(id)) return (*found)->gone ? nullptr : found->get();
  return below(id);
}

const Inode* MemFsImpl::below(NodeId id) const {
  if (stored_) {
    if (const Inode* n = stored_->inode(id)) return n;
  }
  return hosts(id) ? lower_->inode(id) : nullptr;
}

Result<const Inode*> MemFsImpl::directory_below(NodeId id) const {
  if (stored(id)) return stored_->directory(id);
  if (hosts(id)) return lower_->directory(id);
  return Errno::STALE;
}

const Inode* MemFsImpl::get(NodeId id) {
  Recent& r = recent(id);
  if (r.id == id) return r.node;
  if (const Ref<Inode>* found = state_.inodes.find(id)) {
    if ((*found)->gone) return nullptr;
    r = {id, found->get(), false};
    return r.node;
  }
  const Inode* n = below(id);
  // What directory() finds here has its entries read.
  if (n && !n->is_dir() && hosts(id) && !stored(id)) r = {id, const_cast<Inode*>(n), false};
  return n;
}

Inode& MemFsImpl::edit(NodeId id) {
  Recent& r = recent(id);
  if (r.id == id && r.owned) return *r.node;
  if (Ref<Inode>* mine = state_.inodes.find_mutable(id)) {
    if (!(*mine)->unique()) *mine = make_ref<Inode>(**mine);
    r = {id, mine->get(), true};
    return *r.node;
  }
  const Inode* from = below(id);
  if (from->is_dir()) from = *directory_below(id);
  r = {id, state_.inodes.put(make_ref<Inode>(*from)).get(), true};
  return *r.node;
}

Result<const Inode*> MemFsImpl::directory(NodeId id) {
  Recent& r = recent(id);
  if (r.id != id) {
    if (const Ref<Inode>* found = state_.inodes.find(id)) {
      if ((*found)->gone) return Errno::STALE;
      r = {id, found->get(), false};
    }
  }
  if (r.id == id) {
    if (!r.node->is_dir()) return Errno::NOTDIR;
    return static_cast<const Inode*>(r.node);
  }
  auto found = directory_below(id);
  if (found && hosts(id) && !stored(id)) r = {id, const_cast<Inode*>(*found), false};
  return found;
}

Result<NodeId> MemFsImpl::lookup(NodeId dir, std::string_view name) {
  NACRE_TRY(const Inode* d, directory(dir));
  const Link* link = d->links().find(name);
  if (!link) return Errno::NOENT;
  return link->node();
}

Result<FileSystem::Step> MemFsImpl::step(NodeId dir, std::string_view name, const Credentials& who) {
  NACRE_TRY(const Inode* d, directory(dir));
  const int shift = d->uid == who.uid ? 6 : who.in_group(d->gid) ? 3 : 0;
  if (who.uid != 0 && !((d->mode >> shift) & kExecute)) return Errno::ACCES;
  const Link* link = d->links().find(name);
  if (!link) return Errno::NOENT;
  return Step{link->node(), link->type()};
}

Result<NodeId> MemFsImpl::parent(NodeId dir) {
  const Inode* d = get(dir);
  if (!d) return missing(dir);
  if (!d->is_dir()) return Errno::NOTDIR;
  return d->parent;
}

Result<std::string> MemFsImpl::name_of(NodeId dir) {
  const Inode* d = get(dir);
  if (!d || d->nlink == 0) return Errno::NOENT;
  if (!d->is_dir()) return Errno::NOTDIR;
  return std::string(d->name.view());
}

Result<Stat> MemFsImpl::stat(NodeId node) {
  const Inode* n = get(node);
  if (!n) return missing(node);
  return n->stat();
}

Result<void> MemFsImpl::set_attr(NodeId node, const SetAttr& change) {
  const Inode* old = get(node);
  if (!old) return missing(node);
  if (old->is_dir()) NACRE_CHECKED(directory(node));
  Inode& n = edit(node);
  if (change.mode) n.mode = static_cast<uint16_t>(*change.mode & 07777);
  if (change.uid) n.uid = *change.uid;
  if (change.gid) n.gid = *change.gid;
  if (change.atime) n.atime = *change.atime;
  if (change.mtime) n.mtime = *change.mtime;
  n.ctime = options_.clock->now();
  return {};
}

Result<std::string> MemFsImpl::read_link(NodeId node) {
  const Inode* n = get(node);
  if (!n) return missing(node);
  if (n->type != FileType::Symlink) return Errno::INVAL;
  return n->target();
}

Result<std::vector<DirEntry>> MemFsImpl::list(NodeId dir) {
  NACRE_TRY(const Inode* d, directory(dir));
  std::vector<DirEntry> out;
  out.reserve(d->links().size());
  d->links().for_each([&](const Link& l) { out.push_back({std::string(l.name.view()), l.node(), l.type()}); });
  return out;
}

void MemFsImpl::touch(NodeId dir) {
  Inode& d = edit(dir);
  d.mtime = d.ctime = options_.clock->now();
}

// The quota is used up: noted as the reason that the run ends, where there is a run.
Errno MemFsImpl::full(uint64_t bytes) {
  if (options_.budget) options_.budget->exhaust(Budget::Stop::FileBytes, state_.bytes + bytes, options_.budget->limits().file_bytes);
  return Errno::NOSPC;
}

// May an entry be added here, with that much data?
Result<void> MemFsImpl::check_add(NodeId dir, std::string_view name, uint64_t bytes) {
  NACRE_TRY(const Inode* d, directory(dir));
  if (d->nlink == 0) return Errno::NOENT;
  if (d->links().find(name)) return Errno::EXIST;
  if (bytes > room()) return full(bytes);
  const uint64_t most = options_.budget ? options_.budget->limits().inodes : 0;
  if (most && state_.links >= most) {
    options_.budget->exhaust(Budget::Stop::Inodes, state_.links + 1, most);
    return Errno::NOSPC;
  }
  return {};
}

Result<NodeId> MemFsImpl::add(NodeId dir, std::string_view name, Ref<Inode> node) {
  const NodeId id = new_id();
  const FileType type = node->type;
  node->id = id;
  node->parent = dir;
  node->name = Name(name);
  node->nlink = type == FileType::Directory ? 2 : 1;
  node->atime = node->mtime = node->ctime = node->btime = options_.clock->now();
  Inode& d = edit(dir);
  d.links().put(Link(name, id, type));
  d.mtime = d.ctime = node->ctime;
  if (type == FileType::Directory) ++d.nlink;
  if (type == FileType::Symlink) state_.bytes += node->target().size();
  state_.inodes.put(std::move(node));
  ++state_.links;
  return id;
}

Result<NodeId> MemFsImpl::create(NodeId dir, std::string_view name, const NewNode& what) {
  NACRE_CHECKED(check_add(dir, name, 0));
  Ref<Inode> node = make_ref<Inode>();
  node->type = what.type;
  node->mode = static_cast<uint16_t>(what.mode & 07777);
  node->uid = what.uid;
  node->gid = what.gid;
  if (what.type == FileType::Directory) node->data.emplace<LinkMap>();
  else if (what.type != FileType::Regular) node->data.emplace<Device>(Device{what.rdev_major, what.rdev_minor});
  return add(dir, name, std::move(node));
}

Result<NodeId> MemFsImpl::symlink(NodeId dir, std::string_view name, std::string_view target, uint32_t uid, uint32_t gid) {
  NACRE_CHECKED(check_add(dir, name, target.size()));
  Ref<Inode> node = make_ref<Inode>();
  node->type = FileType::Symlink;
  node->mode = 0777;
  node->uid = uid;
  node->gid = gid;
  node->data.emplace<std::string>(target);
  return add(dir, name, std::move(node));
}

Result<void> MemFsImpl::link(NodeId node, NodeId dir, std::string_view name) {
  const Inode* old = get(node);
  if (!old) return missing(node);
  if (old->is_dir()) return Errno::PERM;
  if (old->nlink == 0) return Errno::NOENT;
  NACRE_CHECKED(check_add(dir, name, 0));
  Inode& n = edit(node);
  ++n.nlink;
  n.ctime = options_.clock->now();
  const FileType type = n.type;
  edit(dir).links().put(Link(name, node, type));
  touch(dir);
  if (!hosts(node)) ++state_.links;
  return {};
}

// An entry for this node, not a directory, went.
void MemFsImpl::drop_link(NodeId id) {
  const bool host = hosts(id);
  if (!host) --state_.links;
  if (host && !state_.inodes.find(id) && !stored(id) && !held_.count(id)) return;  // nothing here knows it
  Inode& n = edit(id);
  n.ctime = options_.clock->now();
  if (--n.nlink == 0) forget(id);
}

// A node without links: gone, or an orphan while somebody holds it.
void MemFsImpl::forget(NodeId id) {
  if (held_.count(id)) {
    state_.orphans.push_back(id);
    return;
  }
  const Inode& n = **state_.inodes.find(id);
  if (const FileData* f = n.file()) state_.bytes -= f->held();
  if (n.type == FileType::Symlink && !hosts(id)) state_.bytes -= n.target().size();
  recent(id) = {};
  if (!stored(id)) {
    state_.inodes.erase(id);
    return;
  }
  Ref<Inode> gone = make_ref<Inode>();
  gone->id = id;
  gone->gone = true;
  state_.inodes.put(std::move(gone));
}

Result<void> MemFsImpl::unlink(NodeId dir, std::string_view name) {
  NACRE_TRY(const Inode* d, directory(dir));
  const Link* link = d->links().find(name);
  if (!link) return Errno::NOENT;
  if (link->type() == FileType::Directory) return Errno::ISDIR;
  const NodeId id = link->node();
  edit(dir).links().erase(name);
  touch(dir);
  if (const Ref<Inode>* mine = state_.inodes.find(id); mine && (*mine)->nlink > 1 && (*mine)->parent == dir && (*mine)->name == name) edit(id).parent = 0;
  drop_link(id);
  return {};
}

Result<void> MemFsImpl::rmdir(NodeId dir, std::string_view name) {
  NACRE_TRY(const Inode* d, directory(dir));
  const Link* link = d->links().find(name);
  if (!link) return Errno::NOENT;
  if (link->type() != FileType::Directory) return Errno::NOTDIR;
  const NodeId id = link->node();
  NACRE_TRY(const Inode* victim, directory(id));
  if (!victim->links().empty()) return Errno::NOTEMPTY;
  Inode& parent = edit(dir);
  parent.links().erase(name);
  --parent.nlink;
  touch(dir);
  edit(id).nlink = 1;
  drop_link(id);
  return {};
}

bool MemFsImpl::is_below(NodeId dir, NodeId ancestor) {
  for (;;) {
    if (dir == ancestor) return true;
    const Inode* d = get(dir);
    if (!d || d->parent == dir) return false;
    dir = d->parent;
  }
}

Result<void> MemFsImpl::check_rename(NodeId from_dir, const Link& from, NodeId to_dir, const Link* target) {
  const bool moves_dir = from.type() == FileType::Directory;
  if (moves_dir) {
    NACRE_CHECKED(directory(from.node()));
    if (from_dir != to_dir && is_below(to_dir, from.node())) return Errno::INVAL;
    if (to_dir == from.node()) return Errno::INVAL;
  } else if (!get(from.node())) {
    return Errno::NOENT;
  }
  if (!target) return {};
  if (moves_dir && target->type() != FileType::Directory) return Errno::NOTDIR;
  if (!moves_dir && target->type() == FileType::Directory) return Errno::ISDIR;
  if (!moves_dir) return {};
  NACRE_TRY(const Inode* victim, directory(target->node()));
  if (!victim->links().empty()) return Errno::NOTEMPTY;
  return {};
}

Result<void> MemFsImpl::rename(NodeId from_dir, std::string_view from, NodeId to_dir, std::string_view to) {
  NACRE_TRY(const Inode* source_dir, directory(from_dir));
  NACRE_TRY(const Inode* target_dir, directory(to_dir));
  if (target_dir->nlink == 0) return Errno::NOENT;
  const Link* found = source_dir->links().find(from);
  if (!found) return Errno::NOENT;
  const Link* target = target_dir->links().find(to);
  if (target && target->node() == found->node()) return {};
  NACRE_CHECKED(check_rename(from_dir, *found, to_dir, target));
  const NodeId id = found->node();
  const FileType type = found->type();
  if (target) {
    if (type == FileType::Directory) NACRE_CHECKED(rmdir(to_dir, to));
    else NACRE_CHECKED(unlink(to_dir, to));
  }
  const Timespec now = options_.clock->now();
  Inode& out_of = edit(from_dir);
  out_of.links().erase(from);
  out_of.mtime = out_of.ctime = now;
  if (type == FileType::Directory) --out_of.nlink;
  Inode& into = edit(to_dir);
  into.links().put(Link(to, id, type));
  into.mtime = into.ctime = now;
  if (type == FileType::Directory) ++into.nlink;
  Inode& n = edit(id);
  n.parent = to_dir;
  n.name = Name(to);
  n.ctime = now;
  return {};
}

}  // namespace nacre
