#include "commands/patch/apply.h"

#include <algorithm>

#include "algo/unicode.h"

namespace nacre {

HunkApplier::HunkApplier(Process& p, std::string text, std::string ifdef, bool blanks)
    : p_(p), text_(std::move(text)), ifdef_(std::move(ifdef)), blanks_(blanks) {
  for (std::string_view rest = text_; !rest.empty();) {
    size_t n = std::min(rest.find('\n'), rest.size() - 1) + 1;
    lines_.push_back(rest.substr(0, n));
    rest.remove_prefix(n);
    p.tick();
  }
  charged_ = 2 * text_.size() + lines_.size() * sizeof(std::string_view);
  p.charge_memory(charged_);
}

// As they are, or with every run of blanks the same and none at the end.
bool HunkApplier::equal(std::string_view a, std::string_view b) const {
  if (!blanks_) return a == b;
  auto blank = [](char c) { return c == ' ' || c == '\t'; };
  auto trim = [&](std::string_view& s) {
    while (!s.empty() && (blank(s.back()) || s.back() == '\n')) s.remove_suffix(1);
  };
  trim(a);
  trim(b);
  size_t i = 0, k = 0;
  while (i < a.size() && k < b.size()) {
    if (blank(b[k])) {
      if (!blank(a[i])) return false;
      while (k < b.size() && blank(b[k])) k++;
      while (i < a.size() && blank(a[i])) i++;
    } else if (a[i++] != b[k++]) {
      return false;
    }
  }
  return i == a.size() && k == b.size();
}

bool HunkApplier::match(size_t base, int64_t offset, size_t prefix_fuzz, size_t suffix_fuzz) {
  size_t n = pattern_.size();
  int64_t at = static_cast<int64_t>(base) + offset + static_cast<int64_t>(prefix_fuzz);
  p_.tick();
  for (size_t k = prefix_fuzz; k + suffix_fuzz < n; k++, at++) {
    if (at < 1 || at > static_cast<int64_t>(lines_.size())) return false;
    if (!equal(lines_[static_cast<size_t>(at - 1)], pattern_[k])) return false;
  }
  return true;
}

size_t HunkApplier::locate(const PatchHunk& hunk, size_t fuzz) {
  using I = int64_t;
  pattern_.clear();
  for (const auto& l : hunk.lines)
    if (l.kind != '+') pattern_.push_back(l.text);
  I first = static_cast<I>(hunk.old_first) + in_offset_, pattern = static_cast<I>(pattern_.size()), input = static_cast<I>(lines_.size());
  if (pattern == 0) return static_cast<size_t>(std::max<I>(first, 0));   // nothing to match
  I context = static_cast<I>(hunk.context()), before = static_cast<I>(hunk.context_before), after = static_cast<I>(hunk.context_after);
  I prefix = static_cast<I>(fuzz) + before - context, suffix = static_cast<I>(fuzz) + after - context, frozen = static_cast<I>(frozen_);
  I up = input - (pattern - suffix) + 1 - first, down = first - (frozen + 1);
  if (first <= down) down = first - 1;
  auto found = [&](I offset) {
    in_offset_ += offset;
    return static_cast<size_t>(first + offset);
  };
  // Less context before than after: only at the beginning; and the other way round.
  if (prefix < 0 && hunk.old_first <= 1) {
    if (suffix < 0 && (pattern != input || before < frozen)) return 0;
    I offset = 1 - first;
    bool fits = frozen <= before && offset <= up && match(static_cast<size_t>(first), offset, 0, static_cast<size_t>(std::max<I>(suffix, 0)));
    return fits ? found(offset) : 0;
  }
  prefix = std::max<I>(prefix, 0);
  if (suffix < 0) {
    I offset = first - (input - pattern + 1);
    return offset <= down && match(static_cast<size_t>(first), -offset, static_cast<size_t>(prefix), 0) ? found(-offset) : 0;
  }
  for (I offset = 0; offset <= std::max(up, down); offset++) {
    if (offset <= up && match(static_cast<size_t>(first), offset, static_cast<size_t>(prefix), static_cast<size_t>(suffix))) return found(offset);
    if (offset > 0 && offset <= down && match(static_cast<size_t>(first), -offset, static_cast<size_t>(prefix), static_cast<size_t>(suffix)))
      return found(-offset);
  }
  return 0;
}

bool HunkApplier::copy_until(size_t line) {
  if (frozen_ > line) {
    message = "misordered hunks! output would be garbled\n";
    return false;
  }
  for (; frozen_ < line && frozen_ < lines_.size(); frozen_++) put(lines_[frozen_]);
  frozen_ = line;
  return true;
}

// A line of the preprocessor, on a line of its own.
void HunkApplier::mark(const char* word) {
  if (!out_.empty() && !out_.ends_with('\n')) put("\n");
  put(word);
  if (word[1] == 'i') put(" " + ifdef_);
  put("\n");
}

bool HunkApplier::apply(const PatchHunk& hunk, size_t where) {
  enum { kOutside, kNotDefined, kDefined, kElse } state = kOutside;
  size_t at = where - 1;
  for (const auto& line : hunk.lines) {
    p_.tick();
    if (line.kind == '-') {
      if (!copy_until(at)) return false;
      frozen_++;
      at++;
      if (ifdef_.empty()) continue;
      if (state == kOutside) mark("#ifndef");
      else if (state == kDefined) mark("#else");
      state = state == kDefined ? kElse : state == kOutside ? kNotDefined : state;
      put(line.text);
    } else if (line.kind == '+') {
      if (!copy_until(at)) return false;
      if (!ifdef_.empty()) {
        if (state == kOutside) mark("#ifdef");
        else if (state == kNotDefined) mark("#else");
        state = state == kNotDefined ? kElse : state == kOutside ? kDefined : state;
      }
      put(line.text);
    } else {
      if (state != kOutside) {
        if (!copy_until(at)) return false;
        mark("#endif");
        state = kOutside;
      }
      at++;
    }
  }
  if (state != kOutside) mark("#endif");
  out_offset_ += static_cast<int64_t>(hunk.new_count) - static_cast<int64_t>(hunk.old_count);
  return true;
}

void HunkApplier::finish() { (void)copy_until(std::max(frozen_, lines_.size())); }

}  // namespace nacre
