/// Input for read and mapfile: never takes more from a descriptor than it
/// hands out, so that others who share it lose nothing.
#pragma once
#include <optional>
#include <string>

#include "shell/shell.h"

namespace nacre {

class InputReader {
 public:
  enum class Got : uint8_t { Byte, End, Timeout, Interrupted, Error };

  InputReader(Shell& sh, int fd);
  /// Gives back what was read ahead.
  ~InputReader();
  InputReader(const InputReader&) = delete;

  /// All reads together may take so long.
  void set_timeout(Timespec length);
  /// The next byte.
  Got next(char* c) {
    if (at_ < size_) {
      *c = block_[at_++];
      return Got::Byte;
    }
    return fill(c);
  }
  Errno error() const { return error_; }

 private:
  Got fill(char* c);
  Got wait_input();

  Shell& sh_;
  int fd_;
  bool seekable_;
  size_t at_ = 0, size_ = 0;
  std::optional<Timespec> deadline_;
  Errno error_ = Errno::OK;
  char block_[4096];
};

/// "1", "0.25", ".5" in seconds. nullopt: none.
std::optional<Timespec> parse_seconds(std::string_view text);

}  // namespace nacre
