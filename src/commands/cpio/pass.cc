/// -p: files copied into a directory.
#include "commands/cpio/cpio.h"
#include "commands/make_dirs.h"
#include "commands/paths.h"
#include "commands/quoting.h"

namespace nacre {

bool Cpio::pass_file(const std::string& from, const CpioEntry& to) {
  auto source = p_.open(from, kOpenRead);
  if (!source) {
    error(from, "open", source.error());
    return false;
  }
  Input in(p_, *source, from);
  auto make = [&] { return p_.open(to.name, kOpenWrite | kOpenCreate | kOpenExclusive, 0600); };
  auto fd = make();
  if (!fd && fd.error() == Errno::NOENT && o_.make_directories) {
    (void)make_parents(p_, to.name, [](const std::string&) {});
    fd = make();
  }
  if (!fd) {
    error(to.name, "open", fd.error());
    return false;
  }
  for (std::string_view s = in.block(); !s.empty(); s = in.block()) {
    if (auto done = p_.write(*fd, s); !done) fatal(to.name + ": write error: " + std::string(message(done.error())));
    bytes_ += s.size();
    in.consume(s.size());
  }
  (void)p_.close(*fd);
  return true;
}

void Cpio::pass_one(const std::string& name) {
  auto st = o_.dereference ? p_.stat(name) : p_.lstat(name);
  if (!st) return error(name, "stat", st.error());
  CpioEntry e = entry_of(name, *st);
  e.name = join_path(o_.directory, name);
  size_t from = name.find_first_not_of('/');
  if (from == name.npos) from = name.size();
  if (from) e.name = join_path(o_.directory, name.substr(from));
  if (!make_way(e, e.name)) return;
  auto link = [&](const std::string& target) {
    auto done = p_.link(target, e.name);
    if (!done && done.error() == Errno::NOENT && o_.make_directories) {
      (void)make_parents(p_, e.name, [](const std::string&) {});
      done = p_.link(target, e.name);
    }
    return done.ok();
  };
  if (st->is_dir()) {
    make_directory(e);
  } else if (st->is_symlink()) {
    auto target = p_.readlink(name);
    if (!target) return error(name, "readlink", target.error());
    auto done = p_.symlink(*target, e.name);
    if (!done && done.error() == Errno::NOENT && o_.make_directories) {
      (void)make_parents(p_, e.name, [](const std::string&) {});
      done = p_.symlink(*target, e.name);
    }
    if (!done) return error(*target + ": Cannot create symlink to " + quote(p_, e.name) + ": " + std::string(message(done.error())));
  } else if (st->type == FileType::Socket) {
    return error(name + ": unknown file type");
  } else {
    bool made = o_.link && link(name);
    if (!made && st->nlink > 1) {
      auto [it, fresh] = linked_.try_emplace({st->dev, st->ino}, e.name);
      made = !fresh && link(it->second);
      if (made && o_.verbose) say(std::string(p_.called()) + ": " + it->second + " linked to " + e.name);
    }
    if (!made && st->is_regular()) {
      if (!pass_file(name, e)) return;
      set_attributes(e, false);
    } else if (!made) {
      auto done = st->type == FileType::Fifo ? p_.mkfifo(e.name, e.mode & 0777) : p_.mknod(e.name, st->type, e.mode & 0777, st->rdev_major, st->rdev_minor);
      if (!done) return error(e.name, "mknod", done.error());
      set_attributes(e, false);
    }
  }
  if (o_.reset_atime && st->is_regular()) (void)p_.utimens(name, &st->atime, &st->mtime, false);
  tell(e.name);
}

void Cpio::pass() {
  Mode mask = p_.set_umask(0);
  each_name([&](std::string& name) { pass_one(name); });
  (void)p_.set_umask(mask);
  if (o_.keep_mtime)
    for (size_t i = directories_.size(); i-- > 0;) set_attributes(directories_[i].first, false);
  count_blocks(bytes_);
}

}  // namespace nacre
