/// Regex: POSIX basic and extended regular expressions with GNU's extensions
/// (\w \W \s \S \b \B \< \> \` \' and in basic ones \+ \? \|), leftmost-longest,
/// and Perl's for grep -P. Used by grep, sed, awk, find, expr and bash's =~.
///
/// Patterns are translated once and run by RE2 in linear time; short matches by a smaller
/// automaton of nacre's own (RegexDfa), beside which RE2 is made when first needed. What a finite
/// automaton cannot do (back-references, \< and \> between arbitrary parts,
/// Perl patterns, counts above RE2's) runs in PCRE2, whose alternatives are
/// first-match, under its match limit. Plain text is searched without either.
///
/// Errors are values with GNU's wording. Nothing throws. A Regex is immutable
/// after compile; use it from one thread (a second engine is made on demand).
/// Source: POSIX XBD 9; GNU grep manual 3; RE2 syntax page; pcre2api(3).
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "algo/find_bytes.h"

namespace nacre {

/// Flags of Regex::compile.
constexpr uint32_t kRegexExtended = 1;       ///< ERE; otherwise BRE
constexpr uint32_t kRegexPerl = 2;           ///< PCRE syntax (grep -P)
constexpr uint32_t kRegexLiteral = 4;        ///< no operators at all (grep -F)
constexpr uint32_t kRegexFoldCase = 8;
constexpr uint32_t kRegexUtf8 = 16;          ///< characters are UTF-8; otherwise bytes
constexpr uint32_t kRegexLineAnchors = 32;   ///< ^ and $ match at line ends within the text (sed's M)
constexpr uint32_t kRegexNoNewline = 64;     ///< . and [^x] do not match a newline (searching many lines at once)
constexpr uint32_t kRegexLenient = 128;      ///< ERE: a leading repetition is ignored, a lone ) is text (grep, egrep)
constexpr uint32_t kRegexAwk = 256;          ///< C escapes everywhere, \ escapes inside brackets, \y
constexpr uint32_t kRegexAsciiClasses = 512; ///< Perl: \w \d \s \b know ASCII only (grep -P)
constexpr uint32_t kRegexRust = 1024;        ///< syntax of Rust's regex crate, leftmost-first; ^ and $ as kRegexLineAnchors (rg)
constexpr uint32_t kRegexDotAll = 2048;      ///< Rust, Perl: . matches a newline
constexpr uint32_t kRegexCrLf = 4096;        ///< Rust: $ matches before \r\n
constexpr uint32_t kRegexErrorPlace = 8192;  ///< Perl: errors say where (rg -P)
constexpr uint32_t kRegexWholeLine = 16384;  ///< a match is a whole line; not where literal() is told
constexpr uint32_t kRegexNoGnu = 65536;        ///< GNU's escapes (\w \< \y and so on) mean nothing
constexpr uint32_t kRegexDotInLine = 32768;    ///< . and [^x] do not match a newline, and that is all (sed's M)

class RegexDfa;

struct RegexSpan {
  static constexpr size_t npos = static_cast<size_t>(-1);
  size_t begin = npos, end = npos;
  bool matched() const { return begin != npos; }
  size_t size() const { return end - begin; }
};

class Regex {
 public:
  /// Null and *error (GNU's wording, "Unmatched ( or \\(") when the pattern is wrong.
  static std::unique_ptr<Regex> compile(std::string_view pattern, uint32_t flags, std::string* error);
  ~Regex();

  /// Finds the first match at or after `start`; text before it counts as context for ^ \b \<.
  /// Fills spans[0] with the match and spans[k] with group k, as many as there are.
  bool match(std::string_view text, size_t start, std::span<RegexSpan> spans) const;
  /// Whether there is a match at all: cheaper.
  bool matches(std::string_view text) const { return match(text, 0, {}); }

  /// Whether find_line() is there: for many patterns with kRegexLineAnchors and kRegexNoNewline.
  bool finds_lines() const { return lines_ != nullptr; }
  /// Looks for the first line with a match at or after `start`, where a line begins. *at: a place in it, or its end.
  bool find_line(std::string_view text, size_t start, size_t* at) const;

  /// Whether a match may be of no bytes; true also when it cannot be told.
  bool can_be_empty() const;
  /// Number of groups.
  int groups() const { return groups_; }
  /// The text it stands for when it has no operators and case counts; else null.
  const std::string* literal() const { return is_literal_ ? &literal_.needle() : nullptr; }
  /// True after a match was given up at PCRE2's limit (since the last call of this).
  bool take_limit_error() const;
  bool uses_backtracking() const { return pcre_ != nullptr; }
  /// Text that every match holds; empty when none is known (only of kRegexRust).
  const std::string& required() const { return required_; }

 private:
  Regex();
  struct Re2Pair;
  struct Pcre;
  bool compile_rust(std::string_view pattern, uint32_t flags, std::string* error);
  bool match_literal(std::string_view text, size_t start, std::span<RegexSpan> spans) const;
  bool match_re2(std::string_view text, size_t start, size_t end, bool whole, std::span<RegexSpan> spans) const;
  int groups_ = 0;
  bool is_literal_ = false;
  BytesFinder literal_;
  std::string required_;
  std::unique_ptr<RegexDfa> dfa_;   ///< asked first, when there is one
  std::unique_ptr<RegexDfa> lines_;   ///< for find_line
  std::unique_ptr<Re2Pair> re2_;
  std::unique_ptr<Pcre> pcre_;
  /// For texts beyond ASCII, when there are boundaries of words: RE2's words are ASCII. Made when the first such text comes.
  mutable std::unique_ptr<Pcre> wide_;
  std::string wide_pattern_;   ///< "": there are none
  uint32_t wide_flags_ = 0;
};

/// Whether a bracket expression is [:space:], a mistake for [[:space:]] that grep and sed refuse.
bool misses_a_bracket(std::string_view pattern);
/// A basic expression with an interval \\{n\\} that has nothing to repeat: behind no atom or another
/// repetition. POSIX leaves it open; GNU's sed refuses it, grep does not.
bool has_bare_interval(std::string_view pattern);

/// "10.42": of the library that Perl's patterns are matched with.
std::string pcre2_version();

}  // namespace nacre
