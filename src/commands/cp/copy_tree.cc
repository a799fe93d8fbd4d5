#include "commands/cp/copy_tree.h"

#include <algorithm>

#include "base/deep_call.h"
#include "commands/cp/copy_data.h"
#include "commands/cp/same_file.h"
#include "commands/paths.h"

namespace nacre {

using Links = CopyOptions::Links;

bool CopyTree::copy(const std::string& from, const std::string& to) {
  Item item{from, to, nullptr, false, false};
  operand_ = &item;
  into_itself_ = false;
  return copy_one(item);
}

Links CopyTree::follow(const Item& item) const { return o_.follow == Links::CommandLine && !item.top() ? Links::Never : o_.follow; }

bool CopyTree::copy_one(Item item) {
  p_.tick();
  auto st = follow(item) == Links::Never ? p_.lstat(item.from) : p_.stat(item.from);
  if (!st) return report_.error(st.error(), "cannot stat " + report_.name(item.from));
  item.st = *st;
  if (st->is_dir() && !o_.recursive) return report_.error("-r not specified; omitting directory " + report_.name(item.from));
  if (repeated_source(item)) return true;
  if (Next next = look_at_target(item); next != Next::Go) return next == Next::Done;
  if (just_made_link(item)) return false;
  if (o_.verbose && !st->is_dir())
    report_.line(report_.name(item.from) + " -> " + report_.name(item.to) + (item.backup.empty() ? "" : " (backup: " + report_.name(item.backup) + ")"));
  const std::string* earlier = earlier_copy(item);
  bool over = false;
  Made made = earlier ? beside_earlier(item, *earlier, over) : Made::All;
  if (!over) made = make(item);
  if (made == Made::Nothing) {
    if (!earlier) copied_.erase(item.id());
    undo(item);
  } else if (item.top() && !over) {
    if (auto at = p_.lstat(item.to)) made_[{at->dev, at->ino}].push_back(item.to);
  }
  return made == Made::All;
}

const std::string* CopyTree::earlier_copy(const Item& item) {
  bool dir = item.st.is_dir();
  bool several = item.st.nlink > 1 || o_.follow == Links::Always || (item.top() && o_.follow == Links::CommandLine);
  bool remember = dir ? item.top() : o_.preserve_links && !o_.hard_link && several;
  if (!dir && !remember) return nullptr;
  auto known = copied_.find(item.id());
  if (known != copied_.end()) return &known->second;
  if (remember) copied_[item.id()] = item.to;
  return nullptr;
}

CopyTree::Made CopyTree::beside_earlier(const Item& item, const std::string& earlier, bool& over) {
  over = true;
  if (!item.st.is_dir()) return hard_link(earlier, item.to, true, o_.verbose, follow(item) == Links::Always) ? Made::All : Made::Nothing;
  if (same_entry(p_, item.from, earlier)) {
    into_itself_ = true;
    report_.error("cannot copy a directory, " + report_.name(operand_->from) + ", into itself, " + report_.name(operand_->to));
    return Made::Nothing;
  }
  if (same_entry(p_, item.to, earlier)) {
    report_.error("warning: source directory " + report_.name(operand_->from) + " specified more than once");
    return Made::All;
  }
  over = follow(item) == Links::Never;   // followed links may lead to one directory twice
  if (over) report_.error("will not create hard link " + report_.name(item.to) + " to directory " + report_.name(earlier));
  return Made::Nothing;
}

void CopyTree::undo(const Item& item) {
  if (item.backup.empty()) return;
  if (auto back = p_.rename(item.backup, item.to); !back) report_.error(back.error(), "cannot un-backup " + report_.name(item.to));
  else if (o_.verbose) report_.line(report_.name(item.backup) + " -> " + report_.name(item.to) + " (unbackup)");
}

CopyTree::Made CopyTree::make(Item& item) {
  if (item.st.is_dir()) return make_directory(item);
  if (o_.symbolic_link) {
    auto here = p_.stat("."), there = p_.stat(dir_name(item.to));
    if (item.from[0] != '/' && here && there && !same_inode(*here, *there)) {
      report_.error(shell_escape(item.to, p_.utf8(), false, true) + ": can make relative symbolic links only in current directory");
      return Made::Nothing;
    }
    return make_symlink(item, item.from, "cannot create symbolic link " + report_.name(item.to) + " to " + report_.name(item.from));
  }
  if (o_.hard_link) return hard_link(item.from, item.to, o_.force || o_.interactive, false, follow(item) != Links::Never) ? Made::All : Made::Nothing;
  bool regular = item.st.is_regular() || (o_.as_regular && !item.st.is_symlink());
  return regular ? make_regular(item) : make_special(item);
}

CopyTree::Made CopyTree::make_directory(Item& item) {
  if (std::ranges::count(above_, item.id())) {
    report_.error("cannot copy cyclic symbolic link " + report_.name(item.from));
    return Made::Nothing;
  }
  bool make = item.fresh || !item.old.is_dir();
  Mode made_mode = 0;
  if (make) {
    // Open to the owner, and to nobody else to write, until its contents are there.
    auto done = p_.mkdir(item.to, ((item.st.mode & 01777) | 0700) & ~022u);
    auto at = done ? p_.lstat(item.to) : Result<Stat>(done.error());
    if (!at) {
      report_.error(at.error(), "cannot create directory " + report_.name(item.to));
      return Made::Nothing;
    }
    made_mode = at->mode;
    if (!item.below_made) copied_.try_emplace({at->dev, at->ino}, item.to);
    if (o_.verbose) report_.line(report_.name(item.from) + " -> " + report_.name(item.to));
  }
  bool good = (o_.one_file_system && item.parent && item.parent->dev != item.st.dev) || copy_entries(item, make);
  if (make && !o_.preserve_mode) {
    Mode mode = ((o_.no_mode ? 0777 : item.st.mode & 0777) & ~p_.umask()) | (made_mode & 03000);
    if (mode != made_mode)
      if (auto done = p_.chmod(item.to, mode); !done) good = report_.error(done.error(), "preserving permissions for " + report_.name(item.to));
  }
  return set_attributes(item) && good ? Made::All : Made::Partly;
}

bool CopyTree::copy_entries(const Item& item, bool made) {
  auto entries = p_.list(item.from);
  if (!entries) return report_.error(entries.error(), "cannot access " + report_.name(item.from));
  // In the order of their making, as GNU's does: what is copied before a directory is met in itself depends on it.
  std::ranges::sort(*entries, {}, &DirEntry::node);
  above_.push_back(item.id());
  bool good = true;
  for (const auto& e : *entries) {
    Item below{join_path(without_trailing_slashes(item.from), e.name), join_path(item.to, e.name), &item.st, made, made || item.below_made};
    good = deep_call([&] { return copy_one(std::move(below)); }) && good;
    if (into_itself_) break;
  }
  above_.pop_back();
  return good;
}

CopyTree::Made CopyTree::make_regular(Item& item) {
  if (!copy_data(report_, o_, item.from, item.st, item.to, item.st.mode & 0777, item.fresh)) return Made::Nothing;
  bool good = set_attributes(item);
  if (o_.no_mode && !o_.preserve_mode && item.fresh) (void)p_.chmod(item.to, 0666 & ~p_.umask());
  return good ? Made::All : Made::Partly;
}

CopyTree::Made CopyTree::make_special(const Item& item) {
  if (item.st.is_symlink()) {
    auto target = p_.readlink(item.from);
    if (target) return make_symlink(item, *target, "cannot create symbolic link " + report_.name(item.to));
    report_.error(target.error(), "cannot read symbolic link " + report_.name(item.from));
    return Made::Nothing;
  }
  bool fifo = item.st.type == FileType::Fifo;
  Mode mode = item.st.mode & 0777;
  auto done = fifo ? p_.mkfifo(item.to, mode) : p_.mknod(item.to, item.st.type, mode, item.st.rdev_major, item.st.rdev_minor);
  if (!done) {
    report_.error(done.error(), (fifo ? "cannot create fifo " : "cannot create special file ") + report_.name(item.to));
    return Made::Nothing;
  }
  return set_attributes(item) ? Made::All : Made::Partly;
}

CopyTree::Made CopyTree::make_symlink(const Item& item, const std::string& target, const std::string& message) {
  auto done = p_.symlink(target, item.to);
  if (!done && done.error() == Errno::EXIST) {
    auto now = p_.readlink(item.to);
    if (o_.update && !item.fresh && now && *now == target) done = {};
    else if (o_.force && p_.unlink(item.to)) done = p_.symlink(target, item.to);
  }
  if (!done) {
    report_.error(done.error(), message);
    return Made::Nothing;
  }
  return o_.symbolic_link || set_attributes(item) ? Made::All : Made::Partly;
}

bool CopyTree::hard_link(const std::string& from, const std::string& to, bool replace, bool verbose, bool follow) {
  auto done = p_.link(from, to, follow ? Follow::Yes : Follow::No);
  if (!done && done.error() == Errno::EXIST && replace && !same_entry(p_, from, to)) {
    if (p_.unlink(to)) done = p_.link(from, to, follow ? Follow::Yes : Follow::No);
    if (done && verbose) report_.line("removed " + report_.name(to));
  }
  return done ? true : report_.error(done.error(), "cannot create hard link " + report_.name(to) + " to " + report_.name(from));
}

bool CopyTree::set_attributes(const Item& item) {
  bool good = true, link = item.st.is_symlink() && follow(item) == Links::Never;
  const Stat& st = item.st;
  Follow how = link ? Follow::No : Follow::Yes;
  if (o_.preserve_times) {
    auto done = p_.utimens(item.to, &st.atime, &st.mtime, false, how);
    if (!done) good = report_.error(done.error(), "preserving times for " + report_.name(item.to)) || !o_.require_preserve;
  }
  Mode mode = st.mode;
  // With an owner of its own a copy must not run as, or speak for, the other one.
  if (o_.preserve_owner && !p_.chown(item.to, st.uid, st.gid, how)) mode &= 0777;
  if (o_.preserve_mode && !link) {
    auto done = p_.chmod(item.to, mode);
    if (!done) good = report_.error(done.error(), "preserving permissions for " + report_.name(item.to)) || !o_.require_preserve;
  }
  return good;
}

}  // namespace nacre
