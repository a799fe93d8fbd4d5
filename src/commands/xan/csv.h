/// csv: records of comma-separated values, streaming.
///
/// Fields in quotes may hold delimiters, newlines and doubled quotes; CR LF and LF
/// end records; empty lines are skipped; a quote within a bare field is text, and so
/// is what follows a closing quote. A byte-order mark is skipped. NUL and invalid
/// UTF-8 pass through.
///
/// A Record's views are valid until the next call on its reader.
/// Source: RFC 4180; the behaviour of the csv library that xan uses.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "commands/text_io.h"

namespace nacre::csv {

using Record = std::vector<std::string_view>;
/// A record that stays.
using Row = std::vector<std::string>;

class Reader {
 public:
  Reader(Input& in, char delimiter) : in_(in), delimiter_(delimiter) {}
  /// False at the end, or after an error of the input.
  bool next(Record& out);
  /// Line of the last record's begin, from 1.
  uint64_t line() const { return line_; }
  Input& input() { return in_; }

 private:
  bool plain(std::string_view block, Record& out);
  void slow(Record& out);
  void add(char c);

  Input& in_;
  char delimiter_;
  bool begun_ = false;
  uint64_t line_ = 0, next_line_ = 1;
  size_t taken_ = 0;              ///< of the block, by the record given out last
  std::string buffer_;            ///< a record that does not lie in one block, or has quotes
  std::vector<size_t> ends_;
};

struct Style {
  char delimiter = ',';
  char quote = '"', escape = '"';
  bool always = false, never = false, crlf = false;
};

class Writer {
 public:
  explicit Writer(Output& out, Style style = {}) : out_(out), style_(style) {}
  template <class R>
  void row(const R& fields) {
    begin();
    for (const auto& f : fields) field(f);
    end();
  }
  void begin() { fields_ = 0, empty_ = false; }
  void field(std::string_view s);
  void end();

 private:
  Output& out_;
  Style style_;
  size_t fields_ = 0;
  bool empty_ = false;
};

}  // namespace nacre::csv
