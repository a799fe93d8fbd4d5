#include "commands/diff/print.h"

#include "commands/quoting.h"

namespace nacre {

std::string diff_name(const std::string& name) {
  for (char c : name)
    if (c <= ' ' || c > '~' || c == '"' || c == '\\') return c_quote(name, false);
  return name;
}

DiffPrinter::DiffPrinter(Process& p, const DiffOptions& options, Output& out) : p_(p), o_(options), out_(out), zone_(process_zone(p)) {
  const char* term = p.getenv("TERM");
  color_ = o_.color == 2 || (o_.color == 1 && p.isatty(1) && !(term && std::string_view(term) == "dumb"));
}

void DiffPrinter::ink(Ink which) {
  if (!color_) return;
  const DiffPalette& c = o_.palette;
  out_.write("\033[");
  switch (which) {
    case Ink::Reset: out_.write(c.reset); break;
    case Ink::Header: out_.write(c.header); break;
    case Ink::Added: out_.write(c.added); break;
    case Ink::Deleted: out_.write(c.deleted); break;
    case Ink::Line: out_.write(c.line); break;
  }
  out_.put('m');
}

void DiffPrinter::header(std::string_view text) {
  ink(Ink::Header);
  out_.write(text);
  ink(Ink::Reset);
  out_.put('\n');
}

// The text of a line. With -t its tabs are spaces; a carriage return begins the line again.
void DiffPrinter::body(std::string_view line, std::string_view mark) {
  if (!o_.expand_tabs) return out_.write(line);
  size_t column = 0;
  for (char c : line) {
    if (c == '\t') {
      size_t n = o_.tab - column % o_.tab;
      column += n;
      out_.write(std::string(n, ' '));
      continue;
    }
    out_.put(c);
    if (c == '\r') {
      column = 0;
      if (!mark.empty()) out_.write(std::string(mark) + (o_.initial_tab ? "\t" : " "));
    } else if (c == '\b') {
      column -= column > 0;
    } else if (static_cast<unsigned char>(c) >= ' ') {
      column++;
    }
  }
}

void DiffPrinter::marked(std::string_view line, std::string_view mark, bool note_missing_newline) {
  if (!mark.empty()) {
    if (!o_.suppress_blank_empty || line != "\n") out_.write(std::string(mark) + (o_.initial_tab ? "\t" : " "));
    else if (mark != " ") out_.write(mark);
  }
  bool ended = line.ends_with('\n');
  if (ended) line.remove_suffix(1);
  body(line, mark);
  if (!mark.empty()) ink(Ink::Reset);
  if (ended) out_.put('\n');
  else if (note_missing_newline) out_.write("\n\\ No newline at end of file\n");
}

void DiffPrinter::print(Comparison& c, const std::string& heading) {
  bool shows_all = o_.style == DiffStyle::SideBySide || o_.style == DiffStyle::Groups;
  bool any = false;
  for (const auto& change : c.changes()) any = any || !change.ignore;
  if (!any && !shows_all) return;
  out_.write(heading);
  switch (o_.style) {
    case DiffStyle::Context: return context(c);
    case DiffStyle::Unified: return unified(c);
    case DiffStyle::Ed: return ed(c);
    case DiffStyle::ForwardEd: return forward_ed(c);
    case DiffStyle::Rcs: return rcs(c);
    case DiffStyle::SideBySide: return print_side_by_side(o_, c, p_.utf8(), out_);
    case DiffStyle::Groups: return print_groups(o_, c, out_);
    default: return normal(c);
  }
}

}  // namespace nacre
