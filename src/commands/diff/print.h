/// The output formats of diff. Each printer writes one Comparison.
/// Source: GNU diffutils 3.8 manual, "Output Formats".
#pragma once
#include "commands/diff/comparison.h"
#include "commands/text_io.h"
#include "commands/zone.h"

namespace nacre {

/// What printers share: options, output, colors, a line with its mark.
class DiffPrinter {
 public:
  DiffPrinter(Process& p, const DiffOptions& options, Output& out);

  /// Writes the comparison in the chosen style. `heading` goes before the first byte of it.
  void print(Comparison& c, const std::string& heading);
  /// A line about a file that cannot be shown otherwise, and other lines of a header.
  void header(std::string_view text);

 private:
  enum class Ink : uint8_t { Reset, Header, Added, Deleted, Line };
  void ink(Ink which);
  void normal(Comparison& c);
  void ed(Comparison& c);
  void forward_ed(Comparison& c);
  void rcs(Comparison& c);
  void context(Comparison& c);
  void unified(Comparison& c);
  void file_header(const char* mark, const DiffSide& s, size_t index);
  std::string function_text(Comparison& c, size_t line);
  void context_side(const DiffSide& s, std::span<const DiffChange> hunk, bool second, size_t from, size_t to);
  /// A line after its mark ("<", "-", "" for none), which a blank or a tab follows.
  void marked(std::string_view line, std::string_view mark, bool note_missing_newline = true);
  void body(std::string_view line, std::string_view mark);

  Process& p_;
  const DiffOptions& o_;
  Output& out_;
  bool color_;
  TimeZone zone_;
};

/// A name in a heading: a C string if there is anything odd in it.
std::string diff_name(const std::string& name);

/// -y
void print_side_by_side(const DiffOptions& o, const Comparison& c, bool utf8, Output& out);
/// -D, --line-format, --GTYPE-group-format
void print_groups(const DiffOptions& o, const Comparison& c, Output& out);

}  // namespace nacre
