/// rev - reverse lines characterwise.
/// Source: util-linux rev(1).
/// Differs: none known.
#include <algorithm>

#include "commands/args.h"
#include "commands/command.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: rev [options] [file ...]\n"
    "Reverse lines characterwise.\n\n"
    "  -0, --zero     use NUL, not newline, as line delimiter\n"
    "      --help     display this help and exit\n"
    "      --version  output version information and exit\n";

struct Options {
  bool zero = false;
};
constexpr Flag<Options> kFlags[] = {{'0', "zero", &Options::zero}};

int rev_main(Process& p) {
  Options o;
  std::vector<std::string> files;
  if (auto status = parse(p, kUsage, kFlags, o, files)) return *status;
  Output out(p);
  char end = o.zero ? '\0' : '\n';
  int status = for_each_input(p, files, [&](Input& in) {
    std::string_view line;
    std::string text;
    while (in.next_line(line, end)) {
      text.assign(line.rbegin(), line.rend());
      // Bytes of each character are put back in order.
      for (size_t i = 0; p.utf8() && i < text.size();) {
        size_t n = 1;
        while (i + n < text.size() && n < 4 && (static_cast<unsigned char>(text[i + n - 1]) & 0xc0) == 0x80) n++;
        if (n > 1) std::reverse(text.begin() + static_cast<long>(i), text.begin() + static_cast<long>(i + n));
        i += n;
      }
      out.write(text);
      if (in.terminated()) out.put(end);
    }
    return true;
  });
  return out.finish(status);
}

}  // namespace

Command rev_command() { return {{"rev"}, kUsage, rev_main}; }

}  // namespace nacre
