#include "commands/ptx/index.h"

#include <algorithm>

#include "algo/unicode.h"
#include "commands/quoting.h"

namespace nacre {
namespace {

// A sentence ends where one ends for Emacs.
constexpr char kSentenceEnd[] = "[.?!][]\"')}]*\\($\\|\t\\|  \\)[ \t\n]*";

/// A bracket expression of Emacs' syntax, where only ] - ^ are special, as an ERE's.
bool translate_bracket(std::string_view pattern, size_t& at, std::string& out, std::string* error) {
  std::string items;
  bool bracket = false, dash = false, negated = false;
  size_t i = at + 1;
  if (i < pattern.size() && pattern[i] == '^') {
    negated = true;
    i++;
  }
  if (i >= pattern.size()) {
    *error = "Invalid regular expression";
    return false;
  }
  for (size_t first = i; i < pattern.size() && (pattern[i] != ']' || i == first); i++) {
    char c = pattern[i];
    if (i + 2 < pattern.size() && pattern[i + 1] == '-' && pattern[i + 2] != ']') {
      items.append(1, c).append("-").append(1, pattern[i + 2]);
      i += 2;
    } else if (c == '[') {
      bracket = true;   // goes last: before a colon it would begin a class
    } else if (c == '-') {
      dash = true;
    } else if (c == ']') {
      items.insert(0, "]");
    } else {
      items += c;
    }
  }
  if (i >= pattern.size()) {
    *error = "Unmatched [, [^, [:, [., or [=";
    return false;
  }
  if (!negated && items.starts_with('^')) items = items.size() > 1 || bracket || dash ? items.substr(1) + "^" : "";
  if (items.empty() && !bracket && !dash) out += "\\^";
  else out += std::string(negated ? "[^" : "[") + items + (bracket ? "[" : "") + (dash ? "-" : "") + "]";
  at = i;
  return true;
}

/// Emacs' syntax of regular expressions (groups with backslashes, + and ? without, no
/// intervals, no classes) as an ERE.
std::optional<std::string> emacs_to_ere(std::string_view pattern, std::string* error) {
  std::string out;
  bool start = true;   // nothing to repeat yet
  for (size_t i = 0; i < pattern.size(); i++) {
    char c = pattern[i];
    std::string_view rest = pattern.substr(i + 1);
    if (c == '\\') {
      if (rest.empty()) {
        *error = "Trailing backslash";
        return std::nullopt;
      }
      char next = pattern[++i];
      start = next == '(' || next == '|';
      if (next == '(' || next == ')' || next == '|') out += next;
      else if (ascii_alnum(next) || next == '<' || next == '>' || next == '`' || next == '\'') out.append("\\").append(1, next);
      else if (next == '[') out += "\\[";
      else out.append("[").append(1, next).append("]");
      continue;
    }
    if (c == '[') {
      if (!translate_bracket(pattern, i, out, error)) return std::nullopt;
    } else if (c == '.') {
      out += "[^\n]";
    } else if (c == '*' || c == '+' || c == '?') {
      if (start) out += "\\";
      out += c;
    } else if (c == '^') {
      bool anchor = i == 0 || pattern.substr(0, i).ends_with("\\(") || pattern.substr(0, i).ends_with("\\|");
      out += anchor ? "^" : "\\^";
      if (anchor) continue;
    } else if (c == '$') {
      out += rest.empty() || rest.starts_with("\\)") || rest.starts_with("\\|") ? "$" : "\\$";
    } else if (c == '(' || c == ')' || c == '|' || c == '{' || c == '}') {
      out.append("\\").append(1, c);
    } else {
      out += c;
    }
    start = false;
  }
  return out;
}

std::unique_ptr<Regex> compile(Process& p, const std::string& pattern, bool fold_case, const char* prefix = "", const char* suffix = "") {
  std::string error;
  auto ere = emacs_to_ere(pattern, &error);
  std::unique_ptr<Regex> regex;
  uint32_t flags = kRegexExtended | kRegexLineAnchors | (fold_case ? kRegexFoldCase : 0) | (p.utf8() ? kRegexUtf8 : 0);
  if (ere) regex = Regex::compile(prefix + *ere + suffix, flags, &error);
  if (!regex) p.warn("%s (for regexp %s)", error.c_str(), quote(p, pattern).c_str());
  return regex;
}

int compare_words(std::string_view a, std::string_view b, bool fold_case) {
  if (!fold_case) return a.compare(b);
  size_t n = std::min(a.size(), b.size());
  for (size_t i = 0; i < n; i++) {
    auto x = static_cast<unsigned char>(ascii_upper(a[i])), y = static_cast<unsigned char>(ascii_upper(b[i]));
    if (x != y) return x < y ? -1 : 1;
  }
  return a.size() < b.size() ? -1 : a.size() > b.size();
}

}  // namespace

bool WordRule::set_pattern(Process& p, const std::string& pattern, bool fold_case) {
  regex_ = compile(p, pattern, fold_case);
  if (!regex_) return false;
  at_start_ = compile(p, pattern, fold_case, "\\`(", ")");
  return at_start_ != nullptr;
}

bool WordRule::find(std::string_view text, size_t at, size_t* begin, size_t* end) const {
  if (regex_) {
    RegexSpan span;
    if (!regex_->match(text.substr(at), 0, {&span, 1})) return false;
    *begin = at + span.begin;
    *end = at + span.end;
    return true;
  }
  while (at < text.size() && !bytes_[static_cast<unsigned char>(text[at])]) at++;
  if (at == text.size()) return false;
  *begin = at;
  while (at < text.size() && bytes_[static_cast<unsigned char>(text[at])]) at++;
  *end = at;
  return true;
}

size_t WordRule::step(std::string_view text) const {
  if (regex_) {
    RegexSpan span;
    return at_start_->match(text, 0, {&span, 1}) && span.end > 0 ? span.end : 1;
  }
  size_t n = 0;
  while (n < text.size() && bytes_[static_cast<unsigned char>(text[n])]) n++;
  return std::max<size_t>(n, 1);
}

bool WordTable::load(Process& p, const std::string& file, bool fold_case) {
  auto text = file == "-" ? read_file(p, "/dev/stdin") : read_file(p, file);
  if (!text) {
    p.warn(text.error(), "%s", quote_name(p, file).c_str());
    return false;
  }
  for (std::string_view rest = *text; !rest.empty();) {
    size_t n = std::min(rest.find('\n'), rest.size());
    if (n > 0) words_.emplace_back(rest.substr(0, n));
    rest.remove_prefix(std::min(n + 1, rest.size()));
  }
  std::sort(words_.begin(), words_.end(), [&](const auto& a, const auto& b) { return compare_words(a, b, fold_case) < 0; });
  return true;
}

bool WordTable::has(std::string_view word, bool fold_case) const {
  auto at = std::lower_bound(words_.begin(), words_.end(), word, [&](const std::string& a, std::string_view b) { return compare_words(a, b, fold_case) < 0; });
  return at != words_.end() && compare_words(*at, word, fold_case) == 0;
}

bool WordIndex::prepare() {
  sentence_text_ = o_.sentence ? *o_.sentence : o_.gnu && !o_.input_reference ? kSentenceEnd : "\n";
  if (!sentence_text_.empty() && !(sentence_ = compile(p_, sentence_text_, o_.fold_case))) return false;
  std::array<bool, 256> bytes{};
  if (!o_.break_file.empty()) {
    auto text = o_.break_file == "-" ? read_file(p_, "/dev/stdin") : read_file(p_, o_.break_file);
    if (!text) {
      p_.warn(text.error(), "%s", quote_name(p_, o_.break_file).c_str());
      return false;
    }
    bytes.fill(true);
    for (char c : *text) bytes[static_cast<unsigned char>(c)] = false;
    if (!o_.gnu) bytes[' '] = bytes['\t'] = bytes['\n'] = false;
  } else {
    for (int c = 0; c < 256; c++) bytes[static_cast<size_t>(c)] = o_.gnu ? c < 128 && ascii_alpha(static_cast<char>(c)) : c != ' ' && c != '\t' && c != '\n';
  }
  rule_.set_bytes(bytes);
  if (o_.word && !o_.word->empty() && !rule_.set_pattern(p_, *o_.word, o_.fold_case)) return false;
  if (!o_.ignore_file.empty() && !ignore_.load(p_, o_.ignore_file, o_.fold_case)) return false;
  return o_.only_file.empty() || only_.load(p_, o_.only_file, o_.fold_case);
}

bool WordIndex::add(const std::string& name) {
  PtxText text;
  text.name = name;
  if (name.empty() || name == "-") {
    text.input = std::make_unique<Input>(p_, 0, "-", false);
  } else {
    auto fd = p_.open(name, kOpenRead);
    if (!fd) {
      p_.warn(fd.error(), "%s", quote_name(p_, name).c_str());
      return false;
    }
    text.input = std::make_unique<Input>(p_, *fd, name);
  }
  text.bytes = text.input->all();
  if (report_read_error(p_, *text.input)) return false;
  texts_.push_back(std::move(text));
  auto file = static_cast<uint32_t>(texts_.size() - 1);
  if (!contexts(file)) return false;
  texts_[file].lines = ++line_;
  return true;
}

/// Cuts a text into lines or sentences.
bool WordIndex::contexts(uint32_t file) {
  std::string_view text = texts_[file].bytes;
  scan_ = line_start_ = reference_length_ = 0;
  if (o_.input_reference) {
    while (scan_ < text.size() && !ptx_space(text[scan_])) scan_++;
    reference_length_ = scan_;
    while (scan_ < text.size() && ptx_space(text[scan_])) scan_++;
  }
  for (size_t from = 0, next; from < text.size(); from = next) {
    next = text.size();
    RegexSpan span;
    if (sentence_ && sentence_->match(text.substr(from), 0, {&span, 1})) {
      if (span.begin == 0) {   // the real one takes a separator in front for one of length zero
        p_.warn("error: regular expression has a match of length zero: %s", quote(p_, sentence_text_).c_str());
        return false;
      }
      next = from + span.end;
    }
    size_t to = next;
    while (to > from && ptx_space(text[to - 1])) to--;
    words(file, from, to);
  }
  return true;
}

void WordIndex::words(uint32_t file, size_t from, size_t to) {
  std::string_view text = texts_[file].bytes;
  size_t context = from;
  auto follow_lines = [&](size_t place) {
    while (scan_ < place) {
      if (text[scan_++] != '\n') continue;
      line_++;
      line_start_ = scan_;
      while (scan_ < text.size() && !ptx_space(text[scan_])) scan_++;
      reference_length_ = scan_ - line_start_;
    }
  };
  for (size_t at = from, begin, end; rule_.find(text.substr(0, to), at, &begin, &end);) {
    p_.tick();
    if (begin == end) {
      at = begin + 1;
      if (at > to) break;
      continue;
    }
    at = end;
    std::string_view word = text.substr(begin, end - begin);
    longest_word_ = std::max(longest_word_, word.size());
    if (o_.input_reference) {
      follow_lines(begin);
      if (scan_ > begin) continue;   // part of a reference
    }
    if (!o_.ignore_file.empty() && ignore_.has(word, o_.fold_case)) continue;
    if (!o_.only_file.empty() && !only_.has(word, o_.fold_case)) continue;
    Occurrence o{file, begin, word.size()};
    if (o_.auto_reference) {
      follow_lines(begin);
      o.line = line_;
    } else if (o_.input_reference) {
      longest_reference_ = std::max(longest_reference_, reference_length_);
    }
    o.line_start = line_start_;
    if (o_.input_reference && line_start_ == context) {
      while (context < to && !ptx_space(text[context])) context++;
      while (context < to && ptx_space(text[context])) context++;
    }
    o.left = context;
    o.right = to;
    if (found_.size() == found_.capacity()) {
      found_.reserve(found_.size() * 2 + 64);
      uint64_t bytes = found_.capacity() * sizeof o;
      p_.charge_memory(bytes - charged_);
      charged_ = bytes;
    }
    found_.push_back(o);
  }
}

void WordIndex::sort() {
  std::sort(found_.begin(), found_.end(), [&](const Occurrence& a, const Occurrence& b) {
    int order = compare_words(texts_[a.file].bytes.substr(a.key, a.size), texts_[b.file].bytes.substr(b.key, b.size), o_.fold_case);
    if (order != 0) return order < 0;
    return a.file != b.file ? a.file < b.file : a.key < b.key;
  });
}

}  // namespace nacre
