// Subcommands about rows: which, and in what order.
#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "algo/regex.h"
#include "algo/unicode.h"
#include "commands/xan/flags.h"

namespace nacre::xan {
namespace {

/// The fields of some columns as one key: each with its length before.
std::string key_of(const csv::Record& r, const std::vector<size_t>& columns) {
  std::string key;
  for (size_t i : columns) {
    key += std::to_string(r[i].size());
    key += ':';
    key += r[i];
  }
  return key;
}

// ---- search
struct SearchOptions : Options {
  bool exact = false, regex = false, ignore_case = false, invert = false, non_empty = false, all = false;
  std::string limit;
};
int search(Process& p, const Sub& self, const std::vector<std::string>& argv) {
  static constexpr Flag<SearchOptions> kFlags[] = {NACRE_XAN_FLAGS(SearchOptions),
                                                   NACRE_XAN_SELECT(SearchOptions),
                                                   {'e', "exact", &SearchOptions::exact},
                                                   {'r', "regex", &SearchOptions::regex},
                                                   {'i', "ignore-case", &SearchOptions::ignore_case},
                                                   {'v', "invert-match", &SearchOptions::invert},
                                                   {'N', "non-empty", &SearchOptions::non_empty},
                                                   {'A', "all", &SearchOptions::all},
                                                   {'l', "limit", &SearchOptions::limit}};
  SearchOptions o;
  if (auto over = read_flags(p, self, kFlags, o, argv)) return *over;
  if (!o.non_empty && o.operands.empty()) return missing_operand(p);
  const size_t file = o.non_empty ? 0 : 1;
  if (auto over = no_more_operands(p, o, file + 1)) return *over;
  uint64_t left = UINT64_MAX;
  if (!o.limit.empty() && !row_count(p, o.limit, "--limit", left)) return 1;
  std::unique_ptr<Regex> regex;
  if (!o.non_empty) {
    std::string error;
    uint32_t flags = kRegexUtf8 | (o.regex ? kRegexPerl : kRegexLiteral) | (o.ignore_case ? kRegexFoldCase : 0);
    regex = Regex::compile(o.operands[0], flags, &error);
    if (!regex) return fail(p, "wrong pattern: " + error);
  }
  auto t = Table::open(p, o, file_operand(o, file));
  Sink sink(p, o);
  if (!t || !sink.good()) return 1;
  auto chosen = select_columns(p, t->headers(), o.have_select ? o.select : "*", o.no_headers);
  if (!chosen) return 1;
  csv::Writer w(sink.out());
  if (!o.no_headers && t->width()) w.row(t->headers());
  auto matches = [&](std::string_view field) {
    if (o.non_empty) return !field.empty();
    if (!o.exact) return regex->matches(field);
    RegexSpan span;
    return regex->match(field, 0, {&span, 1}) && span.size() == field.size();
  };
  csv::Record r;
  while (left && t->next(r)) {
    size_t hits = 0;
    for (size_t i : *chosen) hits += matches(r[i]);
    bool yes = o.all ? hits == chosen->size() : hits > 0;
    if (yes == o.invert) continue;
    w.row(r);
    left--;
  }
  return sink.finish(t->status());
}

// ---- sort
struct SortOptions : Options {
  bool numeric = false, reverse = false, unique = false, check = false;
  std::string count;
};
int sort(Process& p, const Sub& self, const std::vector<std::string>& argv) {
  static constexpr Flag<SortOptions> kFlags[] = {
      NACRE_XAN_FLAGS(SortOptions),        NACRE_XAN_SELECT(SortOptions),     {'N', "numeric", &SortOptions::numeric}, {'R', "reverse", &SortOptions::reverse},
      {'u', "uniq", &SortOptions::unique}, {0, "check", &SortOptions::check}, {'c', "count", &SortOptions::count}};
  SortOptions o;
  if (auto over = read_flags(p, self, kFlags, o, argv)) return *over;
  if (auto over = no_more_operands(p, o, 1)) return *over;
  auto t = Table::open(p, o, file_operand(o, 0));
  Sink sink(p, o);
  if (!t || !sink.good()) return 1;
  auto chosen = select_columns(p, t->headers(), o.have_select ? o.select : "*", o.no_headers);
  if (!chosen) return 1;
  struct Entry {
    csv::Row row;
    std::vector<double> numbers;
  };
  std::vector<Entry> rows;
  csv::Record r;
  while (t->next(r)) {
    Entry e{{r.begin(), r.end()}, {}};
    // What is no number comes first.
    for (size_t i : *chosen) {
      double d = -1e308 * 10;
      if (o.numeric) parse_number(r[i], d), e.numbers.push_back(d);
    }
    rows.push_back(std::move(e));
  }
  uint32_t work = 0;
  auto compare = [&](const Entry& a, const Entry& b) {
    if ((++work & 1023) == 0) p.tick(1024);
    for (size_t k = 0; k < chosen->size(); k++) {
      if (o.numeric) {
        if (a.numbers[k] != b.numbers[k]) return a.numbers[k] < b.numbers[k] ? -1 : 1;
      } else if (int c = a.row[(*chosen)[k]].compare(b.row[(*chosen)[k]])) {
        return c;
      }
    }
    return 0;
  };
  auto before = [&](const Entry& a, const Entry& b) { return o.reverse ? compare(a, b) > 0 : compare(a, b) < 0; };
  if (o.check) {
    bool sorted = std::is_sorted(rows.begin(), rows.end(), before);
    return sink.finish(sorted && !t->status() ? 0 : fail(p, "file is not sorted"));
  }
  std::stable_sort(rows.begin(), rows.end(), before);
  csv::Writer w(sink.out());
  auto put = [&](const csv::Row& row, const std::string& n) {
    w.begin();
    for (const std::string& f : row) w.field(f);
    if (!o.count.empty()) w.field(n);
    w.end();
  };
  if (!o.no_headers && t->width()) put(t->headers(), o.count);
  for (size_t i = 0; i < rows.size();) {
    size_t n = 1;
    if (o.unique || !o.count.empty())
      while (i + n < rows.size() && compare(rows[i], rows[i + n]) == 0) n++;
    put(rows[i].row, std::to_string(n));
    i += n;
  }
  return sink.finish(t->status());
}

// ---- dedup
struct DedupOptions : Options {
  bool keep_last = false, duplicates = false;
};
int dedup(Process& p, const Sub& self, const std::vector<std::string>& argv) {
  static constexpr Flag<DedupOptions> kFlags[] = {NACRE_XAN_FLAGS(DedupOptions),
                                                  NACRE_XAN_SELECT(DedupOptions),
                                                  {'l', "keep-last", &DedupOptions::keep_last},
                                                  {0, "keep-duplicates", &DedupOptions::duplicates}};
  DedupOptions o;
  if (auto over = read_flags(p, self, kFlags, o, argv)) return *over;
  if (auto over = no_more_operands(p, o, 1)) return *over;
  auto t = Table::open(p, o, file_operand(o, 0));
  Sink sink(p, o);
  if (!t || !sink.good()) return 1;
  auto chosen = select_columns(p, t->headers(), o.have_select ? o.select : "*", o.no_headers);
  if (!chosen) return 1;
  csv::Writer w(sink.out());
  if (!o.no_headers && t->width()) w.row(t->headers());
  csv::Record r;
  if (!o.keep_last && !o.duplicates) {
    std::unordered_set<std::string> seen;
    while (t->next(r))
      if (seen.insert(key_of(r, *chosen)).second) w.row(r);
    return sink.finish(t->status());
  }
  std::vector<std::pair<std::string, csv::Row>> rows;
  std::unordered_map<std::string, size_t> times, last;
  while (t->next(r)) {
    rows.emplace_back(key_of(r, *chosen), csv::Row(r.begin(), r.end()));
    times[rows.back().first]++;
    last[rows.back().first] = rows.size() - 1;
  }
  for (size_t i = 0; i < rows.size(); i++)
    if (o.duplicates ? times[rows[i].first] > 1 : last[rows[i].first] == i) w.row(rows[i].second);
  return sink.finish(t->status());
}

// ---- sample
struct SampleOptions : Options {
  std::string seed;
};
int sample(Process& p, const Sub& self, const std::vector<std::string>& argv) {
  static constexpr Flag<SampleOptions> kFlags[] = {NACRE_XAN_FLAGS(SampleOptions), {0, "seed", &SampleOptions::seed}};
  SampleOptions o;
  uint64_t size, state = p.random();
  if (auto over = read_flags(p, self, kFlags, o, argv)) return *over;
  if (o.operands.empty()) return missing_operand(p);
  if (auto over = no_more_operands(p, o, 2)) return *over;
  if (!row_count(p, o.operands[0], "the sample's size", size)) return 1;
  if (!o.seed.empty() && !row_count(p, o.seed, "--seed", state)) return 1;
  // splitmix64
  auto random = [&] {
    uint64_t z = state += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  };
  auto t = Table::open(p, o, file_operand(o, 1));
  Sink sink(p, o);
  if (!t || !sink.good()) return 1;
  std::vector<csv::Row> kept;
  csv::Record r;
  for (uint64_t n = 0; t->next(r); n++) {
    if (kept.size() < size) {
      kept.emplace_back(r.begin(), r.end());
    } else if (uint64_t k = random() % (n + 1); k < size) {
      kept[k].assign(r.begin(), r.end());
    }
  }
  csv::Writer w(sink.out());
  if (!o.no_headers && t->width()) w.row(t->headers());
  for (const csv::Row& row : kept) w.row(row);
  return sink.finish(t->status());
}

// ---- split
struct SplitOptions : Options {
  std::string size = "4096", dir = ".", name = "{}.csv";
};
int split(Process& p, const Sub& self, const std::vector<std::string>& argv) {
  static constexpr Flag<SplitOptions> kFlags[] = {{'d', "delimiter", &SplitOptions::delimiter},
                                                  {'n', "no-headers", &SplitOptions::no_headers},
                                                  {'S', "size", &SplitOptions::size},
                                                  {'O', "out-dir", &SplitOptions::dir},
                                                  {'f', "filename", &SplitOptions::name}};
  SplitOptions o;
  uint64_t size;
  if (auto over = read_flags(p, self, kFlags, o, argv)) return *over;
  if (auto over = no_more_operands(p, o, 1)) return *over;
  if (!row_count(p, o.size, "--size", size)) return 1;
  if (size == 0) return fail(p, "--size must be more than 0");
  auto t = Table::open(p, o, file_operand(o, 0));
  if (!t) return 1;
  (void)p.mkdir(o.dir);
  csv::Record r;
  std::unique_ptr<Sink> sink;
  std::optional<csv::Writer> w;
  for (uint64_t n = 0; t->next(r); n++) {
    if (n % size == 0) {
      if (sink) sink->finish(0);
      std::string name = o.name;
      if (size_t at = name.find("{}"); at != name.npos) name.replace(at, 2, std::to_string(n));
      else name += std::to_string(n);
      Options to;
      to.output = o.dir + "/" + name;
      sink = std::make_unique<Sink>(p, to);
      if (!sink->good()) return 1;
      w.emplace(sink->out());
      if (!o.no_headers) w->row(t->headers());
    }
    w->row(r);
  }
  return sink ? sink->finish(t->status()) : t->status();
}

}  // namespace

constexpr Sub kSearch{
    "search",
    "Usage: xan search [OPTION]... PATTERN [FILE]\nKeep the records with PATTERN in a field.\n\n  -s, --select COLUMNS  look only there\n  -e, --exact         "
    "  the field is PATTERN\n  -r, --regex           PATTERN is a regular expression\n  -i, --ignore-case\n  -v, --invert-match    keep the others\n  -A, "
    "--all             in all the columns\n  -N, --non-empty       instead of PATTERN: any text\n  -l, --limit N         stop after N records\n",
    search};
constexpr Sub kSort{"sort",
                    "Usage: xan sort [OPTION]... [FILE]\nSort the records.\n\n  -s, --select COLUMNS  by these\n  -N, --numeric         as numbers; what is "
                    "none comes first\n  -R, --reverse\n  -u, --uniq            the first of equal ones only\n  -c, --count NAME      the same, with a column "
                    "of how many there were\n      --check           only check the order\n",
                    sort};
constexpr Sub kDedup{"dedup",
                     "Usage: xan dedup [-s COLUMNS] [-l] [--keep-duplicates] [FILE]\nKeep the first of equal records.\n\n  -l, --keep-last        the last\n   "
                     "   --keep-duplicates  only those that are there more than once\n",
                     dedup};
constexpr Sub kSample{"sample", "Usage: xan sample [--seed N] SIZE [FILE]\nKeep SIZE records chosen at random.\n", sample};
constexpr Sub kSplit{"split",
                     "Usage: xan split [-S SIZE] [-O DIR] [-f NAME] [FILE]\nCut into files of SIZE (4096) records, named by the first record's number.\n\n  "
                     "-f, --filename NAME   {} stands for the number ({}.csv)\n",
                     split};

}  // namespace nacre::xan
