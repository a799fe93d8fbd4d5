/// cat - concatenate files and print them.
/// Source: GNU coreutils 9 manual, "cat invocation"; POSIX XCU cat.
/// Differs: none known.
#include <algorithm>
#include <cstring>

#include "commands/args.h"
#include "commands/command.h"
#include "commands/quoting.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: cat [OPTION]... [FILE]...\n"
    "Concatenate FILE(s) to standard output.\n\n"
    "With no FILE, or when FILE is -, read standard input.\n\n"
    "  -A, --show-all           equivalent to -vET\n"
    "  -b, --number-nonblank    number nonempty output lines, overrides -n\n"
    "  -e                       equivalent to -vE\n"
    "  -E, --show-ends          display $ at end of each line\n"
    "  -n, --number             number all output lines\n"
    "  -s, --squeeze-blank      suppress repeated empty output lines\n"
    "  -t                       equivalent to -vT\n"
    "  -T, --show-tabs          display TAB characters as ^I\n"
    "  -u                       output is never held back\n"
    "  -v, --show-nonprinting   use ^ and M- notation, except for LFD and TAB\n"
    "      --help               display this help and exit\n"
    "      --version            output version information and exit\n";

struct Options {
  bool number = false, number_nonblank = false, ends = false, tabs = false, nonprinting = false, squeeze = false, unbuffered = false;
  bool plain() const { return !(number || number_nonblank || ends || tabs || nonprinting || squeeze); }
};
constexpr Flag<Options> kFlags[] = {
    {'s', "squeeze-blank", &Options::squeeze},
    {'b', "number-nonblank", &Options::number_nonblank},
    {'e', "", +[](Options& o) { o.nonprinting = o.ends = true; }},
    {'v', "show-nonprinting", &Options::nonprinting},
    {'n', "number", &Options::number},
    {'E', "show-ends", &Options::ends},
    {'t', "", +[](Options& o) { o.nonprinting = o.tabs = true; }},
    {'T', "show-tabs", &Options::tabs},
    {'u', "", &Options::unbuffered},
    {'A', "show-all", +[](Options& o) { o.nonprinting = o.ends = o.tabs = true; }},
};

/// What goes on from file to file.
struct State {
  uint64_t line = 0;
  int blank_lines = 0;
  bool at_start = true;
};

/// How each byte is shown; a newline never is.
struct Visible {
  struct {
    char text[4];
    unsigned char size;
  } of[256];
  explicit Visible(const Options& o) {
    for (int i = 0; i < 256; i++) {
      const int low = i & 127;
      size_t n = 0;
      auto add = [&](int c) { of[i].text[n++] = static_cast<char>(c); };
      if (i == '\t' ? o.tabs : o.nonprinting) {
        if (i >= 128) add('M'), add('-');
        if (low < 32 || low == 127) add('^');
        add(low < 32 ? low + 64 : low == 127 ? '?' : low);
      } else {
        add(i);
      }
      of[i].size = static_cast<unsigned char>(n);
    }
  }
};

// Eight bytes that are shown as they are, whatever the options.
bool plain(uint64_t eight) {
  constexpr uint64_t kEach = 0x0101010101010101;
  return ((eight | (eight - 0x20 * kEach) | (eight + kEach)) & 0x80 * kEach) == 0;
}

void put_visible(Output& out, std::string_view s, const Visible& visible) {
  constexpr size_t kMost = sizeof visible.of->text, kPiece = Output::kBlock / kMost;
  while (!s.empty()) {
    const std::string_view piece = s.substr(0, kPiece);
    char* const begin = out.room(piece.size() * kMost);
    char* to = begin;
    for (size_t i = 0; i < piece.size();) {
      uint64_t eight = 0;
      if (piece.size() - i >= 8 && (std::memcpy(&eight, &piece[i], 8), plain(eight))) {
        std::memcpy(to, &eight, 8);
        to += 8;
        i += 8;
        continue;
      }
      for (const size_t end = std::min(i + 8, piece.size()); i < end; i++) {
        const auto& shown = visible.of[static_cast<unsigned char>(piece[i])];
        std::memcpy(to, shown.text, sizeof shown.text);
        to += shown.size;
      }
    }
    out.take(static_cast<size_t>(to - begin));
    s.remove_prefix(piece.size());
  }
}

void put_line(Output& out, std::string_view line, bool terminated, const Options& o, const Visible& visible, State& s) {
  bool blank = line.empty() && terminated;
  s.blank_lines = blank && s.at_start ? s.blank_lines + 1 : 0;
  if (o.squeeze && s.blank_lines > 1) return;
  if (s.at_start && (o.number_nonblank ? !blank : o.number)) out.format("%6llu\t", static_cast<unsigned long long>(++s.line));
  if (o.nonprinting || o.tabs) {
    bool carriage = o.ends && terminated && !o.nonprinting && !line.empty() && line.back() == '\r';
    if (carriage) line.remove_suffix(1);
    put_visible(out, line, visible);
    if (carriage) out.write("^M");
  } else if (o.ends && terminated && !line.empty() && line.back() == '\r') {
    out.write(line.substr(0, line.size() - 1));
    out.write("^M");
  } else {
    out.write(line);
  }
  if (terminated) {
    if (o.ends) out.put('$');
    out.put('\n');
  }
  s.at_start = terminated;
}

int cat_main(Process& p) {
  Options o;
  std::vector<std::string> files;
  if (auto status = parse(p, kUsage, kFlags, o, files)) return *status;
  Output out(p);
  State state;
  const Visible visible(o);
  auto out_stat = p.fstat(1);
  int status = for_each_input(p, files, [&](Input& in) {
    auto st = p.fstat(in.fd());
    if (st && out_stat && st->is_regular() && st->dev == out_stat->dev && st->ino == out_stat->ino && st->size > 0 && out_stat->is_regular()) {
      p.warn("%s: input file is output file", quote_name(p, in.name()).c_str());
      return false;
    }
    if (o.plain()) {
      out.flush();
      while (true) {
        if (in.buffered().empty() && p.transfer(in.fd(), 1).value_or(0) > 0) {
          p.tick(16);
          continue;
        }
        const std::string_view block = in.block();
        if (block.empty()) return true;
        out.write(block);
        out.flush();
        in.consume(block.size());
      }
    }
    std::string_view line;
    while (in.next_line(line)) put_line(out, line, in.terminated(), o, visible, state);
    return true;
  });
  return out.finish(status);
}

}  // namespace

Command cat_command() { return {{"cat"}, kUsage, cat_main}; }

}  // namespace nacre
