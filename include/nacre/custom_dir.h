/// CustomDir: a file system of the embedder's own, mounted as a directory of the host is.
///
///     class Notes : public nacre::CustomDir { ... };   // stat, list, open, read
///     nacre::Config config;
///     config.mounts.push_back({.guest = "/notes", .mode = nacre::Mount::Mode::ReadOnly, .dir = std::make_shared<Notes>()});
///
/// It is a HostDir (host.h), each of whose calls has an answer already: one that overrides stat, list, open and read
/// can be read by every command, and the calls that it leaves out make it a file system that refuses those changes.
/// Mount::Mode decides what scripts may do, whatever the class can: with Cow it needs to be read only, what scripts
/// write stays in the sandbox; with ReadWrite their writes come here, at once.
///
/// Paths: relative to the mount, components joined by single slashes, none of them ".", ".." or empty, at most 4096
/// bytes; "" is the mount itself, a directory. Bytes, not text. Paths never go through a symbolic link: nacre reads
/// links and follows them in the sandbox's tree. Permission bits are checked by nacre before it calls; files belong
/// to the sandbox's user.
///
/// Results: >= 0, or a negated errno: -ENOENT, -ENOTDIR, -EISDIR, -EEXIST, -ENOTEMPTY, -EACCES, -EROFS, -ENOSPC,
/// -EDQUOT, -EIO ... Scripts see it in the words of the C library ("No space left on device"). Nothing may be thrown.
///
/// Handles: numbers >= 0 from open(), each given to close() once. A file stays usable through an open handle
/// after remove(), and a handle follows its file when that is renamed; where it cannot be, answer -ESTALE.
///
/// Inodes: HostStat::dev and ino tell files apart, for hard links and for files that somebody else replaced. A back end
/// that has no such numbers leaves both 0, and nacre numbers its files.
///
/// Threads: calls come one at a time, on the thread of the run, with 128 KiB of stack at the least. Forks of a sandbox
/// share the object, and may run on other threads. A call that waits lets the whole sandbox wait, and Sandbox::cancel()
/// too, so one that asks a network needs a time limit of its own. Calls do not count against the run's memory limit
/// one by one; what they leave allocated does. A call must not use the sandbox it belongs to.
///
/// Source: POSIX XSH of the calls of the same names. examples/sqlite_fs.cc is a complete one.
#pragma once
#include <cerrno>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "nacre/host.h"

namespace nacre {

class CustomDir : public HostDir {
 public:
  /// What is at the path. `type`, `size` (bytes; of a link: of its target) and `mode` count; a directory needs its
  /// execute bits to be entered. nlink: 1 if there are no hard links. Times: zero where there are none.
  HostResult stat(const std::string& path, HostStat& out) override = 0;
  /// Appends the entries of a directory, in any order, without "." and "..".
  HostResult list(const std::string& path, std::vector<Entry>& out) override = 0;
  /// A handle of a regular file. flags: 0 read, 1 write, 2 both. `create`: makes it with the permission bits of `mode`,
  /// -EEXIST if there is anything.
  HostResult open(const std::string& path, int flags, bool create, uint32_t mode) override = 0;
  /// Bytes read, at most out.size(); fewer are no mistake, 0 is the end.
  HostResult read(int64_t handle, uint64_t offset, std::span<char> out) override = 0;

  /// The target of a symbolic link.
  HostResult read_link(const std::string&, std::string&) override { return -EINVAL; }
  /// stat() of an open file. A back end that is mounted with Cow and changes meanwhile needs it.
  HostResult stat_handle(int64_t, HostStat&) override { return -ENOSYS; }
  void close(int64_t) override {}

  /// Bytes written, at least 1; behind the end zeros are between.
  HostResult write(int64_t, uint64_t, std::string_view) override { return -EROFS; }
  /// Cuts, or grows by zeros.
  HostResult truncate(int64_t, uint64_t) override { return -EROFS; }
  HostResult sync(int64_t) override { return 0; }
  HostResult make_dir(const std::string&, uint32_t) override { return -EROFS; }
  HostResult make_symlink(const std::string&, const std::string&) override { return -EPERM; }
  HostResult make_link(const std::string&, const std::string&) override { return -EPERM; }
  /// A directory must be empty: -ENOTEMPTY. -ENOTDIR or -EISDIR if it is not what `directory` says.
  HostResult remove(const std::string&, bool) override { return -EROFS; }
  /// Replaces what is at `to`, as rename(2) does.
  HostResult rename(const std::string&, const std::string&) override { return -EROFS; }
  HostResult set_mode(const std::string&, uint32_t) override { return -EPERM; }
  HostResult set_times(const std::string&, const Timespec&, const Timespec&) override { return -EPERM; }
};

}  // namespace nacre
