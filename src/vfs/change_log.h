/// ChangeLog: what was done to a tree that keeps no old states (an rw mount), so
/// that the changes since a mark can be told as a ChangeSet.
///
/// Paths are relative to the mount, as they were at the time of the call.
/// Entries older than every living mark are dropped. Threads: one.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "vfs/change_set.h"

namespace nacre {

class ChangeLog {
 public:
  enum class What : uint8_t { Created, Modified, Deleted, Renamed, RenamedOver, ModeChanged };

  /// A point in the log; entries after it are kept as long as it lives.
  struct Mark {
    uint64_t position;
  };
  std::shared_ptr<const Mark> mark();

  /// Nothing is kept while nobody holds a mark. Repeated modification of one file is one entry.
  void add(What what, std::string path, std::string to = {});

  /// Adds the net changes since the mark to `out`, paths prefixed with `prefix` and "/".
  void changes(const Mark& since, const std::string& prefix, ChangeSet& out) const;

 private:
  struct Entry {
    What what;
    std::string path, to;
  };
  void drop_unmarked();

  std::vector<Entry> entries_;
  uint64_t first_ = 0;  // position of entries_[0]
  std::vector<std::weak_ptr<const Mark>> marks_;
};

}  // namespace nacre
