#include "vfs/vfs.h"

#include <algorithm>

#include "vfs/mem_fs.h"
#include "vfs/vfs_impl.h"

namespace nacre {
namespace {

const Credentials& super_user() {
  static const Credentials who{0, 0, {}};
  return who;
}

std::string clean_path(std::string_view path) {
  std::string out;
  for (size_t at = 0; at < path.size();) {
    size_t end = std::min(path.find('/', at), path.size());
    if (end > at) out.append("/").append(path.substr(at, end - at));
    at = end + 1;
  }
  return out.empty() ? "/" : out;
}

}  // namespace

Vfs::Vfs(std::shared_ptr<FileSystem> root) : impl_(std::make_unique<Impl>()) {
  MountInfo info{"/", "none", root->usage().type, root->read_only(), root.get(), 1, 0};
  impl_->infos.push_back(std::move(info));
  impl_->table.mounts.push_back({std::move(root), {}});
}

Vfs::~Vfs() = default;

Node Vfs::root() const { return impl_->table.enter(impl_->table.root()); }

Result<Node> Vfs::Impl::mount_point(std::string_view path) const {
  const PathContext ctx{&super_user(), table.enter(table.root()), 022};
  Node at = ctx.cwd;
  while (!path.empty()) {
    path.remove_prefix(std::min(path.find_first_not_of('/'), path.size()));
    const size_t end = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, end);
    path.remove_prefix(end);
    if (part.empty()) break;
    PathContext here = ctx;
    here.cwd = at;
    PathWalk walk(table, here);
    if (Errno e = walk.run(part, PathWalk::Last::Follow, true); e != Errno::OK) return e;
    if (!walk.node.fs) {
      NACRE_TRY(NodeId made, walk.dir.fs->create(walk.dir.id, walk.name, {FileType::Directory, 0755, 0, 0}));
      walk.node = {walk.dir.fs, made};
    } else if (walk.type != FileType::Directory) {
      return Errno::NOTDIR;
    }
    at = walk.node;
  }
  return at;
}

Result<void> Vfs::mount(std::string_view path, std::shared_ptr<FileSystem> fs, MountInfo info) {
  if (path.empty() || path[0] != '/') return Errno::INVAL;
  if (impl_->table.find(fs.get())) return Errno::BUSY;
  NACRE_TRY(Node at, impl_->mount_point(path));
  impl_->forget_path();
  at.fs->hold(at.id);
  info.path = clean_path(path);
  info.fs = fs.get();
  if (info.type.empty()) info.type = fs->usage().type;
  if (info.source.empty()) info.source = "none";
  info.id = ++impl_->last_id;
  for (const MountInfo& other : impl_->infos)
    if (other.fs == at.fs) info.parent = other.id;
  impl_->table.mounts.push_back({std::move(fs), at});
  impl_->infos.push_back(std::move(info));
  return {};
}

Result<void> Vfs::unmount(std::string_view path) {
  const std::string name = clean_path(path);
  for (size_t i = impl_->infos.size(); i-- > 1;) {
    if (impl_->infos[i].path != name) continue;
    for (const MountPoint& m : impl_->table.mounts)
      if (m.at.fs == impl_->infos[i].fs) return Errno::BUSY;
    impl_->forget_path();
    const Node at = impl_->table.mounts[i].at;
    impl_->table.mounts.erase(impl_->table.mounts.begin() + static_cast<ptrdiff_t>(i));
    impl_->infos.erase(impl_->infos.begin() + static_cast<ptrdiff_t>(i));
    at.fs->release(at.id);
    return {};
  }
  return Errno::INVAL;
}

const std::vector<MountInfo>& Vfs::mounts() const { return impl_->infos; }

bool Vfs::read_only(Node node) const { return impl_->read_only(node.fs); }

Result<Node> Vfs::resolve(const PathContext& ctx, std::string_view path, Follow follow) {
  PathWalk walk(impl_->table, ctx);
  Errno e = walk.run(path, follow == Follow::Yes ? PathWalk::Last::Follow : PathWalk::Last::NoFollow);
  if (e != Errno::OK) return e;
  return walk.node;
}

Result<Vfs::Parent> Vfs::resolve_parent(const PathContext& ctx, std::string_view path) {
  PathWalk walk(impl_->table, ctx);
  if (Errno e = walk.run(path, PathWalk::Last::Parent); e != Errno::OK) return e;
  return Parent{walk.dir, std::string(walk.name), walk.trailing_slash};
}

Result<std::string> Vfs::path_of(Node dir) {
  if (dir.fs && dir == impl_->named) return impl_->its_path;
  std::vector<std::string> parts;
  size_t length = 0;
  const Node top = root(), asked = dir;
  bool steady = true;
  while (!(dir == top)) {
    const Node below = impl_->table.leave(dir);
    steady = steady && dynamic_cast<const MemFs*>(below.fs);
    NACRE_TRY(NodeId above, below.fs->parent(below.id));
    if (above == below.id) break;  // a file system that is not mounted (any more)
    NACRE_TRY(std::string name, below.fs->name_of(below.id));
    length += name.size() + 1;
    parts.push_back(std::move(name));
    dir = impl_->table.enter({below.fs, above});
  }
  if (parts.empty()) return std::string("/");
  std::string out;
  out.reserve(length);
  for (size_t i = parts.size(); i-- > 0;) out.append("/").append(parts[i]);
  if (steady) {
    impl_->named = asked;
    impl_->its_path = out;
  }
  return out;
}

Result<std::string> Vfs::real_path(const PathContext& ctx, std::string_view path, bool missing_last) {
  PathWalk walk(impl_->table, ctx);
  if (Errno e = walk.run(path, PathWalk::Last::Follow, missing_last); e != Errno::OK) return e;
  if (walk.node.fs && walk.type == FileType::Directory) return path_of(walk.node);
  NACRE_TRY(std::string out, path_of(walk.dir));
  if (out.back() != '/') out += '/';
  return out.append(walk.name);
}

Result<Stat> Vfs::stat(const PathContext& ctx, std::string_view path, Follow follow) {
  NACRE_TRY(Node node, resolve(ctx, path, follow));
  return stat(node);
}

Result<Stat> Vfs::stat(Node node) {
  auto st = node.fs->stat(node.id);
  if (!st) return st;
  // Device numbers tell mounts apart; 0 is nobody's.
  for (const MountInfo& m : impl_->infos)
    if (m.fs == node.fs) st->dev = m.id;
  return st;
}

Result<void> Vfs::access(const PathContext& ctx, std::string_view path, uint32_t access) {
  NACRE_TRY(Node node, resolve(ctx, path));
  if (access == 0) return {};
  NACRE_TRY(Stat st, node.fs->stat(node.id));
  if ((access & kWrite) && impl_->read_only(node.fs) && (st.is_regular() || st.is_dir())) return Errno::ROFS;
  return permits(st, *ctx.who, access) ? Errno::OK : Errno::ACCES;
}

Result<std::string> Vfs::read_link(const PathContext& ctx, std::string_view path) {
  PathWalk walk(impl_->table, ctx);
  if (Errno e = walk.run(path, PathWalk::Last::NoFollow); e != Errno::OK) return e;
  if (walk.type != FileType::Symlink) return Errno::INVAL;
  return walk.node.fs->read_link(walk.node.id);
}

Result<std::vector<DirEntry>> Vfs::list(const PathContext& ctx, std::string_view path) {
  PathWalk walk(impl_->table, ctx);
  if (Errno e = walk.run(path, PathWalk::Last::Follow); e != Errno::OK) return e;
  if (walk.type != FileType::Directory) return Errno::NOTDIR;
  // In this order a host directory is visited once for both.
  auto entries = walk.node.fs->list(walk.node.id);
  NACRE_TRY(Stat st, walk.node.fs->stat(walk.node.id));
  if (!permits(st, *ctx.who, kRead)) return Errno::ACCES;
  return entries;
}

}  // namespace nacre
