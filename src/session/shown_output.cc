#include "session/shown_output.h"

#include <algorithm>
#include <string_view>

namespace nacre {
namespace {

/// Where to cut before `at`: behind a line in the last quarter, else not within a character.
size_t head_end(std::string_view s, size_t at) {
  const size_t line = s.substr(0, at).rfind('\n');
  if (line != s.npos && line + 1 >= at - at / 4) return line + 1;
  size_t cut = at;
  while (cut > 0 && at - cut < 4 && (s[cut] & 0xc0) == 0x80) cut--;
  return cut;
}
size_t tail_begin(std::string_view s, size_t at) {
  const size_t line = s.find('\n', at);
  if (line != s.npos && line + 1 <= at + (s.size() - at) / 4) return line + 1;
  size_t cut = at;
  while (cut < s.size() && cut - at < 4 && (s[cut] & 0xc0) == 0x80) cut++;
  return cut;
}

}  // namespace

std::string shorten_output(std::string& output, uint64_t shown, const std::string& name, Files& files) {
  std::string path, reason;
  for (int n = 1; path.empty(); n++) {
    const std::string candidate = "/tmp/" + name + "-" + std::to_string(n);
    if (!files.exists(candidate)) path = candidate;
  }
  if (auto written = files.write(path, output); !written) {
    reason = written.error().message;
    (void)files.remove(path);   // not a part of it
    path.clear();
  }
  const size_t half = static_cast<size_t>(std::min<uint64_t>(shown / 2, output.size()));
  const size_t from = head_end(output, half), to = std::max(from, tail_begin(output, output.size() - half));
  std::string middle = from > 0 && output[from - 1] != '\n' ? "\n" : "";
  middle += "[... " + std::to_string(to - from) + " bytes left out; " + (path.empty() ? "they are not kept: " + reason : "the whole is in " + path) + " ...]\n";
  output.replace(from, to - from, middle);
  return path;
}

}  // namespace nacre
