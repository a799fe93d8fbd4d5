/// Pager: lays files out in pages and columns for pr.
///
/// A page is made of rows, a row of one cell a column. Cells come straight from a
/// file (one column, -a, -m) or from a store that holds a page of them (columns
/// down). A form feed in the input ends the page of its file.
/// Source: GNU coreutils 9.1 manual, "pr invocation"; POSIX XCU pr.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "commands/text_io.h"

namespace nacre {

struct PrOptions {
  uint64_t first_page = 1, last_page = UINT64_MAX;
  int columns = 1;
  bool explicit_columns = false, across = false, merge = false;
  bool double_space = false, form_feed = false, headers = true, keep_form_feeds = false, join = false, truncate = false;
  bool octal = false, caret = false, quiet_opens = false;
  bool expand = false, tabify = false;
  char input_tab = '\t', output_tab = '\t';
  int input_tab_width = 8, output_tab_width = 8;
  int length = 66, width = 72, margin = 0;
  bool numbered = false, count_skipped = true;
  char number_separator = '\t';
  int number_digits = 5, first_number = 1;
  bool has_separator = false;
  std::string separator;
  std::optional<std::string> header;
  std::string date_format;
};

/// Prints the files one beside the other (-m) or the single file (none: standard input).
/// False if one could not be opened or read.
class Pager {
 public:
  Pager(Process& p, const PrOptions& options, std::vector<std::string> files, Output& out);
  bool run();
  /// The columns have no room: a message was written.
  bool too_narrow() const { return too_narrow_; }

 private:
  enum class State : uint8_t { Open, FormFeed, OnHold, Closed };

  /// A file as pieces of lines: what ends one is a newline, a form feed or the end.
  struct Feed {
    std::unique_ptr<Input> in;
    std::string name;
    std::string_view line;       ///< what is left of the line read last
    bool inside = false;         ///< a form feed left more of it
    bool unfinished = false;     ///< its last byte was no newline
  };
  enum class Ends : uint8_t { Newline, FormFeed, File };
  struct Piece {
    std::string_view text;
    Ends ends;
  };

  struct Cell {
    enum class Kind : uint8_t { Text, FormFeed, End, NoRoom } kind = Kind::Text;
    std::string text;            ///< with its number, as it is to be printed
    int width = 0;               ///< columns of it
    State after = State::Open;   ///< of the file, when the cell has been read
  };

  struct Column {
    std::shared_ptr<Feed> feed;
    State state = State::Open;
    bool full_page = false;      ///< the last page ended without a form feed
    bool numbered = false;
    int start = 0;               ///< column where it begins, the separator before it counted; 0: anywhere
    int left = 0;                ///< lines it still has on this page
    size_t stored = 0, next = 0; ///< range in store_
  };

  bool open_files();
  bool set_up();
  void set_header(const std::string& name, Input* in);
  Piece next_piece(Column& c);
  void read_cell(Column& c, Cell& cell);
  void render(const Column& c, std::string_view text, Cell& cell);
  int clump(char c, int& position, std::string& out) const;
  std::string number_text();
  bool skip_pages();
  void skip_line(Column& c, bool first_column, bool last_line);
  void leave(Column& c, State state);
  bool prepare_page();
  void fill_store();
  bool page();
  void row(bool& any_vertical);
  bool stored_cell(Column& c);
  void direct_cell(Column& c);
  void empty_cell(Column& c);
  int ready() const;
  void wake();
  void print_header();

  // The row that is being written: blanks wait until something visible follows.
  void put(char c);
  void pad_to(int column);
  void write_blanks();
  void separators();

  Process& p_;
  PrOptions o_;
  std::vector<std::string> files_;
  Output& out_;
  std::vector<Column> columns_;
  std::vector<Cell> store_;
  std::string date_, title_;
  bool storing_ = false, failed_ = false, too_narrow_ = false;
  int body_ = 0, column_width_ = 0, number_width_ = 0;
  int64_t line_number_ = 0;
  uint64_t page_number_ = 1;
  int open_ = 0;                     ///< files that still have lines for this page
  int position_ = 0, blanks_ = 0, pending_separators_ = 0, padding_ = 0, left_on_page_ = 0;
  bool header_due_ = false, feed_due_ = false, vertical_ = false, empty_row_ = true, align_empty_ = false, only_feed_ = false;
};

}  // namespace nacre
