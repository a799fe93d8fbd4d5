/// Vocabulary of the file system: types, modes, stat, credentials.
/// Source: POSIX <sys/stat.h>, <fcntl.h>; numbers are Linux's.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "nacre/host.h"

namespace nacre {

enum class FileType : uint8_t { Regular, Directory, Symlink, Fifo, CharDevice, BlockDevice, Socket };

/// Permission bits, plus set-uid, set-gid, sticky: 07777.
using Mode = uint32_t;
/// Identifies a node within its FileSystem. 0 is never a node.
using NodeId = uint64_t;

struct Stat {
  uint64_t dev = 0, ino = 0;
  FileType type = FileType::Regular;
  Mode mode = 0;
  uint32_t uid = 0, gid = 0;
  uint64_t nlink = 1;
  uint64_t size = 0;       ///< bytes
  uint64_t blocks = 0;     ///< 512-byte units allocated
  uint32_t rdev_major = 0, rdev_minor = 0;
  Timespec atime, mtime, ctime, btime;

  /// st_mode as stat(2) gives it: type bits and permissions.
  uint32_t st_mode() const {
    constexpr uint32_t bits[] = {0100000, 0040000, 0120000, 0010000, 0020000, 0060000, 0140000};
    return bits[static_cast<int>(type)] | mode;
  }
  bool is_dir() const { return type == FileType::Directory; }
  bool is_regular() const { return type == FileType::Regular; }
  bool is_symlink() const { return type == FileType::Symlink; }
};

struct Credentials {
  uint32_t uid = 1000, gid = 1000;
  std::vector<uint32_t> groups;
  bool in_group(uint32_t g) const {
    if (g == gid) return true;
    for (uint32_t x : groups)
      if (x == g) return true;
    return false;
  }
};

/// access(2) bits.
enum Access : uint32_t { kExecute = 1, kWrite = 2, kRead = 4 };

/// True when `who` may use the node so. uid 0 may all, but execute only where
/// some execute bit is set. Source: POSIX 4.5 "File Access Permissions".
bool permits(const Stat& st, const Credentials& who, uint32_t access);

/// open(2) flags, Linux numbers.
enum OpenFlags : uint32_t {
  kOpenRead = 0,
  kOpenWrite = 1,
  kOpenReadWrite = 2,
  kOpenAccessMask = 3,
  kOpenCreate = 0100,
  kOpenExclusive = 0200,
  kOpenNoTty = 0400,
  kOpenTruncate = 01000,
  kOpenAppend = 02000,
  kOpenNonblock = 04000,
  kOpenDirectory = 0200000,
  kOpenNoFollow = 0400000,
  kOpenCloexec = 02000000,
  kOpenPath = 010000000,
};

/// What to change; unset fields stay.
struct SetAttr {
  const Mode* mode = nullptr;
  const uint32_t* uid = nullptr;
  const uint32_t* gid = nullptr;
  const Timespec* atime = nullptr;
  const Timespec* mtime = nullptr;
};

struct DirEntry {
  std::string name;
  NodeId node;
  FileType type;
};

struct FsUsage {  ///< statfs(2)
  uint64_t block_size = 4096;
  uint64_t blocks = 0, blocks_free = 0;
  uint64_t inodes = 0, inodes_free = 0;
  std::string type = "mem";   ///< "mem", "cow", "host", "proc", "dev"
};

/// Wall-clock time for node timestamps.
class TimeSource {
 public:
  virtual ~TimeSource() = default;
  virtual Timespec now() = 0;
};

}  // namespace nacre
