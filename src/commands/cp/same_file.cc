#include "commands/cp/same_file.h"

#include "commands/paths.h"

namespace nacre {
namespace {

using Links = CopyOptions::Links;

/// Both are symbolic links that are not followed.
Onto link_onto_link(Process& p, const CopyOptions& o, const OntoQuery& q) {
  if (same_entry(p, q.from, q.to)) return Onto::SameFile;
  if (o.backs_up() || !same_inode(q.st, q.old)) return Onto::Fine;
  // Renaming one hard link onto another does nothing, so mv cannot do what it says.
  return q.move ? Onto::SameFile : Onto::Done;
}

/// The same question about what two unfollowed entries lead to.
Onto through_links(Process& p, const CopyOptions& o, const OntoQuery& q, const Stat& from, const Stat& to) {
  auto a = from.is_symlink() ? p.stat(q.from) : Result<Stat>(from);
  auto b = to.is_symlink() ? p.stat(q.to) : Result<Stat>(to);
  if (!a || !b || !same_inode(*a, *b)) return Onto::Fine;
  if (!o.hard_link) return Onto::SameFile;
  return to.is_symlink() ? Onto::Fine : Onto::Done;
}

}  // namespace

bool same_entry(Process& p, const std::string& a, const std::string& b) {
  if (base_name(a) != base_name(b)) return false;
  auto x = p.stat(dir_name(a)), y = p.stat(dir_name(b));
  return x && y && same_inode(*x, *y);
}

Onto onto_existing(Process& p, const CopyOptions& o, const OntoQuery& q) {
  bool same = same_inode(q.st, q.old);
  if (same && o.hard_link) return Onto::Done;
  Stat from = q.st, to = q.old;   // the entries themselves
  if (q.follow == Links::Never) {
    if (from.is_symlink() && to.is_symlink()) return link_onto_link(p, o, q);
  } else {
    if (!same) return Onto::Fine;
    auto a = p.lstat(q.from), b = p.lstat(q.to);
    if (!a || !b) return Onto::Fine;
    from = *a;
    to = *b;
    if (from.is_symlink() && to.is_symlink() && o.remove_destination) return Onto::Fine;
  }
  bool same_node = same_inode(from, to);
  if (o.backs_up()) {
    if (same_node) return same_entry(p, q.from, q.to) ? Onto::SameFile : Onto::Fine;
    // With its target moved aside the source would be a link to nothing.
    bool dangles = !q.move && q.follow != Links::Never && from.is_symlink() && !to.is_symlink();
    return dangles ? Onto::SameFile : Onto::Fine;
  }
  if (q.move || o.remove_destination) {
    if (to.is_symlink()) return Onto::Fine;
    if (same_node && to.nlink > 1 && !same_entry(p, q.from, q.to)) return q.move ? Onto::SameFile : Onto::Fine;
  }
  if (!from.is_symlink() && !to.is_symlink() && !same_node) return Onto::Fine;
  if (q.move && q.st.is_symlink() && to.nlink > 1)
    if (auto target = p.realpath(q.from)) return same_entry(p, *target, q.to) ? Onto::SameFile : Onto::Fine;
  if (o.symbolic_link && to.is_symlink()) return Onto::Fine;
  return q.follow == Links::Never ? through_links(p, o, q, from, to) : Onto::SameFile;
}

}  // namespace nacre
