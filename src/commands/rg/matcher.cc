#include "commands/rg/matcher.h"

#include <cstring>

#include "algo/rust_regex.h"
#include "algo/unicode.h"

namespace nacre {
namespace {

std::string escaped(std::string_view s) {
  std::string out;
  for (char c : s) {
    if (c && std::strchr("\\.+*?()|[]{}^$#&-~", c)) out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

// Groups that have names, in order: what $name in a replacement means.
void RgMatcher::read_names(std::string_view p) {
  size_t group = 0;
  bool in_class = false;
  for (size_t i = 0; i < p.size(); i++) {
    if (p[i] == '\\') i++;
    else if (p[i] == '[') in_class = true;
    else if (p[i] == ']') in_class = false;
    if (i >= p.size() || p[i] != '(' || in_class || (i > 0 && p[i - 1] == '\\')) continue;
    std::string_view rest = p.substr(i + 1);
    if (!rest.starts_with('?')) {
      group++;
      continue;
    }
    size_t skip = rest.starts_with("?P<") ? 3 : rest.starts_with("?<") && !rest.starts_with("?<=") && !rest.starts_with("?<!") ? 2 : 0;
    if (skip) names_.push_back({std::string(rest.substr(skip, rest.find('>') - skip)), ++group});
  }
}

std::string RgMatcher::compile(const RgOptions& o) {
  never_ = o.patterns.empty();
  std::string pattern;
  for (const auto& one : o.patterns) {
    if (&one != &o.patterns.front()) pattern += '|';
    pattern += o.fixed ? escaped(one) : one;
  }
  terminator_ = o.null_data ? '\0' : '\n';
  word_ = o.word;
  bool perl = o.engine == RgOptions::Engine::Pcre2;
  RustRegex read = translate_rust_regex(pattern, !o.multiline, false, o.crlf);
  if (!perl && !read.error.empty() && o.engine == RgOptions::Engine::Auto) perl = true;
  if (!perl && !read.error.empty()) return o.whole_line ? translate_rust_regex("^(?:" + pattern + ")$", true, false, false).error : read.error;
  if (!perl && read.newline && !o.multiline && !o.null_data)
    return "the literal '\"\\n\"' is not allowed in a regex\n\nConsider enabling multiline mode with the --multiline flag (or -U for short).\n"
           "When multiline mode is enabled, new line characters can be matched.";
  bool fold = o.letter_case == RgOptions::Case::Insensitive;
  if (o.letter_case == RgOptions::Case::Smart) {
    fold = perl ? true : read.any_literal && !read.any_upper;
    // Perl's patterns are not understood here: any capital letter counts.
    if (perl)
      for (char c : pattern)
        if (c >= 'A' && c <= 'Z') fold = false;
  }
  uint32_t flags = kRegexLineAnchors | (fold ? kRegexFoldCase : 0) | (o.unicode ? kRegexUtf8 : 0) | (o.multiline && o.dot_all ? kRegexDotAll : 0);
  if (perl) flags |= kRegexPerl | kRegexErrorPlace;
  else flags |= kRegexRust | (o.multiline || o.null_data ? 0 : kRegexNoNewline) | (o.crlf ? kRegexCrLf : 0);
  read_names(pattern);
  std::string error;
  if (o.word || o.whole_line) {
    // What is wrong is told about the pattern as it was given.
    if (o.word && !Regex::compile(pattern, flags, &error)) return error;
    pattern = o.word ? "(?:(?m:^)|\\W)(" + pattern + ")(?:\\W|(?m:$))" : "^(?:" + pattern + ")$";
  }
  regex_ = Regex::compile(pattern, flags, &error);
  return regex_ ? "" : error;
}

bool RgMatcher::match(std::string_view text, size_t from, std::vector<RegexSpan>& groups) const {
  if (never_ || !regex_->match(text, from, groups)) return false;
  if (word_) groups.erase(groups.begin());
  return true;
}

bool RgMatcher::find(std::string_view text, size_t from, RegexSpan& out) const {
  RegexSpan spans[2];
  if (never_ || !regex_->match(text, from, std::span(spans, word_ ? 2 : 1))) return false;
  out = spans[word_];
  return true;
}

// Where in the line is not asked: to know that it matches costs half.
bool RgMatcher::find_in_lines(std::string_view text, size_t from, RegexSpan& out) const {
  if (never_) return false;
  if (terminator_ != '\n') {
    // What the engine takes for lines are none here.
    for (size_t end; from < text.size(); from = end + 1) {
      end = std::min(text.find(terminator_, from), text.size());
      if (!find(text.substr(from, end - from), 0, out)) continue;
      out.begin += from;
      out.end += from;
      return true;
    }
    return false;
  }
  if (regex_->finds_lines()) {
    if (!regex_->find_line(text, from, &out.begin)) return false;
    out.end = out.begin;
    return true;
  }
  const std::string& need = regex_->required();
  while (from < text.size()) {
    size_t at = from;
    if (!need.empty()) {
      at = find_bytes(text, need, from);
      if (at == std::string_view::npos) return false;
    } else {
      if (!find(text, from, out)) return false;
      if (out.begin >= text.size()) return false;   // an empty match after the last line
      at = out.begin;
      // One that reaches over the end of its line is not one.
      if (!std::memchr(text.data() + out.begin, terminator_, out.size())) return true;
    }
    const void* before = at > from ? memrchr(text.data() + from, terminator_, at - from) : nullptr;
    size_t line = before ? static_cast<size_t>(static_cast<const char*>(before) - text.data()) + 1 : from;
    size_t end = std::min(text.find(terminator_, at), text.size());
    if (regex_->matches(text.substr(line, end - line))) {
      out = {line, end};
      return true;
    }
    from = end + 1;
  }
  return false;
}

void RgMatcher::find_all(std::string_view text, std::vector<RegexSpan>& out) const {
  RegexSpan m;
  size_t last = std::string_view::npos;
  for (size_t at = 0; at <= text.size() && find(text, at, m);) {
    if (m.size() == 0) {
      at = m.end + 1;   // a byte further, not a character
      if (m.end == last) continue;   // empty, right after the one before
    } else {
      at = m.end;
    }
    last = m.end;
    out.push_back(m);
  }
}

void RgMatcher::replace(std::string_view text, std::string_view replacement, std::string& out, std::vector<RegexSpan>& places) const {
  std::vector<RegexSpan> groups;
  size_t last = std::string_view::npos, copied = 0;
  for (size_t at = 0; at <= text.size();) {
    groups.assign(static_cast<size_t>(regex_->groups()) + 1, {});
    if (!match(text, at, groups)) break;
    RegexSpan m = groups[0];
    at = m.size() ? m.end : m.end + 1;
    if (m.size() == 0 && m.end == last) continue;
    last = m.end;
    out.append(text, copied, m.begin - copied);
    copied = m.end;
    size_t begin = out.size();
    expand(replacement, text, groups, out);
    places.push_back({begin, out.size()});
  }
  out.append(text.substr(copied));
}

// $1 ${1} $name ${name} $$; what names no group is nothing.
void RgMatcher::expand(std::string_view r, std::string_view text, const std::vector<RegexSpan>& groups, std::string& out) const {
  for (size_t i = 0; i < r.size(); i++) {
    if (r[i] != '$' || i + 1 >= r.size()) {
      out += r[i];
      continue;
    }
    if (r[i + 1] == '$') {
      out += r[++i];
      continue;
    }
    bool braces = r[i + 1] == '{';
    size_t start = i + 1 + braces, end = start;
    auto in_name = [](char c) { return ascii_alnum(c) || c == '_'; };
    if (braces) end = r.find('}', start);
    else
      while (end < r.size() && in_name(r[end])) end++;
    if (end == std::string_view::npos || end == start) {
      out += '$';
      continue;
    }
    std::string_view name = r.substr(start, end - start);
    size_t group = SIZE_MAX;
    if (name.size() < 9 && name.find_first_not_of("0123456789") == std::string_view::npos) {
      group = 0;
      for (char c : name) group = group * 10 + static_cast<size_t>(c - '0');
    }
    for (const auto& n : names_)
      if (n.first == name) group = n.second;
    if (group < groups.size() && groups[group].matched()) out.append(text, groups[group].begin, groups[group].size());
    i = braces ? end : end - 1;
  }
}

}  // namespace nacre
