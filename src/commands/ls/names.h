/// Names: how ls writes a name: quotes, color, link, mark; and where in the output it did (--dired).
/// Source: GNU coreutils 9.1 manual, "Formatting the file names", "What information is listed".
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "commands/ls/colors.h"
#include "commands/ls/entry.h"
#include "commands/ls/options.h"
#include "commands/text_io.h"

namespace nacre::ls {

class Names {
 public:
  Names(Process& p, const Options& o);

  /// Everything but colors goes out here, so that positions are known.
  void write(std::string_view s) {
    out_.write(s);
    position_ += s.size();
  }
  Output& out() { return out_; }

  /// What depends on the name alone; once per entry. True: quotes changed it.
  bool measure(Entry& e) const;
  /// The columns of a name among others of which some are quoted.
  size_t width(const Entry& e, bool some_quoted) const { return e.width + (aligns(e, some_quoted) ? 1 : 0); }
  /// The name, at `column` of its line; returns the columns it took.
  size_t write_name(const Entry& e, bool some_quoted, size_t column);
  void write_target(const Entry& e, size_t column);
  /// A directory's name above its list.
  void write_title(const std::string& path);
  /// '/', '*', '@', '|', '=' or 0.
  char mark(const Stat& st, bool known) const;
  /// Starts the color of everything that is no name.
  void normal_color();
  bool colors() const { return colored_; }
  /// Symbolic links need to be followed to be shown.
  bool follows_links() const {
    return colored_ && (colors_.like_target() || colors_.shows(Colors::Orphan) || (colors_.shows(Colors::Missing) && o_.format == Format::Long));
  }
  /// The color depends on more than the type.
  bool needs_mode(FileType type) const;
  /// Two spaces before each line of a --dired listing.
  void indent() {
    if (o_.dired) write("  ");
  }
  /// What --dired and colors add at the end.
  void finish();

 private:
  bool aligns(const Entry& e, bool some_quoted) const { return o_.align_quotes && some_quoted && !e.quoted; }
  std::string quoted(std::string_view name, std::string_view also) const;
  const std::string* color(const Entry& e, bool target) const;
  void sequence(const std::string& s);
  void reset_color();
  void linked(const std::string& text, const std::string& absolute, bool outer_quotes, bool dired, std::vector<size_t>& at);
  size_t write_colored(const std::string& text, const std::string* color, const std::string& absolute, bool outer_quotes, bool dired, size_t column);
  size_t columns(std::string_view text) const;

  Process& p_;
  const Options& o_;
  Output out_;
  Colors colors_;
  bool colored_ = false, used_color_ = false;
  size_t position_ = 0;
  std::vector<size_t> names_at_, titles_at_;   ///< begin and end of each
  std::string host_;
};

}  // namespace nacre::ls
