#include "commands/bc/lexer.h"

#include <algorithm>

#include "algo/unicode.h"

namespace nacre {
namespace {

constexpr std::string_view kKeywords[] = {"define", "break", "quit", "length", "return", "for",  "if",      "while",    "sqrt",     "scale", "ibase",  "obase",
                                          "auto",   "else",  "read", "random", "halt",   "last", "history", "warranty", "continue", "print", "limits", "void"};

bool name_byte(int c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }
bool digit_byte(int c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); }

}  // namespace

BcLexer::BcLexer(Process& p, std::vector<std::string> files, bool standard_input) : p_(p), files_(std::move(files)), want_standard_(standard_input) {}

Input& BcLexer::standard() {
  if (!standard_) standard_ = std::make_unique<Input>(p_, 0, "-", false);
  return *standard_;
}

bool BcLexer::open_next() {
  file_.reset();
  line_ = 1;
  if (next_ < files_.size()) {
    const std::string& file = files_[next_++];
    auto fd = p_.open(file, kOpenRead);
    if (!fd) {
      write_error(p_, "File " + file + " is unavailable.\n");
      failed_ = true;
      return false;
    }
    file_ = std::make_unique<Input>(p_, *fd, file);
    name_ = file;
    return true;
  }
  name_ = "(standard_in)";
  if (in_standard_ || !want_standard_) return false;
  in_standard_ = true;
  return true;
}

int BcLexer::get() {
  if (!pushed_.empty()) {
    int c = static_cast<unsigned char>(pushed_.back());
    pushed_.pop_back();
    return c;
  }
  while (!ended_) {
    if (!file_ && !in_standard_ && !open_next()) break;
    Input& in = in_standard_ ? standard() : *file_;
    std::string_view block = in.block(0);
    if (block.empty()) {
      if (on_wait) on_wait();
      block = in.block();
    }
    if (!block.empty()) {
      in.consume(1);
      return static_cast<unsigned char>(block[0]);
    }
    if (in.error() != Errno::OK) {
      on_error("read() in flex scanner failed");
      failed_ = true;
      break;
    }
    if (!open_next()) break;
  }
  ended_ = true;
  return -1;
}

int BcLexer::peek() {
  int c = get();
  if (c >= 0) unget(c);
  return c;
}

int BcLexer::standard_byte() {
  Input& in = standard();
  std::string_view block = in.block();
  if (block.empty()) return -1;
  int c = static_cast<unsigned char>(block[0]);
  in.consume(1);
  return c;
}

// Behind "/*". False at the end of the input.
bool BcLexer::comment() {
  for (int c = get(); c >= 0; c = get()) {
    if (c == '\n') line_++;
    if (c == '*' && peek() == '/') {
      get();
      return true;
    }
  }
  write_error(p_, "EOF encountered in a comment.\n");
  return false;
}

// Behind a quote. False, and nothing taken, if there is no other.
bool BcLexer::string() {
  text_.clear();
  uint64_t lines = 0;
  for (int c = get(); c >= 0; c = get()) {
    if (c == '"') {
      line_ += lines;
      return true;
    }
    if (c == '\n') lines++;
    text_ += static_cast<char>(c);
    if ((text_.size() & 0xffff) == 0) p_.check_memory(text_.size());
  }
  pushed_.append(text_.rbegin(), text_.rend());
  ended_ = false;
  return false;
}

void BcLexer::number(int first) {
  text_.assign(1, static_cast<char>(first));
  bool point = first == '.';
  for (;;) {
    int c = get();
    if (c == '\\' && peek() == '\n') {
      get();
      line_++;
      continue;
    }
    bool part = digit_byte(c) || (c == '.' && !point);
    point = point || c == '.';
    if (!part) {
      if (c >= 0) unget(c);
      break;
    }
    text_ += static_cast<char>(c);
    if ((text_.size() & 0xffff) == 0) p_.check_memory(text_.size());
  }
  // Zeros in front, and a point with nothing behind it, count for nothing.
  text_.erase(0, std::min(text_.find_first_not_of('0'), text_.size()));
  if (text_.ends_with('.')) text_.pop_back();
  if (text_.empty()) text_ = "0";
}

BcToken BcLexer::word(int first) {
  text_.assign(1, static_cast<char>(first));
  int c = get();
  for (; name_byte(c); c = get()) text_ += static_cast<char>(c);
  if (c >= 0) unget(c);
  return std::find(std::begin(kKeywords), std::end(kKeywords), text_) != std::end(kKeywords) ? BcToken::Keyword : BcToken::Name;
}

BcToken BcLexer::operator_token(int c) {
  text_.assign(1, static_cast<char>(c));
  int after = peek();
  auto take = [&] { text_ += static_cast<char>(get()); };
  switch (c) {
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
    case '^':
      if (after == c && (c == '+' || c == '-')) {
        get();
        return BcToken::Step;
      }
      if (after != '=') return BcToken::Character;
      get();
      return BcToken::Assign;
    case '=':
      if (after != '=') {
        text_.clear();
        return BcToken::Assign;
      }
      take();
      return BcToken::Relation;
    case '<':
    case '>':
      if (after == '=') take();
      return BcToken::Relation;
    case '!':
      if (after != '=') return BcToken::Not;
      take();
      return BcToken::Relation;
    default: get(); return c == '&' ? BcToken::And : BcToken::Or;
  }
}

BcToken BcLexer::next() {
  for (;;) {
    int c = get();
    if (c < 0) return BcToken::End;
    p_.tick();
    if (c == '\n') {
      line_++;
      text_ = "\n";
      return BcToken::Newline;
    }
    if (c == ' ' || c == '\t') continue;
    if (c == '\\' && peek() == '\n') {
      get();
      line_++;
      continue;
    }
    if (c == '#') {
      while (c >= 0 && c != '\n') c = get();
      if (c >= 0) unget(c);
      continue;
    }
    if (c == '/' && peek() == '*') {
      get();
      if (!comment()) return BcToken::End;
      continue;
    }
    if (c == '"' && string()) return BcToken::String;
    if (c >= 'a' && c <= 'z') return word(c);
    if (digit_byte(c) || (c == '.' && digit_byte(peek()))) {
      number(c);
      return BcToken::Number;
    }
    text_.assign(1, static_cast<char>(c));
    if (c == '.') return BcToken::Keyword;   // the last value
    int after = peek();
    if (std::string_view("+-*/%^=<>!").find(static_cast<char>(c)) != std::string_view::npos) return operator_token(c);
    if ((c == '&' || c == '|') && after == c) return operator_token(c);
    if (std::string_view("()[]{},;&").find(static_cast<char>(c)) != std::string_view::npos) return BcToken::Character;
    char shown[16];
    if (c >= ' ' && c < 0x7f) std::snprintf(shown, sizeof shown, "%c", c);
    else if (c < 0x80) std::snprintf(shown, sizeof shown, "^%c", c ^ 0x40);
    else std::snprintf(shown, sizeof shown, "\\%03o", c);
    on_error(std::string("illegal character: ") + shown);
  }
}

}  // namespace nacre
