/// fold - wrap input lines to fit in a width.
/// Source: GNU coreutils 9.1 manual, "fold invocation"; POSIX XCU fold.
/// Differs: none known (columns are counted in bytes, as in 9.1).
#include <cstring>
#include <utility>

#include "base/find_control.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/quoting.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: fold [OPTION]... [FILE]...\n"
    "Wrap input lines in each FILE, writing to standard output.\n\n"
    "With no FILE, or when FILE is -, read standard input.\n\n"
    "  -b, --bytes         count bytes rather than columns\n"
    "  -s, --spaces        break at spaces\n"
    "  -w, --width=WIDTH   use WIDTH columns instead of 80\n"
    "      --help          display this help and exit\n"
    "      --version       output version information and exit\n";

struct Options {
  bool bytes = false, spaces = false;
  uint64_t width = 80;
};
using O = Options;

constexpr Flag<O> kFlags[] = {
    {'b', "bytes", &O::bytes},
    {'s', "spaces", &O::spaces},
    {'w', "width",
     +[](Process& p, O& o, std::string_view v) -> std::optional<int> {
       auto n = parse_int(v);
       if (n && *n == 0) {
         p.warn(Errno::RANGE, "invalid number of columns: %s", quote(p, v).c_str());
         return 1;
       }
       if (!n || *n < 1) {
         p.warn("invalid number of columns: %s", quote(p, v).c_str());
         return 1;
       }
       o.width = static_cast<uint64_t>(*n);
       return std::nullopt;
     }},
};

class Folder {
 public:
  Folder(Process& p, const O& o, Output& out) : p_(p), o_(o), out_(out) {}

  void take(std::string_view text) {
    // Text that began before is taken again as a whole, unless it is so long that this would cost.
    std::string joined;
    if (!line_.empty() && line_.size() <= kShort) {
      joined = std::exchange(line_, {});
      joined += text;
      text = joined;
      column_ = 0;
    }
    while (!text.empty()) {
      const void* newline = std::memchr(text.data(), '\n', text.size());
      const size_t n = newline ? static_cast<size_t>(static_cast<const char*>(newline) - text.data()) : text.size();
      const std::string_view line = text.substr(0, n);
      if (line_.empty() && (o_.bytes || find_control(line.data(), line.data() + n) == line.data() + n)) {
        plain(line, newline);
      } else {
        for (char c : line) take(c);
        if (newline) take('\n');
      }
      text.remove_prefix(n + (newline ? 1 : 0));
    }
  }
  void end_of_file() {
    out_.write(line_);
    line_.clear();
    column_ = 0;
  }

 private:
  static constexpr size_t kShort = 4096;

  // A line, or what is there of it, of bytes that take a column each.
  void plain(std::string_view line, bool ended) {
    while (line.size() > o_.width) {
      size_t n = o_.width;
      if (o_.spaces) {
        size_t blank = n;
        while (blank > 0 && line[blank - 1] != ' ' && line[blank - 1] != '\t') blank--;
        if (blank > 0) n = blank;
      }
      out_.line(line.substr(0, n));
      line.remove_prefix(n);
    }
    if (ended) {
      out_.line(line);
      return;
    }
    line_ = line;
    column_ = line.size();
  }

  void take(char c) {
    if (c == '\n') {
      out_.line(line_);
      line_.clear();
      column_ = 0;
      return;
    }
    for (;;) {
      column_ = after(column_, c);
      if (column_ <= o_.width) break;
      if (o_.spaces && break_at_blank()) continue;
      if (line_.empty()) break;   // one character that is too wide has a line to itself
      out_.line(line_);
      line_.clear();
      column_ = 0;
    }
    line_ += c;
  }

  uint64_t after(uint64_t column, char c) const {
    if (o_.bytes) return column + 1;
    if (c == '\b') return column - (column > 0);
    if (c == '\r') return 0;
    if (c == '\t') return column + 8 - column % 8;
    return column + 1;
  }

  // Writes up to the last blank; the rest begins the next line.
  bool break_at_blank() {
    size_t at = line_.find_last_of(" \t");
    if (at == std::string::npos) return false;
    out_.line(std::string_view(line_).substr(0, at + 1));
    line_.erase(0, at + 1);
    column_ = 0;
    for (char c : line_) column_ = after(column_, c);
    p_.tick();
    return true;
  }

  Process& p_;
  const O& o_;
  Output& out_;
  std::string line_;
  uint64_t column_ = 0;
};

// -80 is -w 80.
std::vector<std::string> modern_argv(const std::vector<std::string>& argv) {
  std::vector<std::string> out;
  bool over = false;
  for (const auto& a : argv) {
    over = over || a == "--";
    bool old = !over && a.size() > 1 && a[0] == '-' && a[1] >= '0' && a[1] <= '9';
    out.push_back(old ? "-w" + a.substr(1) : a);
  }
  return out;
}

int fold_main(Process& p) {
  O o;
  std::vector<std::string> files;
  if (auto status = parse_argv(p, kUsage, kFlags, o, modern_argv(p.argv()), files)) return *status;
  Output out(p);
  int status = for_each_input(p, files, [&](Input& in) {
    Folder folder(p, o, out);
    for (std::string_view block = in.block(); !block.empty(); block = in.block()) {
      folder.take(block);
      in.consume(block.size());
    }
    folder.end_of_file();
    out.flush();
    return true;
  });
  return out.finish(status);
}

}  // namespace

Command fold_command() { return {{"fold"}, kUsage, fold_main}; }

}  // namespace nacre
