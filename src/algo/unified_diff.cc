#include "algo/unified_diff.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "algo/diff.h"
#include "algo/line_numbers.h"

namespace nacre {
namespace {

/// With their newlines, where they have one.
std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const size_t n = std::min(text.find('\n'), text.size() - 1) + 1;
    out.push_back(text.substr(0, n));
    text.remove_prefix(n);
  }
  return out;
}

void append_lines(std::string& out, char mark, const std::vector<std::string_view>& lines, size_t from, size_t to) {
  for (size_t i = from; i < to; i++) {
    out += mark;
    out += lines[i];
    if (!lines[i].ends_with('\n')) out += "\n\\ No newline at end of file\n";
  }
}

std::string range_text(size_t from, size_t count) {
  std::string out = std::to_string(count ? from + 1 : from);
  if (count != 1) out += "," + std::to_string(count);
  return out;
}

}  // namespace

std::string unified_hunks(std::string_view before, std::string_view after, const std::function<void(uint32_t)>& tick, size_t context) {
  const auto a = lines_of(before), b = lines_of(after);
  LineNumbers classes;
  auto numbers = [&](const std::vector<std::string_view>& lines) {
    std::vector<uint32_t> out;
    out.reserve(lines.size());
    for (std::string_view l : lines) {
      out.push_back(classes.number(l));
      if (classes.work >= 1024) tick(static_cast<uint32_t>(std::exchange(classes.work, 0) / 8));
    }
    return out;
  };
  const auto na = numbers(a), nb = numbers(b);
  const std::vector<DiffRange> ranges = diff_ranges(na, nb, tick);
  std::string out;
  for (size_t i = 0; i < ranges.size();) {
    size_t last = i;
    while (last + 1 < ranges.size() && ranges[last + 1].a - (ranges[last].a + ranges[last].deleted) <= 2 * context) last++;
    const size_t lead = std::min(context, ranges[i].a);
    const size_t end_a = ranges[last].a + ranges[last].deleted, tail = std::min(context, a.size() - end_a);
    const size_t end_b = ranges[last].b + ranges[last].inserted;
    const size_t from_a = ranges[i].a - lead, from_b = ranges[i].b - lead;
    out += "@@ -" + range_text(from_a, end_a + tail - from_a) + " +" + range_text(from_b, end_b + tail - from_b) + " @@\n";
    size_t at = from_a;
    for (; i <= last; i++) {
      const DiffRange& r = ranges[i];
      append_lines(out, ' ', a, at, r.a);
      append_lines(out, '-', a, r.a, r.a + r.deleted);
      append_lines(out, '+', b, r.b, r.b + r.inserted);
      at = r.a + r.deleted;
    }
    append_lines(out, ' ', a, at, end_a + tail);
  }
  return out;
}

}  // namespace nacre
