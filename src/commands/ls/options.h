/// ls options: what its command line and its environment ask for, decided.
/// Source: GNU coreutils 9.1 manual, "ls invocation".
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "algo/quote.h"
#include "commands/human.h"
#include "kernel/process.h"

namespace nacre::ls {

enum class Format : uint8_t { One, Long, Vertical, Horizontal, Commas };
enum class Sort : uint8_t { Name, None, Size, Time, Version, Extension, Width };
enum class Mark : uint8_t { None, Slash, FileType, Classify };
enum class Which : uint8_t { Modify, Access, Change, Birth };
enum class Hidden : uint8_t { Skip, AlmostAll, All };
enum class Follow : uint8_t { Never, ArgumentDirs, Arguments, Always };

struct Options {
  Hidden hidden = Hidden::Skip;
  bool author = false, directory = false, recursive = false, reverse = false, dirs_first = false, dired = false;
  bool context = false;   ///< -Z: "?", since there are no security contexts
  bool inode = false, size = false, numeric = false, owner = true, group = true;
  bool color = false, hyperlink = false, zero = false;
  bool question_marks = false;   ///< ? for what cannot be printed
  Format format = Format::One;
  Sort sort = Sort::Name;
  Mark mark = Mark::None;
  Which time = Which::Modify;
  Follow follow = Follow::Never;
  QuoteStyle quote = QuoteStyle::Literal;
  std::string quoted_too;              ///< characters that are special for this run
  bool align_quotes = false;           ///< a space before names without quotes where others have them
  std::vector<std::string> ignore, hide;
  SizeFormat blocks, sizes;            ///< of disk usage; of file sizes
  std::string old_time, recent_time;   ///< formats
  size_t width = 80, tab = 8;          ///< columns; 0: no limit, no tabs

  char line_end() const { return zero ? '\0' : '\n'; }
};

/// Reads the command line; a status when the command is over.
std::optional<int> read_options(Process& p, Options& o, std::vector<std::string>& files);

}  // namespace nacre::ls
