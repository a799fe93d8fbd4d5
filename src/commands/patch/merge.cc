/// --merge: a hunk is put where the file is most like what it expects. Where the file differs from that and the
/// patch changes the same lines, or lines beside them, there is a conflict, unless both say the same.
/// Source: GNU patch 2.7.6 manual, "Merging Patches"; E. W. Myers, "An O(ND) Difference Algorithm" (1986).
#include <algorithm>

#include "algo/diff.h"
#include "algo/line_numbers.h"
#include "commands/patch/apply.h"

namespace nacre {
namespace {

// With -l, what makes two lines equal: every run of blanks is one, and there is none at the end.
std::string without_blanks(std::string_view s) {
  std::string out;
  for (char c : s) {
    if (c == '\t') c = ' ';
    if (c == ' ' && out.ends_with(' ')) continue;
    if (c == '\n') break;
    out += c;
  }
  while (out.ends_with(' ')) out.pop_back();
  return out;
}

}  // namespace

/// Lines of the hunk, of the file and of the result that belong together.
struct HunkApplier::Changes {
  size_t in, in_end;                          ///< of the file, from 0
  std::vector<std::string_view> before, after;
  bool by_file = false, by_patch = false;
};

/// What was done, with the lines of the output.
class HunkApplier::Report {
 public:
  std::string text;
  bool conflict = false;

  void add(const char* what, int64_t from, size_t count) {
    // The first word counts for all that follow, as GNU patch has it.
    if (text.empty()) {
      first_ = what;
      text = std::string(what) + " at ";
    } else {
      text += first_ == what ? "," : std::string(", ") + what + " at ";
    }
    text += std::to_string(from);
    if (count > 1) text += "-" + std::to_string(from + static_cast<int64_t>(count) - 1);
  }

 private:
  std::string_view first_;
};

// The least number of lines to insert and delete that make pattern_ what stands from line `guess` on; *last is the
// line behind that. Of equally good ends the last counts. At least `min` lines; more than max if none is found.
int64_t HunkApplier::best_match(int64_t guess, int64_t min, int64_t max, int64_t* last) {
  const int64_t rows = static_cast<int64_t>(pattern_.size()), columns = static_cast<int64_t>(lines_.size()) - guess + 1;
  std::vector<int64_t> reached(static_cast<size_t>(2 * (max + 2) + 1), -1);
  auto at = [&](int64_t d) -> int64_t& { return reached[static_cast<size_t>(d + max + 2)]; };   // by x - y
  *last = 0;
  for (int64_t cost = 0; cost <= max; cost++) {
    int64_t best = -1;
    for (int64_t d = -cost; d <= cost; d += 2) {
      p_.tick();
      int64_t x = cost == 0 ? 0 : std::max(at(d - 1) < 0 ? -1 : at(d - 1) + 1, at(d + 1));
      if (x < 0) continue;
      x = std::min(x, rows);
      int64_t y = x - d;
      if (y > columns || y < 0) {
        at(d) = -1;
        continue;
      }
      while (x < rows && y < columns && equal(lines_[static_cast<size_t>(guess + y - 1)], pattern_[static_cast<size_t>(x)])) x++, y++;
      at(d) = x;
      if (x == rows && y >= min) best = std::max(best, y);
    }
    if (best < 0) continue;
    *last = guess + best;
    return cost;
  }
  return max + 1;
}

// The place where the fewest changes make of the file what the hunk expects, the nearest of several.
size_t HunkApplier::locate_merge(const PatchHunk& hunk, size_t* matched) {
  const int64_t first = static_cast<int64_t>(hunk.old_first) + in_offset_, rows = static_cast<int64_t>(pattern_.size());
  const int64_t context = std::count_if(hunk.lines.begin(), hunk.lines.end(), [](const PatchLine& l) { return l.kind == ' '; });
  const int64_t input = static_cast<int64_t>(lines_.size());
  *matched = 0;
  int64_t where = first;
  if (context == 0) return static_cast<size_t>(std::max<int64_t>(where, 1));
  int64_t up = input - first + 1, down = first - static_cast<int64_t>(frozen_) - 1;
  if (hunk.context_before < hunk.context_after) up = down = 0;   // the beginning of the file
  const bool to_end = hunk.context_after < hunk.context_before;
  int64_t min = rows - context, max = 2 * context, most = 0;
  auto consider = [&](int64_t guess) {
    int64_t last = 0;
    const int64_t changes = best_match(guess, to_end ? input - guess + 1 : min, max, &last);
    if (changes > max || last - guess <= most) return;
    most = last - guess;
    where = guess;
    min = most;
    max = changes - 1;
  };
  for (int64_t offset = 0; offset <= std::max(up, down) && max >= 0; offset++) {
    if (offset <= up && first + offset >= 1) consider(first + offset);
    if (offset > 0 && offset <= down && first - offset <= input + 1) consider(first - offset);
  }
  *matched = static_cast<size_t>(most);
  return static_cast<size_t>(std::max<int64_t>(where, 1));
}

void HunkApplier::merge_change(const Changes& change, bool diff3, bool tell_merged, Report& report) {
  const size_t gone = change.in_end - change.in;
  const int64_t from = static_cast<int64_t>(change.in) + 1 + out_offset_;
  auto same = [&](size_t i, size_t k) { return lines_[i] == change.after[k]; };
  if (!change.by_file) {
    if (tell_merged) report.add("merged", from, change.after.size());
    for (auto line : change.after) put(line);
    frozen_ = change.in_end;
    out_offset_ += static_cast<int64_t>(change.after.size());   // less what went would be right; the numbers are GNU's
    return;
  }
  bool equal = gone == change.after.size();
  for (size_t i = 0; equal && i < gone; i++) equal = same(change.in + i, i);
  if (equal) return report.add("already applied", from, gone);
  size_t begin = 0, end = 0;
  const size_t most = std::min(gone, change.after.size());
  if (!diff3) {
    while (begin < most && same(change.in + begin, begin)) begin++;
    while (end < most - begin && same(change.in_end - 1 - end, change.after.size() - 1 - end)) end++;
  }
  (void)copy_until(change.in + begin);
  size_t count = 0;
  auto put_line = [&](std::string_view line) {
    put(line);
    if (!line.ends_with('\n')) put("\n");
    count++;
  };
  put_line("<<<<<<<");
  for (; frozen_ < change.in_end - end; frozen_++) put_line(lines_[frozen_]);
  if (diff3) {
    put_line("|||||||");
    for (auto line : change.before) put_line(line);
  }
  put_line("=======");
  for (size_t i = begin; i < change.after.size() - end; i++) put_line(change.after[i]);
  put_line(">>>>>>>");
  report.add("NOT MERGED", from + static_cast<int64_t>(begin), count);
  report.conflict = true;
  out_offset_ += static_cast<int64_t>(count) - static_cast<int64_t>(gone - begin - end);
}

std::string HunkApplier::merge(const PatchHunk& hunk, size_t where, bool diff3, bool tell_merged, bool* conflict) {
  std::vector<std::string_view> old;
  struct Edit {
    size_t from, to;                       ///< of the lines the hunk expects
    std::vector<std::string_view> lines;   ///< that come in their place
  };
  std::vector<Edit> edits;
  for (const auto& line : hunk.lines) {
    if (line.kind == ' ') {
      old.push_back(line.text);
      continue;
    }
    if (edits.empty() || edits.back().to != old.size()) edits.push_back({old.size(), old.size(), {}});
    if (line.kind == '-') {
      old.push_back(line.text);
      edits.back().to++;
    } else {
      edits.back().lines.push_back(line.text);
    }
  }
  size_t matched = old.size();
  std::vector<DiffRange> ranges;
  if (!where) {
    where = locate_merge(hunk, &matched);
    LineNumbers numbers;
    std::vector<std::string> kept;
    kept.reserve(old.size() + matched);   // what the numbers refer to stays in place
    auto number = [&](std::string_view line) {
      if (!blanks_) return numbers.number(line);
      kept.push_back(without_blanks(line));
      return numbers.number(kept.back());
    };
    std::vector<uint32_t> a, b;
    for (auto line : old) a.push_back(number(line));
    for (size_t i = 0; i < matched; i++) b.push_back(number(lines_[where - 1 + i]));
    ranges = diff_ranges(a, b, [this](uint32_t n) { p_.tick(n); }, DiffEffort::Plain);
  }
  (void)copy_until(where - 1);
  Report report;
  int64_t shift = 0;   // how far the file is ahead of what is expected
  for (size_t e = 0, r = 0; e < edits.size() || r < ranges.size();) {
    p_.tick();
    const size_t from = std::min(e < edits.size() ? edits[e].from : SIZE_MAX, r < ranges.size() ? ranges[r].a : SIZE_MAX);
    Changes change{where - 1 + static_cast<size_t>(static_cast<int64_t>(from) + shift), 0, {}, {}};
    size_t to = from, done = from;
    for (bool more = true; more;) {
      more = false;
      for (; e < edits.size() && edits[e].from <= to; e++) {
        for (; done < edits[e].from; done++) change.after.push_back(old[done]);
        done = edits[e].to;
        change.after.insert(change.after.end(), edits[e].lines.begin(), edits[e].lines.end());
        to = std::max(to, edits[e].to);
        change.by_patch = more = true;
      }
      for (; r < ranges.size() && ranges[r].a <= to; r++) {
        to = std::max(to, ranges[r].a + ranges[r].deleted);
        shift += static_cast<int64_t>(ranges[r].inserted) - static_cast<int64_t>(ranges[r].deleted);
        change.by_file = more = true;
      }
    }
    for (; done < to; done++) change.after.push_back(old[done]);
    change.before.assign(old.begin() + static_cast<std::ptrdiff_t>(from), old.begin() + static_cast<std::ptrdiff_t>(to));
    change.in_end = where - 1 + static_cast<size_t>(static_cast<int64_t>(to) + shift);
    (void)copy_until(change.in);
    if (change.by_patch) merge_change(change, diff3, tell_merged, report);
  }
  (void)copy_until(where - 1 + matched);
  *conflict = report.conflict;
  return report.text;
}

}  // namespace nacre
