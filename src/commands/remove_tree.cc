#include "commands/remove_tree.h"

#include "base/deep_call.h"
#include "commands/paths.h"
#include "commands/quoting.h"

namespace nacre {

bool RemoveTree::remove(const std::string& path, const Stat& st) {
  p.tick();
  if (!st.is_dir()) {
    if (ask && !ask(path, st, false)) return false;
    auto done = p.unlink(path);
    if (!done) {
      p.warn(done.error(), "cannot remove %s", quote_file(p, path).c_str());
      return false;
    }
    if (removed) removed(path, false);
    return true;
  }
  auto entries = p.list(path);
  if (!entries) {
    // An unreadable directory can still be removed if it is empty.
    if (p.rmdir(path)) return true;
    p.warn(entries.error(), "cannot remove %s", quote_file(p, path).c_str());
    return false;
  }
  bool all = true;
  if (!entries->empty()) {
    if (ask && !ask(path, st, true)) return false;
    for (const auto& e : *entries) {
      std::string child = join_path(path, e.name);
      auto cst = p.lstat(child);
      if (!cst) {
        p.warn(cst.error(), "cannot remove %s", quote_file(p, child).c_str());
        all = false;
        continue;
      }
      if (one_file_system && cst->dev != device) {
        p.warn("skipping %s, since it's on a different device", quote_file(p, child).c_str());
        all = false;
        continue;
      }
      if (!deep_call([&] { return remove(child, *cst); })) all = false;
    }
  }
  if (!all) return false;
  if (ask && !ask(path, st, false)) return false;
  auto done = p.rmdir(path);
  if (!done) {
    p.warn(done.error(), "cannot remove %s", quote_file(p, path).c_str());
    return false;
  }
  if (removed) removed(path, true);
  return true;
}

}  // namespace nacre
