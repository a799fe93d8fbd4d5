#include "commands/patch/patch_file.h"

#include <algorithm>
#include <cstdlib>

#include "algo/unicode.h"

namespace nacre {
namespace {

// The letter of an ed command with addresses ("3,5c"); '\0' if it is none.
char ed_letter(std::string_view s) {
  size_t i = 0;
  if (s.empty() || !ascii_digit(s[0])) return '\0';
  while (i < s.size() && ascii_digit(s[i])) i++;
  if (i < s.size() && s[i] == ',') {
    size_t from = ++i;
    while (i < s.size() && ascii_digit(s[i])) i++;
    if (i == from) return '\0';
  }
  if (i >= s.size()) return '\0';
  char c = s[i++];
  if (c != 'a' && c != 'c' && c != 'd' && c != 'i' && c != 's') return '\0';
  if (c == 's') return s.substr(i).starts_with("/.//") ? c : '\0';
  while (i < s.size() && (s[i] == ' ' || s[i] == '\t' || s[i] == '\r')) i++;
  return i == s.size() || s[i] == '\n' ? c : '\0';
}

// "3,5c4,6" as normal diffs have it.
bool normal_command(std::string_view s) {
  size_t i = 0;
  auto numbers = [&] {
    size_t from = i;
    while (i < s.size() && (ascii_digit(s[i]) || s[i] == ',')) i++;
    return i > from;
  };
  if (!numbers() || i >= s.size() || (s[i] != 'a' && s[i] != 'c' && s[i] != 'd')) return false;
  i++;
  return numbers();
}

// A name between double quotes with C escapes; `end` is behind it.
std::optional<std::string> quoted_name(std::string_view s, size_t& end) {
  std::string out;
  for (size_t i = 1; i < s.size(); i++) {
    if (s[i] == '"') {
      end = i + 1;
      return out;
    }
    if (s[i] != '\\') {
      out += s[i];
      continue;
    }
    if (++i == s.size()) break;
    constexpr std::string_view from = "abfnrtv\\\"", to = "\a\b\f\n\r\t\v\\\"";
    size_t k = from.find(s[i]);
    if (k != std::string_view::npos) {
      out += to[k];
    } else if (s[i] >= '0' && s[i] <= '3') {
      int c = 0;
      for (size_t n = 0; n < 3 && i < s.size() && s[i] >= '0' && s[i] <= '7'; n++) c = c * 8 + (s[i++] - '0');
      i--;
      out += static_cast<char>(c);
    } else {
      return std::nullopt;
    }
  }
  return std::nullopt;
}

std::optional<uint32_t> octal(std::string_view s) {
  uint32_t n = 0;
  size_t i = 0;
  while (i < s.size() && s[i] >= '0' && s[i] <= '7' && i < 7) n = n * 8 + static_cast<uint32_t>(s[i++] - '0');
  return i > 0 ? std::optional<uint32_t>(n) : std::nullopt;
}

// Of the form 0 or 0,0: the range is empty.
bool zero_range(std::string_view s) { return !s.empty() && s[0] == '0' && (s.size() < 2 || !ascii_digit(s[1])); }

}  // namespace

void PatchHunk::reverse() {
  std::swap(old_first, new_first);
  std::swap(old_count, new_count);
  // What comes stays behind what goes.
  for (size_t i = 0; i < lines.size();) {
    size_t end = i;
    while (end < lines.size() && lines[end].kind != ' ') end++;
    for (size_t k = i; k < end; k++) lines[k].kind = lines[k].kind == '-' ? '+' : '-';
    std::stable_partition(lines.begin() + static_cast<long>(i), lines.begin() + static_cast<long>(end), [](const PatchLine& l) { return l.kind == '-'; });
    i = end + 1;
  }
}

PatchReader::PatchReader(Process& p, std::string text, int strip, PatchType forced, std::function<std::optional<Timespec>(const std::string&)> read_time)
    : p_(p), text_(std::move(text)), strip_(strip), forced_(forced), read_time_(std::move(read_time)) {
  for (std::string_view rest = text_; !rest.empty();) {
    size_t n = std::min(rest.find('\n'), rest.size() - 1) + 1;
    lines_.push_back(rest.substr(0, n));
    rest.remove_prefix(n);
    p.tick();
  }
  p.charge_memory(text_.size() + lines_.size() * sizeof(std::string_view));
}

std::optional<std::string> PatchReader::strip_name(std::string_view name) const {
  int left = strip_;
  size_t from = 0;
  for (size_t i = 0; i < name.size(); i++) {
    if (name[i] != '/') continue;
    while (i + 1 < name.size() && name[i + 1] == '/') i++;
    if (strip_ < 0 || --left >= 0) from = i + 1;
  }
  if ((strip_ >= 0 && left > 0) || from >= name.size()) return std::nullopt;
  return std::string(name.substr(from));
}

// "NAME<tab>TIME" behind "--- " and the like.
void PatchReader::fetch_name(PatchHeader& h, std::string_view text, size_t which, bool with_time) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  size_t from = 0;
  while (from < text.size() && ascii_space(text[from])) from++;
  text.remove_prefix(from);
  std::string name;
  size_t end = 0;
  if (text.starts_with('"')) {
    auto quoted = quoted_name(text, end);
    if (!quoted) return;
    name = *quoted;
  } else {
    // Blanks may be part of it if a tab ends it.
    for (end = 0; end < text.size(); end++) {
      if (!ascii_space(text[end])) continue;
      size_t u = end;
      while (text[u] != '\t' && u + 1 < text.size() && ascii_space(text[u + 1])) u++;
      if (text[u] != '\t' && (!with_time || text.find('\t', u + 1) != std::string_view::npos)) continue;
      break;
    }
    name = text.substr(0, end);
  }
  std::string time(text.substr(std::min(end, text.size())));
  h.raw_name[which] = name;
  h.name[which].reset();
  if (with_time) {
    h.time_text[which] = time;
    size_t blank = 0;
    while (blank < time.size() && ascii_space(time[blank])) blank++;
    h.time[which] = blank < time.size() ? read_time_(time.substr(blank)) : std::nullopt;
    // Midnight 1970 in any zone.
    if (h.time[which] && h.time[which]->sec > -25 * 3600 && h.time[which]->sec < 26 * 3600) h.time[which] = Timespec{0, 0};
  }
  if (name == "/dev/null") {
    if (which < 2) h.time[which] = Timespec{0, 0};
    return;
  }
  h.name[which] = strip_name(name);
}

struct PatchReader::Scan {
  PatchHeader h;
  bool need_header;
  size_t line = 0, first_command = SIZE_MAX;
  bool stars_before = false, command_before = false;
  size_t indent_before = 0, indent = 0;
};

bool PatchReader::git_line(Scan& scan, std::string_view s) {
  PatchHeader& h = scan.h;
  auto after = [&](std::string_view prefix, std::string_view& rest) {
    if (!s.starts_with(prefix)) return false;
    rest = s.substr(prefix.size());
    return true;
  };
  std::string_view rest;
  if (after("index ", rest)) {
    size_t blank = rest.find(' ');
    if (blank != std::string_view::npos)
      if (auto m = octal(rest.substr(blank + 1))) h.mode[0] = h.mode[1] = m;
  } else if (after("old mode ", rest)) {
    h.mode[kPatchOld] = octal(rest);
    h.extended = true;
  } else if (after("new mode ", rest)) {
    h.mode[kPatchNew] = octal(rest);
    h.extended = true;
  } else if (after("deleted file mode ", rest)) {
    h.mode[kPatchOld] = octal(rest);
    h.absent[kPatchNew] = 2;
    h.extended = true;
  } else if (after("new file mode ", rest)) {
    h.mode[kPatchNew] = octal(rest);
    h.absent[kPatchOld] = 2;
    h.extended = true;
  } else if (s.starts_with("rename from ") || s.starts_with("rename to ")) {
    h.rename = h.extended = true;
  } else if (s.starts_with("copy from ") || s.starts_with("copy to ")) {
    h.copy = h.extended = true;
  } else {
    return false;
  }
  return true;
}

// Lines that name files. True if it was one.
bool PatchReader::header_line(Scan& scan, std::string_view s) {
  PatchHeader& h = scan.h;
  bool cr = s.ends_with("\r\n");
  if (!scan.stars_before && s.starts_with("*** ")) {
    fetch_name(h, s.substr(4), kPatchOld, true);
  } else if (s.starts_with("+++ ")) {
    // Of a unified diff; swapped when that is clear.
    fetch_name(h, s.substr(4), kPatchOld, true);
    h.strip_cr = cr;
  } else if (s.starts_with("Index:")) {
    fetch_name(h, s.substr(6), kPatchIndex, false);
    h.strip_cr = cr;
  } else if (s.starts_with("Prereq:")) {
    std::string_view word = s.substr(7);
    while (!word.empty() && ascii_space(word[0])) word.remove_prefix(1);
    size_t end = 0;
    while (end < word.size() && !ascii_space(word[end])) end++;
    h.prerequisite = std::string(word.substr(0, end));
    return true;
  } else {
    std::string_view t = s;
    while (t.starts_with("- ")) t.remove_prefix(2);
    if (!t.starts_with("--- ")) return false;
    fetch_name(h, t.substr(4), kPatchNew, true);
    h.strip_cr = cr;
  }
  scan.need_header = false;
  return true;
}

// Whether the body of a patch begins here; sets its type and start.
bool PatchReader::begins(Scan& scan, std::string_view s, std::string_view raw) {
  PatchHeader& h = scan.h;
  auto wanted = [&](PatchType a, PatchType b = PatchType::None) { return forced_ == PatchType::None || forced_ == a || forced_ == b; };
  auto found = [&](PatchType type, size_t start) {
    h.type = type;
    h.start = start;
    h.indent = scan.indent;
    return true;
  };
  if (wanted(PatchType::Ed) && scan.first_command != SIZE_MAX && s == ".\n") return found(PatchType::Ed, scan.first_command);
  if (wanted(PatchType::Unified) && s.starts_with("@@ -")) {
    std::swap(h.name[0], h.name[1]);
    std::swap(h.raw_name[0], h.raw_name[1]);
    std::swap(h.time_text[0], h.time_text[1]);
    std::swap(h.time[0], h.time[1]);
    std::string_view old_range = s.substr(4), new_range;
    size_t plus = old_range.find(" +");
    if (plus != std::string_view::npos) new_range = old_range.substr(plus + 2);
    if (zero_range(old_range)) h.absent[0] = std::max(h.absent[0], (h.time[0] && h.time[0]->sec == 0) ? 2 : 1);
    if (zero_range(new_range)) h.absent[1] = std::max(h.absent[1], (h.time[1] && h.time[1]->sec == 0) ? 2 : 1);
    return found(PatchType::Unified, scan.line);
  }
  if (wanted(PatchType::Context, PatchType::NewContext) && scan.stars_before && scan.indent_before == scan.indent && s.starts_with("*** ")) {
    if (zero_range(s.substr(4))) h.absent[0] = (h.time[0] && h.time[0]->sec == 0) ? 2 : 1;
    for (size_t i = scan.line + 1; i < lines_.size() && h.absent[1] == 0; i++) {
      std::string_view l = lines_[i].substr(std::min(scan.indent, lines_[i].size()));
      if (!l.starts_with("--- ")) continue;
      if (zero_range(l.substr(4))) h.absent[1] = (h.time[1] && h.time[1]->sec == 0) ? 2 : 1;
      break;
    }
    bool modern = raw.ends_with("*\n") || raw.ends_with("*\r\n");
    return found(modern ? PatchType::NewContext : PatchType::Context, scan.line - 1);
  }
  if (wanted(PatchType::Normal) && scan.command_before && (s.starts_with("< ") || s.starts_with("> "))) return found(PatchType::Normal, scan.line - 1);
  return false;
}

// Behind "diff --git ": "a/NAME b/NAME"; the middle blank parts two names that end alike.
void PatchReader::git_names(Scan& scan, std::string_view names) {
  PatchHeader fresh;
  fresh.text_from = scan.h.text_from;
  fresh.git = true;
  while (!names.empty() && ascii_space(names.back())) names.remove_suffix(1);
  size_t end = std::string_view::npos;
  if (names.starts_with('"')) {
    if (!quoted_name(names, end)) end = std::string_view::npos;
  } else {
    for (size_t b = names.find(' '); b != std::string_view::npos; b = names.find(' ', b + 1)) {
      std::string_view x = names.substr(0, b), y = names.substr(b + 1);
      if (end == std::string_view::npos || x.substr(x.find('/') + 1) == y.substr(y.find('/') + 1)) end = b;
    }
  }
  if (end != std::string_view::npos) {
    fetch_name(fresh, names.substr(0, end), kPatchOld, false);
    fetch_name(fresh, names.substr(std::min(end + 1, names.size())), kPatchNew, false);
  }
  // Kept as a unified header would give them.
  std::swap(fresh.name[0], fresh.name[1]);
  std::swap(fresh.raw_name[0], fresh.raw_name[1]);
  scan.h = fresh;
  scan.need_header = false;
}

PatchHeader PatchReader::next(bool need_header) {
  Scan scan;
  scan.need_header = need_header;
  PatchHeader& h = scan.h;
  h.text_from = at_;
  // A patch of git's headers alone.
  auto found_at = [&](size_t line, PatchType type) {
    h.type = type;
    h.start = line;
    h.indent = scan.indent;
    std::swap(h.name[0], h.name[1]);
    std::swap(h.raw_name[0], h.raw_name[1]);
    return h;
  };
  for (scan.line = at_; scan.line < lines_.size(); scan.line++) {
    std::string_view raw = lines_[scan.line], s = raw;
    p_.tick(static_cast<uint32_t>(1 + raw.size() / 64));
    if (!raw.ends_with('\n')) error_ = "patch unexpectedly ends in middle of line\n";
    scan.indent = 0;
    while (!s.empty() && (s[0] == ' ' || s[0] == '\t' || s[0] == 'X')) {
      s.remove_prefix(1);
      scan.indent++;
    }
    if (s.starts_with("diff --git ")) {
      if (h.extended) return found_at(scan.line, PatchType::Unified);
      git_names(scan, s.substr(11));
      continue;
    }
    bool command = ed_letter(s) != '\0';
    if (command && scan.first_command == SIZE_MAX && !scan.need_header) scan.first_command = scan.line;
    if (h.git && s.starts_with("GIT binary patch")) return found_at(scan.line + 1, PatchType::GitBinary);
    if (h.git && git_line(scan, s)) continue;
    (void)header_line(scan, s);
    if (!scan.need_header || forced_ != PatchType::None)
      if (begins(scan, s, raw)) return h;
    scan.stars_before = s.starts_with("********");
    scan.command_before = normal_command(s);
    scan.indent_before = scan.indent;
  }
  if (h.extended) return found_at(lines_.size(), PatchType::Unified);
  if (scan.first_command != SIZE_MAX && (forced_ == PatchType::None || forced_ == PatchType::Ed)) {
    h.type = PatchType::Ed;
    h.start = scan.first_command;
  }
  return h;
}

}  // namespace nacre
