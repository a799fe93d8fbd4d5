/// pr - paginate or columnate files for printing.
/// Source: GNU coreutils 9.1 manual, "pr invocation"; POSIX XCU pr.
/// Differs: none known.
#include "algo/unicode.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/pr/pages.h"
#include "commands/quoting.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: pr [OPTION]... [FILE]...\n"
    "Paginate FILE(s), or lay them out in columns, for printing.\n\n"
    "With no FILE, or when FILE is -, read standard input.\n\n"
    "  +FIRST[:LAST], --pages=FIRST[:LAST]  print only these pages\n"
    "  -N, --columns=N           N columns of equal length on each page, filled downwards\n"
    "  -a, --across              fill columns across instead\n"
    "  -c, --show-control-chars  show control characters as ^G, others as octal \\123\n"
    "  -d, --double-space        an empty line after each line\n"
    "  -D, --date-format=FORMAT  format of the date in headers\n"
    "  -e[CHAR[WIDTH]], --expand-tabs[=CHAR[WIDTH]]  expand input CHARs (TABs) to stops of WIDTH (8)\n"
    "  -F, -f, --form-feed       form feeds between pages instead of newlines\n"
    "  -h, --header=HEADER       HEADER instead of the file's name in headers\n"
    "  -i[CHAR[WIDTH]], --output-tabs[=CHAR[WIDTH]]  replace blanks by CHARs (TABs), stops of WIDTH (8)\n"
    "  -J, --join-lines          whole lines side by side, not aligned; turns off -W\n"
    "  -l, --length=LENGTH       lines of a page (66); -t is implied by 10 or less\n"
    "  -m, --merge               all files side by side, one a column\n"
    "  -n[SEP[DIGITS]], --number-lines[=SEP[DIGITS]]  number lines with DIGITS (5), then SEP (TAB)\n"
    "  -N, --first-line-number=NUMBER  number of the first line printed\n"
    "  -o, --indent=MARGIN       MARGIN blanks before each line\n"
    "  -r, --no-file-warnings    say nothing of files that cannot be opened\n"
    "  -s[CHAR], --separator[=CHAR]  a character (TAB without -w, none with it) between columns\n"
    "  -S[STRING], --sep-string[=STRING]  STRING between columns (default a TAB with -J, else a blank)\n"
    "  -t, --omit-header         no page headers and trailers\n"
    "  -T, --omit-pagination     like -t, and no pages by form feeds of the input\n"
    "  -v, --show-nonprinting    show what cannot be printed as octal \\123\n"
    "  -w, --width=WIDTH         width (72) of a page of several columns\n"
    "  -W, --page-width=WIDTH    width of any page; lines are cut there, except with -J\n"
    "      --help                display this help and exit\n"
    "      --version             output version information and exit\n";

constexpr int kPages = 1, kColumns = 2;   // stand for options without a letter
constexpr OptionSpec kSpecs[] = {
    {0, "pages", ArgKind::Required},
    {0, "columns", ArgKind::Required},
    {'a', "across", ArgKind::None},
    {'b', "", ArgKind::None},
    {'c', "show-control-chars", ArgKind::None},
    {'d', "double-space", ArgKind::None},
    {'D', "date-format", ArgKind::Required},
    {'e', "expand-tabs", ArgKind::Optional},
    {'f', "form-feed", ArgKind::None},
    {'F', "", ArgKind::None},
    {'h', "header", ArgKind::Required},
    {'i', "output-tabs", ArgKind::Optional},
    {'J', "join-lines", ArgKind::None},
    {'l', "length", ArgKind::Required},
    {'m', "merge", ArgKind::None},
    {'n', "number-lines", ArgKind::Optional},
    {'N', "first-line-number", ArgKind::Required},
    {'o', "indent", ArgKind::Required},
    {'r', "no-file-warnings", ArgKind::None},
    {'s', "separator", ArgKind::Optional},
    {'S', "sep-string", ArgKind::Optional},
    {'t', "omit-header", ArgKind::None},
    {'T', "omit-pagination", ArgKind::None},
    {'v', "show-nonprinting", ArgKind::None},
    {'w', "width", ArgKind::Required},
    {'W', "page-width", ArgKind::Required},
    {'0', "", ArgKind::None},
    {'1', "", ArgKind::None},
    {'2', "", ArgKind::None},
    {'3', "", ArgKind::None},
    {'4', "", ArgKind::None},
    {'5', "", ArgKind::None},
    {'6', "", ArgKind::None},
    {'7', "", ArgKind::None},
    {'8', "", ArgKind::None},
    {'9', "", ArgKind::None},
};

class Reader {
 public:
  explicit Reader(Process& p) : p_(p) {}

  std::optional<int> read(PrOptions& o, std::vector<std::string>& files) {
    std::vector<std::string> operands;
    auto status = parse_options(p_, kUsage, kSpecs, p_.argv(), {}, operands, [&](size_t index, std::optional<std::string_view> value) {
      int name = index == 0 ? kPages : index == 1 ? kColumns : kSpecs[index].short_name;
      return option(o, name, value);
    });
    if (status) return status;
    for (auto& word : operands) {
      if (!pages_given_ && word.starts_with('+')) {
        if (auto bad = pages(o, std::string_view(word).substr(1), "+", pages_given_)) return bad;
        if (pages_given_) continue;
      }
      files.push_back(std::move(word));
    }
    return settle(o);
  }

 private:
  using Value = std::optional<std::string_view>;

  std::optional<int> option(PrOptions& o, int name, Value v) {
    if (name >= '0' && name <= '9') {
      if (!after_digit_) digits_.clear();
      digits_ += static_cast<char>(name);
      after_digit_ = true;
      return std::nullopt;
    }
    after_digit_ = false;
    switch (name) {
      case kPages:
        pages_given_ = false;
        if (auto bad = pages(o, *v, "--pages", pages_given_)) return bad;
        if (pages_given_) return std::nullopt;
        p_.warn("invalid page range %s", quote(p_, *v).c_str());
        return 1;
      case kColumns: return columns(o, *v);
      case 'a': o.across = true; break;
      case 'b': break;   // columns are balanced, as by GNU's, which keeps the letter for old scripts
      case 'c': o.caret = true; break;
      case 'd': o.double_space = true; break;
      case 'D':
        o.date_format = std::string(*v);
        has_date_ = true;
        break;
      case 'e': o.expand = true; return character(v, 'e', o.input_tab, o.input_tab_width);
      case 'f':
      case 'F': o.form_feed = true; break;
      case 'h': o.header = std::string(*v); break;
      case 'i': o.tabify = true; return character(v, 'i', o.output_tab, o.output_tab_width);
      case 'J': o.join = true; break;
      case 'l': return number(*v, 1, o.length, "'-l PAGE_LENGTH' invalid number of lines");
      case 'm': o.merge = true; break;
      case 'n': o.numbered = true; return character(v, 'n', o.number_separator, o.number_digits);
      case 'N': o.count_skipped = false; return number(*v, INT32_MIN, o.first_number, "'-N NUMBER' invalid starting line number");
      case 'o': return number(*v, 0, o.margin, "'-o MARGIN' invalid line offset");
      case 'r': o.quiet_opens = true; break;
      case 's':
        old_ = old_s_ = true;
        if (!o.has_separator && v) o.separator = std::string(*v);
        break;
      case 'S':
        old_s_ = false;
        o.separator = std::string(v.value_or(""));
        o.has_separator = true;
        break;
      case 't':
        o.headers = false;
        o.keep_form_feeds = true;
        break;
      case 'T': o.headers = o.keep_form_feeds = false; break;
      case 'v': o.octal = true; break;
      case 'w': {
        old_ = old_w_ = true;
        int width = 0;
        if (auto bad = number(*v, 1, width, "'-w PAGE_WIDTH' invalid number of characters")) return bad;
        if (!o.truncate) o.width = width;
        break;
      }
      case 'W':
        old_w_ = false;
        o.truncate = true;
        return number(*v, 1, o.width, "'-W PAGE_WIDTH' invalid number of characters");
      default: break;
    }
    return std::nullopt;
  }

  std::optional<int> number(std::string_view v, int least, int& to, const char* what) {
    auto n = parse_int(v);
    const char* why = "";
    bool is_number = n.has_value();
    if (!n) {
      size_t from = !v.empty() && (v[0] == '-' || v[0] == '+');
      is_number = v.size() > from && v.find_first_not_of("0123456789", from) == std::string_view::npos;
      if (is_number) why = ": Value too large for defined data type";
    } else if (*n > INT32_MAX) {
      why = ": Value too large for defined data type";
    } else if (*n < least) {
      why = *n < INT32_MIN / 2 ? ": Value too large for defined data type" : ": Numerical result out of range";
    } else {
      to = static_cast<int>(*n);
      return std::nullopt;
    }
    p_.warn("%s: %s%s", what, quote(p_, v).c_str(), is_number ? why : "");
    return 1;
  }

  std::optional<int> columns(PrOptions& o, std::string_view v) {
    digits_.clear();
    o.explicit_columns = true;
    return number(v, 1, o.columns, "invalid number of columns");
  }

  /// [CHAR[NUMBER]]
  std::optional<int> character(Value v, char option, char& to, int& width) {
    if (!v || v->empty()) return std::nullopt;
    std::string_view rest = *v;
    if (!ascii_digit(rest[0])) {
      to = rest[0];
      rest.remove_prefix(1);
    }
    if (rest.empty()) return std::nullopt;
    auto n = ascii_digit(rest[0]) ? parse_int(rest) : std::nullopt;
    if (n && *n > 0 && *n <= INT32_MAX) {
      width = static_cast<int>(*n);
      return std::nullopt;
    }
    p_.warn("'-%c' extra characters or invalid number in the argument: %s", option, quote(p_, rest).c_str());
    return try_help(p_);
  }

  /// FIRST[:LAST]; `done` stays false where it is none.
  std::optional<int> pages(PrOptions& o, std::string_view text, const char* option, bool& done) {
    uint64_t bounds[2] = {0, UINT64_MAX};
    std::string_view rest = text;
    for (int i = 0; i < 2; i++) {
      size_t n = std::min(rest.find_first_not_of("0123456789"), rest.size());
      if (n == 0) return invalid(option, "invalid", text);
      bool over = false;
      auto value = parse_size(rest.substr(0, n), "", &over);
      if (over || !value) return invalid(option, "too large", text);
      bounds[i] = *value;
      if (i == 0 && bounds[0] == 0) return std::nullopt;
      rest.remove_prefix(n);
      if (i == 0 && !rest.starts_with(':')) break;
      if (i == 0) rest.remove_prefix(1);
    }
    if (!rest.empty() || bounds[1] < bounds[0]) return std::nullopt;
    o.first_page = bounds[0];
    o.last_page = bounds[1];
    done = true;
    return std::nullopt;
  }
  std::optional<int> invalid(const char* option, const char* what, std::string_view shown) {
    std::string text(shown);
    if (std::string_view(what) == "invalid") p_.warn("invalid %s argument '%s'", option, text.c_str());
    else p_.warn("%s argument '%s' too large", option, text.c_str());
    return 1;
  }

  /// What old options mean depends on what others there are.
  std::optional<int> settle(PrOptions& o) {
    if (!digits_.empty())
      if (auto bad = columns(o, std::string(digits_))) return bad;
    if (!has_date_) o.date_format = p_.getenv("POSIXLY_CORRECT") && !p_.utf8() ? "%b %e %H:%M %Y" : "%Y-%m-%d %H:%M";
    if (o.merge && o.explicit_columns) {
      p_.warn("cannot specify number of columns when printing in parallel");
      return 1;
    }
    if (o.merge && o.across) {
      p_.warn("cannot specify both printing across and printing in parallel");
      return 1;
    }
    if (!old_) return std::nullopt;
    bool several = o.merge || o.explicit_columns;
    if (old_w_) {
      if (several) {
        o.truncate = true;
        if (old_s_) o.has_separator = true;
      } else {
        o.join = true;   // -w counts with columns only
      }
    } else if (!o.has_separator && old_s_ && several) {
      if (o.truncate) {
        o.has_separator = true;
      } else {
        o.join = true;
        if (!o.separator.empty()) o.has_separator = true;
      }
    }
    return std::nullopt;
  }

  Process& p_;
  std::string digits_;
  bool after_digit_ = false, pages_given_ = false, has_date_ = false, old_ = false, old_s_ = false, old_w_ = false;
};

int pr_main(Process& p) {
  PrOptions o;
  std::vector<std::string> files;
  if (auto status = Reader(p).read(o, files)) return *status;
  Output out(p);
  bool good = true;
  if (files.empty() || o.merge) {
    good = Pager(p, o, files, out).run();
  } else {
    for (const auto& file : files) {
      Pager pager(p, o, {file}, out);
      good = pager.run() && good;
      if (pager.too_narrow()) break;
    }
  }
  return out.finish(good ? 0 : 1);
}

}  // namespace

Command pr_command() { return {{"pr"}, kUsage, pr_main}; }

}  // namespace nacre
