#include "commands/diff/comparison.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "algo/unicode.h"

namespace nacre {
namespace {

std::string_view without_newline(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  return line;
}

std::string untabbed(std::string_view line, size_t tab) {
  std::string out;
  size_t column = 0;
  for (char c : line) {
    if (c != '\t') {
      out += c;
      column = c == '\b' && column ? column - 1 : column + 1;
      continue;
    }
    size_t n = tab - column % tab;
    out.append(n, ' ');
    column += n;
  }
  return out;
}

}  // namespace

// Ed scripts cannot say that a file lacks its last newline.
Comparison::Comparison(Process& p, const DiffOptions& options, DiffSide& a, DiffSide& b)
    : p_(p), o_(options), a_(a), b_(b), strict_end_(o_.style != DiffStyle::Ed && o_.style != DiffStyle::ForwardEd && o_.blanks < DiffBlanks::Trailing) {
  split(a_);
  split(b_);
  // What is the same at both ends is left out of the search, but for the horizon.
  size_t most = std::min(a_.lines.size(), b_.lines.size()), head = 0, tail = 0;
  while (head < most && a_.lines[head] == b_.lines[head]) head++;
  while (tail < most - head && a_.lines[a_.lines.size() - 1 - tail] == b_.lines[b_.lines.size() - 1 - tail]) tail++;
  size_t horizon = std::max(o_.horizon, o_.style == DiffStyle::Context || o_.style == DiffStyle::Unified ? o_.context : 0);
  head -= std::min(head, horizon);
  tail -= std::min(tail, horizon);
  const std::vector<uint32_t> left = numbers(a_, head, a_.lines.size() - tail), right = numbers(b_, head, b_.lines.size() - tail);
  bool can_ignore = o_.ignore_blank_lines || o_.ignore;
  for (DiffRange r : diff_ranges(left, right, [this](uint32_t n) { p_.tick(n); }, o_.effort)) {
    r.a += head;
    r.b += head;
    auto all = [&](const DiffSide& s, size_t from, size_t n) {
      return std::all_of(s.lines.begin() + static_cast<long>(from), s.lines.begin() + static_cast<long>(from + n), [&](auto l) { return ignorable(l); });
    };
    changes_.push_back({r, can_ignore && all(a_, r.a, r.deleted) && all(b_, r.b, r.inserted)});
  }
}

// Cuts into lines.
void Comparison::split(DiffSide& s) {
  const char* const end = s.text.data() + s.text.size();
  for (const char* at = s.text.data(); at < end;) {
    const void* newline = std::memchr(at, '\n', static_cast<size_t>(end - at));
    const char* next = newline ? static_cast<const char*>(newline) + 1 : end;
    s.lines.emplace_back(at, static_cast<size_t>(next - at));
    at = next;
    if (s.lines.size() % 1024 == 0) p_.tick(128);
  }
  p_.tick(static_cast<uint32_t>(s.text.size() / 1024 + 1));
}

// Lines that count as equal get one number.
std::vector<uint32_t> Comparison::numbers(const DiffSide& s, size_t from, size_t to) {
  std::vector<uint32_t> out;
  out.reserve(to - from);
  for (size_t i = from; i < to; i++) {
    out.push_back(number(s.lines[i]));
    if (numbers_.work >= 1024) p_.tick(static_cast<uint32_t>(std::exchange(numbers_.work, 0) / 8));
  }
  return out;
}

uint32_t Comparison::number(std::string_view line) {
  if (o_.blanks == DiffBlanks::Exact && !o_.fold_case) return numbers_.number(strict_end_ ? line : without_newline(line));
  key(without_newline(line));
  if (strict_end_ && !line.ends_with('\n')) key_ += '\n';   // equals no line that has its newline
  const size_t known = numbers_.size();
  const uint32_t n = numbers_.number(key_);
  if (n == known) numbers_.line(n) = keys_.emplace_back(key_);
  return n;
}

void Comparison::key(std::string_view line) {
  std::string& out = key_;
  out.clear();
  switch (o_.blanks) {
    case DiffBlanks::Exact:
    case DiffBlanks::Trailing: out = line; break;
    case DiffBlanks::Tabs: out = untabbed(line, o_.tab); break;
    case DiffBlanks::Change:
      for (char c : line) {
        if (!ascii_space(c)) out += c;
        else if (!out.ends_with(' ')) out += ' ';
      }
      break;
    case DiffBlanks::All:
      for (char c : line)
        if (!ascii_space(c)) out += c;
      break;
  }
  if (o_.blanks >= DiffBlanks::Trailing)
    while (!out.empty() && ascii_space(out.back())) out.pop_back();
  if (o_.fold_case)
    for (char& c : out) c = ascii_lower(c);
}

bool Comparison::ignorable(std::string_view line) const {
  line = without_newline(line);
  if (o_.ignore_blank_lines) {
    bool blank = o_.blanks >= DiffBlanks::Trailing ? std::all_of(line.begin(), line.end(), ascii_space) : line.empty();
    if (blank) return true;
  }
  return o_.ignore && o_.ignore->matches(line);
}

std::vector<std::span<const DiffChange>> Comparison::hunks() const {
  std::vector<std::span<const DiffChange>> out;
  std::span<const DiffChange> all = changes_;
  for (size_t from = 0; from < all.size();) {
    size_t to = from + 1;
    for (; to < all.size(); to++) {
      const DiffChange& last = all[to - 1];
      size_t gap = all[to].a - (last.a + last.deleted);
      if (gap >= (all[to].ignore ? o_.context : 2 * o_.context + 1)) break;
    }
    auto hunk = all.subspan(from, to - from);
    if (!std::all_of(hunk.begin(), hunk.end(), [](const DiffChange& c) { return c.ignore; })) out.push_back(hunk);
    from = to;
  }
  return out;
}

std::string_view Comparison::function_above(size_t line) {
  for (size_t i = line; i > searched_; i--) {
    if (!o_.function->matches(without_newline(a_.lines[i - 1]))) continue;
    function_ = without_newline(a_.lines[i - 1]);
    break;
  }
  searched_ = std::max(searched_, line);
  return function_;
}

}  // namespace nacre
