/// ChangeSet: what differs between two states of the file system, found from
/// the copy-on-write structure without walking unchanged trees.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "vfs/types.h"

namespace nacre {

/// State of every mem and cow file system of one Vfs. Immutable, shareable
/// between threads; costs memory only for what changes afterwards.
class FsSnapshot {
 public:
  virtual ~FsSnapshot() = default;
};

struct Rename {
  std::string from, to;
};

/// Paths are absolute, each list sorted bytewise. A directory that came or went
/// is listed with its content. A renamed file is not also created and deleted.
struct ChangeSet {
  std::vector<std::string> created, modified, deleted;
  std::vector<Rename> renamed;
  std::vector<std::string> mode_changed;   ///< permission or owner only
  bool empty() const { return created.empty() && modified.empty() && deleted.empty() && renamed.empty() && mode_changed.empty(); }
};

}  // namespace nacre
