/// remove_tree: removal of files and whole directories, as rm does and mv when
/// it moves between file systems. Children are removed without following links.
/// Source: POSIX XCU rm.
#pragma once
#include <functional>
#include <string>

#include "kernel/process.h"

namespace nacre {

struct RemoveTree {
  Process& p;
  /// Asked before each removal; false keeps the file (and so its directories). May be empty.
  std::function<bool(const std::string& path, const Stat& st, bool descend)> ask = {};
  /// Hears each removal. May be empty.
  std::function<void(const std::string& path, bool directory)> removed = {};
  bool one_file_system = false;
  uint64_t device = 0;

  /// True if path is gone. Errors are reported on stderr, "cannot remove 'x': reason".
  bool remove(const std::string& path, const Stat& st);
};

}  // namespace nacre
