/// Tokens of JSON from pieces of text, and what is inside string literals.
#include <algorithm>

#include "base/utf8.h"
#include "commands/jq/json_read.h"
#include "commands/jq/number.h"

namespace nacre::jq {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";

bool ends_word(char c) {
  switch (c) {
    case ' ':
    case '\t':
    case '\r':
    case '\n':
    case '[':
    case ']':
    case '{':
    case '}':
    case ':':
    case ',':
    case '"':
    case '\x1e': return true;
    default: return false;
  }
}

// Bytes of the sequence at the front of s, and whether it is a character.
std::pair<size_t, bool> sequence(std::string_view s) {
  unsigned char c = static_cast<unsigned char>(s[0]);
  if (c < 0x80) return {1, true};
  size_t n = c >= 0xf0 && c <= 0xf4 ? 4 : c >= 0xe0 && c < 0xf0 ? 3 : c >= 0xc2 && c < 0xe0 ? 2 : 0;
  if (n == 0) return {1, false};
  uint32_t code = c & (0xff >> (n + 1));
  for (size_t i = 1; i < n; i++) {
    if (i >= s.size() || (s[i] & 0xc0) != 0x80) return {i, false};
    code = (code << 6) | (static_cast<unsigned char>(s[i]) & 0x3f);
  }
  bool overlong = (n == 3 && code < 0x800) || (n == 4 && code < 0x10000);
  return {n, !overlong && !(code >= 0xd800 && code < 0xe000) && code <= 0x10ffff};
}

// Four hexadecimal digits; -1 otherwise.
int hex4(std::string_view s) {
  if (s.size() < 4) return -1;
  int n = 0;
  for (size_t i = 0; i < 4; i++) {
    char c = s[i];
    int d = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    if (d < 0) return -1;
    n = n * 16 + d;
  }
  return n;
}

const char* decode_unicode(std::string_view body, size_t& i, std::string& out) {
  int code = hex4(body.substr(i));
  if (code < 0) return "Invalid \\uXXXX escape";
  i += 4;
  if (code >= 0xd800 && code < 0xdc00) {
    int low = body.substr(i, 2) == "\\u" ? hex4(body.substr(i + 2)) : -1;
    if (low < 0xdc00 || low > 0xdfff) return "Invalid \\uXXXX\\uXXXX surrogate pair escape";
    i += 6;
    code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
  }
  if (code >= 0xdc00 && code < 0xe000) out += kReplacement;
  else utf8::append(out, static_cast<uint32_t>(code));
  return nullptr;
}

bool control(unsigned char c) { return c < 0x20; }

}  // namespace

bool is_valid_utf8(std::string_view s) {
  size_t i = 0;
  while (i < s.size()) {
    if (i + 8 <= s.size()) {
      uint64_t w;
      std::memcpy(&w, s.data() + i, 8);
      if (!(w & 0x8080808080808080ull)) {
        i += 8;
        continue;
      }
    }
    auto [n, good] = sequence(s.substr(i));
    if (!good) return false;
    i += n;
  }
  return true;
}

std::string valid_utf8(std::string_view s) {
  std::string out;
  for (size_t i = 0; i < s.size();) {
    auto [n, good] = sequence(s.substr(i));
    out += good ? s.substr(i, n) : kReplacement;
    i += n;
  }
  return out;
}

bool decode_string(std::string_view body, std::string& out, const char** error) {
  for (size_t i = 0; i < body.size();) {
    size_t stop = body.find('\\', i);
    if (stop == body.npos) stop = body.size();
    for (size_t k = i; k < stop; k++) {
      if (control(static_cast<unsigned char>(body[k]))) {
        *error = "Invalid string: control characters from U+0000 through U+001F must be escaped";
        return false;
      }
    }
    out += body.substr(i, stop - i);
    if (stop == body.size()) break;
    char c = stop + 1 < body.size() ? body[stop + 1] : '\0';
    i = stop + 2;
    switch (c) {
      case '"':
      case '\\':
      case '/': out += c; break;
      case 'b': out += '\b'; break;
      case 'f': out += '\f'; break;
      case 'n': out += '\n'; break;
      case 'r': out += '\r'; break;
      case 't': out += '\t'; break;
      case 'u':
        if (const char* wrong = decode_unicode(body, i, out)) {
          *error = wrong;
          return false;
        }
        break;
      default: *error = "Invalid escape"; return false;
    }
  }
  return true;
}

void Tokenizer::feed(std::string_view text) {
  count_lines(text_.size());
  if (!started_ && text.substr(0, 3) == "\xef\xbb\xbf") text.remove_prefix(3);
  started_ = started_ || !text.empty();
  if (!text_.empty()) before_ = text_.back();
  text_ = text;
  at_ = counted_ = 0;
}

void Tokenizer::count_lines(size_t to) {
  size_t last = std::string_view::npos;
  for (size_t i = counted_; i < to; i = last + 1) {
    const void* hit = std::memchr(text_.data() + i, '\n', to - i);
    if (!hit) break;
    last = static_cast<size_t>(static_cast<const char*>(hit) - text_.data());
    line_++;
  }
  if (last != std::string_view::npos) line_column_ = to - last - 1;
  else line_column_ += to - counted_;
  counted_ = to;
}

size_t Tokenizer::lines() {
  count_lines(at_);
  bool ends = text_.find('\n', at_) != std::string_view::npos;
  return line_ - 1 + (ends && line_column_ > 0);
}

std::string Tokenizer::located(std::string_view message, bool at_end) {
  count_lines(at_);
  return std::string(message) + (at_end ? " at EOF" : "") + " at line " + std::to_string(line_) + ", column " + std::to_string(line_column_);
}

void Tokenizer::resynchronize() {
  if (separated) return;
  partial_.clear();
  inside_ = Skipping;
}

Token Tokenizer::next() {
  separated = false;
  if (inside_ == InString) return string_token();
  if (inside_ == InWord) return word_token();
  if (inside_ == Skipping) {
    at_ = std::min(text_.find('\x1e', at_), text_.size());
    if (at_ < text_.size()) inside_ = None;
  }
  while (at_ < text_.size()) {
    char c = text_[at_];
    switch (c) {
      case ' ':
      case '\t':
      case '\r':
      case '\n': at_++; continue;
      case '[':
      case '{':
        at_++;
        bracket = c;
        return Token::Open;
      case ']':
      case '}':
        at_++;
        bracket = c;
        return Token::Close;
      case ':': at_++; return Token::Colon;
      case ',': at_++; return Token::Comma;
      case '"':
        at_++;
        inside_ = InString;
        escaped_ = false;
        return string_token();
      case '\x1e':
        at_++;
        separated = true;
        return Token::Separator;
      default: inside_ = InWord; return word_token();
    }
  }
  return finished_ ? Token::End : Token::More;
}

bool Tokenizer::take_container(FastReader& fast, Value& out) {
  const char* end = fast.read(bracket, text_.data() + at_, text_.data() + text_.size(), out);
  if (!end) return false;
  at_ = static_cast<size_t>(end - text_.data());
  return true;
}

Token Tokenizer::end_string(std::string_view body, bool plain) {
  inside_ = None;
  number = false;
  if (plain) {
    scalar = Value::string(body);
    return Token::Scalar;
  }
  std::string fixed, out;
  if (!is_valid_utf8(body)) body = fixed = valid_utf8(body);
  const char* wrong = nullptr;
  if (!decode_string(body, out, &wrong)) return fail(wrong);
  scalar = Value::string(out);
  return Token::Scalar;
}

Token Tokenizer::string_token() {
  const char* p = text_.data() + at_;
  const char* end = text_.data() + text_.size();
  const char* start = p;
  bool plain = partial_.empty();
  if (escaped_ && p < end) {
    p++;
    escaped_ = false;
  }
  while (p < end) {
    unsigned char c = static_cast<unsigned char>(*p);
    if (c == '"') {
      std::string_view body(start, static_cast<size_t>(p - start));
      at_ = static_cast<size_t>(p + 1 - text_.data());
      if (partial_.empty()) return end_string(body, plain);
      partial_ += body;
      std::string whole = std::exchange(partial_, {});
      return end_string(whole, false);
    }
    if (c < 0x20 || c >= 0x80) plain = false;
    if (c == 0x1e) return cut_string({start, static_cast<size_t>(p - start)});
    if (c == '\\') {
      plain = false;
      if (++p == end) {
        escaped_ = true;
        break;
      }
    }
    p++;
  }
  partial_.append(start, static_cast<size_t>(end - start));
  at_ = text_.size();
  if (!finished_) return Token::More;
  inside_ = None;
  return fail("Unfinished string");
}

Token Tokenizer::word_token() {
  size_t from = at_;
  while (at_ < text_.size() && !ends_word(text_[at_])) at_++;
  std::string_view word = text_.substr(from, at_ - from);
  std::string whole;
  if (at_ == text_.size() && !finished_) {
    partial_ += word;
    return Token::More;
  }
  if (!partial_.empty()) {
    partial_ += word;
    word = whole = std::exchange(partial_, {});
  }
  inside_ = None;
  number = true;
  scalar = word_value(word);
  if (scalar.valid()) return Token::Scalar;
  pass_delimiter();
  return wrong_word(word);
}

Value Tokenizer::word_value(std::string_view word) const {
  if (word == "true" || word == "false") return Value::boolean(word == "true");
  if (word == "null") return Value::null();
  if (word[0] == 't' || word[0] == 'f' || (word[0] == 'n' && word != "nan")) return {};
  return parse_number(word);
}

Token Tokenizer::wrong_word(std::string_view word) {
  if (seq_ && separated) return fail("Truncated value");
  if (word[0] == '\'') return fail("Invalid string literal; expected \", but got '");
  return fail(word[0] == 't' || word[0] == 'f' || word[0] == 'n' ? "Invalid literal" : "Invalid numeric literal");
}

// A separator within a string ends what is there of it, which jq then takes for a word.
Token Tokenizer::cut_string(std::string_view body) {
  at_ = static_cast<size_t>(body.data() + body.size() - text_.data()) + 1;
  inside_ = None;
  separated = true;
  const std::string word = std::exchange(partial_, {}) + std::string(body);
  if (seq_ || (!word.empty() && !word_value(word).valid())) return wrong_word(word);
  return Token::Separator;
}

}  // namespace nacre::jq
