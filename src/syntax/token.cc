#include "syntax/token.h"

namespace nacre {
namespace {

struct Reserved {
  std::string_view text;
  Tok kind;
};
constexpr Reserved kReserved[] = {
    {"!", Tok::Bang},      {"{", Tok::LeftBrace},   {"}", Tok::RightBrace},  {"[[", Tok::CondStart},     {"]]", Tok::CondEnd}, {"do", Tok::Do},
    {"fi", Tok::Fi},       {"if", Tok::If},         {"in", Tok::In},         {"for", Tok::For},          {"case", Tok::Case},  {"done", Tok::Done},
    {"elif", Tok::Elif},   {"else", Tok::Else},     {"esac", Tok::Esac},     {"then", Tok::Then},        {"time", Tok::Time},  {"until", Tok::Until},
    {"while", Tok::While}, {"coproc", Tok::Coproc}, {"select", Tok::Select}, {"function", Tok::Function}};

constexpr std::string_view kOperators[] = {";", "&",  "&&",  "||",  "|",  "|&", "(",  ")",  ";;", ";&", ";;&", "<",
                                           ">", "<<", "<<-", "<<<", "<&", ">&", "<>", ">>", ">|", "&>", "&>>"};

}  // namespace

std::string_view spelling(Tok kind) {
  if (kind == Tok::Newline) return "newline";
  if (kind >= Tok::Semi && kind <= Tok::AndDGreat) return kOperators[static_cast<int>(kind) - static_cast<int>(Tok::Semi)];
  for (const Reserved& r : kReserved)
    if (r.kind == kind) return r.text;
  return {};
}

Tok reserved_word(std::string_view s) {
  if (s.empty() || s.size() > 8) return Tok::Word;
  switch (s[0]) {
    case '!':
    case '{':
    case '}':
    case '[':
    case ']':
    case 'c':
    case 'd':
    case 'e':
    case 'f':
    case 'i':
    case 's':
    case 't':
    case 'u':
    case 'w': break;
    default: return Tok::Word;
  }
  for (const Reserved& r : kReserved)
    if (r.text == s) return r.kind;
  return Tok::Word;
}

bool takes_assignments(std::string_view c) {
  switch (c.size()) {
    case 3: return c == "let";
    case 4: return c == "eval";
    case 5: return c == "local" || c == "alias";
    case 6: return c == "export";
    case 7: return c == "declare" || c == "typeset";
    case 8: return c == "readonly";
    default: return false;
  }
}

}  // namespace nacre
