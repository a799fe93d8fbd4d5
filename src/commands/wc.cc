/// wc - print newline, word, and byte counts.
/// Source: GNU coreutils 9 manual, "wc invocation"; POSIX XCU wc.
/// Differs: none known.
#include <algorithm>
#include <array>

#include "algo/unicode.h"
#include "base/count_byte.h"
#include "base/utf8.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/quoting.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: wc [OPTION]... [FILE]...\n  or:  wc [OPTION]... --files0-from=F\n"
    "Print newline, word, and byte counts for each FILE, and a total line if there are more.\n\n"
    "With no FILE, or when FILE is -, read standard input.\n\n"
    "  -c, --bytes            print the byte counts\n"
    "  -m, --chars            print the character counts\n"
    "  -l, --lines            print the newline counts\n"
    "      --files0-from=F    read the names of files, each ended by NUL, from F ('-': standard input)\n"
    "  -L, --max-line-length  print the maximum display width\n"
    "  -w, --words            print the word counts\n"
    "      --help             display this help and exit\n"
    "      --version          output version information and exit\n";

struct Options {
  bool bytes = false, chars = false, lines = false, words = false, width = false;
  std::optional<std::string> files0;
};
constexpr Flag<Options> kFlags[] = {
    {'c', "bytes", &Options::bytes}, {'m', "chars", &Options::chars},           {'l', "lines", &Options::lines},
    {'w', "words", &Options::words}, {'L', "max-line-length", &Options::width}, {0, "files0-from", &Options::files0},
};

struct Counts {
  uint64_t lines = 0, words = 0, chars = 0, bytes = 0, width = 0;
};

/// Words and widths in text that is not all ASCII go by characters.
struct Scanner {
  bool utf8, need_width;
  Counts& c;
  bool in_word = false;
  uint64_t column = 0;
  std::string partial = {};   // an incomplete character at the end of a block

  void end_line(bool reset) {
    if (column > c.width) c.width = column;
    if (reset) column = 0;
  }

  // Whether all of it is blanks and what can be printed: the rest is in no word and ends none.
  static bool plain(std::string_view s) {
    unsigned odd = 0;
    for (char ch : s) {
      const auto c = static_cast<unsigned char>(ch);
      odd |= static_cast<unsigned>(c < 0x20 && static_cast<unsigned char>(c - 9) > 4) | static_cast<unsigned>(c >= 0x7f);
    }
    return odd == 0;
  }

  void words_with_controls(std::string_view s) {
    for (char ch : s) {
      const auto b = static_cast<unsigned char>(ch);
      const bool printable = b > 0x20 && b < 0x7f;
      c.words += printable && !in_word;
      in_word = printable || (in_word && !ascii_space(ch));
    }
  }

  void words_ascii(std::string_view s) {
    if (!plain(s)) return words_with_controls(s);
    static const auto table = [] {
      std::array<uint8_t, 256> t{};
      for (int i = 0; i < 256; i++) t[static_cast<size_t>(i)] = ascii_space(static_cast<char>(i));
      return t;
    }();
    uint64_t n = 0;
    bool was = !in_word;   // previous was space
    for (char ch : s) {
      bool space = table[static_cast<unsigned char>(ch)];
      n += was && !space;
      was = space;
    }
    in_word = !was;
    c.words += n;
  }

  void one(uint32_t code, bool valid) {
    if (valid) c.chars++;
    if (code == '\n') c.lines++;
    switch (code) {
      case '\n':
      case '\r':
      case '\f':
        end_line(true);
        in_word = false;
        return;
      case '\t':
        column += 8 - column % 8;
        in_word = false;
        return;
      case ' ':
        column++;
        in_word = false;
        return;
      case '\v': in_word = false; return;
      default: break;
    }
    if (!valid) return;
    bool printable = in_class(code, CharClass::Print);
    if (printable && need_width) column += static_cast<uint64_t>(std::max(0, char_width(code)));
    bool space = in_class(code, CharClass::Space) || code == 0xa0 || code == 0x2007 || code == 0x202f || code == 0x2060;
    if (space) in_word = false;
    else if (printable && !in_word) {
      in_word = true;
      c.words++;
    }
  }

  // Whether what is missing may come with the next block: a first byte, and of those that follow not all.
  static bool begins_character(std::string_view s) {
    const auto first = static_cast<unsigned char>(s[0]);
    const size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    return first >= 0xc2 && first <= 0xf4 && s.size() < length && std::all_of(s.begin() + 1, s.end(), [](char c) { return (c & 0xc0) == 0x80; });
  }

  void characters(std::string_view s) {
    std::string joined;
    if (!partial.empty()) {
      joined = partial + std::string(s);
      partial.clear();
      s = joined;
    }
    for (size_t i = 0; i < s.size();) {
      unsigned char b = static_cast<unsigned char>(s[i]);
      if (b < 0x80 || !utf8) {
        one(b, b < 0x80 || !utf8);
        i++;
        continue;
      }
      utf8::Char ch = utf8::decode(s.substr(i));
      if (!ch.valid && begins_character(s.substr(i))) {
        partial = std::string(s.substr(i));
        return;
      }
      one(ch.code, ch.valid);
      i += ch.length;
    }
  }
};

bool all_ascii(std::string_view s) {
  unsigned char any = 0;
  for (char c : s) any |= static_cast<unsigned char>(c);
  return any < 0x80;
}

Counts count(Input& in, const Options& o, bool utf8) {
  Counts c;
  Scanner scan{utf8, o.width, c};
  bool ascii_words = o.words && !o.width;
  for (std::string_view block = in.block(); !block.empty(); block = in.block()) {
    c.bytes += block.size();
    bool by_char = o.width || ((o.words || o.chars) && utf8 && !all_ascii(block));
    if (!scan.partial.empty()) by_char = true;
    if (by_char) {
      scan.characters(block);
    } else {
      if (o.lines) c.lines += count_byte(block, '\n');
      if (ascii_words) scan.words_ascii(block);
      c.chars += block.size();
    }
    in.consume(block.size());
  }
  scan.end_line(false);
  return c;
}

struct Row {
  Counts counts;
  std::string name;
};

void print_row(Output& out, const Counts& c, const Options& o, int width, const std::string& name) {
  const char* gap = "";
  auto put = [&](bool wanted, uint64_t n) {
    if (!wanted) return;
    out.format("%s%*llu", gap, width, static_cast<unsigned long long>(n));
    gap = " ";
  };
  put(o.lines, c.lines);
  put(o.words, c.words);
  put(o.chars, c.chars);
  put(o.bytes, c.bytes);
  put(o.width, c.width);
  if (!name.empty()) out.write(" " + name);
  out.put('\n');
}

// As wide as the sum of the sizes of the regular files needs; 7 if some input is not one.
int column_width(Process& p, const std::vector<std::string>& files, int columns) {
  if (files.size() == 1 && columns == 1) return 1;
  uint64_t total = 0;
  int least = 1;
  for (const auto& f : files) {
    auto st = f == "-" || f.empty() ? p.fstat(0) : p.stat(f);
    if (!st) continue;
    if (st->is_regular()) total += st->size;
    else least = 7;
  }
  int width = 1;
  for (; total >= 10; total /= 10) width++;
  return std::max(width, least);
}

bool read_names(Process& p, const std::string& from, std::vector<std::string>& files, int& status) {
  auto text = read_file(p, from);
  if (!text) {
    p.warn(text.error(), "cannot open %s for reading", quote_file(p, from).c_str());
    return false;
  }
  for (size_t i = 0; i < text->size();) {
    size_t end = text->find('\0', i);
    if (end == std::string::npos) end = text->size();
    if (end == i) {
      p.warn("%s:%zu: invalid zero-length file name", quote_name(p, from).c_str(), files.size() + 1);
      status = 1;
    } else {
      files.push_back(text->substr(i, end - i));
    }
    i = end + 1;
  }
  return true;
}

int wc_main(Process& p) {
  Options o;
  std::vector<std::string> files;
  if (auto status = parse(p, kUsage, kFlags, o, files)) return *status;
  if (!o.bytes && !o.chars && !o.lines && !o.words && !o.width) o.bytes = o.lines = o.words = true;
  int status = 0;
  if (o.files0) {
    if (!files.empty()) {
      p.warn("extra operand %s", quote_file(p, files[0]).c_str());
      write_error(p, "file operands cannot be combined with --files0-from\n");
      return try_help(p);
    }
    if (!read_names(p, *o.files0, files, status)) return 1;
    if (files.empty()) return status;
  }
  bool unnamed = files.empty();
  if (unnamed) files = {""};
  // A list that comes through a pipe is not looked through beforehand.
  auto list = !o.files0 ? Result<Stat>(Errno::NOENT) : *o.files0 == "-" ? p.fstat(0) : p.stat(*o.files0);
  bool streamed = o.files0 && !(list && list->is_regular());
  int width = streamed ? 1 : column_width(p, files, o.bytes + o.chars + o.lines + o.words + o.width);
  Output out(p);
  Counts total;
  for (const auto& file : files) {
    auto in = open_input(p, file.empty() ? "-" : file);
    if (!in) {
      status = 1;
      continue;
    }
    Counts c = count(*in, o, p.utf8());
    if (in->error() != Errno::OK) {
      out.flush();
      report_read_error(p, *in);
      status = 1;
    }
    print_row(out, c, o, width, file);
    total.lines += c.lines;
    total.words += c.words;
    total.chars += c.chars;
    total.bytes += c.bytes;
    total.width = std::max(total.width, c.width);
  }
  if (files.size() > 1) print_row(out, total, o, width, "total");
  return out.finish(status);
}

}  // namespace

Command wc_command() { return {{"wc"}, kUsage, wc_main}; }

}  // namespace nacre
