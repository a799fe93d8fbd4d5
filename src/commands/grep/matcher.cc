#include "commands/grep/matcher.h"

#include <cstring>

#include "algo/unicode.h"
#include "base/utf8.h"

namespace nacre {
namespace {

std::vector<std::string_view> split_lines(std::string_view s) {
  std::vector<std::string_view> out;
  for (size_t at = 0;;) {
    size_t end = s.find('\n', at);
    out.push_back(s.substr(at, end == std::string_view::npos ? end : end - at));
    if (end == std::string_view::npos) return out;
    at = end + 1;
  }
}

bool has_back_reference(std::string_view s) {
  for (size_t i = 0; i + 1 < s.size(); i++) {
    if (s[i] != '\\') continue;
    if (s[i + 1] >= '1' && s[i + 1] <= '9') return true;
    i++;
  }
  return false;
}

std::string escape_ere(std::string_view s) {
  std::string out;
  for (char c : s) {
    if (c && std::strchr("\\^$.[|()*+?{", c)) out.push_back('\\');
    out.push_back(c);
  }
  return out;
}

// Whether a Perl pattern may see a newline: a class that holds it, or what looks around.
bool may_see_newline(std::string_view s) {
  for (size_t i = 0; i + 1 < s.size(); i++) {
    const std::string_view rest = s.substr(i);
    if (s[i] == '\\') {
      if (ascii_alnum(s[i + 1]) && !std::strchr("dwbBSKQEzZ", s[i + 1])) return true;
      i++;
    } else if (rest.starts_with("[^") || rest.starts_with("[:") || rest.starts_with("(*")) {
      return true;
    } else if (rest.starts_with("(?")) {
      const std::string_view flags = rest.substr(2, rest.find_first_of(":)", 2) - 2);
      if (flags.find_first_not_of("imnsx-") == std::string_view::npos && flags.find('s') != std::string_view::npos) return true;
    }
  }
  return false;
}

}  // namespace

std::string GrepMatcher::add(std::string_view pattern, uint32_t flags) {
  std::string error;
  auto re = Regex::compile(pattern, flags, &error);
  if (!re) return error.empty() ? "invalid pattern" : error;
  regexes_.push_back(std::move(re));
  return {};
}

std::string GrepMatcher::compile(const std::string& patterns, const GrepSyntax& syntax) {
  syntax_ = syntax;
  uint32_t flags = kRegexLenient;
  if (syntax.delimiter == '\n') flags |= kRegexLineAnchors | kRegexNoNewline;
  if (syntax.fold) flags |= kRegexFoldCase;
  if (syntax.utf8) flags |= kRegexUtf8;
  if (syntax.kind == GrepSyntax::Perl) {
    if (patterns.find('\n') != std::string::npos) return "the -P option only supports a single pattern";
    std::string p = patterns;
    if (syntax.whole_lines) p = "^(?:" + p + ")$";
    else if (syntax.words) p = "(?<!\\w)(?:" + p + ")(?!\\w)";
    syntax_.words = syntax_.whole_lines = false;
    line_by_line_ = syntax.delimiter == '\n' && may_see_newline(p);
    // The end of the subject, which is one line, looks like the end of a line in a block of many.
    for (size_t at = 0; (at = p.find('\\', at)) != std::string::npos && at + 1 < p.size(); at += 2)
      if (p[at + 1] == 'z' || p[at + 1] == 'Z') p.replace(at, 2, "$"), at--;
    return add(p, kRegexPerl | kRegexAsciiClasses | (flags & (kRegexFoldCase | kRegexUtf8)) | (syntax.delimiter == '\n' ? kRegexLineAnchors : 0u));
  }
  if (syntax.whole_lines && syntax.delimiter == '\n') flags |= kRegexWholeLine;
  auto lines = split_lines(patterns);
  if (syntax.kind == GrepSyntax::Fixed) {
    if (lines.size() == 1) return add(lines[0], flags | kRegexLiteral);
    std::string all;
    for (auto l : lines) all += (all.empty() && l.data() == lines[0].data() ? "" : "|") + escape_ere(l);
    return add(all, flags | kRegexExtended);
  }
  bool ere = syntax.kind == GrepSyntax::Extended;
  if (ere) flags |= kRegexExtended;
  bool joined = true;
  for (auto l : lines) joined = joined && !has_back_reference(l);
  if (!joined || lines.size() == 1) {
    for (auto l : lines)
      if (auto error = add(l, flags); !error.empty()) return error;
    return {};
  }
  // Each must be right by itself before they become alternatives of one automaton.
  std::string all;
  for (size_t i = 0; i < lines.size(); i++) {
    std::string error;
    if (!Regex::compile(lines[i], flags, &error)) return error;
    if (i) all += ere ? "|" : "\\|";
    all += lines[i];
  }
  return add(all, flags);
}

bool GrepMatcher::is_word_before(std::string_view line, size_t at) const {
  if (at == 0) return false;
  char c = line[at - 1];
  if (static_cast<unsigned char>(c) < 0x80 || !syntax_.utf8) return ascii_alnum(c) || c == '_';
  size_t start = at - 1;
  while (start > 0 && at - start < 4 && (static_cast<unsigned char>(line[start]) & 0xc0) == 0x80) start--;
  utf8::Char u = utf8::decode(line.substr(start));
  return u.valid && in_class(u.code, CharClass::Word);
}

bool GrepMatcher::is_word_at(std::string_view line, size_t at) const {
  if (at >= line.size()) return false;
  char c = line[at];
  if (static_cast<unsigned char>(c) < 0x80 || !syntax_.utf8) return ascii_alnum(c) || c == '_';
  utf8::Char u = utf8::decode(line.substr(at));
  return u.valid && in_class(u.code, CharClass::Word);
}

// GNU's rule: a match that is not a word is shortened from its end, then tried further right.
bool GrepMatcher::word_match(const Regex& re, std::string_view line, size_t from, RegexSpan& out) const {
  RegexSpan m[1];
  for (size_t at = from; at <= line.size();) {
    if (!re.match(line, at, m)) return false;
    size_t begin = m[0].begin, end = m[0].end;
    if (!is_word_before(line, begin)) {
      for (;;) {
        if (!is_word_at(line, end)) {
          out = {begin, end};
          return true;
        }
        if (end == begin) break;
        if (!re.match(line.substr(0, end - 1), begin, m) || m[0].begin != begin) break;
        end = m[0].end;
      }
    }
    at = begin + 1;
  }
  return false;
}

bool GrepMatcher::match_one(const Regex& re, std::string_view line, size_t from, RegexSpan& out) const {
  if (syntax_.words && !syntax_.whole_lines) return word_match(re, line, from, out);
  RegexSpan m[1];
  if (!re.match(line, syntax_.whole_lines ? 0 : from, m)) return false;
  if (syntax_.whole_lines) {
    if (from > 0 || m[0].begin != 0 || m[0].end != line.size()) return false;
  }
  out = m[0];
  return true;
}

bool GrepMatcher::matches_line(std::string_view line) const {
  RegexSpan span;
  for (const auto& re : regexes_)
    if (match_one(*re, line, 0, span)) return true;
  return false;
}

bool GrepMatcher::find_in_line(std::string_view line, size_t from, RegexSpan& out) const {
  for (size_t at = from; at <= line.size();) {
    bool any = false;
    for (const auto& re : regexes_) {
      RegexSpan m;
      if (!match_one(*re, line, at, m)) continue;
      if (!any || m.begin < out.begin || (m.begin == out.begin && m.end > out.end)) out = m;
      any = true;
    }
    if (!any) return false;
    if (out.size() > 0) return true;
    at = out.end + 1;
  }
  return false;
}

bool GrepMatcher::find_by_line(std::string_view text, size_t from, RegexSpan& out) const {
  for (size_t at = from; at < text.size();) {
    const size_t end = std::min(text.find(syntax_.delimiter, at), text.size());
    if (match_one(*regexes_[0], text.substr(at, end - at), 0, out)) {
      out = {at + out.begin, at + out.end};
      return true;
    }
    at = end + 1;
  }
  return false;
}

bool GrepMatcher::find(std::string_view text, size_t from, RegexSpan& out) const {
  // A pattern that finds lines is in one with kRegexWholeLine, so that -x needs no more.
  if (regexes_.size() == 1 && regexes_[0]->finds_lines() && (!syntax_.words || syntax_.whole_lines)) {
    if (!regexes_[0]->find_line(text, from, &out.begin)) return false;
    out.end = out.begin;
    return true;
  }
  if (line_by_line_) return find_by_line(text, from, out);
  bool any = false;
  for (const auto& re : regexes_) {
    RegexSpan m[1];
    for (size_t at = from; at <= text.size() && re->match(text, at, m);) {
      if (any && m[0].begin >= out.begin) break;
      if (m[0].begin >= text.size() && !text.empty() && text.back() == syntax_.delimiter) break;
      if (!syntax_.words && !syntax_.whole_lines) {
        out = m[0];
        any = true;
        break;
      }
      // A candidate: its line decides.
      size_t begin = m[0].begin;
      const void* before = begin ? memrchr(text.data(), syntax_.delimiter, begin) : nullptr;
      size_t start = before ? static_cast<size_t>(static_cast<const char*>(before) - text.data()) + 1 : 0;
      size_t end = text.find(syntax_.delimiter, begin);
      if (end == std::string_view::npos) end = text.size();
      RegexSpan span;
      if (match_one(*re, text.substr(start, end - start), 0, span)) {
        out = {start + span.begin, start + span.end};
        any = true;
        break;
      }
      at = end + 1;
    }
  }
  return any;
}

bool GrepMatcher::gave_up() const {
  bool any = false;
  for (const auto& re : regexes_) any = re->take_limit_error() || any;
  return any;
}

}  // namespace nacre
