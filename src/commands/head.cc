/// head - output the first part of files.
/// Source: GNU coreutils 9 manual, "head invocation"; POSIX XCU head.
/// Differs: none known.
#include <deque>

#include "base/count_byte.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/last_lines.h"
#include "commands/quoting.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: head [OPTION]... [FILE]...\n"
    "Print the first 10 lines of each FILE to standard output, each with its name if there are more.\n\n"
    "With no FILE, or when FILE is -, read standard input.\n\n"
    "  -c, --bytes=[-]NUM       print the first NUM bytes; with '-', all but the last NUM\n"
    "  -n, --lines=[-]NUM       print the first NUM lines; with '-', all but the last NUM\n"
    "  -q, --quiet, --silent    never print headers giving file names\n"
    "  -v, --verbose            always print headers giving file names\n"
    "  -z, --zero-terminated    line delimiter is NUL, not newline\n"
    "      --help               display this help and exit\n"
    "      --version            output version information and exit\n\n"
    "NUM may have a suffix: b 512, kB 1000, K 1024, MB, M, GB, G, and so on for T, P, E, Z, Y.\n";

struct Options {
  uint64_t count = 10;
  bool bytes = false, from_end = false;
  int headers = 0;   // 1 always, -1 never
  bool zero = false;
};

std::optional<int> set_count(Process& p, Options& o, std::string_view text, bool bytes) {
  o.bytes = bytes;
  o.from_end = !text.empty() && text[0] == '-';
  bool overflow = false;
  auto n = parse_size(o.from_end ? text.substr(1) : text, "bkKmMGTPEZY0", &overflow);
  if (n && overflow) {
    p.warn(Errno::OVERFLOW, "invalid number of %s: %s", bytes ? "bytes" : "lines", quote(p, o.from_end ? text.substr(1) : text).c_str());
    return 1;
  }
  if (!n) {
    p.warn("invalid number of %s: %s", bytes ? "bytes" : "lines", quote(p, o.from_end ? text.substr(1) : text).c_str());
    return 1;
  }
  o.count = *n;
  return std::nullopt;
}

/// A digit that is not where the historical form has it.
template <char c>
std::optional<int> trailing(Process& p, Options&, std::optional<std::string_view>) {
  p.warn("invalid trailing option -- %c", c);
  return try_help(p);
}

constexpr Flag<Options> kFlags[] = {
    {'c', "bytes", +[](Process& p, Options& o, std::string_view v) { return set_count(p, o, v, true); }},
    {'n', "lines", +[](Process& p, Options& o, std::string_view v) { return set_count(p, o, v, false); }},
    {'q', "quiet", +[](Options& o) { o.headers = -1; }},
    {'q', "silent", +[](Options& o) { o.headers = -1; }},
    {'v', "verbose", +[](Options& o) { o.headers = 1; }},
    {'z', "zero-terminated", &Options::zero},
    {'0', "", trailing<'0'>},
    {'1', "", trailing<'1'>},
    {'2', "", trailing<'2'>},
    {'3', "", trailing<'3'>},
    {'4', "", trailing<'4'>},
    {'5', "", trailing<'5'>},
    {'6', "", trailing<'6'>},
    {'7', "", trailing<'7'>},
    {'8', "", trailing<'8'>},
    {'9', "", trailing<'9'>},
};

// The historical form -5, -5c, -20kqv: rewritten as the modern options. `bad`: a letter that it does not know.
std::vector<std::string> modern_argv(const std::vector<std::string>& argv, char& bad) {
  if (argv.size() < 2 || argv[1].size() < 2 || argv[1][0] != '-' || argv[1][1] < '0' || argv[1][1] > '9') return argv;
  const std::string& old = argv[1];
  size_t i = 1;
  while (i < old.size() && old[i] >= '0' && old[i] <= '9') i++;
  std::string count = old.substr(1, i - 1), flags;
  char unit = 'n';
  for (; i < old.size(); i++) {
    char c = old[i];
    if (c == 'b' || c == 'k' || c == 'm') {
      count += c;
      unit = 'c';
    } else if (c == 'c') unit = 'c';
    else if (c == 'l') unit = 'n';
    else if (c == 'q' || c == 'v' || c == 'z') flags += c;
    else if (!bad) bad = c;
  }
  std::vector<std::string> out = {argv[0], std::string("-") + unit + count};
  if (!flags.empty()) out.push_back("-" + flags);
  out.insert(out.end(), argv.begin() + 2, argv.end());
  return out;
}

void copy_bytes(Input& in, Output& out, uint64_t n) {
  while (n > 0) {
    std::string_view block = in.block();
    if (block.empty()) break;
    block = block.substr(0, n);
    out.write(block);
    in.consume(block.size());
    n -= block.size();
  }
}

void copy_lines(Input& in, Output& out, uint64_t n, char delimiter) {
  while (n > 0) {
    std::string_view block = in.block();
    if (block.empty()) break;
    size_t at = past_bytes(block, delimiter, n);
    out.write(block.substr(0, at));
    in.consume(at);
  }
}

// All but the last n bytes: what is beyond a window of n is written.
void copy_but_last_bytes(Process& p, Input& in, Output& out, uint64_t n) {
  std::string held;
  uint64_t charged = 0;
  for (std::string_view block = in.block(); !block.empty(); block = in.block()) {
    held += block;
    in.consume(block.size());
    if (held.size() > charged + (1 << 16)) {
      p.charge_memory(held.size() - charged);
      charged = held.size();
    }
    if (held.size() <= n + Input::kBlock) continue;
    out.write(std::string_view(held).substr(0, held.size() - n));
    held.erase(0, held.size() - n);
  }
  if (held.size() > n) out.write(std::string_view(held).substr(0, held.size() - n));
  p.release_memory(charged);
}

// All but the last n lines of a file that can seek. False if it cannot.
bool copy_but_last_lines_of_file(Process& p, Input& in, Output& out, uint64_t n, char delimiter) {
  const auto st = p.fstat(in.fd());
  const auto start = p.lseek(in.fd(), 0, Whence::Current);
  if (!st || !st->is_regular() || !start || st->size <= *start) return false;
  const auto end = last_lines_of_file(p, in.fd(), *start, st->size, n, delimiter);
  if (end) copy_bytes(in, out, *end - *start);
  return end.has_value();
}

// The same of a stream: blocks that may hold some of the last n are kept.
void copy_but_last_lines(Process& p, Input& in, Output& out, uint64_t n, char delimiter) {
  if (copy_but_last_lines_of_file(p, in, out, n, delimiter)) return;
  struct Block {
    std::string text;
    uint64_t lines;
  };
  std::deque<Block> held;
  uint64_t lines = 0;
  for (std::string_view block = in.block(); !block.empty(); block = in.block()) {
    const uint64_t more = count_byte(block, delimiter);
    lines += more;
    if (!held.empty() && held.back().text.size() + block.size() < Input::kBlock) {
      held.back().text += block;
      held.back().lines += more;
    } else {
      held.push_back({std::string(block), more});
      p.charge_memory(Input::kBlock);
    }
    in.consume(block.size());
    for (; held.size() > 1 && lines - held.front().lines > n; held.pop_front()) {
      out.write(held.front().text);
      lines -= held.front().lines;
      p.release_memory(Input::kBlock);
    }
  }
  uint64_t left = lines + (!held.empty() && held.back().text.back() != delimiter);   // what has no delimiter is a line too
  left = left > n ? left - n : 0;
  for (const auto& b : held) {
    if (left > b.lines) {
      out.write(b.text);
      left -= b.lines;
      continue;
    }
    out.write(std::string_view(b.text).substr(0, past_bytes(b.text, delimiter, left)));
  }
  p.release_memory(held.size() * Input::kBlock);
}

int head_main(Process& p) {
  Options o;
  std::vector<std::string> files;
  char bad = 0;
  const auto argv = modern_argv(p.argv(), bad);
  if (bad) {
    p.warn("invalid trailing option -- %c", bad);
    return try_help(p);
  }
  if (auto status = parse_argv(p, kUsage, kFlags, o, argv, files)) return *status;
  if (files.empty()) files = {"-"};
  bool headers = o.headers ? o.headers > 0 : files.size() > 1;
  char delimiter = o.zero ? '\0' : '\n';
  Output out(p);
  bool first = true;
  int status = 0;
  for (const auto& file : files) {
    int fd = 0;
    if (file != "-") {
      auto opened = p.open(file, kOpenRead);
      if (!opened) {
        p.warn(opened.error(), "cannot open %s for reading", quote_file(p, file).c_str());
        status = 1;
        continue;
      }
      fd = *opened;
    }
    Input in(p, fd, file, file != "-");
    if (headers) out.format("%s==> %s <==\n", first ? "" : "\n", file == "-" ? "standard input" : file.c_str());
    first = false;
    if (o.bytes) o.from_end ? copy_but_last_bytes(p, in, out, o.count) : copy_bytes(in, out, o.count);
    else o.from_end ? copy_but_last_lines(p, in, out, o.count, delimiter) : copy_lines(in, out, o.count, delimiter);
    if (in.error() != Errno::OK) {
      out.flush();
      p.warn(in.error(), "error reading %s", quote_file(p, file == "-" ? "standard input" : file).c_str());
      status = 1;
    }
    if (fd == 0) in.give_back();
  }
  return out.finish(status);
}

}  // namespace

Command head_command() { return {{"head"}, kUsage, head_main}; }

}  // namespace nacre
