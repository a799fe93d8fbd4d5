// The calls that change something. Errors come in Linux's order: what is wrong
// with the path, then EEXIST, then EROFS, then permissions.
#include "vfs/vfs_impl.h"

namespace nacre {
namespace {

constexpr Mode kSetUid = 04000, kSetGid = 02000, kSticky = 01000;

bool special_name(std::string_view name) { return name == "." || name == ".." || name == "/"; }

bool last_is_dots(std::string_view path) {
  while (path.ends_with('/')) path.remove_suffix(1);
  path = path.substr(path.rfind('/') + 1);
  return path == "." || path == "..";
}

bool owns(const Credentials& who, const Stat& st) { return who.uid == 0 || who.uid == st.uid; }

}  // namespace

Result<void> Vfs::Impl::may_change(const PathContext& ctx, Node dir) const {
  if (read_only(dir.fs)) return Errno::ROFS;
  NACRE_TRY(Stat st, dir.fs->stat(dir.id));
  return permits(st, *ctx.who, kWrite | kExecute) ? Errno::OK : Errno::ACCES;
}

Result<void> Vfs::Impl::may_remove(const PathContext& ctx, Node dir, const Stat& victim) const {
  NACRE_CHECKED(may_change(ctx, dir));
  NACRE_TRY(Stat st, dir.fs->stat(dir.id));
  if ((st.mode & kSticky) && !owns(*ctx.who, st) && !owns(*ctx.who, victim)) return Errno::PERM;
  return {};
}

Result<void> Vfs::Impl::to_new(PathWalk& walk, const PathContext& ctx, std::string_view path, bool directory) const {
  if (Errno e = walk.run(path, PathWalk::Last::Parent); e != Errno::OK) return e;
  if (special_name(walk.name)) return Errno::EXIST;
  auto found = walk.dir.fs->lookup(walk.dir.id, walk.name);
  if (found) return Errno::EXIST;
  if (found.error() != Errno::NOENT) return found.error();
  if (walk.trailing_slash && !directory) return Errno::NOENT;
  return may_change(ctx, walk.dir);
}

Result<NodeId> Vfs::Impl::make(const PathContext& ctx, Node dir, std::string_view name, FileSystem::NewNode what) const {
  NACRE_TRY(Stat st, dir.fs->stat(dir.id));
  what.mode &= ~ctx.umask;
  what.uid = ctx.who->uid;
  what.gid = ctx.who->gid;
  if (st.mode & kSetGid) {
    what.gid = st.gid;
    if (what.type == FileType::Directory) what.mode |= kSetGid;
  }
  return dir.fs->create(dir.id, name, what);
}

Result<Stat> Vfs::Impl::to_entry(PathWalk& walk, const PathContext& ctx, std::string_view path, Node& node) const {
  (void)ctx;
  if (Errno e = walk.run(path, PathWalk::Last::Parent); e != Errno::OK) return e;
  if (special_name(walk.name)) return Errno::BUSY;
  NACRE_TRY(NodeId id, walk.dir.fs->lookup(walk.dir.id, walk.name));
  node = {walk.dir.fs, id};
  return node.fs->stat(node.id);
}

Result<Node> Vfs::open(const PathContext& ctx, std::string_view path, uint32_t flags, Mode mode) {
  const bool create = (flags & kOpenCreate) && !(flags & kOpenPath);
  const bool exclusive = create && (flags & kOpenExclusive);
  PathWalk walk(impl_->table, ctx);
  const bool stay = (flags & kOpenNoFollow) || exclusive;
  Errno e = walk.run(path, stay ? PathWalk::Last::NoFollow : PathWalk::Last::Follow, create);
  if (e != Errno::OK) return e;
  if (!walk.node.fs) {
    if (walk.trailing_slash) return Errno::ISDIR;
    if (flags & kOpenDirectory) return Errno::INVAL;
    NACRE_CHECKED(impl_->may_change(ctx, walk.dir));
    NACRE_TRY(NodeId id, impl_->make(ctx, walk.dir, walk.name, {FileType::Regular, mode & 07777, 0, 0}));
    return Node{walk.dir.fs, id};
  }
  const Node node = walk.node;
  if (exclusive) return Errno::EXIST;
  if (flags & kOpenPath) return (flags & kOpenDirectory) && walk.type != FileType::Directory ? Result<Node>(Errno::NOTDIR) : node;
  if (walk.type == FileType::Symlink) return (flags & kOpenDirectory) ? Errno::NOTDIR : Errno::LOOP;
  const uint32_t mode_bits = flags & kOpenAccessMask;
  const bool truncate = (flags & kOpenTruncate) != 0;
  uint32_t access = mode_bits == kOpenRead ? kRead : mode_bits == kOpenWrite ? kWrite : kRead | kWrite;
  if (truncate) access |= kWrite;
  if (walk.type == FileType::Directory && ((access & kWrite) || create)) return Errno::ISDIR;
  if ((flags & kOpenDirectory) && walk.type != FileType::Directory) return Errno::NOTDIR;
  if (walk.type == FileType::Regular && access == kRead) node.fs->about_to_read(node.id);
  NACRE_TRY(Stat st, node.fs->stat(node.id));
  if ((access & kWrite) && st.is_regular() && impl_->read_only(node.fs)) return Errno::ROFS;
  if (!permits(st, *ctx.who, access)) return Errno::ACCES;
  if (walk.type == FileType::Socket) return Errno::NXIO;
  if (truncate && st.is_regular()) NACRE_CHECKED(node.fs->truncate(node.id, 0));
  return node;
}

Result<void> Vfs::mkdir(const PathContext& ctx, std::string_view path, Mode mode) {
  PathWalk walk(impl_->table, ctx);
  NACRE_CHECKED(impl_->to_new(walk, ctx, path, true));
  auto made = impl_->make(ctx, walk.dir, walk.name, {FileType::Directory, mode & (0777 | kSticky), 0, 0});
  return made.error();
}

Result<void> Vfs::mknod(const PathContext& ctx, std::string_view path, FileType type, Mode mode, uint32_t major, uint32_t minor) {
  if (type == FileType::Directory || type == FileType::Symlink) return Errno::INVAL;
  PathWalk walk(impl_->table, ctx);
  NACRE_CHECKED(impl_->to_new(walk, ctx, path, false));
  if ((type == FileType::CharDevice || type == FileType::BlockDevice) && ctx.who->uid != 0) return Errno::PERM;
  return impl_->make(ctx, walk.dir, walk.name, {type, mode & 07777, 0, 0, major, minor}).error();
}

Result<void> Vfs::symlink(const PathContext& ctx, std::string_view target, std::string_view path) {
  if (target.empty()) return Errno::NOENT;
  if (target.size() >= kPathMax) return Errno::NAMETOOLONG;
  PathWalk walk(impl_->table, ctx);
  NACRE_CHECKED(impl_->to_new(walk, ctx, path, false));
  NACRE_TRY(Stat st, walk.dir.fs->stat(walk.dir.id));
  const uint32_t gid = st.mode & kSetGid ? st.gid : ctx.who->gid;
  return walk.dir.fs->symlink(walk.dir.id, walk.name, target, ctx.who->uid, gid).error();
}

Result<void> Vfs::link(const PathContext& ctx, std::string_view from, std::string_view to, Follow follow) {
  NACRE_TRY(Node node, resolve(ctx, from, follow));
  PathWalk walk(impl_->table, ctx);
  NACRE_CHECKED(impl_->to_new(walk, ctx, to, false));
  if (walk.dir.fs != node.fs) return Errno::XDEV;
  NACRE_TRY(Stat st, node.fs->stat(node.id));
  if (st.is_dir()) return Errno::PERM;
  return node.fs->link(node.id, walk.dir.id, walk.name);
}

Result<void> Vfs::unlink(const PathContext& ctx, std::string_view path) {
  PathWalk walk(impl_->table, ctx);
  Node node;
  auto st = impl_->to_entry(walk, ctx, path, node);
  // EBUSY: "." and ".." and the root; otherwise the walk failed on the way.
  if (!st) return st.error() == Errno::BUSY && special_name(walk.name) ? Errno::ISDIR : st.error();
  if (walk.trailing_slash) return st->is_dir() ? Errno::ISDIR : Errno::NOTDIR;
  NACRE_CHECKED(impl_->may_remove(ctx, walk.dir, *st));
  if (st->is_dir()) return Errno::ISDIR;
  return walk.dir.fs->unlink(walk.dir.id, walk.name);
}

Result<void> Vfs::rmdir(const PathContext& ctx, std::string_view path) {
  PathWalk walk(impl_->table, ctx);
  Node node;
  auto st = impl_->to_entry(walk, ctx, path, node);
  if (walk.name == ".") return Errno::INVAL;
  if (walk.name == "..") return Errno::NOTEMPTY;
  if (!st) return st.error();
  NACRE_CHECKED(impl_->may_remove(ctx, walk.dir, *st));
  if (!st->is_dir()) return Errno::NOTDIR;
  if (impl_->table.covered(node)) return Errno::BUSY;
  impl_->forget_path();
  return walk.dir.fs->rmdir(walk.dir.id, walk.name);
}

Result<void> Vfs::rename(const PathContext& ctx, std::string_view from, std::string_view to) {
  PathWalk source(impl_->table, ctx), target(impl_->table, ctx);
  Node moved, old;
  NACRE_TRY(Stat st, impl_->to_entry(source, ctx, from, moved));
  // "." and ".." are names of directories, but not their entries. Source: rename(2), EBUSY.
  if (last_is_dots(from) || last_is_dots(to)) return Errno::BUSY;
  auto old_st = impl_->to_entry(target, ctx, to, old);
  if (!old_st && old_st.error() != Errno::NOENT) return old_st.error();
  if (!old_st && !target.dir.fs) return old_st.error();  // the path to it is wrong
  if (source.dir.fs != target.dir.fs) return Errno::XDEV;
  if (!st.is_dir() && (source.trailing_slash || target.trailing_slash)) return Errno::NOTDIR;
  if (impl_->table.covered(moved) || (old_st && impl_->table.covered(old))) return Errno::BUSY;
  NACRE_CHECKED(impl_->may_remove(ctx, source.dir, st));
  if (old_st) NACRE_CHECKED(impl_->may_remove(ctx, target.dir, *old_st));
  else NACRE_CHECKED(impl_->may_change(ctx, target.dir));
  // Its ".." changes, so the directory itself must be writable.
  if (st.is_dir() && !(source.dir == target.dir) && !permits(st, *ctx.who, kWrite)) return Errno::ACCES;
  if (st.is_dir()) impl_->forget_path();
  return source.dir.fs->rename(source.dir.id, source.name, target.dir.id, target.name);
}

Result<void> Vfs::chmod(const PathContext& ctx, std::string_view path, Mode mode, Follow follow) {
  NACRE_TRY(Node node, resolve(ctx, path, follow));
  return chmod(*ctx.who, node, mode);
}

Result<void> Vfs::chmod(const Credentials& who, Node node, Mode mode) {
  NACRE_TRY(Stat st, node.fs->stat(node.id));
  if (impl_->read_only(node.fs)) return Errno::ROFS;
  if (st.is_symlink()) return Errno::OPNOTSUPP;
  if (!owns(who, st)) return Errno::PERM;
  mode &= 07777;
  if (who.uid != 0 && !who.in_group(st.gid)) mode &= ~kSetGid;
  return node.fs->set_attr(node.id, {.mode = &mode});
}

Result<void> Vfs::chown(const PathContext& ctx, std::string_view path, uint32_t uid, uint32_t gid, Follow follow) {
  NACRE_TRY(Node node, resolve(ctx, path, follow));
  return chown(*ctx.who, node, uid, gid);
}

Result<void> Vfs::chown(const Credentials& who, Node node, uint32_t uid, uint32_t gid) {
  NACRE_TRY(Stat st, node.fs->stat(node.id));
  if (impl_->read_only(node.fs)) return Errno::ROFS;
  const bool set_uid = uid != UINT32_MAX, set_gid = gid != UINT32_MAX;
  if (who.uid != 0) {
    if (set_uid && (uid != st.uid || who.uid != st.uid)) return Errno::PERM;
    if (set_gid && (who.uid != st.uid || (gid != st.gid && !who.in_group(gid)))) return Errno::PERM;
  }
  SetAttr change;
  Mode mode = st.mode & ~(kSetUid | (st.mode & 010 ? kSetGid : 0));
  if (set_uid) change.uid = &uid;
  if (set_gid) change.gid = &gid;
  if ((set_uid || set_gid) && st.is_regular() && mode != st.mode) change.mode = &mode;
  return node.fs->set_attr(node.id, change);
}

Result<void> Vfs::utimens(const PathContext& ctx, std::string_view path, const Timespec* atime, const Timespec* mtime, bool now, Follow follow) {
  NACRE_TRY(Node node, resolve(ctx, path, follow));
  return utimens(*ctx.who, node, atime, mtime, now);
}

Result<void> Vfs::utimens(const Credentials& who, Node node, const Timespec* atime, const Timespec* mtime, bool now) {
  NACRE_TRY(Stat st, node.fs->stat(node.id));
  if (!atime && !mtime) return {};
  if (impl_->read_only(node.fs)) return Errno::ROFS;
  if (!owns(who, st) && !(now && permits(st, who, kWrite))) return now ? Errno::ACCES : Errno::PERM;
  return node.fs->set_attr(node.id, {.atime = atime, .mtime = mtime});
}

Result<void> Vfs::truncate(const PathContext& ctx, std::string_view path, uint64_t size) {
  NACRE_TRY(Node node, resolve(ctx, path));
  NACRE_TRY(Stat st, node.fs->stat(node.id));
  if (st.is_dir()) return Errno::ISDIR;
  if (!st.is_regular()) return Errno::INVAL;
  if (impl_->read_only(node.fs)) return Errno::ROFS;
  if (!permits(st, *ctx.who, kWrite)) return Errno::ACCES;
  return node.fs->truncate(node.id, size);
}

}  // namespace nacre
