#include "commands/ls/layout.h"

#include <algorithm>

namespace nacre::ls {
namespace {

constexpr size_t kGap = 2, kLeastColumn = 3;   // a name, and the space behind it

std::string right(const std::string& s, size_t width) { return std::string(width > s.size() ? width - s.size() : 0, ' ') + s + " "; }

std::string inode_text(const Entry& e) { return e.failed ? "?" : std::to_string(e.st.ino); }

/// How many columns fit, and how wide they are.
struct Grid {
  size_t rows = 0;
  std::vector<size_t> columns;

  Grid(const std::vector<size_t>& widths, size_t limit, bool down) {
    size_t n = widths.size();
    for (size_t count = std::min(n, std::max<size_t>(1, (limit + kLeastColumn - 1) / kLeastColumn)); count > 0; count--) {
      size_t lines = (n + count - 1) / count;
      columns.assign(count, kLeastColumn);
      for (size_t i = 0; i < n; i++) {
        size_t c = down ? i / lines : i % count;
        columns[c] = std::max(columns[c], widths[i] + (c + 1 == count ? 0 : kGap));
      }
      size_t total = 0;
      for (size_t c : columns) total += c;
      rows = lines;
      if (total < limit) break;
    }
  }
};

}  // namespace

const Timespec& Layout::time_of(const Stat& st) const {
  switch (o_.time) {
    case Which::Access: return st.atime;
    case Which::Change: return st.ctime;
    case Which::Birth: return st.btime;
    case Which::Modify: break;
  }
  return st.mtime;
}

Layout::Widths Layout::measure(const std::vector<Entry>& entries) const {
  Widths w;
  if (o_.format == Format::Commas) return w;
  for (const auto& e : entries) {
    if (o_.inode) w.inode = std::max(w.inode, inode_text(e).size());
    if (o_.size && e.known) w.blocks = std::max(w.blocks, o_.blocks.text(e.st.blocks * 512).size());
  }
  return w;
}

std::string Layout::frills(const Entry& e, const Widths& w) const {
  std::string s;
  if (o_.inode) s += right(inode_text(e), w.inode);
  if (o_.size) s += right(e.known ? o_.blocks.text(e.st.blocks * 512) : "?", w.blocks);
  if (o_.context && o_.format != Format::Long) s += "? ";
  return s;
}

size_t Layout::cell_width(const Entry& e, const Widths& w, bool some_quoted) const {
  return frills(e, w).size() + names_.width(e, some_quoted) + (names_.mark(e.st, e.known) ? 1 : 0);
}

void Layout::write_mark(const Stat& st, bool known) {
  if (char c = names_.mark(st, known)) names_.write({&c, 1});
}

void Layout::write_cell(const Entry& e, const Widths& w, bool some_quoted, size_t column) {
  names_.normal_color();
  names_.write(frills(e, w));
  names_.write_name(e, some_quoted, column);
  write_mark(e.st, e.known);
}

void Layout::print(const std::vector<Entry>& v, bool some_quoted) {
  Widths w = measure(v);
  bool down = o_.format == Format::Vertical;
  switch (o_.format) {
    case Format::Long: return print_long(v, w, some_quoted);
    case Format::Commas: return separated(v, w, some_quoted, ',');
    case Format::Vertical:
    case Format::Horizontal: return o_.width ? columns(v, w, some_quoted, down) : separated(v, w, some_quoted, ' ');
    case Format::One: break;
  }
  for (const auto& e : v) {
    write_cell(e, w, some_quoted, 0);
    names_.out().put(o_.line_end());
  }
}

void Layout::separated(const std::vector<Entry>& v, const Widths& w, bool some_quoted, char separator) {
  size_t at = 0;
  for (size_t i = 0; i < v.size(); i++) {
    size_t width = o_.width ? cell_width(v[i], w, some_quoted) : 0;
    if (i) {
      bool fits = !o_.width || at + width + kGap < o_.width;
      at = fits ? at + kGap : 0;
      names_.out().put(separator);
      names_.out().put(fits ? ' ' : o_.line_end());
    }
    write_cell(v[i], w, some_quoted, at);
    at += width;
    p_.tick();
  }
  if (!v.empty()) names_.out().put(o_.line_end());
}

void Layout::columns(const std::vector<Entry>& v, const Widths& w, bool some_quoted, bool down) {
  std::vector<size_t> widths;
  for (const auto& e : v) widths.push_back(cell_width(e, w, some_quoted));
  if (v.empty()) return;
  Grid grid(widths, o_.width, down);
  // Tabs where they reach, but not among colors, which move a terminal's stops.
  size_t tab = names_.colors() ? 0 : o_.tab;
  for (size_t r = 0; r < grid.rows; r++) {
    size_t at = 0, want = 0;
    for (size_t c = 0; c < grid.columns.size(); c++) {
      size_t i = down ? c * grid.rows + r : r * grid.columns.size() + c;
      if (i >= v.size()) break;
      while (at < want) {
        bool reaches = tab && want / tab > (at + 1) / tab;
        names_.out().put(reaches ? '\t' : ' ');
        at += reaches ? tab - at % tab : 1;
      }
      write_cell(v[i], w, some_quoted, want);
      at = want + widths[i];
      want += grid.columns[c];
    }
    names_.out().put(o_.line_end());
    p_.tick();
  }
}

}  // namespace nacre::ls
