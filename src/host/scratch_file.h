/// ScratchFile: bytes that wait on the host's disk, in a file without a name: gone with the object, or the process.
/// Threads: one.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace nacre {

class ScratchFile {
 public:
  /// Null: none can be made in this directory.
  static std::unique_ptr<ScratchFile> make(const std::string& dir);
  ~ScratchFile();
  ScratchFile(const ScratchFile&) = delete;
  /// False: it could not be written, a full disk for instance.
  bool append(std::string_view bytes);
  /// From the beginning on; 0: the end; -1: an error.
  int64_t read(std::span<char> out);

 private:
  explicit ScratchFile(int fd) : fd_(fd) {}
  int fd_;
  int64_t at_ = 0;
};

}  // namespace nacre
