/// The POSIX (Linux) host: the pieces behind make_posix_host(), for those who
/// wire a sandbox to descriptors of their own, and for tests.
#pragma once
#include <memory>
#include <string>

#include "nacre/host.h"

namespace nacre {

/// A stream over an open descriptor; `own` closes it at the end.
///
/// Never sets O_NONBLOCK on the open file description, which a terminal shares with the
/// user's shell: readiness comes from poll(), and pipes are opened a second time through
/// /proc/self/fd where that works. Make streams before the process jails itself.
///
/// A pipe without a reader gives -EPIPE; in the instant between the check and the write the
/// process could still get SIGPIPE, so programs that use pipes ignore that signal (the CLI does).
std::unique_ptr<HostStream> make_fd_stream(int fd, bool own);

/// Host::open_dir. `use_openat2` false: resolve by the component-wise walk, as on kernels
/// without the call.
std::shared_ptr<HostDir> open_posix_dir(const std::string& path, bool writable, int* error, bool use_openat2 = true);

}  // namespace nacre
