/// Glob: a compiled shell pattern: `*`, `?`, `[...]`, and with kGlobExtended
/// `?(..) *(..) +(..) @(..) !(..)`. Used by bash itself (case, [[ == ]],
/// ${x#p} ${x%p} ${x/p/r}, pathname expansion) and by commands (find -name).
///
/// A backslash quotes the next character; the shell marks quoted text that way.
/// An unclosed bracket or group stands for itself. Bracket expressions know
/// ranges (by code point), `!` and `^`, [:class:], [=c=], [.c.].
///
/// Time: patterns without groups need no memory and at worst
/// O(pattern * text); groups are matched over sets of positions, polynomially.
/// Ownership: a value; immutable after compile, shareable between threads.
/// Source: bash manual 3.5.8.1 "Pattern Matching"; POSIX XCU 2.13.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "algo/unicode.h"

namespace nacre {

enum GlobFlags : uint32_t {
  kGlobFoldCase = 1,   ///< nocasematch, nocaseglob, find -iname
  kGlobExtended = 2,   ///< shopt extglob
  kGlobPathname = 4,   ///< '/' is matched by a literal '/' only
  kGlobPeriod = 8,     ///< a '.' at the start is matched by a literal '.' only (with kGlobPathname: after '/' too)
  kGlobUtf8 = 16,      ///< characters are UTF-8; otherwise bytes
  kGlobNoEscape = 32,  ///< a backslash is an ordinary character
};

class Glob {
 public:
  static constexpr size_t npos = std::string_view::npos;
  struct Span {
    size_t begin, end;
  };

  static Glob compile(std::string_view pattern, uint32_t flags);

  /// The whole text.
  bool match(std::string_view text) const;
  /// Length of the longest / shortest prefix of text that matches; npos if none does.
  size_t longest_prefix(std::string_view text) const;
  size_t shortest_prefix(std::string_view text) const;
  /// Where the longest / shortest suffix of text that matches begins; npos if none does.
  size_t longest_suffix(std::string_view text) const;
  size_t shortest_suffix(std::string_view text) const;
  /// The first match at or after `from`, the longest one there; may be empty. False if there is none.
  bool find(std::string_view text, size_t from, Span& out) const;

  /// False: the pattern is plain text (see literal()).
  bool has_magic() const { return !literal_only_; }
  /// The text a pattern without magic matches, quoting removed.
  const std::string& literal() const { return literal_; }

  // -- representation, shared by the files of the matcher
  struct BracketSet {
    bool negate = false;
    uint64_t bytes[4] = {0, 0, 0, 0};   ///< members below 0x100 (below 0x80 with UTF-8)
    struct Range {
      uint32_t low, high;
    };
    std::vector<Range> ranges;          ///< members above
    std::vector<CharClass> classes;     ///< classes for members above
    void add_byte(uint32_t c) { bytes[c >> 6 & 3] |= 1ull << (c & 63); }
    bool has_byte(uint32_t c) const { return bytes[c >> 6 & 3] >> (c & 63) & 1; }
  };
  enum class Kind : uint8_t { Text, Any, Set, Star, Group };
  struct Item {
    Kind kind;
    char op = 0;          ///< Group: one of ? * + @ !
    uint32_t index = 0;   ///< Text: offset in pool; Set, Group: index
    uint32_t length = 0;  ///< Text: bytes
  };
  using Sequence = std::vector<Item>;
  using Group = std::vector<Sequence>;

 private:
  friend class GlobCompiler;
  friend struct GlobLinear;
  friend class GlobSets;
  uint32_t flags_ = 0;
  bool literal_only_ = true;
  bool has_groups_ = false;
  /// The commonest shapes, text with a star on one side or both, need no matcher: literal_ is the text.
  enum class Shape : uint8_t { Any, TextStar, StarText, StarTextStar } shape_ = Shape::Any;
  std::string literal_;
  std::string pool_;
  Sequence top_;
  std::vector<BracketSet> sets_;
  std::vector<Group> groups_;

  /// End of the match of a one-character (or text) item at `at`, or npos.
  size_t step(const Item& item, std::string_view text, size_t at) const;
  size_t step_set(const BracketSet& set, std::string_view text, size_t at) const;
  void note_shape();
  bool barred_dot(std::string_view text, size_t at) const;
};

/// True when the pattern holds an unquoted character special to matching: `* ? [` or, with
/// `extended`, a group opener. What decides whether a word is expanded as a pathname.
bool glob_has_magic(std::string_view pattern, bool extended);
/// Puts a backslash before every character special in patterns.
std::string glob_quote(std::string_view text);

}  // namespace nacre
