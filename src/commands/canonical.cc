#include "commands/canonical.h"

#include <vector>

#include "commands/paths.h"

namespace nacre {
namespace {

void push_components(std::vector<std::string>& stack, std::string_view path) {
  // In reverse, so that the next component is at the back.
  size_t end = path.size();
  while (end > 0) {
    size_t slash = path.rfind('/', end - 1);
    size_t begin = slash == std::string_view::npos ? 0 : slash + 1;
    if (begin < end) stack.emplace_back(path.substr(begin, end - begin));
    if (slash == std::string_view::npos) break;
    end = slash;
  }
}

}  // namespace

Result<std::string> canonical_path(Process& p, const std::string& path, Canonical mode, bool links, bool logical) {
  if (path.empty()) return Errno::NOENT;
  std::string full = path;
  if (path[0] != '/') {
    NACRE_TRY(std::string cwd, p.getcwd());
    full = cwd + "/" + path;
  }
  // First without a look at what links name: each component but the last must be there all the same.
  if (logical) {
    NACRE_TRY(full, canonical_path(p, full, mode, false, false));
  }
  std::vector<std::string> todo;
  push_components(todo, full);
  bool wants_dir = full.size() > 1 && full.back() == '/';
  std::string done;
  int followed = 0;
  bool missing = false;
  while (!todo.empty()) {
    std::string part = std::move(todo.back());
    todo.pop_back();
    if (part == ".") continue;
    if (part == "..") {
      done.erase(done.empty() ? 0 : done.rfind('/'));
      continue;
    }
    std::string next = done + "/" + part;
    if (missing) {
      done = next;
      continue;
    }
    auto st = p.lstat(next);
    if (!st) {
      bool may = mode == Canonical::Missing || (mode == Canonical::AllButLast && todo.empty() && st.error() == Errno::NOENT);
      if (!may) return st.error();
      missing = mode == Canonical::Missing;
      done = next;
      continue;
    }
    if (st->is_symlink() && links) {
      if (++followed > 40) {
        if (mode != Canonical::Missing) return Errno::LOOP;
        done = next;
        continue;
      }
      NACRE_TRY(std::string target, p.readlink(next));
      push_components(todo, target);
      if (!target.empty() && target[0] == '/') done.clear();
      continue;
    }
    bool is_dir = st->is_dir();
    if (st->is_symlink() && !links && mode != Canonical::Missing && (!todo.empty() || wants_dir)) {
      const auto named = p.stat(next);
      if (!named) return named.error();
      is_dir = named->is_dir();
    }
    if (!is_dir && (!todo.empty() || wants_dir) && mode != Canonical::Missing) return Errno::NOTDIR;
    done = next;
  }
  return done.empty() ? std::string("/") : done;
}

}  // namespace nacre
