#include "algo/regex_translate.h"

#include <cstdio>
#include <cstring>
#include <vector>

#include "algo/regex.h"
#include "algo/unicode.h"
#include "base/utf8.h"

namespace nacre {
namespace {

struct ClassText {
  const char* name;
  const char* ascii;
  const char* unicode;
};
constexpr ClassText kClasses[] = {
    {"alpha", "A-Za-z", "A-Za-z\\p{L}\\p{Nl}"},
    {"digit", "0-9", "0-9"},
    {"alnum", "0-9A-Za-z", "0-9A-Za-z\\p{L}\\p{Nl}\\p{Nd}"},
    {"upper", "A-Z", "A-Z\\p{Lu}"},
    {"lower", "a-z", "a-z\\p{Ll}"},
    {"space", " \\x09-\\x0d", " \\x09-\\x0d\\x{1680}\\x{2000}-\\x{2006}\\x{2008}-\\x{200a}\\x{2028}\\x{2029}\\x{205f}\\x{3000}"},
    {"blank", " \\x09", " \\x09\\x{1680}\\x{2000}-\\x{2006}\\x{2008}-\\x{200a}\\x{205f}\\x{3000}"},
    {"punct", "!-\\/:-@\\[-`\\{-~", "!-\\/:-@\\[-`\\{-~\\p{P}\\p{S}\\p{M}"},
    {"print", " -~", " -~\\p{L}\\p{M}\\p{N}\\p{P}\\p{S}\\p{Zs}"},
    {"graph", "!-~", "!-~\\p{L}\\p{M}\\p{N}\\p{P}\\p{S}"},
    {"cntrl", "\\x00-\\x1f\\x7f", "\\x00-\\x1f\\x7f\\x{80}-\\x{9f}\\x{2028}\\x{2029}"},
    {"xdigit", "0-9A-Fa-f", "0-9A-Fa-f"},
};
constexpr char kWord[] = "0-9A-Za-z_";
constexpr char kWordUnicode[] = "0-9A-Za-z_\\p{L}\\p{Nl}\\p{Nd}";
constexpr int kMaxRepeat = 32767;
constexpr size_t kMaxNesting = 1000;

/// What is open: the whole pattern, or a group.
struct Frame {
  size_t atom_start = 0;        ///< where the group's text begins
  bool word_first = false;      ///< each alternative must begin with a word character
  bool tail_before = false;     ///< whether a word character certainly precedes the group
  bool tail_all = true;         ///< every alternative so far ends in a word character
};

class Translator {
 public:
  Translator(std::string_view pattern, uint32_t flags, bool pcre, bool unicode) : p_(pattern), flags_(flags), pcre_(pcre), unicode_(unicode) {}

  RegexTranslation run() {
    frames_.push_back({});
    while (at_ < p_.size() && r_.error.empty()) step();
    if (r_.error.empty() && frames_.size() > 1) r_.error = "Unmatched ( or \\(";
    if (want_word_) r_.needs_backtracking = true;
    r_.text = flags_ & kRegexWholeLine ? "(?m:^)(?:" + out_ + ")(?m:$)" : std::move(out_);
    return std::move(r_);
  }

 private:
  bool ere() const { return flags_ & kRegexExtended; }
  bool utf8() const { return flags_ & kRegexUtf8; }
  bool awk() const { return flags_ & kRegexAwk; }
  char peek(size_t n = 0) const { return at_ + n < p_.size() ? p_[at_ + n] : 0; }
  bool starts(std::string_view s) const { return p_.substr(at_, s.size()) == s; }
  void fail(const char* message) {
    if (r_.error.empty()) r_.error = message;
  }

  void step() {
    char c = p_[at_];
    if (c == '\\') return escape();
    if (c == '[') return bracket();
    if (c == '.') {
      at_++;
      return atom(flags_ & (kRegexNoNewline | kRegexDotInLine) ? "[^\\n]" : "(?s:.)", false);
    }
    if (c == '*') return ere() || can_repeat_ ? repetition(0, -1, 1) : literal_byte();
    if (c == '^') return caret();
    if (c == '$') return dollar();
    if (ere()) {
      if (c == '(') return open(1);
      if (c == ')') {
        if (frames_.size() > 1) return close(1);
        if (flags_ & kRegexLenient) return literal_byte();
        return fail("Unmatched ) or \\)");
      }
      if (c == '|') return alternative(1);
      if (c == '+') return repetition(1, -1, 1);
      if (c == '?') return repetition(0, 1, 1);
      if (c == '{') return interval(1, "}");
    }
    literal_byte();
  }

  // ---- pieces of output
  void operator_seen() { r_.literal = false; }

  void begin_atom(bool word) {
    atom_start_ = out_.size();
    can_repeat_ = true;
    repeated_ = false;
    tail_before_ = tail_word_;
    tail_word_ = word;
    if (want_word_) {
      want_word_ = false;
      if (!word) r_.needs_backtracking = true;
      first_word_atom_ = true;
    } else {
      first_word_atom_ = false;
    }
  }

  void atom(std::string_view text, bool word) {
    operator_seen();
    begin_atom(word);
    out_ += text;
  }

  void put_code(std::string& out, uint32_t c) {
    char text[16];
    if (c < 0x80) {
      char b = static_cast<char>(c);
      if (ascii_alnum(b) || b == '_' || b == ' ') {
        out.push_back(b);
        return;
      }
      if (c > ' ' && c < 0x7f) {
        out.push_back('\\');
        out.push_back(b);
        return;
      }
    }
    std::snprintf(text, sizeof text, "\\x{%x}", c);
    out += text;
  }

  void literal_code(uint32_t code, std::string_view bytes) {
    begin_atom(code < 0x80 && (ascii_alnum(static_cast<char>(code)) || code == '_'));
    put_code(out_, code);
    r_.plain += bytes;
  }

  uint32_t take_code() {
    if (utf8() && static_cast<unsigned char>(p_[at_]) >= 0x80) {
      utf8::Char c = utf8::decode(p_.substr(at_));
      at_ += c.length;
      return c.code;
    }
    return static_cast<unsigned char>(p_[at_++]);
  }

  void literal_byte() {
    size_t start = at_;
    uint32_t code = take_code();
    literal_code(code, p_.substr(start, at_ - start));
  }

  void assertion(std::string_view text) {
    operator_seen();
    atom_start_ = out_.size();
    // POSIX EREs have no repeated anchors; grep's and awk's do.
    can_repeat_ = ere() && (flags_ & (kRegexLenient | kRegexAwk));
    repeated_ = true;   // a repetition wraps it
    out_ += text;
  }

  // ---- anchors
  void caret() {
    bool anchor = ere() || at_ == 0 || at_ == opener_at_;
    if (!anchor) return literal_byte();
    at_++;
    assertion(flags_ & kRegexLineAnchors ? "(?m:^)" : "\\A");
  }

  void dollar() {
    bool anchor = ere() || at_ + 1 == p_.size() || p_.substr(at_ + 1, 2) == "\\)" || p_.substr(at_ + 1, 2) == "\\|";
    if (!anchor) return literal_byte();
    at_++;
    // PCRE's multi-line $ and RE2's agree; the end of the text is \z in both.
    assertion(flags_ & kRegexLineAnchors ? "(?m:$)" : "\\z");
  }

  // ---- groups
  void open(size_t length) {
    operator_seen();
    at_ += length;
    Frame frame;
    frame.atom_start = out_.size();
    frame.word_first = want_word_;
    frame.tail_before = tail_word_;
    frames_.push_back(frame);
    r_.groups++;
    open_groups_.push_back(r_.groups);
    // RE2 takes no more, and what the C library makes of more is a crash.
    if (frames_.size() > kMaxNesting) return fail("Regular expression too big");
    out_ += '(';
    can_repeat_ = false;
    tail_word_ = frame.tail_before;
    mark_opener();
  }

  // A BRE's ^ is an anchor and its * is text here.
  void mark_opener() { opener_at_ = at_; }

  void end_alternative() {
    if (want_word_) r_.needs_backtracking = true;   // an empty alternative
    frames_.back().tail_all = frames_.back().tail_all && tail_word_;
  }

  void alternative(size_t length) {
    operator_seen();
    end_alternative();
    at_ += length;
    out_ += '|';
    can_repeat_ = false;
    want_word_ = frames_.back().word_first;
    tail_word_ = frames_.back().tail_before;
    mark_opener();
  }

  void close(size_t length) {
    end_alternative();
    at_ += length;
    Frame frame = frames_.back();
    frames_.pop_back();
    closed_.push_back(open_groups_.back());
    open_groups_.pop_back();
    out_ += ')';
    want_word_ = false;
    atom_start_ = frame.atom_start;
    can_repeat_ = true;
    repeated_ = false;
    tail_before_ = frame.tail_before;
    tail_word_ = frame.tail_all;
    first_word_atom_ = frame.word_first;
  }

  // ---- repetitions
  void repetition(int low, int high, size_t length) {
    operator_seen();
    if (!can_repeat_) {
      if (flags_ & (kRegexLenient | kRegexAwk)) {
        at_ += length;
        return;
      }
      return fail("Invalid preceding regular expression");
    }
    at_ += length;
    if (repeated_) {
      out_.insert(atom_start_, "(?:");
      out_ += ')';
    }
    repeated_ = true;
    if (low == 0) {
      if (first_word_atom_) r_.needs_backtracking = true;
      tail_word_ = tail_word_ && tail_before_;
    }
    if (high == -1 && low <= 1) out_ += low ? '+' : '*';
    else if (low == 0 && high == 1) out_ += '?';
    else if (low > 1000 || high > 1000) put_counts(low, high, true);
    else put_counts(low, high, false);
  }

  void put_counts(int low, int high, bool big) {
    if (big) r_.needs_backtracking = true;
    out_ += '{' + std::to_string(low);
    if (high != low) out_ += ',' + (high < 0 ? std::string() : std::to_string(high));
    out_ += '}';
  }

  bool take_count(size_t& i, int& n) const {
    size_t start = i;
    int64_t v = 0;
    while (i < p_.size() && ascii_digit(p_[i])) v = std::min<int64_t>(v * 10 + (p_[i++] - '0'), 1 << 20);
    n = static_cast<int>(v);
    return i > start;
  }

  // {n} {n,} {,m} {n,m}; `closer` is "}" or "\\}".
  void interval(size_t opener, std::string_view closer) {
    if (!can_repeat_ && !(flags_ & kRegexLenient)) {
      if (awk() || !ere()) return ere() ? literal_byte() : literal_escaped();
      return fail("Invalid preceding regular expression");
    }
    size_t i = at_ + opener;
    int low = 0, high = -1;
    bool has_low = take_count(i, low);
    if (!has_low) low = 0;
    bool comma = i < p_.size() && p_[i] == ',';
    if (comma) {
      i++;
      if (!take_count(i, high)) high = -1;
    } else {
      high = low;
    }
    bool closed = p_.substr(i, closer.size()) == closer;
    if (!closed || (!has_low && !comma)) {
      bool as_text = ere() && (flags_ & (kRegexLenient | kRegexAwk)) && !(closed && !has_low);
      if (as_text) return literal_byte();   // an invalid interval is text
      return fail(p_.find(closer, i) == std::string_view::npos ? "Unmatched \\{" : "Invalid content of \\{\\}");
    }
    if (high >= 0 && low > high) return fail("Invalid content of \\{\\}");
    if (low > kMaxRepeat || high > kMaxRepeat) return fail("Regular expression too big");
    if (!can_repeat_) {
      at_ = i + closer.size();
      return;
    }
    repetition(low, high, i + closer.size() - at_);
  }

  // ---- escapes
  void literal_escaped() {
    at_++;
    literal_byte();
  }

  void escape() {
    if (at_ + 1 >= p_.size()) {
      if (awk()) {
        at_++;
        return literal_code('\\', "\\");
      }
      return fail("Trailing backslash");
    }
    char c = p_[at_ + 1];
    if (!ere()) {
      if (c == '(') return open(2);
      if (c == ')') return frames_.size() > 1 ? close(2) : fail("Unmatched ) or \\)");
      if (c == '|') return alternative(2);
      if (c == '{') return interval(2, "\\}");
      if ((c == '+' || c == '?') && can_repeat_) return c == '+' ? repetition(1, -1, 2) : repetition(0, 1, 2);
    }
    if (c >= '1' && c <= '9' && !awk()) return back_reference(c - '0');
    if (awk() && awk_escape(c)) return;
    if (gnu_escape(c)) return;
    literal_escaped();
  }

  void back_reference(int n) {
    bool known = false;
    for (int k : closed_) known = known || k == n;
    if (!known) return fail("Invalid back reference");
    at_ += 2;
    r_.needs_backtracking = true;
    atom("\\g{" + std::to_string(n) + "}", false);
  }

  void word_class(bool negate) {
    at_ += 2;
    r_.has_classes = true;
    std::string text = negate ? "[^" : "[";
    text += unicode_ ? kWordUnicode : kWord;
    if (negate && (flags_ & kRegexNoNewline)) text += "\\n";
    atom(text + "]", !negate && !unicode_);
  }

  void space_class(bool negate) {
    at_ += 2;
    r_.has_classes = true;
    std::string text = negate ? "[^" : "[";
    for (const auto& k : kClasses)
      if (!std::strcmp(k.name, "space")) text += unicode_ ? k.unicode : k.ascii;
    if (!negate && (flags_ & kRegexNoNewline))
      text = unicode_ ? "[ \\x09\\x0b-\\x0d\\x{1680}\\x{2000}-\\x{2006}\\x{2028}\\x{2029}\\x{205f}\\x{3000}" : "[ \\x09\\x0b-\\x0d";
    atom(text + "]", false);
  }

  bool gnu_escape(char c) {
    if (flags_ & kRegexNoGnu) return false;
    switch (c) {
      case 'w': word_class(false); return true;
      case 'W': word_class(true); return true;
      case 's': space_class(false); return true;
      case 'S': space_class(true); return true;
      case 'b':
        at_ += 2;
        r_.has_boundary = true;
        assertion("\\b");
        return true;
      case 'B':
        at_ += 2;
        r_.has_boundary = true;
        assertion("\\B");
        return true;
      case 'y':
        if (!awk()) return false;
        at_ += 2;
        r_.has_boundary = true;
        assertion("\\b");
        return true;
      case '`':
        at_ += 2;
        // Searching many lines at once, the buffer's ends are those of the line.
        assertion(flags_ & kRegexNoNewline ? "(?m:^)" : "\\A");
        return true;
      case '\'':
        at_ += 2;
        assertion(flags_ & kRegexNoNewline ? "(?m:$)" : "\\z");
        return true;
      case '<':
        at_ += 2;
        word_start();
        return true;
      case '>':
        at_ += 2;
        word_end();
        return true;
      default: return false;
    }
  }

  // \< is \b before a word character. RE2 has no look-ahead, so what follows must begin with one.
  void word_start() {
    r_.has_boundary = true;
    assertion(pcre_ ? "\\b(?=\\w)" : "\\b");
    if (!pcre_) want_word_ = true;
  }

  void word_end() {
    r_.has_boundary = true;
    if (!tail_word_) r_.needs_backtracking = true;
    assertion(pcre_ ? "\\b(?<=\\w)" : "\\b");
  }

  bool awk_escape(char c) {
    int code = -1;
    switch (c) {
      case 'n': code = '\n'; break;
      case 't': code = '\t'; break;
      case 'r': code = '\r'; break;
      case 'f': code = '\f'; break;
      case 'v': code = '\v'; break;
      case 'a': code = '\a'; break;
      case 'b': code = '\b'; break;
      case '"':
      case '/':
      case '&': code = c; break;
      default: break;
    }
    if (code >= 0) {
      at_ += 2;
    } else if (c >= '0' && c <= '7') {
      at_++;
      code = 0;
      for (int n = 0; n < 3 && peek() >= '0' && peek() <= '7'; n++) code = code * 8 + (p_[at_++] - '0');
      code &= 0xff;
    } else {
      return false;
    }
    char byte = static_cast<char>(code);
    literal_code(static_cast<uint32_t>(code), {&byte, 1});
    return true;
  }

  // ---- brackets
  struct Bracket {
    std::string text;
    bool word = true;    ///< members are ASCII word characters
    bool newline = false;
  };

  void bracket_code(Bracket& b, uint32_t c) {
    put_code(b.text, c);
    if (c >= 0x80 || !(ascii_alnum(static_cast<char>(c)) || c == '_')) b.word = false;
  }

  bool named(char kind, std::string_view& name) {
    const char closer[] = {kind, ']', 0};
    size_t end = p_.find(closer, at_ + 2);
    if (end == std::string_view::npos) {
      fail("Unmatched [, [^, [:, [., or [=");
      return false;
    }
    name = p_.substr(at_ + 2, end - at_ - 2);
    at_ = end + 2;
    return true;
  }

  bool bracket_class(Bracket& b) {
    std::string_view name;
    if (!named(':', name)) return false;
    for (const auto& k : kClasses) {
      if (name != k.name) continue;
      r_.has_classes = true;
      const char* text = unicode_ ? k.unicode : k.ascii;
      // Case does not count: the two case classes are one.
      if ((flags_ & kRegexFoldCase) && (name == "upper" || name == "lower")) text = unicode_ ? kClasses[0].unicode : kClasses[0].ascii;
      bool keep = (flags_ & kRegexNoNewline) && (name == "space" || name == "cntrl");
      b.text += keep ? (name == "space" ? " \\x09\\x0b-\\x0d" : "\\x00-\\x09\\x0b-\\x1f\\x7f") : text;
      static const std::string_view kWordy = "alpha digit alnum upper lower xdigit";
      if (kWordy.find(name) == std::string_view::npos || unicode_) b.word = false;
      return true;
    }
    fail("Invalid character class name");
    return false;
  }

  bool bracket_member(uint32_t& c) {
    if (p_[at_] == '[' && (peek(1) == '.' || peek(1) == '=')) {
      std::string_view name;
      if (!named(peek(1), name)) return false;
      if (name.empty() || (name.size() > 1 && !(utf8() && utf8::decode(name).length == name.size()))) {
        fail("Invalid collation character");
        return false;
      }
      c = utf8() ? utf8::decode(name).code : static_cast<unsigned char>(name[0]);
      return true;
    }
    if (awk() && p_[at_] == '\\' && at_ + 1 < p_.size()) {
      at_++;
      constexpr std::string_view from = "ntrfvab", to = "\n\t\r\f\v\a\b";
      size_t k = from.find(p_[at_]);
      if (k != std::string_view::npos) {
        at_++;
        c = static_cast<unsigned char>(to[k]);
        return true;
      }
      if (p_[at_] >= '0' && p_[at_] <= '7') {
        c = 0;
        for (int n = 0; n < 3 && peek() >= '0' && peek() <= '7'; n++) c = c * 8 + static_cast<uint32_t>(p_[at_++] - '0');
        return true;
      }
    }
    c = take_code();
    return true;
  }

  void bracket() {
    at_++;
    bool negate = peek() == '^';
    if (negate) at_++;
    Bracket b;
    for (bool first = true;; first = false) {
      // With nothing in it yet, GNU's matcher gives up in more general words.
      if (at_ >= p_.size()) return fail(first ? "Invalid regular expression" : "Unmatched [, [^, [:, [., or [=");
      if (p_[at_] == ']' && !first) break;
      if (p_[at_] == '[' && peek(1) == ':') {
        if (!bracket_class(b)) return;
        if (peek() == '-' && peek(1) != ']' && at_ + 1 < p_.size() && !awk()) return fail("Invalid range end");
        continue;
      }
      // A hyphen that begins or ends no range stands first or last.
      if (p_[at_] == '-' && !first && peek(1) != ']' && at_ + 1 < p_.size()) return fail("Invalid range end");
      uint32_t low, high;
      if (!bracket_member(low)) return;
      high = low;
      if (peek() == '-' && peek(1) != ']' && at_ + 1 < p_.size()) {
        at_++;
        if (!bracket_member(high)) return;
        if (low > high) return fail("Invalid range end");
      }
      bracket_range(b, low, high);
    }
    at_++;
    finish_bracket(b, negate);
  }

  void bracket_range(Bracket& b, uint32_t low, uint32_t high) {
    if (low == '\n' && high == '\n') b.newline = true;
    bracket_code(b, low);
    if (high == low) return;
    bool word = b.word && high < 0x80 && ascii_alnum(static_cast<char>(low)) && ascii_alnum(static_cast<char>(high)) &&
                ascii_digit(static_cast<char>(low)) == ascii_digit(static_cast<char>(high)) && (low >= 'a' || high <= 'Z' || high <= '9');
    b.text += '-';
    bracket_code(b, high);
    b.word = word;
  }

  void finish_bracket(Bracket& b, bool negate) {
    if (negate && (flags_ & (kRegexNoNewline | kRegexDotInLine))) b.text += "\\n";
    atom((negate ? "[^" : "[") + b.text + "]", b.word && !negate);
  }

  std::string_view p_;
  uint32_t flags_;
  bool pcre_, unicode_;
  size_t at_ = 0;
  std::string out_;
  RegexTranslation r_;
  std::vector<Frame> frames_;
  std::vector<int> open_groups_, closed_;
  size_t atom_start_ = 0;
  bool can_repeat_ = false;        ///< something precedes that a repetition may apply to
  bool repeated_ = false;          ///< it has one already
  bool want_word_ = false;         ///< after \<: the next atom must begin with a word character
  bool first_word_atom_ = false;   ///< the last atom is the one \< asked about
  bool tail_word_ = false;         ///< what precedes certainly ends in a word character
  bool tail_before_ = false;
  size_t opener_at_ = 0;           ///< behind the last ( or |
};

}  // namespace

RegexTranslation translate_regex(std::string_view pattern, uint32_t flags, bool pcre, bool unicode) { return Translator(pattern, flags, pcre, unicode).run(); }

}  // namespace nacre
