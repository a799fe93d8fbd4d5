/// json_read: JSON texts from pieces of any size: Tokenizer cuts tokens,
/// JsonReader builds values of them, StreamReader turns them into the events of
/// --stream. All three take what feed() gave them, ask for more when it is used
/// up, and are told the end by finish().
///
/// Views that are fed must stay valid until the reader has asked for more.
/// Numbers as in number.h; invalid UTF-8 in strings becomes U+FFFD; nesting is
/// limited to 10,000. Errors are jq's words without their position.
/// Source: RFC 8259, RFC 7464 (--seq); jq 1.8 manual, "Invoking jq", "Streaming".
#pragma once
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "commands/jq/fast_read.h"
#include "commands/jq/value.h"
#include "commands/jq/value_pages.h"

namespace nacre::jq {

constexpr size_t kMaxParseDepth = 10000;

enum class Token : uint8_t { More, End, Scalar, Open, Close, Colon, Comma, Separator, Error };

class Tokenizer {
 public:
  explicit Tokenizer(bool seq = false) : seq_(seq) {}
  void feed(std::string_view text);
  void finish() { finished_ = true; }
  /// More: feed() or finish() first. End: only after finish().
  Token next();

  Value scalar;                ///< of the last Scalar
  char bracket = 0;            ///< of the last Open or Close
  bool number = false;         ///< the last Scalar was a number or a word without quotes
  std::string error;           ///< of the last Error
  /// "message at line 1, column 3", where the last token ended.
  std::string located(std::string_view message, bool at_end = false);
  /// Lines whose newline was passed, the one of the current line counted when it is there.
  size_t lines();
  std::string_view rest() const { return text_.substr(at_); }
  bool at_end() const { return finished_ && !separated && at_ == text_.size(); }
  /// The last token is a separator, or was ended by one that is passed.
  bool separated = false;
  /// After a Separator: a blank is before it.
  bool after_blank() const { return at_ >= 2 ? is_blank(text_[at_ - 2]) : is_blank(before_); }
  /// After an error with --seq: what follows is skipped, to the next separator.
  void resynchronize();
  bool finished() const { return finished_; }
  /// Takes what ended the last word: its errors are placed after that.
  void pass_delimiter() {
    if (at_ == text_.size()) return;
    separated = text_[at_] == '\x1e';
    at_++;
  }

  /// After an Open: all of that container at once, where that is possible.
  bool take_container(FastReader& fast, Value& out);

 private:
  Token string_token();
  Token word_token();
  Token end_string(std::string_view body, bool plain);
  Token fail(std::string_view message) {
    error = message;
    return Token::Error;
  }
  static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
  Value word_value(std::string_view word) const;
  Token wrong_word(std::string_view word);
  Token cut_string(std::string_view body);
  void count_lines(size_t to);

  std::string_view text_;
  size_t at_ = 0, counted_ = 0;
  size_t line_ = 1, line_column_ = 0;   // of the position `counted_`
  std::string partial_;                 // a token that began in an earlier piece
  enum : uint8_t { None, InString, InWord, Skipping } inside_ = None;
  char before_ = 0;                     // the last byte of the piece before
  bool escaped_ = false;                // partial string ends in a lone backslash
  bool seq_, finished_ = false, started_ = false;
};

/// Decodes the inside of a string literal of JSON. False and *error when an escape is wrong.
bool decode_string(std::string_view body, std::string& out, const char** error);
/// Valid UTF-8 of any bytes: each broken sequence becomes U+FFFD.
std::string valid_utf8(std::string_view s);
bool is_valid_utf8(std::string_view s);

enum class Read : uint8_t { Value, More, End, Error };

class JsonReader {
 public:
  /// `together`: the values that are read will be kept, all of them or none.
  explicit JsonReader(bool seq = false, bool together = false) : tokens_(seq), seq_(seq), together_(together) {}
  void feed(std::string_view text) {
    tokens_.feed(text);
    tries_ = kTries;
  }
  void finish() { tokens_.finish(); }
  Read next(Value& out);
  const std::string& error() const { return error_; }   ///< with its position
  size_t lines() { return tokens_.lines(); }
  void reset();                                          ///< after an error: go on with what follows

 private:
  struct Level {
    Value container, key;
    bool have_key = false;
  };
  Read fail(std::string_view message, bool at_end = false);
  const char* take(Token t);
  const char* comma();
  const char* close();

  static constexpr int kTries = 4;   // containers cut by the end of a piece that are begun in vain

  Tokenizer tokens_;
  ValuePages pages_;
  FastReader fast_;
  int tries_ = kTries;
  std::vector<Level> levels_;
  Value next_;
  std::string error_;
  bool seq_, together_;
};

/// Events [path, leaf] and [path] instead of whole values.
class StreamReader {
 public:
  StreamReader(bool seq, bool errors) : tokens_(seq), seq_(seq), errors_(errors) {}
  void feed(std::string_view text) { tokens_.feed(text); }
  void finish() { tokens_.finish(); }
  Read next(Value& out);
  const std::string& error() const { return error_; }
  size_t lines() { return tokens_.lines(); }
  void reset();

 private:
  enum class State : uint8_t { Value, FirstOrClose, Key, FirstKeyOrClose, Colon, CommaOrClose };
  Read fail(std::string_view message, bool at_end);
  Read wrong(const std::string& message, bool at_end);
  const char* scalar();
  const char* open();
  const char* close();
  const char* comma();
  const char* colon();
  void emit(Value leaf);
  void emit_pending();

  Tokenizer tokens_;
  Value path_ = Value::array();
  std::string kinds_;          // '[' or '{' per level
  State state_ = State::Value;
  std::deque<Value> events_;
  std::string error_;
  Value pending_, key_;        // a leaf waits for what follows it
  bool seq_, errors_, done_ = false;
};

}  // namespace nacre::jq
