#include "commands/copy_tree.h"

#include "base/buffer.h"
#include "base/deep_call.h"
#include "commands/paths.h"
#include "commands/prompt.h"
#include "commands/quoting.h"

namespace nacre {

bool CopyTree::fail(Errno e, const char* format, const std::string& file) {
  p_.warn(e, format, quote_file(p_, file).c_str());
  return false;
}

bool CopyTree::copy_data(const std::string& from, const std::string& to, const Stat& st) {
  auto in = p_.open(from, kOpenRead);
  if (!in) return fail(in.error(), "cannot open %s for reading", from);
  Mode mode = o_.no_mode ? 0666 : st.mode & 0777;
  auto out = p_.open(to, kOpenWrite | kOpenCreate | kOpenTruncate, mode);
  if (!out && o_.force && p_.unlink(to)) out = p_.open(to, kOpenWrite | kOpenCreate | kOpenTruncate, mode);
  if (!out) {
    (void)p_.close(*in);
    // A missing "name/" is no directory to Linux, whatever open() says.
    bool slash = out.error() == Errno::ISDIR && to.ends_with('/');
    return fail(slash ? Errno::NOTDIR : out.error(), "cannot create regular file %s", to);
  }
  bool good = true;
  auto buffer = make_buffer(kBlockBytes);
  while (good && !o_.attributes_only) {
    auto n = p_.read(*in, {buffer.get(), kBlockBytes});
    if (!n) good = fail(n.error(), "error reading %s", from);
    if (!n || *n == 0) break;
    if (auto done = p_.write(*out, {buffer.get(), *n}); !done) good = fail(done.error(), "error writing %s", to);
    p_.tick(16);
  }
  (void)p_.close(*in);
  (void)p_.close(*out);
  return good;
}

bool CopyTree::set_attributes(const std::string& to, const Stat& st) {
  bool good = true;
  bool link = st.is_symlink();
  Follow follow = link ? Follow::No : Follow::Yes;
  if (o_.preserve_owner) (void)p_.chown(to, st.uid, st.gid, follow);
  if (o_.preserve_mode && !link) {
    if (auto done = p_.chmod(to, st.mode); !done) good = fail(done.error(), "preserving permissions for %s", to);
  }
  if (o_.preserve_times) {
    if (auto done = p_.utimens(to, &st.atime, &st.mtime, false, follow); !done) good = fail(done.error(), "preserving times for %s", to);
  }
  return good;
}

// Decides what happens to an existing target that is no directory.
bool CopyTree::prepare_target(const std::string& from, const std::string& to, const Stat& st, const Stat& old, bool& skip, std::string& backup) {
  if (o_.no_clobber) {
    skip = true;
    return true;
  }
  if (o_.update && !(st.mtime > old.mtime)) {
    skip = true;
    return true;
  }
  if (o_.interactive && !ask_yes_no(p_, "overwrite " + quote_file(p_, to) + "? ")) {
    skip = true;
    return true;
  }
  if (written_.count(to) && o_.backup.kind != BackupOptions::Numbered) {
    p_.warn("will not overwrite just-created %s with %s", quote_file(p_, to).c_str(), quote_file(p_, from).c_str());
    return false;
  }
  if (o_.backup.kind != BackupOptions::None) {
    auto name = make_backup(p_, o_.backup, to);
    if (!name) return false;
    backup = *name;
    return true;
  }
  bool replace = o_.remove_destination || o_.hard_link || o_.symbolic_link || st.is_symlink() || (o_.force && (o_.hard_link || o_.symbolic_link));
  if ((o_.hard_link || o_.symbolic_link) && !o_.force && !o_.remove_destination && !o_.interactive) replace = false;
  if (replace) {
    if (auto done = p_.unlink(to); !done) return fail(done.error(), "cannot remove %s", to);
  }
  return true;
}

bool CopyTree::copy_special(const std::string& from, const std::string& to, const Stat& st) {
  if (st.is_symlink()) {
    auto target = p_.readlink(from);
    if (!target) return fail(target.error(), "cannot read symbolic link %s", from);
    auto done = p_.symlink(*target, to);
    return done ? true : fail(done.error(), "cannot create symbolic link %s", to);
  }
  auto done = st.type == FileType::Fifo ? p_.mkfifo(to, st.mode & 0777) : p_.mknod(to, st.type, st.mode & 0777, st.rdev_major, st.rdev_minor);
  return done ? true : fail(done.error(), "cannot create special file %s", to);
}

bool CopyTree::copy_directory(const std::string& from, const std::string& to, const Stat& st, bool exists) {
  if (!o_.recursive) {
    p_.warn("-r not specified; omitting directory %s", quote_file(p_, from).c_str());
    return false;
  }
  auto real_from = p_.realpath(from), real_to = p_.realpath(to, true);
  if (real_from && real_to && (*real_to + "/").compare(0, real_from->size() + 1, *real_from + "/") == 0) {
    p_.warn("cannot copy a directory, %s, into itself, %s", quote_file(p_, from).c_str(), quote_file(p_, to).c_str());
    return false;
  }
  if (!exists) {
    if (auto done = p_.mkdir(to, (st.mode & 0777) | 0700); !done) return fail(done.error(), "cannot create directory %s", to);
    if (o_.verbose) say_(quote_file(p_, from) + " -> " + quote_file(p_, to));
  }
  auto entries = p_.list(from);
  if (!entries) return fail(entries.error(), "cannot access %s", from);
  bool good = true;
  for (const auto& e : *entries) {
    good = deep_call([&] { return copy_one(join_path(from, e.name), join_path(to, e.name), false); }) && good;
  }
  if (!exists && !o_.preserve_mode) (void)p_.chmod(to, st.mode & 0777 & ~p_.umask());
  return set_attributes(to, st) && good;
}

bool CopyTree::copy_one(const std::string& from, const std::string& to, bool top) {
  p_.tick();
  bool follow = o_.follow == CopyOptions::Links::Always || (top && o_.follow == CopyOptions::Links::CommandLine);
  auto st = follow ? p_.stat(from) : p_.lstat(from);
  if (!st) return fail(st.error(), "cannot stat %s", from);
  if (top) device_ = st->dev;
  else if (o_.one_file_system && st->dev != device_) return true;
  auto old = p_.lstat(to);
  auto old_target = p_.stat(to);
  if (st->is_dir()) {
    if (old && !(old_target && old_target->is_dir())) {
      p_.warn("cannot overwrite non-directory %s with directory %s", quote_file(p_, to).c_str(), quote_file(p_, from).c_str());
      return false;
    }
    return copy_directory(from, to, *st, old.ok());
  }
  std::string backup;
  if (old) {
    const Stat& shown = old_target && !st->is_symlink() ? *old_target : *old;
    if (shown.is_dir()) {
      p_.warn("cannot overwrite directory %s with non-directory%s%s", quote_file(p_, to).c_str(), top ? "" : " ", top ? "" : quote_file(p_, from).c_str());
      return false;
    }
    if (st->dev == shown.dev && st->ino == shown.ino && !o_.hard_link && !o_.remove_destination && o_.backup.kind == BackupOptions::None) {
      p_.warn("%s and %s are the same file", quote_file(p_, from).c_str(), quote_file(p_, to).c_str());
      return false;
    }
    if (o_.hard_link && st->dev == old->dev && st->ino == old->ino) return true;
    bool skip = false;
    if (!prepare_target(from, to, *st, shown, skip, backup)) return false;
    if (skip) return true;
  }
  if (o_.verbose) say_(quote_file(p_, from) + " -> " + quote_file(p_, to) + (backup.empty() ? "" : " (backup: " + quote_file(p_, backup) + ")"));
  written_.insert(to);
  std::pair<uint64_t, uint64_t> id{st->dev, st->ino};
  if (o_.preserve_links && st->nlink > 1) {
    auto known = linked_.find(id);
    if (known != linked_.end()) {
      if (p_.lstat(to)) (void)p_.unlink(to);
      auto done = p_.link(known->second, to);
      return done ? true : fail(done.error(), "cannot create hard link %s", to);
    }
    linked_[id] = to;
  }
  if (o_.symbolic_link) {
    auto done = p_.symlink(from, to);
    return done ? true : fail(done.error(), "cannot create symbolic link %s", to);
  }
  if (o_.hard_link) {
    auto done = p_.link(from, to, follow ? Follow::Yes : Follow::No);
    if (done) return true;
    p_.warn(done.error(), "cannot create hard link %s to %s", quote_file(p_, to).c_str(), quote_file(p_, from).c_str());
    return false;
  }
  bool as_data = st->is_regular() || (!st->is_symlink() && (!o_.recursive || o_.copy_contents));
  bool good = as_data ? copy_data(from, to, *st) : copy_special(from, to, *st);
  return good && set_attributes(to, *st);
}

}  // namespace nacre
