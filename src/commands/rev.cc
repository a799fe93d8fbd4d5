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
    "      --help     display this help and exit\n"
    "      --version  output version information and exit\n";

int rev_main(Process& p) {
  std::vector<std::string> files;
  if (auto status = parse_plain(p, kUsage, files)) return *status;
  Output out(p);
  auto reverse = [&](Input& in) {
    std::string_view line;
    std::string text;
    uint64_t number = 0;
    while (in.next_line(line)) {
      number++;
      text.assign(line.rbegin(), line.rend());
      // Bytes of each character are put back in order.
      for (size_t i = 0; p.utf8() && i < text.size();) {
        size_t n = 1;
        while (i + n < text.size() && n < 4 && (static_cast<unsigned char>(text[i + n - 1]) & 0xc0) == 0x80) n++;
        if (n > 1) std::reverse(text.begin() + static_cast<long>(i), text.begin() + static_cast<long>(i + n));
        i += n;
      }
      out.write(text);
      if (in.terminated()) out.put('\n');
    }
    return number;
  };
  int status = 0;
  if (files.empty()) {
    Input in(p, 0, "stdin", false);
    reverse(in);
    if (report_read_error(p, in)) status = 1;
  }
  // "-" is a file as any other.
  for (const auto& file : files) {
    auto fd = p.open(file, kOpenRead);
    if (!fd) {
      p.warn(fd.error(), "cannot open %s", file.c_str());
      status = 1;
      continue;
    }
    Input in(p, *fd, file);
    const uint64_t lines = reverse(in);
    if (in.error() == Errno::OK) continue;
    p.warn(in.error(), "%s: %llu", file.c_str(), static_cast<unsigned long long>(lines));
    status = 1;
  }
  return out.finish(status);
}

}  // namespace

Command rev_command() { return {{"rev"}, kUsage, rev_main, MessageName::Short}; }

}  // namespace nacre
