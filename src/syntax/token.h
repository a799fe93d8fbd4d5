/// Tokens: what the scanner hands to the grammar. Reserved words are tokens of
/// their own only where the grammar asks for a command.
/// Source: bash manual, "Definitions", "Reserved Words".
#pragma once
#include <cstdint>
#include <string_view>

#include "syntax/ast.h"

namespace nacre {

enum class Tok : uint8_t {
  None,        ///< not scanned yet
  Error,       ///< the parse has failed; matches nothing
  End,         ///< end of input
  Newline,
  Word,
  Assignment,  ///< Token::assignment
  Arith,       ///< ((...)): Token::word is the text
  // operators
  Semi,
  Amp,
  AndAnd,
  OrOr,
  Pipe,
  PipeAmp,
  LeftParen,
  RightParen,
  SemiSemi,
  SemiAmp,
  SemiSemiAmp,
  // redirection operators: Token::fd, fd_var
  Less,
  Great,
  DLess,
  DLessDash,
  TLess,
  LessAnd,
  GreatAnd,
  LessGreat,
  DGreat,
  Clobber,
  AndGreat,
  AndDGreat,
  // reserved words
  If,
  Then,
  Else,
  Elif,
  Fi,
  Case,
  Esac,
  For,
  Select,
  While,
  Until,
  Do,
  Done,
  In,
  Function,
  Time,
  LeftBrace,
  RightBrace,
  Bang,
  CondStart,
  CondEnd,
  Coproc,
};

constexpr bool is_redirection(Tok t) { return t >= Tok::Less && t <= Tok::AndDGreat; }

struct Token {
  Tok kind = Tok::None;
  int fd = -1;                 ///< number written before a redirection operator
  uint32_t begin = 0, end = 0; ///< in the scanner's buffer
  uint32_t line = 0;           ///< of the first byte
  std::string_view fd_var;     ///< {name} before a redirection operator
  std::string_view text;       ///< Word: its text if it is one unquoted literal
  const ast::Word* word = nullptr;
  const ast::Assignment* assignment = nullptr;
};

/// Spelling of an operator or reserved word, "newline" for the end of a line.
std::string_view spelling(Tok kind);
/// The reserved word spelled so, or Tok::Word.
Tok reserved_word(std::string_view text);
/// alias declare eval export let local readonly typeset: their arguments may
/// be compound assignments.
bool takes_assignments(std::string_view command);

}  // namespace nacre
