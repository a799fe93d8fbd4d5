/// lexer: the tokens of a jq program. Strings are handed out as a start; their
/// inside is read piece by piece, since it may hold whole queries.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "commands/jq/value.h"

namespace nacre::jq {

enum class Tok : uint8_t {
  End,
  Invalid,
  Ident,
  Keyword,
  Field,
  Binding,
  Format,
  Number,
  Quote,
  DotDot,
  AltBind,
  Op,          ///< everything else; its text tells
};

struct Lexeme {
  Tok kind = Tok::End;
  std::string_view text;     ///< Field and Binding: without . and $; Format: with @
  uint32_t offset = 0, end = 0;
};

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}
  Lexeme next();
  uint32_t position() const { return at_; }
  void seek(uint32_t at) { at_ = at; }

  /// What a string literal holds up to its end or the next \( , escapes undone.
  enum class Piece : uint8_t { End, Query, Unfinished, BadEscape };
  Piece string_piece(std::string& out, std::string& error);

 private:
  void skip_blanks();
  bool name_at(uint32_t at) const;
  uint32_t name_end(uint32_t at, bool modules) const;
  Lexeme make(Tok kind, uint32_t from, uint32_t end, uint32_t skip = 0);

  std::string_view text_;
  uint32_t at_ = 0;
};

}  // namespace nacre::jq
