// Columnar modes: all rows are read first, for the widths.
#include <cstring>

#include "algo/unicode.h"
#include "commands/sqlite3/shell.h"

namespace nacre::sqlite {
namespace {

/// The part of a text that goes into one line of a cell, with tabs as blanks. `rest`: what is left for the next
/// line, null if nothing.
std::string cell(const char* z, const char** rest, int width, bool words) {
  const size_t most = width ? static_cast<size_t>(width < 0 ? -width : width) : 1000000;
  auto visible = [](char c) { return static_cast<unsigned char>(c) >= ' '; };
  auto next = [](const char* s) {
    do s++;
    while ((*s & 0xc0) == 0x80);
    return s;
  };
  // Lays out up to `limit`; returns where it stopped.
  auto lay = [&](const char* limit, std::string* out, size_t& n) {
    const char* s = z;
    n = 0;
    while (n < most && (!limit || s < limit)) {
      if (visible(*s)) {
        const char* e = next(s);
        if (out) out->append(s, e);
        s = e;
        n++;
      } else if (*s == '\t') {
        do {
          n++;
          if (out) *out += ' ';
        } while (n % 8 && n < most);
        s++;
      } else {
        break;
      }
    }
    return s;
  };
  size_t n;
  const char* stop = lay(nullptr, nullptr, n);
  const char* end = stop;
  if (n >= most && words) {
    auto length = static_cast<size_t>(stop - z);
    size_t k = length;
    while (k > length / 2 && !space(z[k - 1])) k--;
    if (k <= length / 2) {
      for (k = length; k > length / 2; k--)
        if (ascii_alnum(z[k - 1]) != ascii_alnum(z[k]) && (z[k] & 0xc0) != 0x80) break;
    }
    if (k > length / 2) {
      end = stop = z + k;
      while (*stop == ' ') stop++;
    }
  }
  if (n >= most && visible(*stop)) *rest = stop;
  else if (*stop == '\r' && stop[1] == '\n') *rest = stop[2] ? stop + 2 : nullptr;
  else if (!*stop || !stop[1]) *rest = nullptr;
  else *rest = stop + 1;
  std::string out;
  lay(end, &out, n);
  return out;
}

struct Style {
  const char *left, *between, *right;                     ///< of rows
  const char *top_left, *top_between, *top_right;         ///< of the line above, "" = none
  const char *mid_left, *mid_between, *mid_right;
  const char *low_left, *low_between, *low_right;
  const char* dash;
};
constexpr Style kTable{"| ", " | ", " |\n", "+", "+", "+", "+", "+", "+", "+", "+", "+", "-"};
constexpr Style kMarkdown{"| ", " | ", " |\n", "", "", "", "|", "|", "|", "", "", "", "-"};
constexpr Style kBox{"│ ", " │ ", " │\n", "┌", "┬", "┐", "├", "┼", "┤", "└", "┴", "┘", "─"};
constexpr Style kColumn{"", "  ", "\n", "", "", "", "", "  ", "", "", "", "", "-"};

}  // namespace

/// One result on its way to the output.
class Columns {
 public:
  Columns(Shell& sh, sqlite3_stmt* s) : sh_(sh), s_(s), n_(static_cast<size_t>(sqlite3_column_count(s))) {}

  void show() {
    if (sh_.step(s_) != SQLITE_ROW) return;
    if (sh_.format.widths.size() < n_) sh_.format.widths.resize(n_);
    read();
    measure();
    write();
  }

 private:
  int width_of(size_t i) const { return sh_.format.widths[i] ? sh_.format.widths[i] : sh_.format.wrap; }

  std::string value(size_t i) {
    const int c = static_cast<int>(i);
    if (!sh_.format.quote) {
      auto* text = reinterpret_cast<const char*>(sqlite3_column_text(s_, c));
      return text ? text : sh_.format.null_value;
    }
    switch (sqlite3_column_type(s_, c)) {
      case SQLITE_NULL: return "NULL";
      case SQLITE_TEXT: return take(sqlite3_mprintf("%Q", sqlite3_column_text(s_, c)));
      case SQLITE_BLOB: {
        const void* data = sqlite3_column_blob(s_, c);
        std::string text = hex_blob(data, sqlite3_column_bytes(s_, c));
        text[0] = 'x';
        return text;
      }
      default: return reinterpret_cast<const char*>(sqlite3_column_text(s_, c));
    }
  }

  void read() {
    const char* rest;
    for (size_t i = 0; i < n_; i++) cells_.push_back(cell(sqlite3_column_name(s_, static_cast<int>(i)), &rest, width_of(i), sh_.format.word_wrap));
    std::vector<std::string> values(n_);
    std::vector<const char*> left(n_);
    do {
      sh_.process().tick();
      for (size_t i = 0; i < n_; i++) {
        values[i] = value(i);
        left[i] = values[i].c_str();
      }
      bool more = true;
      while (more) {
        more = false;
        for (size_t i = 0; i < n_; i++) {
          cells_.push_back(cell(left[i] ? left[i] : "", &left[i], width_of(i), sh_.format.word_wrap));
          more |= left[i] != nullptr;
        }
        ends_row_.push_back(!more);
        many_lines_ |= more;
      }
    } while (sh_.step(s_) == SQLITE_ROW);
  }

  void measure() {
    for (size_t i = 0; i < n_; i++) widths_.push_back(static_cast<size_t>(std::abs(sh_.format.widths[i])));
    for (size_t i = 0; i < cells_.size(); i++) widths_[i % n_] = std::max(widths_[i % n_], characters(cells_[i]));
  }

  void rule(const Style& st, const char* left, const char* between, const char* right) {
    if (!*right && !*left) return;
    std::string text = left;
    for (size_t i = 0; i < n_; i++) {
      if (i) text += between;
      for (size_t k = 0; k < widths_[i] + 2; k++) text += st.dash;
    }
    sh_.print(text + right + "\n");
  }

  std::string fitted(size_t i, const std::string& s) {
    int w = static_cast<int>(widths_[i]);
    return padded(s.c_str(), sh_.format.widths[i] < 0 ? -w : w);
  }

  void header(const Style& st) {
    if (st.dash == kColumn.dash && !*st.left) {
      if (!sh_.format.header) return;
      for (size_t i = 0; i < n_; i++) sh_.print(fitted(i, cells_[i]) + (i == n_ - 1 ? "\n" : "  "));
      for (size_t i = 0; i < n_; i++) sh_.print(std::string(widths_[i], '-') + (i == n_ - 1 ? "\n" : "  "));
      return;
    }
    rule(st, st.top_left, st.top_between, st.top_right);
    sh_.print(st.left);
    for (size_t i = 0; i < n_; i++) {
      size_t blank = widths_[i] - characters(cells_[i]);
      sh_.print(std::string(blank / 2, ' ') + cells_[i] + std::string((blank + 1) / 2, ' '));
      sh_.print(i == n_ - 1 ? st.right : st.between);
    }
    rule(st, st.mid_left, st.mid_between, st.mid_right);
  }

  void write() {
    const Show mode = sh_.shown_;
    const Style& st = mode == Show::Table ? kTable : mode == Show::Markdown ? kMarkdown : mode == Show::Box ? kBox : kColumn;
    header(st);
    const size_t rows = ends_row_.size();
    for (size_t row = 0; row < rows; row++) {
      sh_.print(st.left);
      for (size_t i = 0; i < n_; i++) {
        sh_.print(fitted(i, cells_[(row + 1) * n_ + i]));
        sh_.print(i == n_ - 1 ? st.right : st.between);
      }
      if (!many_lines_ || !ends_row_[row] || row + 1 == rows) continue;
      if (mode == Show::Column) sh_.print("\n");
      else if (mode != Show::Markdown) rule(st, st.mid_left, st.mid_between, st.mid_right);
    }
    rule(st, st.low_left, st.low_between, st.low_right);
  }

  Shell& sh_;
  sqlite3_stmt* s_;
  size_t n_;
  std::vector<std::string> cells_;   ///< the header, then lines of cells
  std::vector<bool> ends_row_;       ///< per line
  bool many_lines_ = false;
  std::vector<size_t> widths_;
};

void Shell::show_columns(sqlite3_stmt* s) { Columns(*this, s).show(); }

}  // namespace nacre::sqlite
