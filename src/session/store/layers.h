/// Layers: where the parts of a session's file systems are found. A layer holds the parts that were written
/// since its parent was set aside by a snapshot or fork; a part is looked for in the session's own layer and
/// then upwards, and the first one found is the whole truth of it.
///
/// A part is named by file system (0: the root; i: the i-th mount), kind, key and number:
///   Header 0 0            StateHeader, and host_end
///   Inodes page 0         the inodes with ids page*64 ... +63: (id, record)*
///   Names dir level<<24|b the entries of a large directory whose hash begins with bucket b
///   Places page 0         host places of the odd ids in page*128 ... +127
///   Chunks file n         the references to chunks n*512 ... +511 of a large file
///   Seen id 0             a host node as it was when the session first changed it
/// FileSystem 0 (of a mount): the number by which its parts are found, where it is another than the mount's own.
/// Source: docs/internals/store.md.
#pragma once
#include <string>
#include <vector>

#include "host/database.h"

namespace nacre {

enum class PartKind : uint8_t { Header = 0, Inodes = 1, Names = 2, Places = 3, Chunks = 4, Seen = 5, FileSystem = 6 };

class Layers {
 public:
  /// `own`: the session's layer. 0: none, because the store could not make it; nothing can be written then.
  Layers(Database& db, int64_t own);

  /// False: there is none.
  bool read(int fs, PartKind kind, uint64_t key, uint64_t part, std::string* out) const;
  /// All parts [first, last] of a key, each from the layer that counts.
  std::vector<std::pair<uint64_t, std::string>> read_range(int fs, PartKind kind, uint64_t key, uint64_t first, uint64_t last) const;
  /// The number of a mount's file system: after its changes were applied to the host it begins anew, under another.
  int number(int mount) const;
  bool begin_anew(int mount);

  /// Into the session's own layer.
  bool write(int fs, PartKind kind, uint64_t key, uint64_t part, std::string_view data);
  /// Removes all parts of a key from the session's own layer.
  bool drop(int fs, PartKind kind, uint64_t key);

  Database& db() const { return db_; }
  /// Own first, then its ancestors.
  const std::vector<int64_t>& chain() const { return chain_; }

 private:
  Database& db_;
  std::vector<int64_t> chain_;   // own first
};

}  // namespace nacre
