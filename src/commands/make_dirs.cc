#include "commands/make_dirs.h"

namespace nacre {

Errno make_parents(Process& p, const std::string& path, const std::function<void(const std::string&)>& created, std::string* failed) {
  size_t end = path.find_last_not_of('/');
  if (end == std::string::npos) return Errno::OK;
  for (size_t at = 1; at <= end; at++) {
    if (path[at] != '/' || path[at - 1] == '/') continue;
    std::string dir = path.substr(0, at);
    if (failed) *failed = dir;
    auto st = p.stat(dir);
    if (st) {
      if (!st->is_dir()) return Errno::NOTDIR;
      continue;
    }
    if (st.error() != Errno::NOENT) return st.error();
    Mode old = p.set_umask(p.umask() & ~0300u);
    auto done = p.mkdir(dir);
    p.set_umask(old);
    if (!done) {
      if (done.error() == Errno::EXIST) continue;
      return done.error();
    }
    created(dir);
  }
  return Errno::OK;
}

}  // namespace nacre
