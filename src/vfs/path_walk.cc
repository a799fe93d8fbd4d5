#include "vfs/path_walk.h"

#include <algorithm>

namespace nacre {

Errno PathWalk::search(Node dir) const {
  auto st = dir.fs->stat(dir.id);
  if (!st) return st.error();
  return permits(*st, *ctx_.who, kExecute) ? Errno::OK : Errno::ACCES;
}

Errno PathWalk::up() {
  Node below = mounts_.leave(at_);
  auto parent = below.fs->parent(below.id);
  if (!parent) return parent.error();
  at_ = mounts_.enter({below.fs, *parent});
  return Errno::OK;
}

// The link's text takes the place of its name in front of what is left.
Errno PathWalk::expand(std::string_view& rest, Node link) {
  if (++links_ > Vfs::kMaxLinks) return Errno::LOOP;
  auto target = link.fs->read_link(link.id);
  if (!target) return target.error();
  if (target->empty()) return Errno::NOENT;
  target->append(rest);
  if (target->size() >= 2 * Vfs::kPathMax) return Errno::NAMETOOLONG;
  text_ = std::move(*target);
  rest = text_;
  if (text_[0] == '/') at_ = mounts_.enter(mounts_.root());
  return Errno::OK;
}

Errno PathWalk::run(std::string_view path, Last last, bool missing_ok) {
  if (path.empty()) return Errno::NOENT;
  if (path.size() >= Vfs::kPathMax) return Errno::NAMETOOLONG;
  at_ = path[0] == '/' ? mounts_.enter(mounts_.root()) : ctx_.cwd;
  std::string_view rest = path;
  name = "/";
  for (;;) {
    rest.remove_prefix(std::min(rest.find_first_not_of('/'), rest.size()));
    if (rest.empty()) {  // only slashes: the root
      dir = node = at_;
      type = FileType::Directory;
      return Errno::OK;
    }
    const size_t end = std::min(rest.find('/'), rest.size());
    const std::string_view part = rest.substr(0, end);
    rest.remove_prefix(end);
    const bool final = rest.find_first_not_of('/') == rest.npos;
    trailing_slash = final && !rest.empty();
    if (final) {
      dir = at_;
      name = part;
    }
    if (part[0] == '.' && (part.size() == 1 || part == "..")) {
      if (Errno e = search(at_); e != Errno::OK) return e;
      if (part.size() == 2)
        if (Errno e = up(); e != Errno::OK) return e;
      if (!final) continue;
      node = at_;
      type = FileType::Directory;
      return Errno::OK;
    }
    if (part.size() > Vfs::kNameMax) return Errno::NAMETOOLONG;
    if (final && last == Last::Parent) return search(at_);
    auto step = at_.fs->step(at_.id, part, *ctx_.who);
    if (!step) {
      if (!final || !missing_ok || step.error() != Errno::NOENT) return step.error();
      node = {};
      return Errno::OK;
    }
    const Node found = mounts_.enter({at_.fs, step->node});
    const bool crossed = found.fs != at_.fs;
    if (!crossed && step->type == FileType::Symlink && (!final || trailing_slash || last == Last::Follow)) {
      if (Errno e = expand(rest, found); e != Errno::OK) return e;
      continue;
    }
    const bool is_dir = crossed || step->type == FileType::Directory;
    if (!is_dir && (!final || trailing_slash)) return Errno::NOTDIR;
    if (final) {
      node = found;
      type = is_dir ? FileType::Directory : step->type;
      return Errno::OK;
    }
    at_ = found;
  }
}

}  // namespace nacre
