/// xan: what its subcommands share: options, tables that are read with their
/// headers, selections of columns.
/// Source: xan's documentation (`xan help`, docs/ of its repository).
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "commands/args.h"
#include "commands/xan/csv.h"

namespace nacre::xan {

/// Options of every subcommand, and of some.
struct Options {
  std::string delimiter, output;
  bool no_headers = false;
  std::string select;                       ///< -s
  bool have_select = false;
  std::vector<std::string> operands;        ///< after the subcommand
};

/// One input: its headers (made up of numbers without any) and its records.
class Table {
 public:
  /// Null after a message.
  static std::unique_ptr<Table> open(Process& p, const Options& o, const std::string& file);

  const csv::Row& headers() const { return headers_; }
  size_t width() const { return headers_.size(); }
  /// The next record. Records of another width end the command with a message (fail).
  bool next(csv::Record& out);
  /// 0, or 1 after reading failed.
  int status() const { return failed_ ? 1 : 0; }

 private:
  Table(Process& p, std::unique_ptr<Input> in, char delimiter) : p_(p), in_(std::move(in)), reader_(*in_, delimiter) {}
  Process& p_;
  std::unique_ptr<Input> in_;
  csv::Reader reader_;
  csv::Row headers_;
  csv::Record first_;                       ///< without headers: read already
  bool have_first_ = false, failed_ = false;
  uint64_t record_ = 0;
};

/// "," or what -d says; a file that ends in .tsv or .tab is separated by tabs.
char delimiter_for(const Options& o, const std::string& file);

/// Indices of the columns a selection names: names, numbers, a:b, !..., *; quoted with "". nullopt after a message.
std::optional<std::vector<size_t>> select_columns(Process& p, const csv::Row& headers, const std::string& selection, bool no_headers);

/// "xan SUBCOMMAND: text" on stderr; 1.
int fail(Process& p, const std::string& text);

/// Where output goes: standard output, or the file of -o.
class Sink {
 public:
  Sink(Process& p, const Options& o);
  ~Sink();
  bool good() const { return out_ != nullptr; }
  Output& out() { return *out_; }
  int finish(int status) { return out_->finish(status); }

 private:
  Process& p_;
  int fd_ = 1;
  std::unique_ptr<Output> out_;
};

/// True and the number: decimal, with fraction and exponent.
bool parse_number(std::string_view s, double& out);
/// Shortest text that reads back the same.
std::string number_text(double d);

/// One subcommand: its name, its help and what runs it, with argv[0] the name.
struct Sub {
  std::string_view name, usage;
  int (*run)(Process& p, const Sub& self, const std::vector<std::string>& argv);
};

// In files by theme.
extern const Sub kCount, kHeaders, kSlice, kHead, kTail, kEnum, kRename, kFmt, kCat;          // streams.cc
extern const Sub kSelect, kDrop, kTranspose, kFlatten, kTable, kView;                         // columns.cc
extern const Sub kSearch, kSort, kDedup, kSample, kSplit;                                     // rows.cc
extern const Sub kStats, kFrequency;                                                          // numbers.cc
extern const Sub kJoin;                                                                       // join.cc
extern const Sub kTo, kFrom;                                                                  // convert.cc

}  // namespace nacre::xan
