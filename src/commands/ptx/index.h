/// WordIndex: the words of texts with what stands around them, for ptx.
///
/// Texts stay in memory; a place is an offset in one of them. A context is a line
/// or a sentence; a field is cut so that it holds whole words.
/// Source: GNU coreutils 9.1 manual, "ptx invocation".
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "algo/regex.h"
#include "commands/text_io.h"

namespace nacre {

enum class PtxFormat : uint8_t { Unset, Plain, Roff, Tex };

struct PtxOptions {
  bool gnu = true, auto_reference = false, input_reference = false, right_reference = false, fold_case = false;
  std::string truncation = "/", macro = "xx";
  std::optional<std::string> sentence, word;      ///< -S, -W, unescaped
  std::string break_file, ignore_file, only_file;
  int64_t gap = 3, width = 72;
  PtxFormat format = PtxFormat::Unset;
};

/// What counts as a word: a regular expression or a set of bytes.
class WordRule {
 public:
  bool set_pattern(Process& p, const std::string& pattern, bool fold_case);
  void set_bytes(const std::array<bool, 256>& bytes) { bytes_ = bytes; }
  /// The next word of text, from `at` on. False: none.
  bool find(std::string_view text, size_t at, size_t* begin, size_t* end) const;
  /// Length of the word at the front of text, or of the one byte that is none.
  size_t step(std::string_view text) const;

 private:
  std::array<bool, 256> bytes_{};
  std::unique_ptr<Regex> regex_, at_start_;
};

/// A word that is listed.
struct Occurrence {
  uint32_t file = 0;
  size_t key = 0, size = 0;        ///< place of the word in its text
  size_t left = 0, right = 0;      ///< its context: from, to
  size_t line = 0, line_start = 0; ///< line number from 0 (auto references); where its line begins
};

/// Lists of words, as -i and -o read them.
class WordTable {
 public:
  bool load(Process& p, const std::string& file, bool fold_case);
  bool has(std::string_view word, bool fold_case) const;
  bool empty() const { return words_.empty(); }

 private:
  std::vector<std::string> words_;
};

/// The text between two places.
struct PtxText {
  std::string name;                ///< as given; "" for standard input
  std::unique_ptr<Input> input;
  std::string_view bytes;
  size_t lines = 0;                ///< lines read when it was done, 1 more than its newlines before the last word
};

class WordIndex {
 public:
  WordIndex(Process& p, const PtxOptions& options) : p_(p), o_(options) {}
  ~WordIndex() { p_.release_memory(charged_); }
  WordIndex(const WordIndex&) = delete;
  /// Compiles patterns and reads word lists. False after a message.
  bool prepare();
  /// Reads a file and lists its words. False after a message.
  bool add(const std::string& name);
  void sort();
  const std::vector<Occurrence>& occurrences() const { return found_; }
  const PtxText& text(uint32_t file) const { return texts_[file]; }
  size_t files() const { return texts_.size(); }
  const WordRule& rule() const { return rule_; }
  size_t longest_word() const { return longest_word_; }
  size_t longest_reference() const { return longest_reference_; }

 private:
  bool contexts(uint32_t file);
  void words(uint32_t file, size_t from, size_t to);

  Process& p_;
  const PtxOptions& o_;
  WordRule rule_;
  std::unique_ptr<Regex> sentence_;
  std::string sentence_text_;
  WordTable ignore_, only_;
  std::vector<PtxText> texts_;
  std::vector<Occurrence> found_;
  uint64_t charged_ = 0;
  size_t longest_word_ = 0, longest_reference_ = 0;
  // Where the search for lines has come, in the text that is being read.
  size_t scan_ = 0, line_start_ = 0, line_ = 0, reference_length_ = 0;
};

/// Words and blanks of a text, for cutting fields.
inline bool ptx_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

}  // namespace nacre
