/// Layout: a table of entries as lines: one a line, long, in columns, between commas.
/// Source: GNU coreutils 9.1 manual, "What information is listed", "General output formatting".
#pragma once
#include <string>
#include <vector>

#include "commands/accounts.h"
#include "commands/ls/names.h"
#include "commands/zone.h"

namespace nacre::ls {

class Layout {
 public:
  Layout(Process& p, const Options& o, Names& names) : p_(p), o_(o), names_(names), accounts_(p), zone_(process_zone(p)), now_(p.now()) {}

  void print(const std::vector<Entry>& entries, bool some_quoted);
  const Timespec& time_of(const Stat& st) const;

 private:
  // Before each name: inode, blocks, context.
  struct Widths {
    size_t inode = 0, blocks = 0;
  };
  Widths measure(const std::vector<Entry>& entries) const;
  std::string frills(const Entry& e, const Widths& w) const;
  size_t cell_width(const Entry& e, const Widths& w, bool some_quoted) const;
  void write_cell(const Entry& e, const Widths& w, bool some_quoted, size_t column);
  void columns(const std::vector<Entry>& v, const Widths& w, bool some_quoted, bool down);
  void separated(const std::vector<Entry>& v, const Widths& w, bool some_quoted, char separator);
  void write_mark(const Stat& st, bool known);

  // The long format.
  struct Row {
    std::string mode, links, owner, group, author, size, major, minor;
    bool owner_number, group_number, author_number;
  };
  void print_long(const std::vector<Entry>& v, const Widths& w, bool some_quoted);
  Row row(const Entry& e);
  std::string time_text(const Entry& e);

  Process& p_;
  const Options& o_;
  Names& names_;
  Accounts accounts_;
  TimeZone zone_;
  Timespec now_;   ///< moves on when a younger file is met
};

}  // namespace nacre::ls
