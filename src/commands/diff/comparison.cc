#include "commands/diff/comparison.h"

#include <algorithm>

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

Comparison::Comparison(Process& p, const DiffOptions& options, DiffSide& a, DiffSide& b) : p_(p), o_(options), a_(a), b_(b) {
  // Ed scripts cannot say that a file lacks its last newline.
  bool strict_end = o_.style != DiffStyle::Ed && o_.style != DiffStyle::ForwardEd && o_.blanks < DiffBlanks::Trailing;
  split(a_, strict_end);
  split(b_, strict_end);
  // What is the same at both ends is left out of the search, but for the horizon.
  size_t most = std::min(a_.lines.size(), b_.lines.size()), head = 0, tail = 0;
  while (head < most && a_.lines[head] == b_.lines[head]) head++;
  while (tail < most - head && a_.lines[a_.lines.size() - 1 - tail] == b_.lines[b_.lines.size() - 1 - tail]) tail++;
  size_t horizon = std::max(o_.horizon, o_.style == DiffStyle::Context || o_.style == DiffStyle::Unified ? o_.context : 0);
  head -= std::min(head, horizon);
  tail -= std::min(tail, horizon);
  auto middle = [&](const DiffSide& s) { return std::span<const uint32_t>(s.ids).subspan(head, s.ids.size() - head - tail); };
  bool can_ignore = o_.ignore_blank_lines || o_.ignore;
  for (DiffRange r : diff_ranges(middle(a_), middle(b_), [this](uint32_t n) { p_.tick(n); }, o_.effort)) {
    r.a += head;
    r.b += head;
    auto all = [&](const DiffSide& s, size_t from, size_t n) {
      return std::all_of(s.lines.begin() + static_cast<long>(from), s.lines.begin() + static_cast<long>(from + n), [&](auto l) { return ignorable(l); });
    };
    changes_.push_back({r, can_ignore && all(a_, r.a, r.deleted) && all(b_, r.b, r.inserted)});
  }
}

// Cuts into lines and numbers them: lines that count as equal get one number.
void Comparison::split(DiffSide& s, bool strict_end) {
  for (size_t at = 0; at < s.text.size();) {
    size_t end = std::min(s.text.find('\n', at), s.text.size() - 1) + 1;
    std::string_view line = std::string_view(s.text).substr(at, end - at);
    std::string k = key(without_newline(line));
    if (strict_end && !line.ends_with('\n')) k += '\n';   // equals no line that has its newline
    s.lines.push_back(line);
    s.ids.push_back(numbers_.try_emplace(std::move(k), static_cast<uint32_t>(numbers_.size())).first->second);
    at = end;
  }
  p_.tick(static_cast<uint32_t>(s.text.size() / 1024 + s.lines.size() / 8 + 1));
}

std::string Comparison::key(std::string_view line) const {
  std::string out;
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
  return out;
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
