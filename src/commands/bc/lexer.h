/// BcLexer: the words of bc, over the files one after another and then standard input.
/// Source: POSIX XCU bc, "Lexical Conventions"; GNU bc manual 1.07.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "commands/text_io.h"

namespace nacre {

enum class BcToken : uint8_t {
  End,
  Newline,
  Name,
  Number,
  String,
  Keyword,
  Assign,        ///< text: "" for =, or the operator of +=
  Relation,      ///< text: the operator
  Step,          ///< ++ or --, text: one of them
  And,
  Or,
  Not,
  Character,     ///< one of + - * / % ^ ( ) [ ] { } , ; &
};

class BcLexer {
 public:
  BcLexer(Process& p, std::vector<std::string> files, bool standard_input);

  BcToken next();
  const std::string& text() const { return text_; }
  /// "(standard_in) 3": where messages are about.
  std::string place() const { return name_ + " " + std::to_string(line_); }
  /// A file could not be opened: the command is over.
  bool failed() const { return failed_; }
  /// The next byte of standard input, or -1. For read().
  int standard_byte();
  /// Called for characters that belong to no word.
  std::function<void(const std::string&)> on_error;
  /// Called before input is waited for.
  std::function<void()> on_wait;

 private:
  int get();
  int peek();
  void unget(int c) { pushed_.push_back(static_cast<char>(c)); }
  bool open_next();
  bool comment();
  bool string();
  void number(int first);
  BcToken word(int first);
  BcToken operator_token(int c);
  Input& standard();

  Process& p_;
  std::vector<std::string> files_;
  size_t next_ = 0;
  bool want_standard_, failed_ = false, ended_ = false, in_standard_ = false;
  std::unique_ptr<Input> file_, standard_;
  std::string pushed_;      ///< to be read again, last byte first
  std::string text_, name_ = "(standard_in)";
  uint64_t line_ = 1;
};

}  // namespace nacre
