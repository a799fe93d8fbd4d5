/// RgSearcher: finds the lines of one input that match, keeps the lines around
/// them, notices binary data, and tells an RgSink. Inputs are searched in blocks of
/// whole lines; with -U, and where bytes must be decoded first, as one text.
/// Source: ripgrep 13 manual; checked against the tool.
#pragma once
#include <string>

#include "commands/rg/matcher.h"
#include "commands/text_io.h"

namespace nacre {

struct RgLines {
  std::string_view bytes;   ///< one line with its end, or with -U several
  uint64_t offset;          ///< of its first byte in the input
  uint64_t number;          ///< of its first line, from 1
};

/// What takes the lines. A call that returns false ends the search.
class RgSink {
 public:
  virtual ~RgSink() = default;
  virtual bool matched(const RgLines& lines) = 0;
  virtual bool context(const RgLines& line, bool after) = 0;
  virtual void gap() = 0;                           ///< lines are left out here
  virtual void binary(uint64_t offset) = 0;         ///< a NUL byte, the first
};

struct RgSearch {
  bool quit_at_nul = true;    ///< the file was found, not named: a NUL byte ends it
  bool text = false;          ///< NUL bytes mean nothing
};

class RgSearcher {
 public:
  RgSearcher(Process& p, const RgOptions& o, const RgMatcher& m) : p_(p), o_(o), matcher_(m) {}
  /// Bytes searched. Reading errors are in in.error().
  uint64_t search(Input& in, const RgSearch& how, RgSink& sink);
  /// The same over a text.
  uint64_t search_text(std::string text, const RgSearch& how, RgSink& sink);

 private:
  void begin(const RgSearch& how, RgSink& sink);
  /// Where bytes come from: an input, or a text that was made of it.
  struct Source {
    Input* in = nullptr;
    std::string text;
    size_t at = 0;
    std::string_view block(size_t n) { return in ? in->block(n) : std::string_view(text).substr(at); }
    void consume(size_t n) { in ? in->consume(n) : void(at += n); }
  };
  bool decode(Input& in, Source& source);
  void search_lines(Source& source);
  void search_whole(std::string_view text);
  bool search_block(std::string_view text);
  bool match_lines(std::string_view text, size_t begin, size_t end);
  bool invert_lines(std::string_view text, size_t begin, size_t end);
  bool before_context(std::string_view text, size_t upto);
  bool after_context(std::string_view text, size_t upto);
  bool other_context(std::string_view text, size_t upto);
  bool context_line(std::string_view text, size_t begin, size_t end, bool after);
  void gap(size_t begin);
  uint64_t number_at(std::string_view text, size_t at);
  bool check_binary(std::string_view part, uint64_t offset);
  size_t line_end(std::string_view text, size_t at) const;

  Process& p_;
  const RgOptions& o_;
  const RgMatcher& matcher_;
  RgSearch how_;
  RgSink* sink_ = nullptr;
  bool numbers_ = false;
  size_t pos_ = 0;              ///< searched up to here, in the block
  size_t visited_ = 0;          ///< end of the last line that was told
  size_t counted_ = 0;          ///< lines up to here are in line_
  uint64_t line_ = 0, base_ = 0;   ///< lines before counted_; offset of the block
  int64_t after_left_ = 0;
  bool told_ = false, binary_seen_ = false;
};

}  // namespace nacre
