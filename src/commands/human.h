/// SizeFormat: sizes as du and df write them: in blocks, rounded up, or with a
/// letter ("1.5K").
/// Source: GNU coreutils 9.1 manual, 2.4 "Block size".
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "commands/numbers.h"
#include "kernel/process.h"

namespace nacre {

class SizeFormat {
 public:
  /// "1K", "MB", "512", "0x200", "human-readable", "si" (and their beginnings); a leading ' asks for
  /// thousands grouping, which the C locale has not. A flaw leaves everything as it was.
  NumberText::Flaw set_block(std::string_view text);
  /// set_block() for a command line; a status after a message about `option` ("-B").
  std::optional<int> set_option(Process& p, std::string_view option, std::string_view text, int status = 1);
  /// Powers of 1024 or 1000 with a letter.
  void set_human(uint64_t base) { human_ = base; }
  bool human() const { return human_ != 0; }
  /// $name, $BLOCK_SIZE, $BLOCKSIZE, $POSIXLY_CORRECT. What is no size there counts as nothing.
  void from_environment(Process& p, const char* name);
  /// Bytes as text.
  std::string text(uint64_t bytes) const;
  /// The unit for a heading: "1K", "1M", "512B".
  std::string unit() const;
  uint64_t block() const { return block_; }

 private:
  uint64_t block_ = 1024, human_ = 0;
  std::string suffix_;   ///< written behind numbers when the block size was given as a bare letter
};

}  // namespace nacre
