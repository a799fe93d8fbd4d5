/// pump: a stream through a codec, with its memory charged and its work ticked;
/// and the file that a compressor leaves in place of another.
#pragma once
#include <functional>
#include <string>

#include "algo/codec.h"
#include "commands/text_io.h"

namespace nacre {

/// Memory charged for as long as this lives; only grows.
class ChargedMemory {
 public:
  explicit ChargedMemory(Process& p) : p_(p) {}
  ~ChargedMemory() {
    if (bytes_) p_.release_memory(bytes_);
  }
  ChargedMemory(const ChargedMemory&) = delete;
  void at_least(uint64_t bytes) {
    if (bytes <= bytes_) return;
    p_.charge_memory(bytes - bytes_);
    bytes_ = bytes;
  }

 private:
  Process& p_;
  uint64_t bytes_ = 0;
};

struct Pumped {
  CodecStatus status = CodecStatus::More;   ///< End, or what is wrong; More: the sink refused or reading failed (in.error())
  uint64_t in = 0, out = 0;                 ///< bytes
};
/// Takes what comes out; false ends it.
using Sink = std::function<bool(std::string_view)>;

/// One stream from `in`; what follows it stays there.
Pumped pump(Process& p, Input& in, Codec& codec, const Sink& sink);
/// Everything that is left, as it is.
Pumped copy_through(Input& in, const Sink& sink);

/// A new file, written beside its source.
class NewFile {
 public:
  NewFile(Process& p, std::string path) : p_(p), path_(std::move(path)) {}
  ~NewFile() {
    if (fd_ >= 0) (void)p_.close(fd_);
  }
  NewFile(const NewFile&) = delete;
  /// Creates it for the owner alone; EEXIST if it is there.
  Errno create();
  bool write(std::string_view bytes);
  Errno error() const { return error_; }
  /// Closes it with the mode, owner and times of `like`; `mtime` instead of its own if given.
  void keep(const Stat& like, const Timespec* mtime = nullptr);
  /// Closes and removes it.
  void discard();
  const std::string& path() const { return path_; }

 private:
  Process& p_;
  std::string path_;
  int fd_ = -1;
  Errno error_ = Errno::OK;
};

}  // namespace nacre
