/// uniq - report or omit repeated lines.
/// Source: GNU coreutils 9 manual, "uniq invocation"; POSIX XCU uniq.
/// Differs: none known.
#include "algo/unicode.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/quoting.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: uniq [OPTION]... [INPUT [OUTPUT]]\n"
    "Filter adjacent matching lines from INPUT, writing to OUTPUT.\n\n"
    "  -c, --count           prefix lines by the number of occurrences\n"
    "  -d, --repeated        only print duplicate lines, one for each group\n"
    "  -D                    print all duplicate lines\n"
    "      --all-repeated[=METHOD]  like -D, but separate groups with an empty line: none, prepend, separate\n"
    "  -f, --skip-fields=N   avoid comparing the first N fields\n"
    "      --group[=METHOD]  show all items, groups separated by an empty line: separate, prepend, append, both\n"
    "  -i, --ignore-case     ignore differences in case when comparing\n"
    "  -s, --skip-chars=N    avoid comparing the first N characters\n"
    "  -u, --unique          only print unique lines\n"
    "  -z, --zero-terminated  line delimiter is NUL, not newline\n"
    "  -w, --check-chars=N   compare no more than N characters in lines\n"
    "      --help            display this help and exit\n"
    "      --version         output version information and exit\n";

enum Method { kNone, kPrepend, kAppend, kSeparate, kBoth };
struct Options {
  bool count = false, repeated = false, unique = false, fold = false, zero = false;
  bool all = false, group = false;
  std::string method;
  uint64_t skip_fields = 0, skip_chars = 0, check = UINT64_MAX;
  std::string digits;
};

std::optional<int> number(Process& p, uint64_t& to, std::string_view v, const char* what) {
  auto n = parse_size(v, "");
  if (n) {
    to = *n;
    return std::nullopt;
  }
  p.warn("%s: invalid number of %s", std::string(v).c_str(), what);
  return 1;
}

template <char C>
void digit(Options& o) {
  o.digits += C;
}

constexpr Choice kAll[] = {{"none", kNone}, {"prepend", kPrepend}, {"separate", kSeparate}};
constexpr Choice kGroup[] = {{"prepend", kPrepend}, {"append", kAppend}, {"separate", kSeparate}, {"both", kBoth}};

std::optional<int> set_method(Process& p, Options& o, const char* option, std::string_view v, std::span<const Choice> choices) {
  if (!choose(p, option, v, choices)) return try_help(p);
  o.method = std::string(v);
  return std::nullopt;
}

constexpr Flag<Options> kFlags[] = {
    {'c', "count", &Options::count},
    {'d', "repeated", &Options::repeated},
    {'D', "",
     +[](Options& o) {
       o.all = true;
       o.method = "none";
     }},
    {0, "all-repeated",
     +[](Process& p, Options& o, std::optional<std::string_view> v) {
       o.all = true;
       return set_method(p, o, "--all-repeated", v.value_or("none"), kAll);
     }},
    {'f', "skip-fields", +[](Process& p, Options& o, std::string_view v) { return number(p, o.skip_fields, v, "fields to skip"); }},
    {0, "group",
     +[](Process& p, Options& o, std::optional<std::string_view> v) {
       o.group = true;
       return set_method(p, o, "--group", v.value_or("separate"), kGroup);
     }},
    {'i', "ignore-case", &Options::fold},
    {'s', "skip-chars", +[](Process& p, Options& o, std::string_view v) { return number(p, o.skip_chars, v, "bytes to skip"); }},
    {'u', "unique", &Options::unique},
    {'z', "zero-terminated", &Options::zero},
    {'w', "check-chars", +[](Process& p, Options& o, std::string_view v) { return number(p, o.check, v, "bytes to compare"); }},
    {'0', "", digit<'0'>},
    {'1', "", digit<'1'>},
    {'2', "", digit<'2'>},
    {'3', "", digit<'3'>},
    {'4', "", digit<'4'>},
    {'5', "", digit<'5'>},
    {'6', "", digit<'6'>},
    {'7', "", digit<'7'>},
    {'8', "", digit<'8'>},
    {'9', "", digit<'9'>},
};

class Uniq {
 public:
  Uniq(Input& in, Output& out, const Options& o, Method method) : in_(in), out_(out), o_(o), method_(method), end_(o.zero ? '\0' : '\n') {}

  void run() {
    std::string_view line;
    bool have = false;
    while (in_.next_line(line, end_)) {
      if (have && key(line) == key(current_)) {
        repeat(line);
        continue;
      }
      if (have) finish_group();
      current_.assign(line);
      count_ = 1;
      have = true;
      begin_group();
    }
    if (have) finish_group();
    if (have && o_.group && (method_ == kAppend || method_ == kBoth)) out_.put(end_);
  }

 private:
  // The part that is compared, folded if case does not count.
  std::string_view key(std::string_view s) {
    size_t i = 0;
    for (uint64_t f = 0; f < o_.skip_fields && i < s.size(); f++) {
      while (i < s.size() && (s[i] == ' ' || s[i] == '\t')) i++;
      while (i < s.size() && s[i] != ' ' && s[i] != '\t') i++;
    }
    s.remove_prefix(std::min<uint64_t>(s.size(), i + o_.skip_chars));
    s = s.substr(0, o_.check);
    if (!o_.fold) return s;
    std::string& keep = folded_[next_fold_ ^= 1];
    keep = lower(s, false);
    return keep;
  }

  void put(std::string_view line) { out_.line(line, end_); }

  void begin_group() {
    if (!o_.group) return;
    bool separate = (method_ == kSeparate || method_ == kAppend) ? groups_ > 0 : true;
    if (method_ == kPrepend || method_ == kBoth) separate = true;
    if (separate) out_.put(end_);
    groups_++;
    put(current_);
  }

  void repeat(std::string_view line) {
    count_++;
    if (o_.group) return put(line);
    if (!o_.all) return;
    if (count_ == 2) {
      if (method_ == kPrepend || (method_ == kSeparate && groups_ > 0)) out_.put(end_);
      groups_++;
    }
    if (count_ == 2 || o_.unique) put(current_);
    // -D prints a line when the next one is like it, and the last one unless -u leaves that out.
    if (o_.unique) current_.assign(line);
    else put(line);
  }

  void finish_group() {
    if (o_.group || o_.all) return;
    if (o_.repeated && count_ == 1) return;
    if (o_.unique && count_ > 1) return;
    if (o_.count) out_.format("%7llu ", static_cast<unsigned long long>(count_));
    put(current_);
  }

  Input& in_;
  Output& out_;
  const Options& o_;
  Method method_;
  char end_;
  std::string current_;
  std::string folded_[2];
  int next_fold_ = 0;
  uint64_t count_ = 0, groups_ = 0;
};

int uniq_main(Process& p) {
  Options o;
  std::vector<std::string> files;
  if (auto status = parse(p, kUsage, kFlags, o, files)) return *status;
  if (!o.digits.empty()) o.skip_fields = parse_size(o.digits, "").value_or(0);
  // The historical +N among the operands: characters to skip.
  if (std::find(p.argv().begin(), p.argv().end(), "--") == p.argv().end())
    std::erase_if(files, [&](const std::string& f) {
      if (f.size() < 2 || f[0] != '+' || f.find_first_not_of("0123456789", 1) != std::string::npos) return false;
      o.skip_chars = parse_size(f, "").value_or(0);
      return true;
    });
  if (files.size() > 2) return extra_operand(p, files[2]);
  Method method = kNone;
  if (o.group && (o.count || o.repeated || o.all || o.unique)) {
    p.warn("--group is mutually exclusive with -c/-d/-D/-u");
    return try_help(p);
  }
  if (o.all || o.group) {
    method = static_cast<Method>(o.group ? *choose(p, "--group", o.method, kGroup) : *choose(p, "--all-repeated", o.method, kAll));
  }
  if (o.all && o.count) {
    p.warn("printing all duplicated lines and repeat counts is meaningless");
    return try_help(p);
  }
  auto in = open_input(p, files.empty() ? "-" : files[0]);
  if (!in) return 1;
  int fd = 1;
  if (files.size() > 1 && files[1] != "-") {
    auto opened = p.open(files[1], kOpenWrite | kOpenCreate | kOpenTruncate);
    if (!opened) {
      p.warn(opened.error(), "%s", quote_name(p, files[1]).c_str());
      return 1;
    }
    fd = *opened;
  }
  Output out(p, fd);
  Uniq(*in, out, o, method).run();
  out.flush();
  if (in->error() != Errno::OK) {
    p.warn("error reading %s", quote_file(p, in->name()).c_str());
    return 1;
  }
  return 0;
}

}  // namespace

Command uniq_command() { return {{"uniq"}, kUsage, uniq_main}; }

}  // namespace nacre
