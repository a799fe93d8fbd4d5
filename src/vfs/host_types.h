/// What the host says, in the file system's terms.
#pragma once
#include "base/errno.h"
#include "nacre/host.h"
#include "vfs/types.h"

namespace nacre {

inline Errno errno_of(HostResult r) { return static_cast<Errno>(-r); }

/// A FIFO keeps its name and mode on the host; what flows through it stays in the sandbox.
inline FileType type_of(HostStat::Type t) {
  switch (t) {
    case HostStat::Type::Regular: return FileType::Regular;
    case HostStat::Type::Directory: return FileType::Directory;
    case HostStat::Type::Symlink: return FileType::Symlink;
    case HostStat::Type::Fifo: return FileType::Fifo;
    case HostStat::Type::Special: break;
  }
  // Whatever it is on the host: as a socket it is visible, and open() says ENXIO.
  return FileType::Socket;
}

}  // namespace nacre
