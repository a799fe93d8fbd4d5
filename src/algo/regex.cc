#include "algo/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <re2/re2.h>

#include <cstring>
#include <utility>
#include <vector>

#include "algo/perl_lines.h"
#include "algo/regex_dfa.h"
#include "algo/regex_translate.h"
#include "algo/rust_regex.h"
#include "base/utf8.h"

namespace nacre {
namespace {

std::unique_ptr<RE2> make_re2(const std::string& text, uint32_t flags) {
  RE2::Options o;
  o.set_encoding(flags & kRegexUtf8 ? RE2::Options::EncodingUTF8 : RE2::Options::EncodingLatin1);
  o.set_longest_match(!(flags & kRegexRust));
  o.set_log_errors(false);
  o.set_case_sensitive(!(flags & kRegexFoldCase));
  o.set_max_mem(32 << 20);
  auto re = std::make_unique<RE2>(text, o);
  return re->ok() ? std::move(re) : nullptr;
}

}  // namespace

static std::string rust_text(std::string_view pattern, uint32_t flags, bool unicode) {
  return std::string(flags & kRegexDotAll ? "(?ms)" : "(?m)") + translate_rust_regex(pattern, flags & kRegexNoNewline, unicode, flags & kRegexCrLf).text;
}

/// Where classes reach beyond ASCII their automata are large, so text that is all ASCII gets a
/// small automaton of its own; each is made when first needed.
struct Regex::Re2Pair {
  std::string pattern;
  std::string translated;   ///< for `ascii`, while that waits to be made
  uint32_t flags = 0;
  bool two = false;
  std::unique_ptr<RE2> ascii, unicode;

  const RE2* for_text(std::string_view text) {
    if (!ascii) ascii = make_re2(translated, flags);
    if (!two || utf8::is_ascii(text)) return ascii.get();
    if (!unicode) unicode = make_re2(flags & kRegexRust ? rust_text(pattern, flags, true) : translate_regex(pattern, flags, false, true).text, flags);
    return unicode ? unicode.get() : ascii.get();
  }
};

struct Regex::Pcre {
  static constexpr uint32_t kMatchLimit = 1'000'000;
  pcre2_code* code = nullptr;
  pcre2_match_data* data = nullptr;
  pcre2_match_context* context = nullptr;
  bool limit_error = false;
  ~Pcre() {
    pcre2_match_data_free(data);
    pcre2_match_context_free(context);
    pcre2_code_free(code);
  }

  static std::unique_ptr<Pcre> make(const std::string& text, uint32_t flags, std::string* error) {
    uint32_t options = 0;
    if (flags & kRegexUtf8) options |= PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | (flags & kRegexAsciiClasses ? 0 : PCRE2_UCP);
    if (flags & kRegexFoldCase) options |= PCRE2_CASELESS;
    if (flags & kRegexLineAnchors) options |= PCRE2_MULTILINE;
    if (flags & kRegexDotAll) options |= PCRE2_DOTALL;
    if ((flags & kRegexPerl) == 0) options |= PCRE2_DOLLAR_ENDONLY;
    int code;
    PCRE2_SIZE offset;
    auto p = std::make_unique<Pcre>();
    p->code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), options, &code, &offset, nullptr);
    if (!p->code) {
      char message[256];
      pcre2_get_error_message(code, reinterpret_cast<PCRE2_UCHAR*>(message), sizeof message);
      if (error) *error = message;
      if (error && (flags & kRegexErrorPlace)) *error = "PCRE2: error compiling pattern at offset " + std::to_string(offset) + ": " + message;
      return nullptr;
    }
    p->data = pcre2_match_data_create_from_pattern(p->code, nullptr);
    p->context = pcre2_match_context_create(nullptr);
    // Bounds the time of one match too, which cannot be interrupted: about 10 ms.
    pcre2_set_match_limit(p->context, kMatchLimit);
    (void)pcre2_jit_compile(p->code, PCRE2_JIT_COMPLETE);   // without it the match is only slower
    pcre2_set_heap_limit(p->context, 64 * 1024);
    return p;
  }

  bool match(std::string_view text, size_t start, std::span<RegexSpan> spans) {
    auto* subject = reinterpret_cast<PCRE2_SPTR>(text.data());
    int n = pcre2_match(code, subject, text.size(), start, 0, data, context);
    if (n == PCRE2_ERROR_JIT_STACKLIMIT) n = pcre2_match(code, subject, text.size(), start, PCRE2_NO_JIT, data, context);
    if (n < 0) {
      if (n == PCRE2_ERROR_MATCHLIMIT || n == PCRE2_ERROR_HEAPLIMIT || n == PCRE2_ERROR_DEPTHLIMIT) limit_error = true;
      return false;
    }
    const PCRE2_SIZE* at = pcre2_get_ovector_pointer(data);
    for (size_t i = 0; i < spans.size(); i++) {
      spans[i] = {};
      if (i < static_cast<size_t>(n) && at[2 * i] != PCRE2_UNSET) spans[i] = {at[2 * i], at[2 * i + 1]};
    }
    return true;
  }
};

Regex::Regex() = default;
Regex::~Regex() = default;

std::unique_ptr<Regex> Regex::compile(std::string_view pattern, uint32_t flags, std::string* error) {
  if ((flags & kRegexUtf8) && !utf8::valid(pattern)) flags &= ~kRegexUtf8;
  auto r = std::unique_ptr<Regex>(new Regex);
  if (flags & kRegexPerl) {
    r->pcre_ = Pcre::make(std::string(pattern), flags, error);
    if (!r->pcre_) return nullptr;
    uint32_t count = 0;
    pcre2_pattern_info(r->pcre_->code, PCRE2_INFO_CAPTURECOUNT, &count);
    r->groups_ = static_cast<int>(count);
    if ((flags & kRegexLineAnchors) && (flags & kRegexAsciiClasses)) {
      const auto text = perl_lines(pattern);
      const bool utf8 = flags & kRegexUtf8;
      auto nfa = text ? RegexNfa::make(*text, utf8, flags & kRegexFoldCase, false, true, utf8) : std::nullopt;
      if (nfa) r->lines_ = std::make_unique<RegexDfa>(std::move(*nfa));
    }
    return r;
  }
  if (flags & kRegexRust) return r->compile_rust(pattern, flags, error) ? std::move(r) : nullptr;
  RegexTranslation t;
  if (flags & kRegexLiteral) {
    t.plain = std::string(pattern);
    if (flags & kRegexFoldCase) t.text = RE2::QuoteMeta(t.plain);
    if (flags & kRegexWholeLine) t.text = "(?m:^)" + t.text + "(?m:$)";
  } else {
    t = translate_regex(pattern, flags, false, false);
  }
  if (!t.error.empty()) {
    if (error) *error = t.error;
    return nullptr;
  }
  r->groups_ = t.groups;
  if (t.literal && !(flags & kRegexFoldCase)) {
    r->is_literal_ = true;
    r->literal_ = BytesFinder(t.plain);
    return r;
  }
  if (!t.needs_backtracking) {
    r->re2_ = std::make_unique<Re2Pair>();
    r->re2_->pattern = std::string(pattern);
    r->re2_->flags = flags;
    r->re2_->two = t.has_classes && (flags & kRegexUtf8);
    if (t.has_boundary && (flags & kRegexUtf8) && !(flags & kRegexNoNewline)) {   // many lines at once are for RE2
      r->wide_pattern_ = std::string(pattern);
      r->wide_flags_ = flags;
    }
    // Matches are mostly sought in short texts; searching whole files at once is for RE2.
    if (!(flags & kRegexNoNewline)) {
      if (auto nfa = RegexNfa::make(t.text, flags & kRegexUtf8, flags & kRegexFoldCase, r->re2_->two)) {
        r->dfa_ = std::make_unique<RegexDfa>(std::move(*nfa));
        r->re2_->translated = std::move(t.text);   // what makes a RegexNfa, RE2 takes
        return r;
      }
    } else if (flags & kRegexLineAnchors) {
      if (auto nfa = RegexNfa::make(t.text, flags & kRegexUtf8, flags & kRegexFoldCase, r->re2_->two, true)) {
        r->lines_ = std::make_unique<RegexDfa>(std::move(*nfa));
        r->re2_->translated = std::move(t.text);
        return r;
      }
    }
    r->re2_->ascii = make_re2(t.text, flags);
    if (r->re2_->ascii) return r;
    r->re2_.reset();
  }
  t = translate_regex(pattern, flags, true, false);
  std::string message;
  r->pcre_ = Pcre::make(t.text, flags & ~kRegexLineAnchors, &message);
  if (r->pcre_) return r;
  if (error) *error = "Regular expression too big";
  return nullptr;
}

bool Regex::compile_rust(std::string_view pattern, uint32_t flags, std::string* error) {
  RustRegex t = translate_rust_regex(pattern, flags & kRegexNoNewline, false, flags & kRegexCrLf);
  if (!t.error.empty()) {
    *error = t.error;
    return false;
  }
  groups_ = t.groups;
  if (!(flags & kRegexFoldCase)) required_ = t.required;
  re2_ = std::make_unique<Re2Pair>();
  re2_->pattern = std::string(pattern);
  re2_->flags = flags;
  re2_->two = t.has_classes && (flags & kRegexUtf8);
  re2_->ascii = make_re2(rust_text(pattern, flags, false), flags);
  // RE2's words are of ASCII: where that is not enough, PCRE2 looks at text beyond it.
  bool boundary = t.has_boundary && (flags & kRegexUtf8);
  if (re2_->ascii && !boundary) {
    if (!(flags & kRegexNoNewline) || t.text.find("(?s:.)") != std::string::npos) return true;
    if (auto nfa = RegexNfa::make(t.text, flags & kRegexUtf8, flags & kRegexFoldCase, re2_->two, true)) lines_ = std::make_unique<RegexDfa>(std::move(*nfa));
    return true;
  }
  std::string message;
  pcre_ = Pcre::make(rust_text(pattern, flags, flags & kRegexUtf8), flags & (kRegexUtf8 | kRegexFoldCase), &message);
  if (!pcre_) {
    bool property = message.find("property") != message.npos;
    *error = "regex parse error:\n    " + re2_->pattern + "\n";
    if (property) *error += "    " + std::string(utf8::length(pattern.substr(0, t.property)), ' ') + std::string(t.property_end - t.property, '^') + "\n";
    *error += property ? "error: Unicode property not found" : "error: Compiled regex exceeds size limit";
    return false;
  }
  if (!re2_->ascii) re2_.reset();
  return true;
}

bool Regex::match_literal(std::string_view text, size_t start, std::span<RegexSpan> spans) const {
  size_t at = literal_.find(text, start);
  if (at == std::string_view::npos) return false;
  for (auto& s : spans) s = {};
  if (!spans.empty()) spans[0] = {at, at + literal_.needle().size()};
  return true;
}

bool Regex::match(std::string_view text, size_t start, std::span<RegexSpan> spans) const {
  if (start > text.size()) return false;
  if (!text.data()) text = "";   // no text is an empty one
  if (is_literal_) return match_literal(text, start, spans);
  if (pcre_ && (!re2_ || !utf8::is_ascii(text))) return pcre_->match(text, start, spans);
  if (!wide_pattern_.empty() && !utf8::is_ascii(text)) {
    if (!wide_) wide_ = Pcre::make(translate_regex(wide_pattern_, wide_flags_, true, true).text, wide_flags_ & ~kRegexLineAnchors, nullptr);
    if (wide_) return wide_->match(text, start, spans);
  }
  if (!dfa_ || !dfa_->useful()) return match_re2(text, start, text.size(), false, spans);
  RegexSpan m;
  auto answer = spans.empty() ? dfa_->contains(text, start) : dfa_->find(text, start, m.begin, m.end);
  if (answer == RegexDfa::Answer::Unknown) return match_re2(text, start, text.size(), false, spans);
  if (answer == RegexDfa::Answer::No) return false;
  if (spans.size() > 1 && groups_ > 0) return match_re2(text, m.begin, m.end, true, spans);
  for (auto& s : spans) s = {};
  if (!spans.empty()) spans[0] = m;
  return true;
}

bool Regex::find_line(std::string_view text, size_t start, size_t* at) const {
  auto other = [&](std::string_view s, size_t from, std::span<RegexSpan> m) {
    return pcre_ ? pcre_->match(s, from, m) : match_re2(s, from, s.size(), false, m);
  };
  RegexSpan m[1];
  while (start < text.size()) {
    auto answer = lines_->useful() ? lines_->find_line(text, start, *at) : RegexDfa::Answer::Unknown;
    if (answer != RegexDfa::Answer::Unknown) return answer == RegexDfa::Answer::Yes;
    if (!lines_->useful()) {
      if (!other(text, start, m) || (m[0].begin == text.size() && text.back() == '\n')) return false;
      *at = m[0].begin;
      return true;
    }
    const void* before = *at > start ? memrchr(text.data() + start, '\n', *at - start) : nullptr;
    const size_t line = before ? static_cast<size_t>(static_cast<const char*>(before) - text.data()) + 1 : start;
    const size_t end = std::min(text.find('\n', *at), text.size());
    if (other(text.substr(line, end - line), 0, {})) return true;
    start = end + 1;
  }
  return false;
}

// `whole`: the match is known to be [start, end), and the groups are asked for.
bool Regex::match_re2(std::string_view text, size_t start, size_t end, bool whole, std::span<RegexSpan> spans) const {
  const RE2* re = re2_->for_text(text);
  constexpr size_t kFew = 10;
  re2::StringPiece few[kFew];
  std::vector<re2::StringPiece> many;
  size_t wanted = std::min(spans.size(), static_cast<size_t>(groups_) + 1);
  re2::StringPiece* found = few;
  if (wanted > kFew) {
    many.resize(wanted);
    found = many.data();
  }
  if (!re->Match({text.data(), text.size()}, start, end, whole ? RE2::ANCHOR_BOTH : RE2::UNANCHORED, found, static_cast<int>(wanted))) return false;
  for (size_t i = 0; i < spans.size(); i++) {
    spans[i] = {};
    if (i >= wanted || !found[i].data()) continue;
    size_t begin = static_cast<size_t>(found[i].data() - text.data());
    spans[i] = {begin, begin + found[i].size()};
  }
  return true;
}

bool Regex::can_be_empty() const { return is_literal_ ? literal_.needle().empty() : !dfa_ || dfa_->can_be_empty(); }

bool Regex::take_limit_error() const { return pcre_ && std::exchange(pcre_->limit_error, false); }

bool has_bare_interval(std::string_view s) {
  bool atom = false, start = true;   // what is behind may be repeated; a star here is text
  for (size_t i = 0; i < s.size(); i++) {
    const char c = s[i];
    if (c == '[') {
      size_t from = i + 1 + s.substr(i + 1).starts_with('^');
      from += s.substr(from).starts_with(']');
      while (from < s.size() && s[from] != ']') {
        const char kind = from + 1 < s.size() && s[from] == '[' ? s[from + 1] : 0;
        const size_t close = kind == ':' || kind == '.' || kind == '=' ? s.find(std::string{kind, ']'}, from + 2) : s.npos;
        from = close == s.npos ? from + 1 : close + 2;
      }
      i = from;
      atom = true, start = false;
    } else if (c == '\\' && i + 1 < s.size()) {
      const char next = s[++i];
      if (next == '{' && !atom) return true;
      start = next == '(' || next == '|';
      atom = !start && !std::strchr("{+?<>bB`'", next);
      if (next == '{') i = std::min(s.find("\\}", i), s.size() - 2) + 1;
    } else if (c == '*' && !start) {
      atom = false;
    } else if (c == '^' && start) {
      atom = false;
    } else {
      atom = true, start = false;
    }
  }
  return false;
}

bool misses_a_bracket(std::string_view s) {
  for (size_t i = 0; i < s.size(); i++) {
    if (s[i] == '\\') i++;
    if (i >= s.size() || s[i] != '[') continue;
    i++;
    if (i < s.size() && s[i] == '^') i++;
    size_t start = i;
    for (size_t first = i; i < s.size() && (s[i] != ']' || i == first); i++) {
      if (s[i] != '[' || i + 1 >= s.size() || (s[i + 1] != ':' && s[i + 1] != '.' && s[i + 1] != '=')) continue;
      const char closer[] = {s[i + 1], ']', 0};
      size_t close = s.find(closer, i + 2);
      if (close != std::string_view::npos) i = close + 1;
    }
    if (i < s.size() && i > start + 2 && s[start] == ':' && s[i - 1] == ':') return true;
  }
  return false;
}

std::string pcre2_version() {
  char text[64];
  pcre2_config(PCRE2_CONFIG_VERSION, text);   // "10.42 2022-12-11"
  const std::string_view whole = text;
  return std::string(whole.substr(0, whole.find(' ')));
}

}  // namespace nacre
