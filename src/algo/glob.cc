#include "algo/glob.h"

#include <cstring>

#include "base/deep_call.h"
#include "base/utf8.h"

namespace nacre {
namespace {

constexpr bool is_group_op(char c) { return c == '?' || c == '*' || c == '+' || c == '@' || c == '!'; }

struct SymbolName {
  std::string_view name;
  char c;
};
// POSIX names of the portable character set, as [[.space.]] wants them.
constexpr SymbolName kSymbols[] = {{"NUL", 0},
                                   {"tab", '\t'},
                                   {"newline", '\n'},
                                   {"vertical-tab", '\v'},
                                   {"form-feed", '\f'},
                                   {"carriage-return", '\r'},
                                   {"space", ' '},
                                   {"exclamation-mark", '!'},
                                   {"quotation-mark", '"'},
                                   {"number-sign", '#'},
                                   {"dollar-sign", '$'},
                                   {"percent-sign", '%'},
                                   {"ampersand", '&'},
                                   {"apostrophe", '\''},
                                   {"left-parenthesis", '('},
                                   {"right-parenthesis", ')'},
                                   {"asterisk", '*'},
                                   {"plus-sign", '+'},
                                   {"comma", ','},
                                   {"hyphen", '-'},
                                   {"hyphen-minus", '-'},
                                   {"minus", '-'},
                                   {"period", '.'},
                                   {"dot", '.'},
                                   {"full-stop", '.'},
                                   {"slash", '/'},
                                   {"solidus", '/'},
                                   {"zero", '0'},
                                   {"one", '1'},
                                   {"two", '2'},
                                   {"three", '3'},
                                   {"four", '4'},
                                   {"five", '5'},
                                   {"six", '6'},
                                   {"seven", '7'},
                                   {"eight", '8'},
                                   {"nine", '9'},
                                   {"colon", ':'},
                                   {"semicolon", ';'},
                                   {"less-than-sign", '<'},
                                   {"equals-sign", '='},
                                   {"greater-than-sign", '>'},
                                   {"question-mark", '?'},
                                   {"commercial-at", '@'},
                                   {"left-square-bracket", '['},
                                   {"backslash", '\\'},
                                   {"reverse-solidus", '\\'},
                                   {"right-square-bracket", ']'},
                                   {"circumflex", '^'},
                                   {"circumflex-accent", '^'},
                                   {"underscore", '_'},
                                   {"low-line", '_'},
                                   {"grave-accent", '`'},
                                   {"left-brace", '{'},
                                   {"left-curly-bracket", '{'},
                                   {"vertical-line", '|'},
                                   {"right-brace", '}'},
                                   {"right-curly-bracket", '}'},
                                   {"tilde", '~'},
                                   {"DEL", 127}};

constexpr uint32_t kNoChar = UINT32_MAX;

}  // namespace

/// Reads the pattern left to right; brackets and groups that do not close are text.
class GlobCompiler {
 public:
  GlobCompiler(Glob& out, std::string_view pattern) : out_(out), p_(pattern) {}

  void run() {
    out_.top_.clear();
    parse_sequence(out_.top_, 0);
    for (const auto& item : out_.top_) {
      if (item.kind != Glob::Kind::Text) out_.literal_only_ = false;
    }
    if (out_.literal_only_) out_.literal_ = out_.pool_;
  }

 private:
  bool utf8() const { return out_.flags_ & kGlobUtf8; }

  void add_text(Glob::Sequence& seq, std::string_view bytes) {
    bool joins = !seq.empty() && seq.back().kind == Glob::Kind::Text && seq.back().index + seq.back().length == out_.pool_.size();
    if (!joins) seq.push_back({Glob::Kind::Text, 0, static_cast<uint32_t>(out_.pool_.size()), 0});
    out_.pool_.append(bytes);
    seq.back().length += static_cast<uint32_t>(bytes.size());
  }

  // Until the end, or inside a group until its '|' or ')'. False: the group did not close.
  bool parse_sequence(Glob::Sequence& seq, int depth) {
    while (at_ < p_.size()) {
      char c = p_[at_];
      if (depth > 0 && (c == '|' || c == ')')) return true;
      if (is_group_op(c) && (out_.flags_ & kGlobExtended) && at_ + 1 < p_.size() && p_[at_ + 1] == '(') {
        if (!parse_group(seq, c, depth)) return false;
        continue;
      }
      parse_one(seq, c);
    }
    return depth == 0;
  }

  void parse_one(Glob::Sequence& seq, char c) {
    if (c == '*') {
      if (seq.empty() || seq.back().kind != Glob::Kind::Star) seq.push_back({Glob::Kind::Star});
      at_++;
    } else if (c == '?') {
      seq.push_back({Glob::Kind::Any});
      at_++;
    } else if (c == '[' && parse_bracket(seq)) {
    } else if (c == '\\' && !(out_.flags_ & kGlobNoEscape) && at_ + 1 < p_.size()) {
      add_text(seq, p_.substr(at_ + 1, 1));
      at_ += 2;
    } else {
      add_text(seq, p_.substr(at_, 1));
      at_++;
    }
  }

  bool parse_group(Glob::Sequence& seq, char op, int depth) {
    size_t start = at_;
    at_ += 2;
    Glob::Group group;
    for (;;) {
      group.emplace_back();
      if (!deep_call([&] { return parse_sequence(group.back(), depth + 1); })) {
        if (depth > 0) return false;
        at_ = p_.size();
        add_text(seq, p_.substr(start));
        return true;
      }
      if (p_[at_++] == ')') break;
    }
    out_.has_groups_ = true;
    seq.push_back({Glob::Kind::Group, op, static_cast<uint32_t>(out_.groups_.size())});
    out_.groups_.push_back(std::move(group));
    return true;
  }

  uint32_t take_char() {
    if (utf8() && static_cast<unsigned char>(p_[at_]) >= 0x80) {
      utf8::Char c = utf8::decode(p_.substr(at_));
      at_ += c.length;
      return c.code;
    }
    return static_cast<unsigned char>(p_[at_++]);
  }

  uint32_t fold(uint32_t c) const {
    if (!(out_.flags_ & kGlobFoldCase)) return c;
    return utf8() ? to_lower(c) : c < 0x80 ? to_lower(c) : c;
  }

  void add_range(Glob::BracketSet& set, uint32_t low, uint32_t high) {
    low = fold(low);
    high = fold(high);
    if (low > high) return;
    uint32_t direct = utf8() ? 0x80 : 0x100;
    for (uint32_t c = low; c <= high && c < direct; c++) set.add_byte(c);
    if (high >= direct) set.ranges.push_back({std::max(low, direct), high});
  }

  void add_class(Glob::BracketSet& set, std::string_view name) {
    auto cls = char_class(name);
    if (!cls) return;
    for (uint32_t c = 0; c < 0x80; c++) {
      if (in_class_ascii(static_cast<unsigned char>(c), *cls)) set.add_byte(c);
    }
    if (utf8()) set.classes.push_back(*cls);
  }

  // [:name:] and its like at at_ (on the '['). Its name, or nullopt when it does not close.
  std::optional<std::string_view> take_named(char kind) {
    const char closer[] = {kind, ']', 0};
    size_t end = p_.find(closer, at_ + 2);
    if (end == std::string_view::npos) return std::nullopt;
    std::string_view name = p_.substr(at_ + 2, end - at_ - 2);
    at_ = end + 2;
    return name;
  }

  uint32_t symbol(std::string_view name) {
    if (name.size() == 1) return static_cast<unsigned char>(name[0]);
    if (utf8() && !name.empty()) {
      utf8::Char c = utf8::decode(name);
      if (c.length == name.size()) return c.code;
    }
    for (const auto& s : kSymbols)
      if (s.name == name) return static_cast<unsigned char>(s.c);
    return kNoChar;
  }

  // One end of a range, or a single member. kNoChar: names nothing.
  bool take_member(uint32_t& c) {
    if (p_[at_] == '\\' && !(out_.flags_ & kGlobNoEscape)) {
      if (++at_ >= p_.size()) return false;
    } else if (p_[at_] == '[' && at_ + 1 < p_.size() && (p_[at_ + 1] == '.' || p_[at_ + 1] == '=')) {
      if (auto name = take_named(p_[at_ + 1])) {
        c = symbol(*name);
        return true;
      }
      at_++;
    }
    c = take_char();
    return true;
  }

  bool parse_members(Glob::BracketSet& set) {
    for (bool first = true;; first = false) {
      if (at_ >= p_.size()) return false;
      char c = p_[at_];
      if (c == ']' && !first) {
        at_++;
        return true;
      }
      if (c == '/' && (out_.flags_ & kGlobPathname)) return false;
      if (c == '[' && at_ + 1 < p_.size() && p_[at_ + 1] == ':') {
        if (auto name = take_named(':')) {
          add_class(set, *name);
          continue;
        }
        at_++;
      }
      uint32_t low = 0, high = 0;
      if (!take_member(low)) return false;
      high = low;
      if (at_ + 1 < p_.size() && p_[at_] == '-' && p_[at_ + 1] != ']') {
        at_++;
        if (!take_member(high)) return false;
      }
      if (low != kNoChar && high != kNoChar) add_range(set, low, high);
    }
  }

  bool parse_bracket(Glob::Sequence& seq) {
    size_t start = at_++;
    Glob::BracketSet set;
    if (at_ < p_.size() && (p_[at_] == '!' || p_[at_] == '^')) {
      set.negate = true;
      at_++;
    }
    if (!parse_members(set)) {
      at_ = start;
      return false;
    }
    seq.push_back({Glob::Kind::Set, 0, static_cast<uint32_t>(out_.sets_.size())});
    out_.sets_.push_back(std::move(set));
    return true;
  }

  Glob& out_;
  std::string_view p_;
  size_t at_ = 0;
};

Glob Glob::compile(std::string_view pattern, uint32_t flags) {
  Glob g;
  // Bytes that are no characters: then everything is compared as bytes, as bash does.
  if ((flags & kGlobUtf8) && !utf8::valid(pattern)) flags &= ~kGlobUtf8;
  g.flags_ = flags;
  GlobCompiler(g, pattern).run();
  g.note_shape();
  return g;
}

void Glob::note_shape() {
  if (literal_only_ || has_groups_ || (flags_ & (kGlobFoldCase | kGlobPathname | kGlobPeriod)) || top_.size() < 2 || top_.size() > 3) return;
  const bool before = top_.front().kind == Kind::Star, after = top_.back().kind == Kind::Star;
  const Item& text = top_[before ? 1 : 0];
  if (text.kind != Kind::Text || top_.size() != 1u + before + after) return;
  literal_ = pool_.substr(text.index, text.length);
  // Bytes of a character must not match in the middle of another.
  for (char c : literal_) {
    if (static_cast<unsigned char>(c) >= 0x80) return;
  }
  shape_ = before && after ? Shape::StarTextStar : before ? Shape::StarText : Shape::TextStar;
}

bool Glob::barred_dot(std::string_view text, size_t at) const {
  if (!(flags_ & kGlobPeriod) || at >= text.size() || text[at] != '.') return false;
  return at == 0 || ((flags_ & kGlobPathname) && text[at - 1] == '/');
}

size_t Glob::step_set(const BracketSet& set, std::string_view text, size_t at) const {
  uint32_t c = static_cast<unsigned char>(text[at]);
  size_t end = at + 1;
  if (c >= 0x80 && (flags_ & kGlobUtf8)) {
    utf8::Char u = utf8::decode(text.substr(at));
    c = u.code;
    end = at + u.length;
  }
  bool fold = flags_ & kGlobFoldCase;
  // Classes see the character as it is; members and ranges were folded when compiled.
  bool in = false;
  if (c < 0x80 || !(flags_ & kGlobUtf8)) {
    in = set.has_byte(c) || (fold && c < 0x80 && set.has_byte(to_lower(c)));
  } else {
    for (CharClass cls : set.classes) in = in || in_class(c, cls);
  }
  if (!in && !set.ranges.empty()) {
    uint32_t f = fold ? to_lower(c) : c;
    for (const auto& r : set.ranges) in = in || (f >= r.low && f <= r.high);
  }
  return in != set.negate ? end : npos;
}

size_t Glob::step(const Item& item, std::string_view text, size_t at) const {
  if (item.kind == Kind::Text) {
    std::string_view want(pool_.data() + item.index, item.length);
    if (!(flags_ & kGlobFoldCase)) {
      if (text.size() - at < want.size() || std::memcmp(text.data() + at, want.data(), want.size()) != 0) return npos;
      return at + want.size();
    }
    for (size_t i = 0; i < want.size();) {
      if (at >= text.size()) return npos;
      utf8::Char a{static_cast<unsigned char>(want[i]), 1, true}, b{static_cast<unsigned char>(text[at]), 1, true};
      if (flags_ & kGlobUtf8) {
        a = utf8::decode(want.substr(i));
        b = utf8::decode(text.substr(at));
      }
      bool wide = flags_ & kGlobUtf8;
      if (a.code != b.code && (wide || (a.code < 0x80 && b.code < 0x80) ? to_lower(a.code) != to_lower(b.code) : true)) return npos;
      i += a.length;
      at += b.length;
    }
    return at;
  }
  if (at >= text.size()) return npos;
  if (flags_ & (kGlobPathname | kGlobPeriod)) {
    if ((flags_ & kGlobPathname) && text[at] == '/') return npos;
    if (barred_dot(text, at)) return npos;
  }
  if (item.kind == Kind::Set) return step_set(sets_[item.index], text, at);
  if (static_cast<unsigned char>(text[at]) < 0x80 || !(flags_ & kGlobUtf8)) return at + 1;
  return at + utf8::decode(text.substr(at)).length;
}

bool glob_has_magic(std::string_view pattern, bool extended) {
  for (size_t i = 0; i < pattern.size(); i++) {
    char c = pattern[i];
    if (c == '\\') {
      i++;
      continue;
    }
    if (c == '*' || c == '?') return true;
    if (c == '[' && pattern.find(']', i + 1) != std::string_view::npos) return true;
    if (extended && is_group_op(c) && i + 1 < pattern.size() && pattern[i + 1] == '(') return true;
  }
  return false;
}

std::string glob_quote(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 8);
  for (char c : text) {
    if (std::strchr("*?[]\\()|+@!^-", c) && c) out.push_back('\\');
    out.push_back(c);
  }
  return out;
}

}  // namespace nacre
