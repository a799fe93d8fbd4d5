/// cut - remove sections from each line of files.
/// Source: GNU coreutils 9 manual, "cut invocation"; POSIX XCU cut. -c is by bytes, as in GNU.
/// Differs: none known.
#include <algorithm>

#include "algo/unicode.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/range_list.h"
#include "commands/quoting.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: cut OPTION... [FILE]...\n"
    "Print selected parts of lines from each FILE to standard output.\n\n"
    "  -b, --bytes=LIST        select only these bytes\n"
    "  -c, --characters=LIST   select only these characters\n"
    "  -d, --delimiter=DELIM   use DELIM instead of TAB for field delimiter\n"
    "  -f, --fields=LIST       select only these fields; also print any line without delimiter, unless -s\n"
    "  -n                      (ignored)\n"
    "      --complement        complement the set of selected bytes, characters or fields\n"
    "  -s, --only-delimited    do not print lines not containing delimiters\n"
    "      --output-delimiter=STRING  use STRING as the output delimiter\n"
    "  -z, --zero-terminated   line delimiter is NUL, not newline\n"
    "      --help              display this help and exit\n"
    "      --version           output version information and exit\n\n"
    "LIST is one range, or many separated by commas: N, N-, N-M, -M, counted from 1.\n";

struct Options {
  std::optional<std::string> bytes, fields, chars, delimiter, output_delimiter;
  bool complement = false, only_delimited = false, zero = false, multiple = false;
  bool ignored = false;

  std::optional<int> once(Process& p, std::optional<std::string>& to, std::string_view v) {
    if (bytes || fields || chars) {
      p.warn("only one list may be specified");
      return try_help(p);
    }
    to = std::string(v);
    return std::nullopt;
  }
};
std::optional<int> set_delimiter(Process& p, Options& o, std::string_view v) {
  if (v.size() > 1) {
    p.warn("the delimiter must be a single character");
    return try_help(p);
  }
  o.delimiter = std::string(v);
  return std::nullopt;
}
constexpr Flag<Options> kFlags[] = {
    {'b', "bytes", +[](Process& p, Options& o, std::string_view v) { return o.once(p, o.bytes, v); }},
    {'c', "characters", +[](Process& p, Options& o, std::string_view v) { return o.once(p, o.chars, v); }},
    {'f', "fields", +[](Process& p, Options& o, std::string_view v) { return o.once(p, o.fields, v); }},
    {'d', "delimiter", set_delimiter},
    {'n', "", &Options::ignored},
    {0, "complement", &Options::complement},
    {'s', "only-delimited", &Options::only_delimited},
    // An empty one is a NUL, as GNU's is.
    {0, "output-delimiter", +[](Options& o, std::string_view v) { o.output_delimiter = v.empty() ? std::string(1, '\0') : std::string(v); }},
    {'z', "zero-terminated", &Options::zero},
};

void cut_bytes(Input& in, Output& out, const std::vector<ListRange>& ranges, const Options& o) {
  char end = o.zero ? '\0' : '\n';
  std::string_view line;
  while (in.next_line(line, end)) {
    bool first = true;
    for (const auto& r : ranges) {
      if (r.low > line.size()) break;
      if (!first && o.output_delimiter) out.write(*o.output_delimiter);
      out.write(line.substr(r.low - 1, r.high - r.low + 1));
      first = false;
    }
    out.put(end);
  }
}

void cut_fields(Input& in, Output& out, const std::vector<ListRange>& ranges, const Options& o, char delimiter) {
  char end = o.zero ? '\0' : '\n';
  char single[1] = {delimiter};
  std::string_view separator = o.output_delimiter ? std::string_view(*o.output_delimiter) : std::string_view(single, 1);
  std::string_view line;
  while (in.next_line(line, end)) {
    const char* at = line.data();
    const char* stop = at + line.size();
    const char* hit = static_cast<const char*>(__builtin_memchr(at, delimiter, line.size()));
    if (!hit) {
      if (!o.only_delimited) out.line(line, end);
      continue;
    }
    uint64_t field = 1;
    size_t k = 0;
    bool first = true;
    while (at && k < ranges.size()) {
      if (field > ranges[k].high) {
        k++;
        continue;
      }
      hit = static_cast<const char*>(__builtin_memchr(at, delimiter, static_cast<size_t>(stop - at)));
      if (field >= ranges[k].low) {
        if (!first) out.write(separator);
        // The rest of the line at once when nothing in it changes.
        if (ranges[k].high == UINT64_MAX && !o.output_delimiter) hit = nullptr;
        out.write({at, static_cast<size_t>((hit ? hit : stop) - at)});
        first = false;
      }
      at = hit ? hit + 1 : nullptr;
      field++;
    }
    out.put(end);
  }
}

// The delimiter is what ends lines: the fields are the lines of the whole file.
void cut_lines(Input& in, Output& out, const std::vector<ListRange>& ranges, const Options& o) {
  const char end = o.zero ? '\0' : '\n';
  const std::string separator = o.output_delimiter ? *o.output_delimiter : std::string(1, end);
  auto chosen = [&](uint64_t n) { return std::any_of(ranges.begin(), ranges.end(), [&](const ListRange& r) { return n >= r.low && n <= r.high; }); };
  std::string_view line;
  if (!in.next_line(line, end)) return;
  // Alone and without a delimiter after it, it is printed whatever the list says.
  bool selected = in.terminated() ? chosen(1) : !o.only_delimited;
  if (selected) out.write(line);
  if (!in.terminated() && !selected) return;
  for (uint64_t field = 2; in.next_line(line, end); field++) {
    if (!chosen(field)) continue;
    if (selected) out.write(separator);
    out.write(line);
    selected = true;
  }
  out.put(end);
}

int cut_main(Process& p) {
  Options o;
  std::vector<std::string> files;
  if (auto status = parse(p, kUsage, kFlags, o, files)) return *status;
  if (!o.bytes && !o.fields && !o.chars) {
    p.warn("you must specify a list of bytes, characters, or fields");
    return try_help(p);
  }
  if (!o.fields && (o.delimiter || o.only_delimited)) {
    p.warn(o.delimiter ? "an input delimiter may be specified only when operating on fields"
                       : "suppressing non-delimited lines makes sense\n\tonly when operating on fields");
    return try_help(p);
  }
  std::vector<ListRange> ranges;
  const std::string& list = o.fields ? *o.fields : o.bytes ? *o.bytes : *o.chars;
  if (!parse_range_list(p, list, {.fields = o.fields.has_value(), .complement = o.complement}, ranges)) return 1;
  char delimiter = o.delimiter ? (o.delimiter->empty() ? '\0' : (*o.delimiter)[0]) : '\t';
  Output out(p);
  int status = for_each_input(p, files, [&](Input& in) {
    if (o.fields && delimiter == (o.zero ? '\0' : '\n')) cut_lines(in, out, ranges, o);
    else if (o.fields) cut_fields(in, out, ranges, o, delimiter);
    else cut_bytes(in, out, ranges, o);
    return true;
  });
  return out.finish(status);
}

}  // namespace

Command cut_command() { return {{"cut"}, kUsage, cut_main}; }

}  // namespace nacre
