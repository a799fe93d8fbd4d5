/// look - display lines beginning with a given string, from a sorted file.
/// Source: look(1) of util-linux 2.38, checked against the tool.
/// Differs: none known.
#include "algo/unicode.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: look [OPTION]... STRING [FILE]\n"
    "Print the lines of FILE, which is sorted, that begin with STRING.\n\n"
    "  -a, --alternative      use the alternative dictionary (/usr/share/dict/web2)\n"
    "  -d, --alphanum         compare only blanks and alphanumeric characters\n"
    "  -f, --ignore-case      ignore case differences when comparing\n"
    "  -t, --terminate=CHAR   only STRING up to and including CHAR counts\n"
    "  -h, --help             display this help and exit\n"
    "  -V, --version          output version information and exit\n\n"
    "Without FILE: /usr/share/dict/words, with -d and -f. Status 1 if there is no such line.\n";

struct Options {
  bool alternative = false, alphanumeric = false, fold = false;
  std::optional<std::string> end;
};
constexpr Flag<Options> kFlags[] = {{'a', "alternative", &Options::alternative},
                                    {'d', "alphanum", &Options::alphanumeric},
                                    {'f', "ignore-case", &Options::fold},
                                    {'t', "terminate", &Options::end}};

class Look {
 public:
  Look(Process& p, const Options& o, std::string text, std::string_view all) : p_(p), o_(o), text_(std::move(text)), all_(all) {}

  // The first line that matches; npos if there is none.
  size_t find() {
    size_t front = 0, back = all_.size(), at = past_newline(front + (back - front) / 2, back);
    while (at < back && back > front) {
      p_.tick();
      if (compare(at) > 0) front = at;
      else back = at;
      at = past_newline(front + (back - front) / 2, back);
    }
    // From there line by line, because the search stops a little early.
    for (back = all_.size(); front < back; front = past_newline(front, back)) {
      p_.tick();
      int order = compare(front);
      if (order == 0) return front;
      if (order < 0) break;
    }
    return std::string_view::npos;
  }

  void print(size_t at, Output& out) {
    for (; at < all_.size() && compare(at) == 0; at = past_newline(at, all_.size())) {
      std::string_view text = line(at);
      out.write(text);
      if (at + text.size() < all_.size()) out.put('\n');
      p_.tick();
    }
  }

 private:
  size_t past_newline(size_t at, size_t back) const {
    size_t hit = all_.find('\n', at);
    return hit == std::string_view::npos || hit >= back ? back : hit + 1;
  }
  std::string_view line(size_t at) const {
    std::string_view rest = all_.substr(at);
    return rest.substr(0, rest.find('\n'));
  }
  // Where the string lies against the beginning of a line: 1 behind it, -1 before it.
  int compare(size_t at) const {
    std::string begin;
    for (char c : line(at)) {
      if (begin.size() == text_.size()) break;
      if (o_.alphanumeric && !ascii_alnum(c)) continue;
      begin += o_.fold ? ascii_lower(c) : c;
    }
    int order = text_.compare(begin);
    return (order > 0) - (order < 0);
  }

  Process& p_;
  const Options& o_;
  std::string text_;
  std::string_view all_;
};

int look_main(Process& p) {
  Options o;
  std::vector<std::string> operands;
  if (auto status = parse(p, kUsage, kFlags, o, operands, {.letters = true})) return *status;
  if (operands.empty() || operands.size() > 2) {
    p.warn("bad usage");
    return try_help(p);
  }
  std::string file = o.alternative ? "/usr/share/dict/web2" : "/usr/share/dict/words";
  if (operands.size() > 1) file = operands[1];
  else o.alphanumeric = o.fold = true;
  std::string text = operands[0];
  if (o.end && !o.end->empty()) {
    if (size_t at = text.find((*o.end)[0]); at != std::string::npos) text.resize(at + 1);
  }
  std::string wanted;
  for (char c : text)
    if (!o.alphanumeric || ascii_alnum(c)) wanted += o.fold ? ascii_lower(c) : c;
  auto fd = p.open(file, kOpenRead);
  if (!fd) {
    p.warn(fd.error(), "%s", file.c_str());
    return 1;
  }
  if (auto st = p.fstat(*fd); st && st->is_dir()) {
    p.warn(Errno::NODEV, "%s", file.c_str());
    return 1;
  }
  Input in(p, *fd, file);
  std::string_view all = in.all();
  if (in.error() != Errno::OK) {
    p.warn(in.error(), "%s", file.c_str());
    return 1;
  }
  Look look(p, o, wanted, all);
  size_t at = look.find();
  if (at == std::string_view::npos) return 1;
  Output out(p);
  look.print(at, out);
  return out.finish(0);
}

}  // namespace

Command look_command() { return {{"look"}, kUsage, look_main, MessageName::Short}; }

}  // namespace nacre
