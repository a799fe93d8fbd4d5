// Subcommands that pass records through one by one.
#include <deque>

#include "commands/xan/flags.h"

namespace nacre::xan {
namespace {

// ---- count
struct CountOptions : Options {};
int count(Process& p, const Sub& self, const std::vector<std::string>& argv) {
  static constexpr Flag<CountOptions> kFlags[] = {NACRE_XAN_FLAGS(CountOptions)};
  CountOptions o;
  if (auto over = read_flags(p, self, kFlags, o, argv)) return *over;
  if (auto over = no_more_operands(p, o, 1)) return *over;
  auto t = Table::open(p, o, file_operand(o, 0));
  Sink sink(p, o);
  if (!t || !sink.good()) return 1;
  uint64_t n = 0;
  csv::Record r;
  while (t->next(r)) n++;
  if (t->status() == 0) sink.out().line(std::to_string(n));
  return sink.finish(t->status());
}

// ---- headers
struct HeadersOptions : Options {
  bool just_names = false;
};
int headers(Process& p, const Sub& self, const std::vector<std::string>& argv) {
  static constexpr Flag<HeadersOptions> kFlags[] = {NACRE_XAN_FLAGS(HeadersOptions), {'j', "just-names", &HeadersOptions::just_names}};
  HeadersOptions o;
  if (auto over = read_flags(p, self, kFlags, o, argv)) return *over;
  if (o.operands.empty()) o.operands.push_back("-");
  Sink sink(p, o);
  if (!sink.good()) return 1;
  int status = 0;
  for (const std::string& file : o.operands) {
    auto t = Table::open(p, o, file);
    if (!t) {
      status = 1;
      continue;
    }
    if (o.operands.size() > 1) sink.out().line(file);
    const size_t digits = std::to_string(t->width() ? t->width() - 1 : 0).size();
    for (size_t i = 0; i < t->width(); i++) {
      std::string n = std::to_string(i);
      if (!o.just_names) sink.out().write(n + std::string(digits - n.size() + 1, ' '));
      sink.out().line(t->headers()[i]);
    }
  }
  return sink.finish(status);
}

// ---- slice, head
struct SliceOptions : Options {
  std::string start, end, length, index;
};
int copy_slice(Process& p, const Options& o, uint64_t from, uint64_t to) {
  auto t = Table::open(p, o, file_operand(o, 0));
  Sink sink(p, o);
  if (!t || !sink.good()) return 1;
  csv::Writer w(sink.out());
  if (!o.no_headers && t->width()) w.row(t->headers());
  csv::Record r;
  for (uint64_t n = 0; n < to && t->next(r); n++)
    if (n >= from) w.row(r);
  return sink.finish(t->status());
}

int slice(Process& p, const Sub& self, const std::vector<std::string>& argv) {
  static constexpr Flag<SliceOptions> kFlags[] = {NACRE_XAN_FLAGS(SliceOptions),
                                                  {'s', "start", &SliceOptions::start},
                                                  {'e', "end", &SliceOptions::end},
                                                  {'l', "len", &SliceOptions::length},
                                                  {'i', "index", &SliceOptions::index}};
  SliceOptions o;
  if (auto over = read_flags(p, self, kFlags, o, argv)) return *over;
  if (auto over = no_more_operands(p, o, 1)) return *over;
  uint64_t from = 0, to = UINT64_MAX, n;
  if (!o.index.empty() && (!o.start.empty() || !o.end.empty() || !o.length.empty())) return fail(p, "--index cannot be used with --start, --end or --len");
  if (!o.end.empty() && !o.length.empty()) return fail(p, "--end cannot be used with --len");
  if (!o.start.empty() && !row_count(p, o.start, "--start", from)) return 1;
  if (!o.end.empty() && !row_count(p, o.end, "--end", to)) return 1;
  if (!o.length.empty()) {
    if (!row_count(p, o.length, "--len", n)) return 1;
    if (__builtin_add_overflow(from, n, &to)) to = UINT64_MAX;
  }
  if (!o.index.empty()) {
    if (!row_count(p, o.index, "--index", from)) return 1;
    to = from + 1;
  }
  if (from > to) return fail(p, "the end of the range (" + std::to_string(to) + ") must be greater than or equal to its start (" + std::to_string(from) + ")");
  return copy_slice(p, o, from, to);
}

struct EndOptions : Options {
  std::string limit = "10";
};
constexpr Flag<EndOptions> kEndFlags[] = {NACRE_XAN_FLAGS(EndOptions), {'l', "limit", &EndOptions::limit}};

int head(Process& p, const Sub& self, const std::vector<std::string>& argv) {
  EndOptions o;
  uint64_t n;
  if (auto over = read_flags(p, self, kEndFlags, o, argv)) return *over;
  if (auto over = no_more_operands(p, o, 1)) return *over;
  if (!row_count(p, o.limit, "--limit", n)) return 1;
  return copy_slice(p, o, 0, n);
}

int tail(Process& p, const Sub& self, const std::vector<std::string>& argv) {
  EndOptions o;
  uint64_t n;
  if (auto over = read_flags(p, self, kEndFlags, o, argv)) return *over;
  if (auto over = no_more_operands(p, o, 1)) return *over;
  if (!row_count(p, o.limit, "--limit", n)) return 1;
  auto t = Table::open(p, o, file_operand(o, 0));
  Sink sink(p, o);
  if (!t || !sink.good()) return 1;
  std::deque<csv::Row> last;
  csv::Record r;
  while (t->next(r)) {
    if (n == 0) continue;
    if (last.size() == n) last.pop_front();
    last.emplace_back(r.begin(), r.end());
  }
  csv::Writer w(sink.out());
  if (!o.no_headers && t->width()) w.row(t->headers());
  for (const csv::Row& row : last) w.row(row);
  return sink.finish(t->status());
}

// ---- enum
struct EnumOptions : Options {
  std::string name = "index", start = "0";
};
int enumerate(Process& p, const Sub& self, const std::vector<std::string>& argv) {
  static constexpr Flag<EnumOptions> kFlags[] = {NACRE_XAN_FLAGS(EnumOptions), {'c', "column-name", &EnumOptions::name}, {'S', "start", &EnumOptions::start}};
  EnumOptions o;
  if (auto over = read_flags(p, self, kFlags, o, argv)) return *over;
  if (auto over = no_more_operands(p, o, 1)) return *over;
  auto n = parse_int(o.start);
  if (!n) return fail(p, "wrong number for --start: '" + o.start + "'");
  auto t = Table::open(p, o, file_operand(o, 0));
  Sink sink(p, o);
  if (!t || !sink.good()) return 1;
  csv::Writer w(sink.out());
  auto with = [&](std::string_view first, const auto& rest) {
    w.begin();
    w.field(first);
    for (const auto& f : rest) w.field(f);
    w.end();
  };
  if (!o.no_headers && t->width()) with(o.name, t->headers());
  csv::Record r;
  for (int64_t i = *n; t->next(r); i++) with(std::to_string(i), r);
  return sink.finish(t->status());
}

// ---- rename
struct RenameOptions : Options {
  std::string prefix, suffix;
};
int rename(Process& p, const Sub& self, const std::vector<std::string>& argv) {
  static constexpr Flag<RenameOptions> kFlags[] = {
      NACRE_XAN_FLAGS(RenameOptions), NACRE_XAN_SELECT(RenameOptions), {'p', "prefix", &RenameOptions::prefix}, {'x', "suffix", &RenameOptions::suffix}};
  RenameOptions o;
  if (auto over = read_flags(p, self, kFlags, o, argv)) return *over;
  const bool affix = !o.prefix.empty() || !o.suffix.empty();
  if (!affix && o.operands.empty()) return missing_operand(p);
  const size_t file = affix ? 0 : 1;
  if (auto over = no_more_operands(p, o, file + 1)) return *over;
  auto t = Table::open(p, o, file_operand(o, file));
  Sink sink(p, o);
  if (!t || !sink.good()) return 1;
  auto chosen = select_columns(p, t->headers(), o.have_select ? o.select : "*", o.no_headers);
  if (!chosen) return 1;
  csv::Row names = t->headers();
  if (affix) {
    for (size_t i : *chosen) names[i] = o.prefix + names[i] + o.suffix;
  } else {
    // The new names are themselves a record.
    csv::Row fresh(1);
    bool quoted = false;
    for (size_t i = 0; i < o.operands[0].size(); i++) {
      char c = o.operands[0][i];
      if (c == '"') quoted = !quoted;
      else if (c == ',' && !quoted) fresh.emplace_back();
      else fresh.back() += c;
    }
    if (fresh.size() != chosen->size())
      return fail(
          p, "renamed columns alignment error: expected " + std::to_string(chosen->size()) + " names, but " + std::to_string(fresh.size()) + " were given");
    for (size_t i = 0; i < fresh.size(); i++) names[(*chosen)[i]] = fresh[i];
  }
  csv::Writer w(sink.out());
  w.row(names);
  csv::Record r;
  while (t->next(r)) w.row(r);
  return sink.finish(t->status());
}

// ---- fmt
struct FmtOptions : Options {
  std::string out_delimiter, quote, escape;
  bool tabs = false, crlf = false, always = false, never = false;
};
int format(Process& p, const Sub& self, const std::vector<std::string>& argv) {
  static constexpr Flag<FmtOptions> kFlags[] = {NACRE_XAN_FLAGS(FmtOptions),
                                                {'t', "out-delimiter", &FmtOptions::out_delimiter},
                                                {0, "tabs", &FmtOptions::tabs},
                                                {0, "crlf", &FmtOptions::crlf},
                                                {0, "quote", &FmtOptions::quote},
                                                {0, "quote-always", &FmtOptions::always},
                                                {0, "quote-never", &FmtOptions::never},
                                                {0, "escape", &FmtOptions::escape}};
  FmtOptions o;
  if (auto over = read_flags(p, self, kFlags, o, argv)) return *over;
  if (auto over = no_more_operands(p, o, 1)) return *over;
  csv::Style style;
  Options out;
  out.delimiter = o.out_delimiter;
  style.delimiter = o.tabs ? '\t' : delimiter_for(out, "");
  if (!o.quote.empty()) style.quote = style.escape = o.quote[0];
  if (!o.escape.empty()) style.escape = o.escape[0];
  style.always = o.always;
  style.never = o.never;
  style.crlf = o.crlf;
  auto t = Table::open(p, o, file_operand(o, 0));
  Sink sink(p, o);
  if (!t || !sink.good()) return 1;
  csv::Writer w(sink.out(), style);
  if (!o.no_headers && t->width()) w.row(t->headers());
  csv::Record r;
  while (t->next(r)) w.row(r);
  return sink.finish(t->status());
}

// ---- cat
struct CatOptions : Options {
  bool pad = false;
};

int cat_rows(Process& p, const CatOptions& o, const std::vector<std::string>& files) {
  Sink sink(p, o);
  if (!sink.good()) return 1;
  csv::Writer w(sink.out());
  csv::Row names;
  bool first = true;
  for (const std::string& file : files) {
    auto t = Table::open(p, o, file);
    if (!t) return sink.finish(1);
    if (first) {
      names = t->headers();
      if (!o.no_headers && t->width()) w.row(names);
    }
    first = false;
    // Columns are matched by name.
    std::vector<size_t> order;
    for (const std::string& name : names) {
      size_t i = 0;
      while (i < t->width() && t->headers()[i] != name) i++;
      if (i == t->width()) return sink.finish(fail(p, "file \"" + file + "\" does not have the same headers (no column '" + name + "')"));
      order.push_back(i);
    }
    if (t->width() != names.size()) return sink.finish(fail(p, "file \"" + file + "\" does not have the same headers"));
    csv::Record r;
    while (t->next(r)) {
      w.begin();
      for (size_t i : order) w.field(r[i]);
      w.end();
    }
    if (t->status()) return sink.finish(1);
  }
  return sink.finish(0);
}

int cat_columns(Process& p, const CatOptions& o, const std::vector<std::string>& files) {
  Sink sink(p, o);
  if (!sink.good()) return 1;
  csv::Writer w(sink.out());
  std::vector<std::unique_ptr<Table>> tables;
  for (const std::string& file : files) {
    tables.push_back(Table::open(p, o, file));
    if (!tables.back()) return 1;
  }
  if (!o.no_headers) {
    w.begin();
    for (auto& t : tables)
      for (const std::string& name : t->headers()) w.field(name);
    w.end();
  }
  int status = 0;
  std::vector<csv::Record> rows(tables.size());
  for (;;) {
    size_t have = 0;
    for (size_t i = 0; i < tables.size(); i++) {
      if (tables[i]->next(rows[i])) have++;
      else rows[i].clear();
      status |= tables[i]->status();
    }
    if (status || have == 0 || (!o.pad && have < tables.size())) break;
    w.begin();
    for (size_t i = 0; i < tables.size(); i++)
      for (size_t k = 0; k < tables[i]->width(); k++) w.field(rows[i].empty() ? std::string_view() : rows[i][k]);
    w.end();
  }
  return sink.finish(status);
}

int cat(Process& p, const Sub& self, const std::vector<std::string>& argv) {
  static constexpr Flag<CatOptions> kFlags[] = {NACRE_XAN_FLAGS(CatOptions), {'p', "pad", &CatOptions::pad}};
  CatOptions o;
  if (auto over = read_flags(p, self, kFlags, o, argv)) return *over;
  if (o.operands.empty()) return missing_operand(p);
  std::vector<std::string> files(o.operands.begin() + 1, o.operands.end());
  if (files.empty()) files.push_back("-");
  if (o.operands[0] == "rows") return cat_rows(p, o, files);
  if (o.operands[0] == "cols" || o.operands[0] == "columns") return cat_columns(p, o, files);
  return fail(p, "cat: 'rows' or 'cols', not '" + o.operands[0] + "'");
}

}  // namespace

constexpr Sub kCount{"count", "Usage: xan count [-n] [FILE]\nPrint the number of records.\n", count};
constexpr Sub kHeaders{
    "headers", "Usage: xan headers [-j] [FILE]...\nPrint the names of the columns with their indices.\n\n  -j, --just-names   without the indices\n", headers};
constexpr Sub kSlice{"slice", "Usage: xan slice [-s START] [-e END | -l LEN] [-i INDEX] [FILE]\nPrint the records START (from 0) to END, END not among them.\n",
                     slice};
constexpr Sub kHead{"head", "Usage: xan head [-l N] [FILE]\nPrint the first N records (10).\n", head};
constexpr Sub kTail{"tail", "Usage: xan tail [-l N] [FILE]\nPrint the last N records (10).\n", tail};
constexpr Sub kEnum{"enum",
                    "Usage: xan enum [-c NAME] [-S N] [FILE]\nPut a column of numbers in front.\n\n  -c, --column-name NAME  its name (index)\n  -S, --start N "
                    "          the first number (0)\n",
                    enumerate};
constexpr Sub kRename{
    "rename", "Usage: xan rename NAMES [-s COLUMNS] [FILE]\n  or:  xan rename -p PREFIX | -x SUFFIX [-s COLUMNS] [FILE]\nGive columns other names.\n", rename};
constexpr Sub kFmt{"fmt",
                   "Usage: xan fmt [-t CHAR] [--tabs] [--crlf] [--quote CHAR] [--quote-always] [--quote-never] [--escape CHAR] [FILE]\nWrite the same records "
                   "in another form.\n",
                   format};
constexpr Sub kCat{"cat",
                   "Usage: xan cat rows [FILE]...\n  or:  xan cat cols [-p] [FILE]...\nJoin files below or beside each other.\n\n  -p, --pad   cols: shorter "
                   "files are filled up with empty fields\n",
                   cat};

}  // namespace nacre::xan
