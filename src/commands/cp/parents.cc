#include "commands/cp/parents.h"

#include "commands/paths.h"

namespace nacre {

bool CopyParents::make(const std::string& directory, const std::string& from) {
  made_.clear();
  size_t last = without_trailing_slashes(from).rfind('/');
  for (size_t at = 0; last != from.npos && at <= last;) {
    size_t begin = from.find_first_not_of('/', at);
    if (begin == from.npos || begin > last) break;
    size_t end = from.find('/', begin);
    std::string source = from.substr(0, end);
    std::string_view below = source;
    below.remove_prefix(from.find_first_not_of('/'));
    if (!make_one(source, join_path(directory, below))) return false;
    at = end;
  }
  return true;
}

bool CopyParents::make_one(const std::string& from, const std::string& to) {
  auto st = p_.stat(from);
  if (!st) return r_.error(st.error(), "failed to get attributes of " + r_.name(from));
  auto there = p_.stat(to);
  if (there && !there->is_dir()) return r_.error(r_.name(to) + " exists but is not a directory");
  made_.push_back({to, *st, 0});
  if (there) return true;
  auto done = p_.mkdir(to, ((st->mode & 01777) | 0700) & ~022u);
  if (!done) return r_.error(done.error(), "cannot make directory " + r_.name(to));
  made_.back().mode = (o_.no_mode ? 0777 : st->mode & 01777) & ~p_.umask();
  if (o_.verbose) r_.line(from + " -> " + to);   // GNU's quotes neither
  return true;
}

bool CopyParents::finish() {
  for (const auto& dir : made_) {
    const Stat& st = dir.st;
    if (o_.preserve_times)
      if (auto done = p_.utimens(dir.to, &st.atime, &st.mtime, false); !done) return r_.error(done.error(), "failed to preserve times for " + r_.name(dir.to));
    if (o_.preserve_owner) (void)p_.chown(dir.to, st.uid, st.gid);
    Mode mode = o_.preserve_mode ? st.mode : dir.mode;
    if (mode == 0) continue;
    if (auto done = p_.chmod(dir.to, mode); !done) return r_.error(done.error(), "failed to preserve permissions for " + r_.name(dir.to));
  }
  return true;
}

}  // namespace nacre
