/// Formats with context: copied (-c) and unified (-u).
/// Source: GNU diffutils 3.8 manual, "Showing Differences in Their Context".
#include <algorithm>

#include "algo/unicode.h"
#include "commands/diff/print.h"
#include "commands/quoting.h"

namespace nacre {

void DiffPrinter::file_header(const char* mark, const DiffSide& s, size_t index) {
  if (index < o_.labels.size()) return header(mark + o_.labels[index]);
  Timespec t = s.there ? s.st.mtime : Timespec{};
  header(mark + diff_name(s.name) + "\t" + format_time("%Y-%m-%d %H:%M:%S.%N %z", zone_.local(t.sec), t.sec, t.nsec));
}

// " " and at most 40 bytes of the line that names the function above a hunk.
std::string DiffPrinter::function_text(Comparison& c, size_t line) {
  if (!o_.function) return "";
  std::string_view f = c.function_above(line);
  while (!f.empty() && ascii_space(f.front())) f.remove_prefix(1);
  f = f.substr(0, 40);
  while (!f.empty() && ascii_space(f.back())) f.remove_suffix(1);
  return f.empty() && c.function_above(line).empty() ? "" : " " + std::string(f);
}

namespace {

/// Lines [from, to) of each file that a hunk shows.
struct HunkRange {
  size_t a_from, a_to, b_from, b_to;
};
HunkRange range_of(const Comparison& c, std::span<const DiffChange> hunk, size_t context) {
  const DiffChange &first = hunk.front(), &last = hunk.back();
  auto less = [&](size_t n) { return n - std::min(n, context); };
  auto more = [&](size_t n, size_t size) { return n + std::min(size - n, context); };
  return {less(first.a), more(last.a + last.deleted, c.a().lines.size()), less(first.b), more(last.b + last.inserted, c.b().lines.size())};
}

std::string unified_range(size_t from, size_t to) {
  if (to - from == 1) return std::to_string(to);
  return std::to_string(to > from ? from + 1 : from) + "," + std::to_string(to - from);
}
std::string copied_range(size_t from, size_t to) {
  if (to - from <= 1) return std::to_string(to);
  return std::to_string(from + 1) + "," + std::to_string(to);
}

}  // namespace

void DiffPrinter::unified(Comparison& c) {
  file_header("--- ", c.a(), 0);
  file_header("+++ ", c.b(), 1);
  auto line = [&](std::string_view text, char mark) {
    if (mark != ' ') ink(mark == '-' ? Ink::Deleted : Ink::Added);
    bool bare = o_.suppress_blank_empty && text == "\n";
    if (mark != ' ' || (!bare && !o_.initial_tab)) out_.put(mark);
    if (o_.initial_tab && !bare) out_.put('\t');
    bool ended = text.ends_with('\n');
    if (ended) text.remove_suffix(1);
    body(text, "");
    if (mark != ' ') ink(Ink::Reset);
    out_.write(ended ? "\n" : "\n\\ No newline at end of file\n");
  };
  for (auto hunk : c.hunks()) {
    HunkRange r = range_of(c, hunk, o_.context);
    ink(Ink::Line);
    out_.write("@@ -" + unified_range(r.a_from, r.a_to) + " +" + unified_range(r.b_from, r.b_to) + " @@");
    ink(Ink::Reset);
    out_.write(function_text(c, r.a_from) + "\n");
    size_t at = r.a_from;
    for (const auto& change : hunk) {
      for (; at < change.a; at++) line(c.a().lines[at], ' ');
      for (size_t i = 0; i < change.deleted; i++) line(c.a().lines[at++], '-');
      for (size_t i = 0; i < change.inserted; i++) line(c.b().lines[change.b + i], '+');
    }
    for (; at < r.a_to; at++) line(c.a().lines[at], ' ');
  }
}

// One file's half of a copied-context hunk: '!' where the other file has lines for it too.
void DiffPrinter::context_side(const DiffSide& s, std::span<const DiffChange> hunk, bool second, size_t from, size_t to) {
  size_t next = 0;
  auto begin = [&](const DiffChange& c) { return second ? c.b : c.a; };
  auto count = [&](const DiffChange& c) { return second ? c.inserted : c.deleted; };
  for (size_t i = from; i < to; i++) {
    while (next < hunk.size() && begin(hunk[next]) + count(hunk[next]) <= i) next++;
    bool changed = next < hunk.size() && begin(hunk[next]) <= i;
    bool both = changed && hunk[next].deleted && hunk[next].inserted;
    ink(second ? Ink::Added : Ink::Deleted);
    marked(s.lines[i], !changed ? " " : both ? "!" : second ? "+" : "-");
  }
}

void DiffPrinter::context(Comparison& c) {
  file_header("*** ", c.a(), 0);
  file_header("--- ", c.b(), 1);
  for (auto hunk : c.hunks()) {
    HunkRange r = range_of(c, hunk, o_.context);
    out_.write("***************" + function_text(c, r.a_from) + "\n");
    bool old = std::any_of(hunk.begin(), hunk.end(), [](const DiffChange& x) { return x.deleted > 0; });
    bool fresh = std::any_of(hunk.begin(), hunk.end(), [](const DiffChange& x) { return x.inserted > 0; });
    ink(Ink::Line);
    out_.write("*** " + copied_range(r.a_from, r.a_to) + " ****");
    ink(Ink::Reset);
    out_.put('\n');
    if (old) context_side(c.a(), hunk, false, r.a_from, r.a_to);
    ink(Ink::Line);
    out_.write("--- " + copied_range(r.b_from, r.b_to) + " ----");
    ink(Ink::Reset);
    out_.put('\n');
    if (fresh) context_side(c.b(), hunk, true, r.b_from, r.b_to);
  }
}

}  // namespace nacre
