/// RegexDfa: leftmost-longest matches of a RegexNfa, by an automaton that is made while it runs.
///
/// For what scripts do most: many short matches in short texts (each field of each record,
/// sed's s///g), where a general engine's way in and out costs more than the match. It tries
/// at each byte that can begin a match, so it is quadratic where long attempts keep failing;
/// that it notices, and says Unknown before they cost more than the text is worth. Unknown is
/// also the answer where the automaton grows large or meets characters that it is unsure of.
/// The caller then asks an engine that always knows, and after many such answers only that.
///
/// find_line is for many lines at once, when only those with a match are sought: each line is a
/// text of its own, and most bytes cost a look into a table.
///
/// At most kMaxStates rows of 512 bytes each for find and contains, kMaxLineStates for find_line.
/// One thread at a time.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "algo/find_bytes.h"
#include "algo/regex_nfa.h"

namespace nacre {

class RegexDfa {
 public:
  enum class Answer : uint8_t { No, Yes, Unknown };

  explicit RegexDfa(RegexNfa nfa);

  /// The leftmost-longest match that begins at or after `start`; what is before it is context.
  Answer find(std::string_view text, size_t start, size_t& begin, size_t& end);
  /// Whether there is one.
  Answer contains(std::string_view text, size_t start);
  /// Looks for a line with a match. `start` is where a line begins. Yes: `at` is in that line, or its end.
  /// Unknown: it is in a line that another engine has to look at.
  Answer find_line(std::string_view text, size_t start, size_t& at);
  /// Whether it may match nothing at all.
  bool can_be_empty() const { return can_be_empty_; }
  /// False once Unknown has become the usual answer.
  bool useful() const { return useful_; }

 private:
  static constexpr size_t kMaxStates = 128, kMaxLineStates = 1024;
  static constexpr uint16_t kNotMade = 0, kDead = 1, kUnsure = 2, kFirst = 3;
  static constexpr uint16_t kFound = kDead;   ///< of lines_, where the next line is always to come
  using Key = std::vector<uint16_t>;
  struct Row {
    uint16_t next[256];
  };
  /// An automaton: from one place only, or from every place on (`searching`).
  struct Machine {
    bool searching = false;
    std::vector<Row> rows;             ///< of state s: rows[s - kFirst]
    std::vector<uint8_t> accepting;    ///< kAccepts, kAcceptsAtEnd
    std::vector<Key> sets;             ///< Set nodes of the state
    std::map<Key, uint16_t> known;
    uint16_t at_begin = kNotMade, later = kNotMade;   ///< start states
  };
  static constexpr uint8_t kAccepts = 1, kAcceptsAtEnd = 2;

  /// Set nodes reached from `from`, sorted, and what accepts as the last element.
  Key closure(const Key& from, bool begin) const;
  void spread(std::vector<uint16_t>& stack, bool begin, bool end, Key* sets, bool& accepts) const;
  uint16_t state_for(Machine& m, Key key);
  uint16_t start_state(Machine& m, bool begin);
  uint16_t step(Machine& m, uint16_t state, uint8_t c);
  Answer attempt(const uint8_t* from, const uint8_t* limit, bool begin, const uint8_t*& last, const uint8_t*& reached);
  const uint8_t* skip(const uint8_t* p, const uint8_t* limit) const;
  Answer unknown();

  RegexNfa nfa_;
  Answer find_line_from(std::string_view text, size_t start, size_t& at);
  Answer match_around(std::string_view line, size_t place);
  template <int direction>
  Answer reaches(const uint8_t* from, const uint8_t* limit);
  uint16_t line_step(uint16_t state, uint8_t c);
  void prepare_lines();
  void note_unknown();
  void choose_pair();

  Machine one_, all_, lines_;
  std::vector<uint8_t> class_of_;      ///< of each byte: those of a class lead from any state of lines_ to the same
  uint8_t leaves_[256] = {};           ///< bytes that do not lead from lines_.later to itself
  int single_leaving_ = -1;
  std::optional<PairFinder> pair_;     ///< what a match has near its beginning, when lines_ need not look for line ends
  BytesFinder required_;               ///< what a line with a match holds; empty when it is not used
  std::unique_ptr<RegexDfa> before_, after_;   ///< RegexNfa::before and after
  size_t looked_at_ = 0, left_open_ = 0;   ///< bytes of find_line: all, and those of lines it could not tell
  bool can_be_empty_ = false, only_at_begin_ = false, useful_ = true;
  bool later_anywhere_ = false, later_at_end_ = false;   ///< a match of nothing, away from the beginning
  uint8_t first_[256] = {};            ///< bytes that a match away from the beginning may start with
  int single_first_ = -1;
  uint32_t asked_ = 0, unknown_ = 0;
};

}  // namespace nacre
