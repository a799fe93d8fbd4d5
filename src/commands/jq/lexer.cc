/// The tokens of a jq program.
/// Source: jq 1.8 manual, "Basic filters", "Comments".
#include "commands/jq/lexer.h"

#include <algorithm>

#include "commands/jq/json_read.h"

namespace nacre::jq {
namespace {

constexpr std::string_view kKeywords[] = {"def", "module", "import",  "include", "if",    "then",  "else", "elif", "end",
                                          "as",  "reduce", "foreach", "try",     "catch", "label", "and",  "or",   "__loc__"};
constexpr std::string_view kOperators[] = {"?//=", "?//", "//=", "|=", "+=", "-=", "*=", "/=", "%=", "==", "!=", "<=", ">=", "//", ".."};

bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

void Lexer::skip_blanks() {
  while (at_ < text_.size()) {
    char c = text_[at_];
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      at_++;
      continue;
    }
    if (c != '#') return;
    // An odd number of backslashes before the end of the line continues a comment.
    while (at_ < text_.size()) {
      uint32_t end = static_cast<uint32_t>(std::min(text_.find('\n', at_), text_.size()));
      uint32_t last = end > at_ && text_[end - 1] == '\r' ? end - 1 : end, slashes = 0;
      while (last - slashes > at_ && text_[last - slashes - 1] == '\\') slashes++;
      at_ = end < text_.size() ? end + 1 : end;
      if (slashes % 2 == 0) break;
    }
  }
}

bool Lexer::name_at(uint32_t at) const { return at < text_.size() && letter(text_[at]); }

uint32_t Lexer::name_end(uint32_t at, bool modules) const {
  while (true) {
    while (at < text_.size() && (letter(text_[at]) || digit(text_[at]))) at++;
    if (!modules || text_.substr(at, 2) != "::" || !name_at(at + 2)) return at;
    at += 2;
  }
}

Lexeme Lexer::make(Tok kind, uint32_t from, uint32_t end, uint32_t skip) {
  at_ = end;
  return {kind, text_.substr(from + skip, end - from - skip), from, end};
}

Lexeme Lexer::next() {
  skip_blanks();
  uint32_t from = at_;
  if (at_ >= text_.size()) return {Tok::End, {}, at_, at_};
  char c = text_[at_];
  if (c == '"') return make(Tok::Quote, from, from + 1);
  if (letter(c)) {
    Lexeme l = make(Tok::Ident, from, name_end(from, true));
    if (std::find(std::begin(kKeywords), std::end(kKeywords), l.text) != std::end(kKeywords)) l.kind = Tok::Keyword;
    return l;
  }
  if (c == '.' && name_at(from + 1)) return make(Tok::Field, from, name_end(from + 1, false), 1);
  if (c == '$' && name_at(from + 1)) return make(Tok::Binding, from, name_end(from + 1, true), 1);
  if (c == '@' && (name_at(from + 1) || (from + 1 < text_.size() && digit(text_[from + 1])))) return make(Tok::Format, from, name_end(from + 1, false));
  if (digit(c) || (c == '.' && from + 1 < text_.size() && digit(text_[from + 1]))) {
    uint32_t i = from;
    while (i < text_.size() && digit(text_[i])) i++;
    if (i < text_.size() && text_[i] == '.') i++;
    while (i < text_.size() && digit(text_[i])) i++;
    if (i < text_.size() && (text_[i] == 'e' || text_[i] == 'E')) {
      uint32_t k = i + 1;
      if (k < text_.size() && (text_[k] == '+' || text_[k] == '-')) k++;
      if (k < text_.size() && digit(text_[k])) {
        while (k < text_.size() && digit(text_[k])) k++;
        i = k;
      }
    }
    return make(Tok::Number, from, i);
  }
  for (std::string_view op : kOperators) {
    if (text_.substr(from, op.size()) != op) continue;
    if (op == "?//=") return make(Tok::Op, from, from + 1);   // ? and //=
    Tok kind = op == ".." ? Tok::DotDot : op == "?//" ? Tok::AltBind : Tok::Op;
    return make(kind, from, from + static_cast<uint32_t>(op.size()));
  }
  if (std::string_view(".?=;,:|+-*/%$<>()[]{}").find(c) != std::string_view::npos) return make(Tok::Op, from, from + 1);
  return make(Tok::Invalid, from, from + 1);
}

Lexer::Piece Lexer::string_piece(std::string& out, std::string& error) {
  uint32_t from = at_;
  while (at_ < text_.size()) {
    char c = text_[at_];
    bool query = c == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] == '(';
    if (c != '"' && !query) {
      at_ += c == '\\' ? 2 : 1;
      continue;
    }
    std::string raw;
    for (char ch : text_.substr(from, at_ - from)) {   // a program may hold newlines and tabs in its strings
      unsigned char u = static_cast<unsigned char>(ch);
      if (u >= 0x20) {
        raw += ch;
        continue;
      }
      constexpr char kHex[] = "0123456789abcdef";
      raw += "\\u00";
      raw += kHex[u >> 4];
      raw += kHex[u & 15];
    }
    at_ += query ? 2 : 1;
    const char* wrong = nullptr;
    std::string decoded;
    if (!decode_string(raw, decoded, &wrong)) {
      error = wrong;
      return Piece::BadEscape;
    }
    out = is_valid_utf8(decoded) ? decoded : valid_utf8(decoded);
    return query ? Piece::Query : Piece::End;
  }
  at_ = static_cast<uint32_t>(text_.size());
  return Piece::Unfinished;
}

}  // namespace nacre::jq
