#include "kernel/file.h"

namespace nacre {

Result<int> FdTable::add(Ref<File> file, bool cloexec, int from, uint32_t limit) {
  size_t fd = static_cast<size_t>(from);
  while (fd < entries_.size() && entries_[fd].file) fd++;
  if (limit && fd >= limit) return Errno::MFILE;
  if (fd >= entries_.size()) entries_.resize(fd + 1);
  entries_[fd] = {std::move(file), cloexec};
  return static_cast<int>(fd);
}

void FdTable::set(int fd, Ref<File> file, bool cloexec) {
  size_t i = static_cast<size_t>(fd);
  if (i >= entries_.size()) entries_.resize(i + 1);
  // The old description is let go only after the table is consistent: closing
  // may wake others.
  Entry old = std::move(entries_[i]);
  entries_[i] = {std::move(file), cloexec};
}

bool FdTable::remove(int fd) {
  if (!get(fd)) return false;
  Ref<File> old = std::move(entries_[static_cast<size_t>(fd)].file);
  entries_[static_cast<size_t>(fd)] = {};
  return true;
}

void FdTable::close_on_exec() {
  for (size_t i = 0; i < entries_.size(); i++) {
    if (entries_[i].file && entries_[i].cloexec) remove(static_cast<int>(i));
  }
}

}  // namespace nacre
