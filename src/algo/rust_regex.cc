// One pass over the pattern; longer than most files, since its groups, classes, flags and escapes nest in one another.
#include "algo/rust_regex.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "algo/unicode.h"
#include "base/utf8.h"

namespace nacre {
namespace {

constexpr size_t kMaxNesting = 250;
constexpr size_t kLongestSet = 1 << 18;   // bytes that a bracket set may become

constexpr char kWord[] = "0-9A-Za-z_", kWordUnicode[] = "\\pL\\pM\\p{Nd}\\p{Nl}\\p{Pc}";
constexpr char kNotWordAscii[] = "\\x00-/:-@\\[-\\^`\\{-\\x{10ffff}";

class Translator {
 public:
  Translator(std::string_view pattern, bool no_newline, bool unicode, bool crlf) : p_(pattern), no_newline_(no_newline), unicode_(unicode), crlf_(crlf) {}

  RustRegex run() {
    while (at_ < p_.size() && r_.error.empty()) step();
    if (r_.error.empty() && !open_.empty()) fail(open_.back().at, open_.back().at + 1, "unclosed group");
    end_run();
    if (!alternatives_) r_.required = longest_;
    r_.text = std::move(out_);
    return std::move(r_);
  }

 private:
  struct Open {
    size_t at, out;
    bool extended, unicode;
  };

  // The message of the crate: the pattern, and carets below bytes [from, to).
  void fail(size_t from, size_t to, const char* what, size_t second = SIZE_MAX) {
    if (!r_.error.empty()) return;
    std::string marks(utf8::length(p_.substr(0, from)), ' ');
    marks.append(std::max<size_t>(1, utf8::length(p_.substr(from, to - from))), '^');
    if (second != SIZE_MAX) {
      marks.append(utf8::length(p_.substr(0, second)) - marks.size(), ' ');
      marks.append(to - from, '^');
    }
    r_.error = "regex parse error:\n    " + std::string(p_) + "\n    " + marks + "\nerror: " + what;
    static constexpr std::string_view kPerl[] = {"backreferences are not supported", "look-around, including look-ahead and look-behind, is not supported"};
    for (auto w : kPerl)
      if (w == what) r_.error += "\n\nConsider enabling PCRE2 with the --pcre2 flag, which can handle backreferences\nand look-around.";
  }

  char peek(size_t n = 0) const { return at_ + n < p_.size() ? p_[at_ + n] : 0; }

  // ---- literal text that every match holds
  void literal(uint32_t c, std::string_view bytes) {
    r_.any_literal = true;
    if (c == '\n') r_.newline = true;
    if (c < 0x80 ? (c >= 'A' && c <= 'Z') : in_class(c, CharClass::Upper)) r_.any_upper = true;
    begin_atom();
    quote(out_, c, bytes);
    if (!open_.empty() || inline_flags_) return end_run();
    run_ += bytes;
    last_ = bytes.size();
  }
  void end_run() {
    if (run_.size() > longest_.size()) longest_ = run_;
    run_.clear();
    last_ = 0;
  }

  void quote(std::string& to, uint32_t c, std::string_view bytes) {
    if (c < 0x80 && !ascii_alnum(static_cast<char>(c)) && c != '_') {
      char hex[8];
      std::snprintf(hex, sizeof hex, "\\x%02x", c);
      if (c > ' ' && c < 0x7f) to += '\\', to += static_cast<char>(c);
      else to += hex;
    } else {
      to += bytes;
    }
  }

  void begin_atom() {
    atom_ = out_.size();
    repeatable_ = true;
    repeated_ = false;
  }
  void class_atom(const std::string& text) {
    end_run();
    begin_atom();
    out_ += text;
  }
  // \b ^ $: may be repeated, to no effect.
  void assertion(const char* text) { class_atom(text); }

  void step() {
    char c = p_[at_];
    if (extended_ && (ascii_space(c) || c == '#')) {
      if (c == '#') at_ = std::min(p_.find('\n', at_), p_.size());
      else at_++;
      return;
    }
    switch (c) {
      case '\\': return escape();
      case '[': return bracket();
      case '(': return open_group();
      case ')': return close_group();
      case '|':
        at_++;
        end_run();
        if (open_.empty()) alternatives_ = true;
        out_ += '|';
        repeatable_ = false;
        return;
      case '*':
      case '+':
      case '?':
      case '{': return repeat(c);
      case '.': at_++; return class_atom(crlf_ ? "[^\\r\\n]" : ".");
      case '^':
      case '$': at_++; return assertion(c == '^' ? "^" : crlf_ ? "(?:\\r??$)" : "$");
      default: {
        utf8::Char u = utf8::decode(p_.substr(at_));
        std::string_view bytes = p_.substr(at_, u.length);
        at_ += u.length;
        return literal(u.code, bytes);
      }
    }
  }

  void repeat(char c) {
    size_t from = at_++;
    std::string count(1, c);
    if (!repeatable_) return fail(from, from + 1, "repetition operator missing expression");
    if (c == '{' && !counted(from, count)) return;
    // The character before is not certain any more.
    if (last_ && last_ <= run_.size()) run_.resize(run_.size() - last_);
    end_run();
    if (repeated_) {
      out_.insert(atom_, "(?:");
      out_ += ')';
    }
    out_ += count;
    if (peek() == '?') out_ += '?', at_++;
    repeated_ = true;
  }

  // {n} {n,} {n,m}, after the brace.
  bool counted(size_t from, std::string& text) {
    auto blank = [&] {
      while (extended_ && ascii_space(peek())) at_++;
    };
    auto number = [&](uint32_t& n) {
      blank();
      size_t start = at_;
      uint64_t v = 0;
      while (ascii_digit(peek())) v = std::min<uint64_t>(v * 10 + static_cast<uint64_t>(p_[at_++] - '0'), UINT32_MAX);
      n = static_cast<uint32_t>(v);
      blank();
      return at_ > start;
    };
    uint32_t low = 0, high = 0;
    if (at_ >= p_.size()) return fail(from, at_, "unclosed counted repetition"), false;
    if (!number(low)) return fail(at_, at_ + 1, "repetition quantifier expects a valid decimal"), false;
    if (at_ >= p_.size()) return fail(from, at_, "unclosed counted repetition"), false;
    text += std::to_string(low);
    if (peek() == ',') {
      at_++;
      text += ',';
      blank();
      if (at_ >= p_.size()) return fail(from, at_, "unclosed counted repetition"), false;
      if (peek() != '}') {
        if (!number(high)) return fail(at_, at_ + 1, "repetition quantifier expects a valid decimal"), false;
        text += std::to_string(high);
        if (peek() == '}' && low > high) return fail(from, at_ + 1, "invalid repetition count range, the start must be <= the end"), false;
      }
    }
    if (peek() != '}') return fail(from, at_, "unclosed counted repetition"), false;
    at_++;
    text += '}';
    return true;
  }

  void open_group() {
    size_t from = at_;
    end_run();
    if (open_.size() >= kMaxNesting) return fail(from, from + 1, "exceeds the nesting limit (250)");
    if (p_.substr(at_).starts_with("(?P<")) return named(from);
    for (std::string_view look : {"(?=", "(?!", "(?<=", "(?<!"})
      if (p_.substr(at_).starts_with(look)) return fail(from, from + look.size(), "look-around, including look-ahead and look-behind, is not supported");
    if (peek(1) != '?') {
      open_.push_back({from, out_.size(), extended_, unicode_});
      out_ += '(';
      r_.groups++;
      at_++;
      repeatable_ = false;
      return;
    }
    if (at_ + 2 >= p_.size()) return fail(from, from + 1, "unclosed group");
    flags(from);
  }

  void named(size_t from) {
    size_t start = from + 4, end = start;
    while (end < p_.size() && p_[end] != '>') {
      char c = p_[end];
      bool good = c == '_' || ascii_alpha(c) || (end > start && (ascii_digit(c) || c == '.' || c == '[' || c == ']'));
      if (!good) return fail(end, end + 1, "invalid capture group character");
      end++;
    }
    if (end >= p_.size()) return fail(end, end, "unclosed capture group name");
    if (end == start) return fail(start, start, "empty capture group name");
    std::string_view name = p_.substr(start, end - start);
    for (auto& n : names_)
      if (n.first == name) return fail(n.second, n.second + name.size(), "duplicate capture group name", start);
    names_.push_back({name, start});
    open_.push_back({from, out_.size(), extended_, unicode_});
    out_ += "(?P<" + std::string(name) + ">";
    r_.groups++;
    at_ = end + 1;
    repeatable_ = false;
  }

  // (?flags) and (?flags:
  void flags(size_t from) {
    bool off = false, extended = extended_, unicode = unicode_;
    std::string kept = "(?";
    for (at_ += 2;; at_++) {
      if (at_ >= p_.size()) return fail(at_, at_, "expected flag but got end of regex");
      char c = p_[at_];
      if (c == ':' || c == ')') break;
      if (c == '-') {
        if (off) return fail(at_ - 1, at_ + 1, "flag negation operator repeated");
        off = true;
      } else if (c == 'x') {
        extended = !off;
        continue;
      } else if (c == 'u') {
        unicode = unicode_asked_ && !off;
        continue;
      } else if (!std::strchr("imsU", c)) {
        return fail(at_, at_ + 1, "unrecognized flag");
      }
      kept += c;
    }
    if (kept.back() == '-') kept.pop_back();
    if (p_[at_] == ')') {
      if (at_ == from + 2) return fail(from + 1, from + 2, "repetition operator missing expression");
      extended_ = extended;
      unicode_ = unicode;
      if (kept.size() > 2) out_ += kept + ")";
      inline_flags_ = true;   // case may not count any more
      repeatable_ = false;
    } else {
      open_.push_back({from, out_.size(), extended_, unicode_});
      extended_ = extended;
      unicode_ = unicode;
      out_ += kept + ":";
      repeatable_ = false;
    }
    at_++;
  }

  void close_group() {
    if (open_.empty()) return fail(at_, at_ + 1, "unopened group");
    end_run();
    out_ += ')';
    atom_ = open_.back().out;
    extended_ = open_.back().extended;
    unicode_ = open_.back().unicode;
    open_.pop_back();
    repeatable_ = true;
    repeated_ = false;
    at_++;
  }

  // ---- escapes
  struct Escape {
    enum Kind { Literal, Class, Assertion, Bad } kind = Bad;
    uint32_t code = 0;
    std::string text;   // what RE2 reads outside brackets
    std::string inside;  // and within
  };

  std::string perl_class(char c, bool inside) {
    r_.has_classes = true;
    std::string_view set, complement;
    switch (ascii_lower(c)) {
      case 'd':
        set = unicode_ ? "\\p{Nd}" : "0-9";
        complement = unicode_ ? "\\P{Nd}" : "\\x00-/:-\\x{10ffff}";
        break;
      case 's':
        set = unicode_ ? "\\t\\x0b\\f \\x{85}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}" : "\\t\\x0b\\f ";
        complement = unicode_ ? "\\x00-\\x08\\x0e-\\x1f!-\\x{84}\\x{86}-\\x{9f}\\x{a1}-\\x{167f}\\x{1681}-\\x{1fff}\\x{200b}-\\x{2027}\\x{202a}-\\x{202e}\\x{"
                                "2030}-\\x{205e}\\x{2060}-\\x{2fff}\\x{3001}-\\x{10ffff}"
                              : "\\x00-\\x08\\x0e-\\x1f!-\\x{10ffff}";
        break;
      default: set = unicode_ ? kWordUnicode : kWord; complement = kNotWordAscii;
    }
    bool newline_too = ascii_lower(c) == 's' && !no_newline_;
    if (c == ascii_lower(c)) {
      std::string text(set);
      if (ascii_lower(c) == 's' && !(crlf_ && no_newline_)) text += "\\r";
      if (newline_too) text += "\\n";
      return inside ? text : "[" + text + "]";
    }
    if (!inside)
      return "[^" + std::string(set) + (ascii_lower(c) == 's' ? "\\r" : "") + (no_newline_ || ascii_lower(c) == 's' ? (crlf_ ? "\\r\\n]" : "\\n]") : "]");
    // There is no complement of several classes within brackets: of words only ASCII's.
    return std::string(complement);
  }

  Escape escape_at() {
    size_t from = at_;
    Escape e;
    if (at_ + 1 >= p_.size()) {
      fail(from, from + 1, "incomplete escape sequence, reached end of pattern prematurely");
      return e;
    }
    char c = p_[at_ + 1];
    at_ += 2;
    auto is = [&](uint32_t code) {
      e.kind = Escape::Literal;
      e.code = code;
      return e;
    };
    if (std::strchr("\\.+*?()|[]{}^$#&-~", c) || (extended_ && c == ' ')) return is(static_cast<unsigned char>(c));
    switch (c) {
      case 'a': return is(7);
      case 'f': return is(12);
      case 't': return is(9);
      case 'n': return is(10);
      case 'r': return is(13);
      case 'v': return is(11);
      case 'd':
      case 'D':
      case 's':
      case 'S':
      case 'w':
      case 'W':
        e.kind = Escape::Class;
        e.text = perl_class(c, false);
        e.inside = perl_class(c, true);
        return e;
      case 'A':
      case 'z':
        e.kind = Escape::Assertion;
        e.text = std::string("\\") + c;
        return e;
      case 'b':
      case 'B':
        e.kind = Escape::Assertion;
        e.text = std::string("\\") + c;
        r_.has_boundary = true;
        return e;
      case 'x':
      case 'u':
      case 'U': {
        uint32_t code = 0;
        if (!hexadecimal(c == 'x' ? 2 : c == 'u' ? 4 : 8, code)) return e;
        return is(code);
      }
      case 'p':
      case 'P': return property(from, c);
      default: break;
    }
    if (ascii_digit(c)) fail(from, at_, "backreferences are not supported");
    else fail(from, from + 1 + utf8::decode(p_.substr(from + 1)).length, "unrecognized escape sequence");
    return e;
  }

  bool hexadecimal(size_t digits, uint32_t& code) {
    bool braces = peek() == '{';
    if (braces) at_++;
    size_t start = at_;
    uint64_t v = 0;
    while (braces ? at_ < p_.size() && p_[at_] != '}' : at_ - start < digits) {
      if (at_ >= p_.size()) return fail(at_, at_ + 1, "incomplete escape sequence, reached end of pattern prematurely"), false;
      char c = ascii_lower(p_[at_]);
      if (!ascii_digit(c) && !(c >= 'a' && c <= 'f')) return fail(at_, at_ + 1, "invalid hexadecimal digit"), false;
      v = std::min<uint64_t>(v * 16 + static_cast<uint64_t>(ascii_digit(c) ? c - '0' : c - 'a' + 10), 1u << 30);
      at_++;
    }
    if (braces && at_ >= p_.size()) return fail(start - 1, at_, "incomplete escape sequence, reached end of pattern prematurely"), false;
    if (braces && at_ == start) return fail(start - 1, at_ + 1, "hexadecimal literal empty"), false;
    if (v > 0x10ffff || (v >= 0xd800 && v < 0xe000)) return fail(start, at_, "hexadecimal literal is not a Unicode scalar value"), false;
    if (braces) at_++;
    code = static_cast<uint32_t>(v);
    return true;
  }

  Escape property(size_t from, char c) {
    Escape e;
    std::string name;
    if (peek() == '{') {
      size_t end = p_.find('}', at_);
      if (end == std::string_view::npos) {
        fail(from, p_.size(), "incomplete escape sequence, reached end of pattern prematurely");
        return e;
      }
      name = p_.substr(at_ + 1, end - at_ - 1);
      at_ = end + 1;
    } else if (at_ < p_.size()) {
      name = p_[at_++];
    }
    bool negated = c == 'P';
    if (name.starts_with('^')) {
      name.erase(0, 1);
      negated = !negated;
    }
    // Long names of general categories and properties made of them; scripts go to RE2 as they are.
    struct Long {
      std::string_view name, text;
    };
    static constexpr Long kLong[] = {{"letter", "L"},
                                     {"alphabetic", "L"},
                                     {"alpha", "L"},
                                     {"lowercase", "Ll"},
                                     {"lower", "Ll"},
                                     {"lowercaseletter", "Ll"},
                                     {"uppercase", "Lu"},
                                     {"upper", "Lu"},
                                     {"uppercaseletter", "Lu"},
                                     {"mark", "M"},
                                     {"number", "N"},
                                     {"digit", "Nd"},
                                     {"decimalnumber", "Nd"},
                                     {"punctuation", "P"},
                                     {"punct", "P"},
                                     {"symbol", "S"},
                                     {"separator", "Z"},
                                     {"spaceseparator", "Zs"},
                                     {"other", "C"},
                                     {"control", "Cc"},
                                     {"cntrl", "Cc"},
                                     {"currencysymbol", "Sc"},
                                     {"mathsymbol", "Sm"}};
    std::string folded;
    for (char x : name)
      if (x != '_' && x != ' ' && x != '-') folded += ascii_lower(x);
    for (const auto& l : kLong)
      if (folded == l.name) name = l.text;
    if (name.size() <= 2 && !name.empty()) {
      name[0] = ascii_upper(name[0]);
      if (name.size() == 2) name[1] = ascii_lower(name[1]);
    } else if (!name.empty()) {
      bool start = true;
      for (char& x : name) {
        x = start ? ascii_upper(x) : ascii_lower(x);
        start = x == '_' || x == ' ';
        if (x == ' ') x = '_';
      }
    }
    if (r_.property_end == 0) r_.property = from, r_.property_end = at_;
    e.kind = Escape::Class;
    e.text = e.inside = std::string("\\") + (negated ? 'P' : 'p') + "{" + name + "}";
    return e;
  }

  void escape() {
    Escape e = escape_at();
    if (e.kind == Escape::Literal) {
      std::string bytes;
      utf8::append(bytes, e.code);
      literal(e.code, bytes);
    } else if (e.kind == Escape::Class) {
      class_atom(e.text);
    } else if (e.kind == Escape::Assertion) {
      assertion(e.text.c_str());
    }
  }

  // ---- brackets
  struct Item {
    bool single = false;
    uint32_t code = 0;
    std::string text;
  };

  void bracket() {
    size_t from = at_;
    std::string text;
    if (!bracket_set(from, text, 0)) return;
    end_run();
    begin_atom();
    out_ += text;
  }

  // One class with its brackets. What RE2 has no words for (classes that are negated within
  // others, operations on sets) is written with look-ahead, and so left to PCRE2.
  bool bracket_set(size_t from, std::string& text, size_t depth) {
    at_++;
    bool negated = peek() == '^';
    if (negated) at_++;
    bool newline_before = r_.newline;
    std::string left, items;
    std::vector<std::string> nested;
    char operation = 0;
    bool none = false, empty = false;   // the last operand, and what is combined, as far as can be told from the text
    auto one_class = [&] {
      std::string all = items.empty() ? "" : "[" + items + "]";
      for (const auto& n : nested) all += (all.empty() ? "" : "|") + n;
      items.clear();
      bool several = !nested.empty();
      nested.clear();
      none = all.empty();
      if (none) return std::string("[^\\x00-\\x{10ffff}]");   // what nothing has in common with anything
      return several ? "(?:" + all + ")" : all;
    };
    // Each side is repeated as little as can be: what is nested would double otherwise.
    auto combine = [&](const std::string& right) {
      empty = operation == 0 ? none : operation == '&' ? empty || none : operation == '-' ? empty : empty && none;
      if (operation == 0) left = right;
      else if (operation == '&') left = "(?:(?=" + left + ")" + right + ")";
      else if (operation == '-') left = "(?:(?!" + right + ")" + left + ")";
      else left = "(?(?=" + left + ")(?!" + right + ")(?s:.)|" + right + ")";
    };
    size_t first = at_;
    while (peek() == '-' && at_ < p_.size()) items += "\\-", at_++;
    if (at_ == first && peek() == ']') items += "\\]", at_++;
    for (;;) {
      if (at_ >= p_.size()) {
        bool only_close = first < p_.size() && p_[first] == ']' && first + 1 == p_.size();
        return fail(from, only_close ? p_.size() : from + 1, "unclosed character class"), false;
      }
      char c = p_[at_];
      if (c == ']') break;
      if (extended_ && ascii_space(c)) {
        at_++;
        continue;
      }
      if ((c == '&' || c == '-' || c == '~') && peek(1) == c) {
        combine(one_class());
        operation = c;
        at_ += 2;
        continue;
      }
      if (c == '[') {
        if (peek(1) == ':' && posix_class(items)) continue;
        if (depth >= kMaxNesting / 4) return fail(at_, at_ + 1, "exceeds the nesting limit (250)"), false;
        std::string inner;
        if (!bracket_set(at_, inner, depth + 1)) return false;
        if (inner.starts_with("[") && !inner.starts_with("[^")) items.append(inner, 1, inner.size() - 2);
        else nested.push_back(inner);
        continue;
      }
      if (!range(items)) return false;
    }
    at_++;
    bool plain = operation == 0 && nested.empty();
    std::string newline = !no_newline_ ? "" : crlf_ ? "\\r\\n" : "\\n";
    if (plain) {
      text = negated ? "[^" + newline + items + "]" : "[" + items + "]";
    } else {
      combine(one_class());
      if (empty && !negated && depth == 0) return fail(from, at_, "empty character classes are not allowed"), false;
      if (left.size() > kLongestSet) return fail(from, at_, "Compiled regex exceeds size limit"), false;
      text = negated ? "(?:(?!" + left + ")[^" + (newline.empty() ? "^]|\\^" : newline + "]") + ")" : left;
    }
    if (negated) r_.newline = newline_before;   // \n is left out
    return true;
  }

  bool posix_class(std::string& text) {
    size_t end = p_.find(":]", at_ + 2);
    if (end == std::string_view::npos) return false;
    std::string_view name = p_.substr(at_ + 2, end - at_ - 2);
    bool negated = name.starts_with('^');
    if (negated) name.remove_prefix(1);
    if (!char_class(name)) return false;
    text += std::string(negated ? "[:^" : "[:") + std::string(name) + ":]";
    at_ = end + 2;
    return true;
  }

  bool item(Item& out) {
    if (p_[at_] == '\\') {
      size_t from = at_;
      Escape e = escape_at();
      if (e.kind == Escape::Bad) return false;
      if (e.kind == Escape::Assertion) return fail(from, at_, "invalid escape sequence found in character class"), false;
      out.single = e.kind == Escape::Literal;
      out.code = e.code;
      out.text = e.inside;
    } else {
      utf8::Char u = utf8::decode(p_.substr(at_));
      out.single = true;
      out.code = u.code;
      at_ += u.length;
    }
    if (out.single) {
      std::string bytes;
      utf8::append(bytes, out.code);
      out.text.clear();
      quote(out.text, out.code, bytes);
      r_.any_literal = true;
      if (out.code < 0x80 ? (out.code >= 'A' && out.code <= 'Z') : in_class(out.code, CharClass::Upper)) r_.any_upper = true;
      if (out.code == '\n') r_.newline = true;
    }
    return true;
  }

  bool range(std::string& text) {
    size_t from = at_;
    Item low;
    if (!item(low)) return false;
    size_t low_end = at_;
    bool dash = peek() == '-' && at_ + 1 < p_.size() && peek(1) != ']' && peek(1) != '-';
    if (!dash) {
      text += low.text;
      return true;
    }
    if (!low.single) return fail(from, low_end, "invalid range boundary, must be a literal"), false;
    at_++;
    size_t high_from = at_;
    Item high;
    if (!item(high)) return false;
    if (!high.single) return fail(high_from, at_, "invalid range boundary, must be a literal"), false;
    if (low.code > high.code) return fail(from, at_, "invalid character class range, the start must be <= the end"), false;
    text += low.text + "-" + high.text;
    return true;
  }

  std::string_view p_;
  bool no_newline_, unicode_, crlf_;
  bool unicode_asked_ = unicode_;
  size_t at_ = 0;
  RustRegex r_;
  std::string out_;
  size_t atom_ = 0;          // where the last atom begins in out_
  bool repeatable_ = false, repeated_ = false, extended_ = false;
  bool alternatives_ = false, inline_flags_ = false;
  std::vector<Open> open_;
  std::vector<std::pair<std::string_view, size_t>> names_;
  std::string run_, longest_;
  size_t last_ = 0;          // bytes of the last character of run_
};

}  // namespace

RustRegex translate_rust_regex(std::string_view pattern, bool no_newline, bool unicode, bool crlf) {
  return Translator(pattern, no_newline, unicode, crlf).run();
}

}  // namespace nacre
