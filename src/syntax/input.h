/// ScriptInput: the text of one command, read line by line into one contiguous buffer
/// of the tree's arena, so that every piece of the tree is a view of it. When
/// the buffer must move to grow, the old copy stays valid: views never dangle,
/// and doubling keeps the waste below the text's own size.
///
/// An expanded alias is text put before the rest of the line; the rest waits as
/// a frame and is pulled when the alias text is used up.
/// One owner (a Scanner), one thread.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/arena.h"
#include "syntax/parser.h"

namespace nacre {

class ScriptInput {
 public:
  /// Text must stay valid while the input is used.
  explicit ScriptInput(std::string_view text) : text_(text) {}
  explicit ScriptInput(LineSource& source) : source_(&source) {}
  ScriptInput(const ScriptInput&) = delete;

  /// Continues in a new arena, with what end_command() kept.
  void begin_command(Arena& arena);
  /// Before the arena may go: keeps what was read but not consumed. `pos` is
  /// the next unread byte.
  void end_command(uint32_t pos);
  /// Reads on: appends at least one byte, false at the end of input. `quoted`:
  /// the end of an alias does not end a word here.
  bool pull(bool quoted);

  /// Bytes read so far of this command, followed by a 0 byte.
  const char* data() const { return data_; }
  uint32_t size() const { return size_; }
  std::string_view view(uint32_t begin, uint32_t end) const { return {data_ + begin, end - begin}; }
  /// Offset of data()[0] in everything read.
  uint64_t base() const { return base_; }
  /// Bytes of the fixed text consumed when `pos` is the next unread byte.
  size_t position(uint32_t pos) const;

  /// Puts an alias text before data()[pos..], in a fresh buffer: the caller goes
  /// on reading at position 0. Nothing before pos may still be needed.
  void push_alias(std::string_view name, std::string_view text, uint32_t pos);
  bool expanding(std::string_view name) const;
  bool in_alias() const { return !frames_.empty(); }
  /// True once after the end of an alias text that ended in a blank.
  bool take_expand_next() { return std::exchange(expand_next_, false); }
  void set_expand_next() { expand_next_ = true; }
  void clear_expand_next() { expand_next_ = false; }
  /// Drops the rest of the current line, after an error; returns where the next begins.
  uint32_t discard_line(uint32_t pos);
  bool continuation = false;   ///< passed on to the line source
  LineHook* hook = nullptr;    ///< borrowed
  bool here_document = false;  ///< the lines are those of one

 private:
  struct Frame {
    std::string name;
    std::string_view rest;   ///< text after the alias name, not yet pulled (in the arena)
    std::string kept;        ///< `rest` between two commands
    bool expand_next = false;
    bool popped = false;     ///< the alias text is used up, the rest is being pulled
    bool separated = false;  ///< the blank after the alias text was given
    char last = 0;           ///< last byte of the alias text
  };

  void append(std::string_view s);
  void hooked(bool quoted);
  bool pop_frame(bool quoted);

  Arena* arena_ = nullptr;
  char* data_ = nullptr;
  uint32_t size_ = 0, capacity_ = 0;
  uint64_t base_ = 0;
  std::string kept_;
  std::string_view text_;
  size_t text_pos_ = 0;
  LineSource* source_ = nullptr;
  std::string line_;
  std::vector<Frame> frames_;
  bool expand_next_ = false;
};

}  // namespace nacre
