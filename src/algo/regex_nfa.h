/// RegexNfa: a translated pattern (regex_translate) as a nondeterministic automaton over
/// bytes, for RegexDfa. It holds what most patterns of scripts are made of: characters,
/// classes, groups, repetitions, alternatives, \A and \z. Anything else has no RegexNfa.
///
/// Where a set would have to know characters beyond ASCII that it cannot spell as bytes
/// (\p{L}, the fold of k), it is `unsure` there, and who runs it asks another engine.
/// What `.` and [^x] take of UTF-8 is what RE2 takes: a lead byte and its continuations.
/// Source: Thompson, "Regular expression search algorithm", CACM 11(6), 1968.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nacre {

/// A set of bytes.
class ByteSet {
 public:
  /// How many bytes.
  int count() const {
    int n = 0;
    for (uint64_t w : words_) n += __builtin_popcountll(w);
    return n;
  }
  bool has(uint8_t c) const { return words_[c >> 6] >> (c & 63) & 1; }
  void add(uint8_t c) { words_[c >> 6] |= uint64_t{1} << (c & 63); }
  void add(unsigned low, unsigned high) {
    for (unsigned c = low; c <= high; c++) add(static_cast<uint8_t>(c));
  }
  void invert() {
    for (uint64_t& w : words_) w = ~w;
  }
  void drop_high() { words_[2] = words_[3] = 0; }

 private:
  std::array<uint64_t, 4> words_{};
};

struct RegexNfa {
  enum class Kind : uint8_t { Set, Split, Begin, End, Accept };
  struct Node {
    Kind kind;
    bool unsure = false;      ///< Set: whether bytes of 0x80 and above belong cannot be told
    uint16_t set = 0;         ///< Set: index in `sets`
    uint16_t next = 0, other = 0;   ///< `other`: Split only
  };
  std::vector<Node> nodes;
  std::vector<ByteSet> sets;
  uint16_t start = 0;
  /// With `lines`, where every match holds certain bytes side by side: these, what comes before them as
  /// an automaton that reads backwards, and what comes after. Else null.
  std::string required;
  std::shared_ptr<RegexNfa> before, after;

  /// `text`: of RegexTranslation, classes of ASCII only. `utf8`, `fold`: as the engine is told.
  /// `classes_unsure`: classes mean more than their text where characters are not ASCII.
  /// `lines`: Begin and End are those of lines, and stand for (?m:^) and (?m:$) too; the text may be of
  /// RustRegex then, which writes ^ $ and . for what they are.
  /// `ascii`: what . and [^x] take beyond ASCII is another engine's to say.
  static std::optional<RegexNfa> make(std::string_view text, bool utf8, bool fold, bool classes_unsure, bool lines = false, bool ascii = false);
};

}  // namespace nacre
