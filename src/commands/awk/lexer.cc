#include "commands/awk/lexer.h"

#include <algorithm>
#include <set>

#include "algo/unicode.h"

namespace nacre {
namespace {

struct BuiltinName {
  const char* name;
  AwkBuiltin which;
};
constexpr BuiltinName kBuiltins[] = {{"length", AwkBuiltin::Length},
                                     {"substr", AwkBuiltin::Substr},
                                     {"index", AwkBuiltin::Index},
                                     {"split", AwkBuiltin::Split},
                                     {"sub", AwkBuiltin::Sub},
                                     {"gsub", AwkBuiltin::Gsub},
                                     {"gensub", AwkBuiltin::Gensub},
                                     {"match", AwkBuiltin::Match},
                                     {"sprintf", AwkBuiltin::Sprintf},
                                     {"sin", AwkBuiltin::Sin},
                                     {"cos", AwkBuiltin::Cos},
                                     {"atan2", AwkBuiltin::Atan2},
                                     {"exp", AwkBuiltin::Exp},
                                     {"log", AwkBuiltin::Log},
                                     {"sqrt", AwkBuiltin::Sqrt},
                                     {"int", AwkBuiltin::Int},
                                     {"rand", AwkBuiltin::Rand},
                                     {"srand", AwkBuiltin::Srand},
                                     {"tolower", AwkBuiltin::ToLower},
                                     {"toupper", AwkBuiltin::ToUpper},
                                     {"system", AwkBuiltin::System},
                                     {"close", AwkBuiltin::Close},
                                     {"fflush", AwkBuiltin::Fflush},
                                     {"strftime", AwkBuiltin::Strftime},
                                     {"systime", AwkBuiltin::Systime},
                                     {"mktime", AwkBuiltin::Mktime},
                                     {"and", AwkBuiltin::And},
                                     {"or", AwkBuiltin::Or},
                                     {"xor", AwkBuiltin::Xor},
                                     {"lshift", AwkBuiltin::Lshift},
                                     {"rshift", AwkBuiltin::Rshift},
                                     {"compl", AwkBuiltin::Compl},
                                     {"strtonum", AwkBuiltin::Strtonum},
                                     {"asort", AwkBuiltin::Asort},
                                     {"asorti", AwkBuiltin::Asorti},
                                     {"patsplit", AwkBuiltin::Patsplit},
                                     {"typeof", AwkBuiltin::Typeof},
                                     {"isarray", AwkBuiltin::IsArray},
                                     {"mkbool", AwkBuiltin::Mkbool},
                                     {"dcgettext", AwkBuiltin::Dcgettext},
                                     {"dcngettext", AwkBuiltin::Dcngettext},
                                     {"bindtextdomain", AwkBuiltin::Bindtextdomain}};
const std::set<std::string_view> kKeywords = {"BEGIN", "END",     "BEGINFILE", "ENDFILE",  "function", "func",     "if",     "else",   "while",
                                              "for",   "do",      "break",     "continue", "next",     "nextfile", "exit",   "return", "delete",
                                              "in",    "getline", "print",     "printf",   "switch",   "case",     "default"};

bool hex_digit(char c) { return in_class_ascii(static_cast<unsigned char>(c), CharClass::Xdigit); }
int hex_value(char c) { return ascii_digit(c) ? c - '0' : ascii_lower(c) - 'a' + 10; }
bool name_char(char c) { return ascii_alnum(c) || c == '_'; }

}  // namespace

std::optional<AwkBuiltin> awk_builtin(std::string_view name) {
  for (const auto& b : kBuiltins)
    if (name == b.name) return b.which;
  return std::nullopt;
}

std::vector<std::string_view> awk_builtin_names() {
  std::vector<std::string_view> out;
  for (const auto& b : kBuiltins) out.push_back(b.name);
  return out;
}

size_t awk_builtin_count() { return std::size(kBuiltins); }

const char* awk_builtin_name(AwkBuiltin which) {
  for (const auto& b : kBuiltins)
    if (which == b.which) return b.name;
  return "";
}

AwkLexer::AwkLexer(std::vector<AwkSource> sources, const AwkDialect& dialect, AwkProgram& program) : dialect_(dialect), program_(program) {
  for (auto& s : sources) {
    program_.sources.push_back(std::move(s));
    waiting_.insert(waiting_.begin(), static_cast<int>(program_.sources.size()) - 1);
  }
  next_source();
}

void AwkLexer::enter(int source, size_t at, int line) {
  s_ = program_.sources[static_cast<size_t>(source)].text;
  at_ = token_ = at;
  line_ = line;
}

void AwkLexer::next_source() {
  if (waiting_.empty()) return;
  place_ = {{waiting_.back(), 0, 1}};
  waiting_.pop_back();
  enter(place_.back().source, 0, 1);
}

void AwkLexer::include(AwkSource source) {
  // What ends the directive is read before the text it stands for.
  while (peek() == ' ' || peek() == '\t') at_++;
  if (peek() == ';') at_++;
  place_.back().at = at_;
  place_.back().line = line_;
  program_.sources.push_back(std::move(source));
  place_.push_back({static_cast<int>(program_.sources.size()) - 1, 0, 1});
  enter(place_.back().source, 0, 1);
}

void AwkLexer::error(const std::string& message) {
  if (ok()) program_.error = {program_.sources[static_cast<size_t>(source())].name + ":" + std::to_string(line_) + ": " + message};
  tok_ = Tok::End;
}

void AwkLexer::syntax(const std::string& message) {
  if (!ok()) return;
  bool past = tok_ == Tok::End || tok_ == Tok::Newline;
  size_t mark = past && token_ > 0 && token_ >= s_.size() && s_.ends_with('\n') ? token_ - 1 : token_;
  size_t from = mark == 0 ? 0 : s_.rfind('\n', mark - 1) + 1, to = std::min(s_.find('\n', mark), s_.size());
  std::string under;
  for (size_t i = from; i < mark; i++) under += s_[i] == '\t' ? '\t' : ' ';
  std::string place = program_.sources[static_cast<size_t>(source())].name + ":" + std::to_string(token_line_) + ": ";
  program_.error = {place + std::string(s_.substr(from, to - from)),
                    place + under + "^ " + (past && message == "syntax error" ? "unexpected newline or end of string" : message)};
  tok_ = Tok::End;
}

void AwkLexer::skip_blanks() {
  for (;;) {
    while (peek() == ' ' || peek() == '\t' || (peek() == '\r' && !at_end())) at_++;
    if (peek() == '\\' && peek(1) == '\n') at_ += 2, line_++;
    else if (peek() == '\\' && peek(1) == '\r' && peek(2) == '\n') at_ += 3, line_++;
    else if (peek() == '#') comment();
    else return;
  }
}

void AwkLexer::comment() {
  const size_t from = at_;
  at_ = std::min(s_.find('\n', at_), s_.size());
  if (!dialect_.notes) return;
  const size_t before = s_.substr(0, from).find_last_not_of(" \t");
  comments_.push_back({std::string(s_.substr(from, at_ - from)), before == std::string_view::npos || s_[before] == '\n', line_});
}

std::string AwkLexer::take_trailing() {
  if (comments_.empty() || comments_.front().own_line) return "";
  std::string out = comments_.front().text + "\n";
  comments_.erase(comments_.begin());
  return out;
}

std::string AwkLexer::take_comments() {
  std::string out;
  for (size_t i = 0; i < comments_.size(); i++) {
    if (i) out.append(static_cast<size_t>(std::max(0, comments_[i].line - comments_[i - 1].line - 1)), '\n');
    out += comments_[i].text + "\n";
  }
  comments_.clear();
  return out;
}

void AwkLexer::advance() {
  if (!ok()) return;
  skip_blanks();
  token_ = at_;
  token_line_ = line_;
  if (at_end()) {
    if (const std::string& name = program_.sources[static_cast<size_t>(source())].name;
        name != "cmd. line" && !s_.empty() && !s_.ends_with('\n') && ended_.insert(name).second)
      lint("source file does not end in newline");
    // The end of one text ends a statement; another may follow.
    if (place_.size() > 1) {
      place_.pop_back();
      enter(place_.back().source, place_.back().at, place_.back().line);
    } else if (!waiting_.empty()) {
      next_source();
    } else {
      tok_ = Tok::End;
      text_.clear();
      return;
    }
    tok_ = Tok::Newline;
    text_ = "\n";
    return;
  }
  char c = s_[at_];
  if (c == '\n') {
    at_++;
    line_++;
    tok_ = Tok::Newline;
    text_ = "\n";
    return;
  }
  if (ascii_digit(c) || (c == '.' && ascii_digit(peek(1)))) return lex_number();
  translatable_ = c == '_' && peek(1) == '"' && !dialect_.traditional;
  if (translatable_) at_++;
  if (c == '"' || translatable_) return lex_string();
  if (ascii_alpha(c) || c == '_') return lex_name();
  static constexpr std::string_view kOps[] = {
      "**=", "&&", "||", "==", "<=", ">=", "!=", "++", "--", "+=", "-=", "*=", "/=", "%=", "^=", "!~", ">>", "**", "|&"};
  tok_ = Tok::Op;
  for (std::string_view op : kOps) {
    if (s_.substr(at_, op.size()) != op || (dialect_.posix && op.starts_with("**")) || (dialect_.traditional && op == "|&")) continue;
    at_ += op.size();
    if (op.starts_with("**")) {
      if (dialect_.lint && extensions_.insert(std::string(op)).second) lint("POSIX does not allow operator `" + std::string(op) + "'");
      lint_old("operator `" + std::string(op) + "' is not supported in old awk");
    }
    text_ = op == "**" ? "^" : op == "**=" ? "^=" : op;
    return;
  }
  static constexpr std::string_view kSingle = "{}()[];,+-*/%^!<>|?:~$=@&";
  if (kSingle.find(c) == std::string_view::npos) return syntax("invalid char '" + std::string(1, c) + "' in expression");
  at_++;
  text_ = std::string(1, c);
}

void AwkLexer::lex_number() {
  size_t start = at_;
  tok_ = Tok::Number;
  if (!dialect_.traditional && peek() == '0' && (peek(1) == 'x' || peek(1) == 'X') && hex_digit(peek(2))) {
    number_ = 0;
    for (at_ += 2; hex_digit(peek()); at_++) number_ = number_ * 16 + hex_value(peek());
    text_ = std::string(s_.substr(start, at_ - start));
    lint("numeric constant `" + text_ + "' treated as hexadecimal");
    return;
  }
  while (ascii_digit(peek())) at_++;
  bool plain = peek() != '.';
  if (!plain)
    for (at_++; ascii_digit(peek());) at_++;
  if (peek() == 'e' || peek() == 'E') {
    size_t sign = peek(1) == '+' || peek(1) == '-';
    if (ascii_digit(peek(1 + sign))) {
      plain = false;
      for (at_ += 1 + sign; ascii_digit(peek());) at_++;
    }
  }
  text_ = std::string(s_.substr(start, at_ - start));
  // A leading zero means octal in a program's text, as in C.
  if (plain && !dialect_.traditional && text_.size() > 1 && text_[0] == '0' && text_.find_first_of("89") == std::string::npos) {
    number_ = 0;
    lint("numeric constant `" + text_ + "' treated as octal");
    for (char d : text_) number_ = number_ * 8 + (d - '0');
  } else {
    number_ = awk_number(text_);
  }
}

void AwkLexer::lex_name() {
  size_t start = at_;
  while (name_char(peek()) || (peek() == ':' && peek(1) == ':' && (ascii_alpha(peek(2)) || peek(2) == '_') && at_ > start)) at_ += peek() == ':' ? 2 : 1;
  text_ = std::string(s_.substr(start, at_ - start));
  bool plain = text_.find("::") == std::string::npos;
  if (text_.starts_with("awk::")) text_.erase(0, 5);
  static const std::set<std::string_view> kOwnKeywords = {"switch", "case", "default", "BEGINFILE", "ENDFILE"};
  const bool unknown = (dialect_.traditional && kOwnKeywords.count(text_)) || (dialect_.posix && text_ == "func");
  const auto function = awk_builtin(text_);
  const bool own = function && (*function >= AwkBuiltin::Strftime || *function == AwkBuiltin::Gensub);
  if (kKeywords.count(text_) && !unknown) {
    tok_ = Tok::Keyword;
    if (text_ == "func") lint("POSIX does not allow `func'");
    if (text_ == "switch" || text_ == "case" || text_ == "default" || text_ == "BEGINFILE" || text_ == "ENDFILE")
      lint_extension("`" + text_ + "' is a gawk extension");
    if (text_ == "func") text_ = "function";
  } else if (auto b = function; b && !(own && dialect_.traditional)) {
    tok_ = Tok::Builtin;
    builtin_ = *b;
    if (*b >= AwkBuiltin::Strftime || *b == AwkBuiltin::Gensub) lint_extension("`" + text_ + "' is a gawk extension");
  } else {
    tok_ = peek() == '(' ? Tok::FuncName : Tok::Name;
    const std::string& space = place_.back().space;
    bool capitals = true;
    for (char ch : text_) capitals = capitals && ch >= 'A' && ch <= 'Z';
    if (!space.empty() && space != "awk" && !capitals && plain) text_ = space + "::" + text_;
  }
}

void AwkLexer::lex_string() {
  std::string out;
  at_++;
  for (;;) {
    if (at_end() || s_[at_] == '\n') return syntax("unterminated string");
    char c = s_[at_++];
    if (c == '"') break;
    if (c != '\\' || at_end()) out += c;
    else escape(out);
  }
  tok_ = Tok::String;
  text_ = "\"" + out + "\"";
  string_ = std::move(out);
}

void AwkLexer::warn(const std::string& message) {
  program_.warnings.push_back(program_.sources[static_cast<size_t>(source())].name + ":" + std::to_string(line_) + ": warning: " + message);
}

void AwkLexer::doubt(const std::string& message) {
  if (!dialect_.lint_fatal) return warn(message);
  error("fatal: " + message);
  program_.error_status = 2;
}

void AwkLexer::lint_extension(const std::string& message) {
  if (dialect_.lint && dialect_.lint_extensions && extensions_.insert(message).second) doubt(message);
}

void AwkLexer::warn_escape(char c) {
  std::string what(1, c);
  for (const auto& w : program_.warnings)
    if (w.find("`\\" + what + "'") != std::string::npos) return;
  warn("escape sequence `\\" + what + "' treated as plain `" + what + "'");
}

int AwkLexer::hex_digits(size_t most, int* value) {
  int n = 0;
  for (*value = 0; n < static_cast<int>(most) && hex_digit(peek()); n++) *value = *value * 16 + hex_value(s_[at_++]);
  return n;
}

void AwkLexer::escape(std::string& out) {
  char c = s_[at_++];
  constexpr std::string_view from = "ntr\\\"abfv", to = "\n\t\r\\\"\a\b\f\v";
  int value = 0;
  if (size_t k = from.find(c); k != std::string_view::npos) {
    out += to[k];
  } else if (c == '\n') {
    line_++;
  } else if (c >= '0' && c <= '7') {
    value = c - '0';
    for (int n = 0; n < 2 && peek() >= '0' && peek() <= '7'; n++) value = value * 8 + (s_[at_++] - '0');
    out += static_cast<char>(value);
  } else if (c == 'x') {
    if (dialect_.lint && extensions_.insert("\\x").second) lint("POSIX does not allow `\\x' escapes");
    if (hex_digits(2, &value)) out += static_cast<char>(value);
    else out += 'x';
  } else {
    warn_escape(c);
    out += c;
  }
}

std::string AwkLexer::read_regex() {
  std::string body = text_ == "/=" ? "=" : "";
  const size_t from = at_ - body.size();
  bool bracket = false;
  for (;;) {
    if (at_end() || s_[at_] == '\n') {
      token_++;
      syntax("unterminated regexp");
      return "";
    }
    char c = s_[at_++];
    if (c == '\\' && !at_end()) {
      if (s_[at_] == '\n') line_++;
      else if (s_[at_] == '/') body += '/';
      else body += c, body += s_[at_];
      at_++;
      continue;
    }
    if (c == '[' && !bracket) {
      bracket = true;
      body += c;
      if (peek() == '^') body += s_[at_++];
      if (peek() == ']') body += s_[at_++];
      continue;
    }
    if (bracket && c == '[' && peek() == ':') {
      size_t close = s_.find(":]", at_);
      if (close != std::string_view::npos) {
        body += s_.substr(at_ - 1, close + 3 - at_);
        at_ = close + 2;
        continue;
      }
    }
    if (c == ']') bracket = false;
    if (c == '/' && !bracket) {
      raw_ = std::string(s_.substr(from, at_ - 1 - from));
      return body;
    }
    body += c;
  }
}

bool AwkLexer::peek_getline() const {
  size_t i = at_;
  while (i < s_.size() && (s_[i] == ' ' || s_[i] == '\t')) i++;
  return s_.substr(i, 7) == "getline" && (i + 7 >= s_.size() || !name_char(s_[i + 7]));
}

}  // namespace nacre
