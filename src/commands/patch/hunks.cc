#include <algorithm>
#include <cstdlib>

#include "algo/unicode.h"
#include "commands/patch/patch_file.h"

namespace nacre {
namespace {

constexpr size_t kLargest = INT32_MAX;

// "3", "3,5": first and last (or count); false if it is neither. `at` moves behind it.
bool range(std::string_view s, size_t& at, size_t& first, std::optional<size_t>& second) {
  auto number = [&](size_t& n) {
    size_t from = at;
    n = 0;
    while (at < s.size() && ascii_digit(s[at])) n = std::min(n * 10 + static_cast<size_t>(s[at++] - '0'), kLargest);
    return at > from;
  };
  second.reset();
  if (!number(first)) return false;
  if (at >= s.size() || s[at] != ',') return true;
  at++;
  size_t n;
  if (!number(n)) return false;
  second = n;
  return true;
}

void count_context(PatchHunk& h) {
  size_t n = h.lines.size();
  h.context_before = 0;
  while (h.context_before < n && h.lines[h.context_before].kind == ' ') h.context_before++;
  h.context_after = 0;
  while (h.context_after < n && h.lines[n - 1 - h.context_after].kind == ' ') h.context_after++;
}

}  // namespace

// The next line, without the indent of the patch. A last line without its newline gets one.
bool PatchReader::take(const PatchHeader& header, std::string& line) {
  if (at_ >= lines_.size()) return false;
  std::string_view s = lines_[at_++];
  for (size_t k = 0; k < header.indent && !s.empty() && (s[0] == ' ' || s[0] == '\t' || s[0] == 'X'); k++) s.remove_prefix(1);
  line = s;
  if (!line.ends_with('\n')) {
    write_error(p_, "patch unexpectedly ends in middle of line\n");
    line += '\n';
  }
  if (header.strip_cr && line.ends_with("\r\n")) line.erase(line.size() - 2, 1);
  p_.tick();
  return true;
}

int PatchReader::malformed(const char* text) {
  error_ = "malformed patch at line " + std::to_string(at_) + ": " + std::string(text ? text : at_ > 0 ? lines_[at_ - 1] : "");
  return -1;
}

int PatchReader::hunk(const PatchHeader& header, PatchHunk& out) {
  out = PatchHunk();
  switch (header.type) {
    case PatchType::Unified: return unified(header, out);
    case PatchType::Context:
    case PatchType::NewContext: return context(header, out);
    case PatchType::Normal: return normal(header, out);
    default: return 0;
  }
}

int PatchReader::unified(const PatchHeader& header, PatchHunk& out) {
  size_t here = at_;
  std::string line;
  if (!take(header, line) || !line.starts_with("@@ -")) {
    at_ = here;
    return 0;
  }
  size_t i = 4;
  std::optional<size_t> count;
  auto no_number = [&] {
    error_ = "missing line number at line " + std::to_string(at_) + ": " + line;
    return -1;
  };
  if (!range(line, i, out.old_first, count)) return no_number();
  out.old_count = count.value_or(1);
  if (line.compare(i, 2, " +") != 0) return malformed();
  i += 2;
  if (!range(line, i, out.new_first, count)) return no_number();
  out.new_count = count.value_or(1);
  if (line.compare(i, 1, " ") == 0) i++;
  if (line.compare(i, 1, "@") != 0) return malformed();
  if (line.compare(i, 2, "@@") == 0) out.function = line.substr(i + 2, line.size() - i - 3);
  if (out.old_count == 0) out.old_first++;
  if (out.new_count == 0) out.new_first++;
  bool chopped = false;
  for (size_t olds = 0, news = 0; olds < out.old_count || news < out.new_count;) {
    if (!take(header, line)) {
      // Blank lines at the end may have been lost.
      if (out.new_count - news >= 3 || olds == out.old_count || news == out.new_count) {
        error_ = "unexpected end of file in patch\n";
        return -1;
      }
      line = " \n";
      chopped = true;
    }
    char c = line[0] == '\t' || line[0] == '\n' ? ' ' : line[0] == '=' ? ' ' : line[0];
    bool whole = line[0] == '\t' || line[0] == '\n';
    if (c == '\\') {
      if (!out.lines.empty() && out.lines.back().text.ends_with('\n')) out.lines.back().text.pop_back();
      continue;
    }
    if ((c != ' ' && c != '-' && c != '+') || (c != '+' && olds == out.old_count) || (c != '-' && news == out.new_count)) return malformed();
    olds += c != '+';
    news += c != '-';
    out.lines.push_back({c, whole ? line : line.substr(1)});
  }
  if (at_ < lines_.size() && lines_[at_].substr(std::min(header.indent, lines_[at_].size())).starts_with("\\ ")) {
    at_++;
    if (!out.lines.empty() && out.lines.back().text.ends_with('\n')) out.lines.back().text.pop_back();
  }
  count_context(out);
  // Nothing changes.
  if (out.context_before == out.lines.size()) return malformed(chopped ? " \n" : nullptr);
  return 1;
}

// Lines of one half of a hunk of context: "  ", "- ", "+ ", "! ". False: error_ says what is wrong.
// `optional`: there may be none, also because the patch ends.
bool PatchReader::context_part(const PatchHeader& header, size_t count, std::vector<PatchLine>& to, bool old_part, bool optional) {
  std::string line;
  while (to.size() < count) {
    size_t here = at_;
    if (!take(header, line)) {
      if (optional && !old_part && to.empty()) return true;
      if (count - to.size() >= 3) {
        error_ = "unexpected end of file in patch\n";
        return false;
      }
      line = "  \n";
    }
    char c = line[0];
    if (c == '\n' || c == '\t') {
      to.push_back({' ', line});
      continue;
    }
    bool blank = line.size() > 1 && (line[1] == ' ' || line[1] == '\t');
    if (old_part && line.starts_with("--- ")) {
      // Left out: nothing goes.
      if (!to.empty()) return malformed(), false;
      at_ = here;
      return true;
    }
    if (!blank || (c != ' ' && c != '!' && c != (old_part ? '-' : '+'))) {
      if (!to.empty() || !optional) return malformed(), false;
      at_ = here;
      return true;
    }
    to.push_back({c, line.substr(2)});
  }
  if (at_ < lines_.size() && lines_[at_].substr(std::min(header.indent, lines_[at_].size())).starts_with("\\ ")) {
    at_++;
    if (!to.empty() && to.back().text.ends_with('\n')) to.back().text.pop_back();
  }
  return true;
}

// `line`: that of the hunk's range.
bool PatchReader::merge_parts(std::vector<PatchLine>& a, std::vector<PatchLine>& b, size_t line, PatchHunk& out) {
  // A half that was left out is the other's context.
  if (a.empty() && out.old_count > 0)
    for (const auto& l : b)
      if (l.kind == ' ') a.push_back(l);
  if (b.empty() && out.new_count > 0)
    for (const auto& l : a)
      if (l.kind == ' ') b.push_back(l);
  auto mangled = [&] {
    error_ = "replacement text or line numbers mangled in hunk at line " + std::to_string(line - 1) + "\n";
    return false;
  };
  if (a.size() != out.old_count || b.size() != out.new_count) return mangled();
  for (size_t i = 0, k = 0; i < a.size() || k < b.size();) {
    if (i < a.size() && a[i].kind == '-') {
      out.lines.push_back({'-', a[i++].text});
    } else if (k < b.size() && b[k].kind == '+') {
      out.lines.push_back({'+', b[k++].text});
    } else if (i >= a.size() || k >= b.size()) {
      return mangled();
    } else if (a[i].kind != b[k].kind) {
      error_ = "Out-of-sync patch, lines " + std::to_string(line + i + 1) + "," + std::to_string(line + a.size() + k + 2) +
               " -- mangled text or line numbers, maybe?\n";
      return false;
    } else if (a[i].kind == '!') {
      for (; i < a.size() && a[i].kind == '!'; i++) out.lines.push_back({'-', a[i].text});
      for (; k < b.size() && b[k].kind == '!'; k++) out.lines.push_back({'+', b[k].text});
    } else {
      out.lines.push_back({' ', a[i].text});
      i++;
      k++;
    }
  }
  return true;
}

int PatchReader::context(const PatchHeader& header, PatchHunk& out) {
  size_t here = at_;
  std::string line;
  if (!take(header, line) || !line.starts_with("********")) {
    at_ = here;
    return 0;
  }
  size_t name = line.find_first_not_of('*');
  out.function = line.substr(name, line.size() - name - 1);
  std::optional<size_t> last;
  size_t i = 4;
  if (!take(header, line)) {
    at_ = here;
    return 0;
  }
  if (!line.starts_with("*** ") || !range(line, i, out.old_first, last)) return malformed();
  out.old_count = last ? *last - out.old_first + 1 : out.old_first ? 1 : 0;
  if (last && *last + 1 < out.old_first) return malformed();
  std::vector<PatchLine> a, b;
  if (!context_part(header, out.old_count, a, true, true)) return -1;
  i = 4;
  if (!take(header, line)) {
    error_ = "unexpected end of file in patch\n";
    return -1;
  }
  if (!line.starts_with("--- ") || !range(line, i, out.new_first, last)) return malformed();
  out.new_count = last ? *last - out.new_first + 1 : out.new_first ? 1 : 0;
  if (last && *last + 1 < out.new_first) return malformed();
  const bool changed = std::any_of(a.begin(), a.end(), [](const PatchLine& l) { return l.kind == '!'; });
  if (!context_part(header, out.new_count, b, false, !changed)) return -1;
  if (!merge_parts(a, b, here + 2, out)) return -1;
  if (out.old_count == 0) out.old_first++;
  if (out.new_count == 0) out.new_first++;
  count_context(out);
  return 1;
}

bool PatchReader::normal_lines(const PatchHeader& header, size_t count, char mark, char kind, PatchHunk& out) {
  std::string line;
  for (size_t k = 0; k < count; k++) {
    if (!take(header, line)) {
      error_ = "unexpected end of file in patch at line " + std::to_string(at_) + "\n";
      return false;
    }
    if (line.size() < 2 || line[0] != mark || (line[1] != ' ' && line[1] != '\t')) {
      error_ = std::string("'") + mark + "' followed by space or tab expected at line " + std::to_string(at_) + " of patch\n";
      return false;
    }
    out.lines.push_back({kind, line.substr(2)});
  }
  if (count > 0 && at_ < lines_.size() && lines_[at_].substr(std::min(header.indent, lines_[at_].size())).starts_with("\\ ")) {
    at_++;
    out.lines.back().text.pop_back();
  }
  return true;
}

int PatchReader::normal(const PatchHeader& header, PatchHunk& out) {
  size_t here = at_;
  std::string line;
  if (!take(header, line) || line.empty() || !ascii_digit(line[0])) {
    at_ = here;
    return 0;
  }
  size_t i = 0;
  std::optional<size_t> last;
  if (!range(line, i, out.old_first, last) || i >= line.size()) return malformed();
  char type = line[i++];
  out.old_count = type == 'a' ? 0 : last.value_or(out.old_first) - out.old_first + 1;
  if (!range(line, i, out.new_first, last) || (type != 'a' && type != 'c' && type != 'd')) return malformed();
  out.new_count = type == 'd' ? 0 : last.value_or(out.new_first) - out.new_first + 1;
  if (out.old_count > kLargest || out.new_count > kLargest) return malformed();
  if (type == 'a') out.old_first++;
  if (type == 'd') out.new_first++;
  if (!normal_lines(header, out.old_count, '<', '-', out)) return -1;
  if (type == 'c') {
    if (!take(header, line)) {
      error_ = "unexpected end of file in patch at line " + std::to_string(at_) + "\n";
      return -1;
    }
    if (!line.starts_with('-')) {
      error_ = "'---' expected at line " + std::to_string(at_) + " of patch\n";
      return -1;
    }
  }
  return normal_lines(header, out.new_count, '>', '+', out) ? 1 : -1;
}

// Lines that are commands, with their texts.
std::string PatchReader::ed_script(const PatchHeader& header) {
  std::string out, line;
  while (at_ < lines_.size()) {
    size_t here = at_;
    take(header, line);
    size_t i = 0;
    while (i < line.size() && (ascii_digit(line[i]) || line[i] == ',')) i++;
    char c = i < line.size() ? line[i] : '\0';
    bool command = i > 0 && (c == 'a' || c == 'c' || c == 'd' || c == 'i' || c == 's');
    if (!command) {
      at_ = here;
      break;
    }
    out += line;
    if (c != 'a' && c != 'c' && c != 'i') continue;
    while (take(header, line)) {
      out += line;
      if (line == ".\n") break;
    }
  }
  return out;
}

}  // namespace nacre
