/// Inode: one node of a MemFs, and the two maps that hold inodes together: the
/// table (id -> inode) and the directory (name -> id). Directories name their
/// children by id, so dropping a deep tree never recurses through it.
///
/// An inode is immutable while more than one table refers to it; MemFs copies it before
/// it changes one. Copies are small: data and directories share structure.
#pragma once
#include <string>
#include <variant>

#include "vfs/file_data.h"
#include "vfs/name.h"
#include "vfs/persist_map.h"
#include "vfs/types.h"

namespace nacre {

/// One directory entry in 32 bytes.
struct Link {
  Name name;
  uint64_t packed;  // node id and type

  Link(std::string_view n, NodeId node, FileType type) : name(n), packed(node << 3 | static_cast<uint64_t>(type)) {}
  NodeId node() const { return packed >> 3; }
  FileType type() const { return static_cast<FileType>(packed & 7); }
};
struct LinkTraits {
  using Entry = Link;
  using Key = std::string_view;
  static constexpr bool kHashed = true;
  static uint64_t path(Key k) { return hash_bytes(k); }
  static Key key(const Link& l) { return l.name.view(); }
  static bool equal(const Link& a, const Link& b) { return a.packed == b.packed; }
};
using LinkMap = PersistMap<LinkTraits>;

struct Device {
  uint32_t major = 0, minor = 0;
};

struct Inode : RefCounted {
  NodeId id = 0;
  /// A directory's parent and its name there. Of a file: one of its links, as a hint (0: unknown).
  NodeId parent = 0;
  Name name;
  FileType type = FileType::Regular;
  uint16_t mode = 0;
  uint32_t uid = 0, gid = 0;
  uint32_t nlink = 0;
  bool gone = false;  ///< hides a stored inode of this id (stored_nodes.h)
  Timespec atime, mtime, ctime, btime;
  std::variant<FileData, LinkMap, std::string, Device> data;

  bool is_dir() const { return type == FileType::Directory; }
  FileData* file() { return std::get_if<FileData>(&data); }
  const FileData* file() const { return std::get_if<FileData>(&data); }
  LinkMap& links() { return std::get<LinkMap>(data); }
  const LinkMap& links() const { return std::get<LinkMap>(data); }
  const std::string& target() const { return std::get<std::string>(data); }

  Stat stat() const;
};

struct InodeTraits {
  using Entry = Ref<Inode>;
  using Key = NodeId;
  static constexpr bool kHashed = false;
  static uint64_t path(Key k) { return k; }
  static Key key(const Ref<Inode>& i) { return i->id; }
  static bool equal(const Ref<Inode>& a, const Ref<Inode>& b) { return a == b; }
};
using InodeMap = PersistMap<InodeTraits>;

}  // namespace nacre
