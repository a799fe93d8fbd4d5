/// xan - work on tables of comma-separated values.
/// Source: xan's documentation. There is no xan in Debian to compare with; results follow the documentation.
/// Differs: filter, map, agg and groupby, which have a language of their own, and plots and crawls are not
/// known; table is that of xsv; flatten and view do not cut to the width of a terminal; stats counts
/// exactly what it counts.
#include "commands/command.h"
#include "commands/xan/xan.h"

namespace nacre {
namespace xan {
namespace {

constexpr char kUsage[] =
    "Usage: xan COMMAND [OPTION]... [FILE]\n"
    "Work on tables of comma-separated values; without FILE, or when it is -, standard input.\n\n"
    "  cat         join files below or beside each other\n"
    "  count       number of records\n"
    "  dedup       keep the first of equal records\n"
    "  drop        leave columns out\n"
    "  enum        a column of numbers\n"
    "  flatten     one field a line\n"
    "  fmt         other delimiters and quotes\n"
    "  frequency   count values\n"
    "  from        convert from json, jsonl, txt\n"
    "  head        first records\n"
    "  headers     names of columns\n"
    "  join        join two files by columns\n"
    "  rename      other names for columns\n"
    "  sample      records chosen at random\n"
    "  search      records with a text or pattern\n"
    "  select      keep columns\n"
    "  slice       a range of records\n"
    "  sort        sort records\n"
    "  split       cut into files\n"
    "  stats       numbers about columns\n"
    "  table       aligned columns\n"
    "  tail        last records\n"
    "  to          convert to json, jsonl, md, html, txt\n"
    "  transpose   rows become columns\n"
    "  view        a table in a frame\n\n"
    "Options of all:\n"
    "  -d, --delimiter CHAR   instead of the comma (\\t or tab: a tab)\n"
    "  -n, --no-headers       the first record is data\n"
    "  -o, --output FILE      write there\n"
    "'xan COMMAND --help' tells more.\n";

int xan_main(Process& p) {
  static constexpr const Sub* kSubs[] = {&kCat,   &kCount,   &kDedup, &kDrop,   &kEnum,   &kFlatten,   &kFmt,    &kFrequency, &kFrom,
                                         &kHead,  &kHeaders, &kJoin,  &kRename, &kSample, &kSearch,    &kSelect, &kSlice,     &kSort,
                                         &kSplit, &kStats,   &kTable, &kTail,   &kTo,     &kTranspose, &kView};
  const auto& argv = p.argv();
  if (argv.size() < 2) {
    write_error(p, kUsage);
    return 1;
  }
  std::vector<std::string> rest(argv.begin() + 1, argv.end());
  for (const Sub* sub : kSubs)
    if (rest[0] == sub->name) return sub->run(p, *sub, rest);
  if (rest[0] == "f" || rest[0] == "freq") return kFrequency.run(p, kFrequency, rest);
  if (rest[0] == "help" && rest.size() > 1) {
    for (const Sub* sub : kSubs) {
      if (rest[1] != sub->name) continue;
      Output out(p);
      out.write(sub->usage);
      return out.finish(0);
    }
  }
  if (rest[0] == "help") {
    Output out(p);
    out.write(kUsage);
    return out.finish(0);
  }
  if (rest[0].starts_with('-')) {
    std::vector<std::string> operands;
    if (auto over = parse_plain(p, kUsage, operands)) return *over;
  }
  return fail(p, "unknown command '" + rest[0] + "'; 'xan help' lists them");
}

}  // namespace
}  // namespace xan

Command xan_command() { return {{"xan"}, xan::kUsage, xan::xan_main, MessageName::Short}; }

}  // namespace nacre
