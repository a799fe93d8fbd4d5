// stats and frequency.
#include <algorithm>
#include <cmath>
#include <map>
#include <unordered_map>

#include "commands/xan/flags.h"

namespace nacre::xan {
namespace {

/// What stats gathers of one column. Variance by Welford's method.
struct Column {
  uint64_t count = 0, empty = 0, ints = 0, floats = 0, strings = 0;
  double sum = 0, mean = 0, squares = 0, min = 0, max = 0;
  std::string first, last;                      // in byte order
  size_t shortest = SIZE_MAX, longest = 0;
  std::vector<double> values;                   // for quartiles
  std::unordered_map<std::string, uint64_t> times;   // for cardinality and mode

  uint64_t numbers() const { return ints + floats; }

  void add(std::string_view s, bool keep_values, bool keep_times) {
    if (s.empty()) {
      empty++;
      if (keep_times) times[""]++;
      return;
    }
    count++;
    if (first.empty() || s < first) first = s;
    if (last.empty() || s > last) last = s;
    shortest = std::min(shortest, s.size());
    longest = std::max(longest, s.size());
    if (keep_times) times[std::string(s)]++;
    double d;
    if (!parse_number(s, d)) {
      strings++;
      return;
    }
    (s.find_first_of(".eE") == s.npos ? ints : floats)++;
    sum += d;
    double delta = d - mean;
    mean += delta / static_cast<double>(numbers());
    squares += delta * (d - mean);
    min = numbers() == 1 ? d : std::min(min, d);
    max = numbers() == 1 ? d : std::max(max, d);
    if (keep_values) values.push_back(d);
  }

  std::string type() const {
    if (strings) return "string";
    if (floats) return "float";
    return ints ? "int" : "empty";
  }
  std::string types() const {
    std::string out;
    auto add = [&](bool has, const char* name) {
      if (has) out += (out.empty() ? "" : "|") + std::string(name);
    };
    add(ints, "int");
    add(floats, "float");
    add(strings, "string");
    add(empty, "empty");
    return out;
  }
  /// By linear interpolation.
  double quantile(double q) {
    double at = q * static_cast<double>(values.size() - 1);
    auto i = static_cast<size_t>(at);
    double rest = at - static_cast<double>(i);
    return i + 1 < values.size() ? values[i] + rest * (values[i + 1] - values[i]) : values[i];
  }
};

struct StatsOptions : Options {
  bool all = false, quartiles = false, cardinality = false;
};

csv::Row stats_header(const StatsOptions& o) {
  csv::Row out{"field", "count", "count_empty", "type", "types", "sum", "mean"};
  if (o.quartiles) out.insert(out.end(), {"q1", "median", "q3"});
  out.insert(out.end(), {"variance", "stddev", "min", "max"});
  if (o.cardinality) out.insert(out.end(), {"cardinality", "mode", "tied_for_mode"});
  out.insert(out.end(), {"lex_first", "lex_last", "min_length", "max_length"});
  return out;
}

csv::Row stats_row(const StatsOptions& o, const std::string& name, Column& c) {
  csv::Row out{name, std::to_string(c.count), std::to_string(c.empty), c.type(), c.types()};
  const bool n = c.numbers() > 0;
  auto number = [&](double d) { out.push_back(n ? number_text(d) : ""); };
  number(c.sum);
  number(c.mean);
  if (o.quartiles) {
    std::sort(c.values.begin(), c.values.end());
    for (double q : {0.25, 0.5, 0.75}) number(n ? c.quantile(q) : 0);
  }
  double variance = n ? c.squares / static_cast<double>(c.numbers()) : 0;
  number(variance);
  number(std::sqrt(variance));
  number(c.min);
  number(c.max);
  if (o.cardinality) {
    uint64_t most = 0, tied = 0;
    std::string mode;
    for (const auto& [text, times] : c.times) {
      if (times > most || (times == most && text < mode)) mode = text;
      tied = times > most ? 1 : tied + (times == most);
      most = std::max(most, times);
    }
    out.insert(out.end(), {std::to_string(c.times.size()), mode, std::to_string(tied)});
  }
  out.insert(out.end(), {c.first, c.last, c.count ? std::to_string(c.shortest) : "", c.count ? std::to_string(c.longest) : ""});
  return out;
}

int stats(Process& p, const Sub& self, const std::vector<std::string>& argv) {
  static constexpr Flag<StatsOptions> kFlags[] = {NACRE_XAN_FLAGS(StatsOptions),
                                                  NACRE_XAN_SELECT(StatsOptions),
                                                  {'A', "all", &StatsOptions::all},
                                                  {'q', "quartiles", &StatsOptions::quartiles},
                                                  {'c', "cardinality", &StatsOptions::cardinality}};
  StatsOptions o;
  if (auto over = read_flags(p, self, kFlags, o, argv)) return *over;
  if (auto over = no_more_operands(p, o, 1)) return *over;
  o.quartiles |= o.all;
  o.cardinality |= o.all;
  auto t = Table::open(p, o, file_operand(o, 0));
  Sink sink(p, o);
  if (!t || !sink.good()) return 1;
  auto chosen = select_columns(p, t->headers(), o.have_select ? o.select : "*", o.no_headers);
  if (!chosen) return 1;
  std::vector<Column> columns(chosen->size());
  csv::Record r;
  while (t->next(r))
    for (size_t k = 0; k < columns.size(); k++) columns[k].add(r[(*chosen)[k]], o.quartiles, o.cardinality);
  csv::Writer w(sink.out());
  w.row(stats_header(o));
  for (size_t k = 0; k < columns.size(); k++) w.row(stats_row(o, t->headers()[(*chosen)[k]], columns[k]));
  return sink.finish(t->status());
}

// ---- frequency
struct FrequencyOptions : Options {
  std::string limit = "10";
  bool all = false, no_extra = false;
};
int frequency(Process& p, const Sub& self, const std::vector<std::string>& argv) {
  static constexpr Flag<FrequencyOptions> kFlags[] = {NACRE_XAN_FLAGS(FrequencyOptions),
                                                      NACRE_XAN_SELECT(FrequencyOptions),
                                                      {'l', "limit", &FrequencyOptions::limit},
                                                      {'A', "all", &FrequencyOptions::all},
                                                      {'N', "no-extra", &FrequencyOptions::no_extra}};
  FrequencyOptions o;
  uint64_t limit;
  if (auto over = read_flags(p, self, kFlags, o, argv)) return *over;
  if (auto over = no_more_operands(p, o, 1)) return *over;
  if (!row_count(p, o.limit, "--limit", limit)) return 1;
  if (o.all || limit == 0) limit = UINT64_MAX;
  auto t = Table::open(p, o, file_operand(o, 0));
  Sink sink(p, o);
  if (!t || !sink.good()) return 1;
  auto chosen = select_columns(p, t->headers(), o.have_select ? o.select : "*", o.no_headers);
  if (!chosen) return 1;
  std::vector<std::unordered_map<std::string, uint64_t>> counts(chosen->size());
  csv::Record r;
  while (t->next(r))
    for (size_t k = 0; k < counts.size(); k++) counts[k][std::string(r[(*chosen)[k]])]++;
  csv::Writer w(sink.out());
  w.row(csv::Row{"field", "value", "count"});
  for (size_t k = 0; k < counts.size(); k++) {
    const std::string& name = t->headers()[(*chosen)[k]];
    std::vector<std::pair<std::string, uint64_t>> sorted(counts[k].begin(), counts[k].end());
    if (o.no_extra) std::erase_if(sorted, [](const auto& e) { return e.first.empty(); });
    std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.second != b.second ? a.second > b.second : a.first < b.first; });
    uint64_t rest = 0;
    for (size_t i = 0; i < sorted.size(); i++) {
      if (i < limit) w.row(csv::Row{name, sorted[i].first.empty() ? "<empty>" : sorted[i].first, std::to_string(sorted[i].second)});
      else rest += sorted[i].second;
    }
    if (rest && !o.no_extra) w.row(csv::Row{name, "<rest>", std::to_string(rest)});
  }
  return sink.finish(t->status());
}

}  // namespace

constexpr Sub kStats{"stats",
                     "Usage: xan stats [-s COLUMNS] [-q] [-c] [-A] [FILE]\nPrint numbers about each column.\n\n  -q, --quartiles     q1, median and q3 too\n  "
                     "-c, --cardinality   number of values, and the most frequent one, too\n  -A, --all           both\n",
                     stats};
constexpr Sub kFrequency{"frequency",
                         "Usage: xan frequency [-s COLUMNS] [-l N] [-A] [-N] [FILE]\nCount the values of each column.\n\n  -l, --limit N    the N (10) most "
                         "frequent\n  -A, --all        all\n  -N, --no-extra   neither <empty> nor <rest>\n",
                         frequency};

}  // namespace nacre::xan
