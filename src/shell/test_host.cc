#include "shell/test_host.h"

#include "shell/shell_options.h"

namespace nacre {

bool ShellTestHost::stat(std::string_view path, bool follow, FileFacts& out) {
  auto st = follow ? sh_.process().stat(path) : sh_.process().lstat(path);
  if (!st) return false;
  constexpr char letters[] = {'-', 'd', 'l', 'p', 'c', 'b', 's'};
  out.type = letters[static_cast<int>(st->type)];
  out.mode = st->mode;
  out.uid = st->uid;
  out.gid = st->gid;
  out.size = st->size;
  out.dev = st->dev;
  out.ino = st->ino;
  out.mtime_sec = st->mtime.sec;
  out.mtime_nsec = st->mtime.nsec;
  out.atime_sec = st->atime.sec;
  out.atime_nsec = st->atime.nsec;
  return true;
}

bool ShellTestHost::access(std::string_view path, uint32_t bits) { return sh_.process().access(path, bits).ok(); }

bool ShellTestHost::is_nameref(std::string_view name) {
  Symbol s = sh_.symbols().find(name);
  const Variable* v = s ? sh_.vars().find(s) : nullptr;
  return v && v->has(kNameref) && v->is_set();
}

bool ShellTestHost::option_set(std::string_view name) {
  auto o = find_set_option(name);
  return o && sh_.options()[*o];
}

}  // namespace nacre
