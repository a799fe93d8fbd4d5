/// fast_read: values of JSON that lie whole in one piece of text, without a token
/// at a time. It gives up (false, nothing consumed) on anything out of the
/// ordinary: the end of the piece, an error, deep nesting. JsonReader then reads
/// the same bytes in its own way and words the error.
/// Source: RFC 8259.
#pragma once
#include <cstddef>

#include "commands/jq/value.h"

namespace nacre::jq {

class FastReader {
 public:
  FastReader() = default;
  FastReader(const FastReader&) = delete;
  ~FastReader();

  /// Reads the rest of an array or object of which `open` ('[' or '{') was the first byte.
  /// The position after it, or null.
  const char* read(char open, const char* from, const char* end, Value& out);
  /// Where values go from now on; null: each has memory of its own.
  void set_pages(ValuePages* pages) { pages_ = pages; }

 private:
  bool value(int depth);
  bool array(int depth);
  bool object(int depth);
  bool string();
  bool string_with_escapes(const char* start);
  bool number();
  bool word(const char* text, size_t n, Value v);
  void blanks() {
    while (p_ < end_ && (*p_ == ' ' || *p_ == '\n' || *p_ == '\t' || *p_ == '\r')) p_++;
  }
  void push(Value v);
  void grow();
  void clear();

  const char* p_ = nullptr;
  const char* end_ = nullptr;
  Value* stack_ = nullptr;      // finished values whose container is still open
  size_t size_ = 0, room_ = 0;
  ValuePages* pages_ = nullptr;
};

}  // namespace nacre::jq
